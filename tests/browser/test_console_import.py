"""Three hundred contacts made elsewhere, brought in by a coordinator's browser: faults, mended, and none twice."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join

ROWS = 300
FORM = """survey,,,,,,
,type,name,label,label::Urdu (ur),required,appearance
,text,week,Week,ہفتہ,yes,week
,select_one places,place,Where?,کہاں؟,yes,
,select_multiple needs,needs,Needs,ضروریات,,
,text,note,Note,نوٹ,,
choices,,,,,,
,list_name,name,label,label::Urdu (ur),,
,places,north,North,شمال,,
,places,south,South,جنوب,,
,needs,legal,Legal help,قانونی مدد,,
,needs,food,Food,کھانا,,
settings,,,,,,
,form_title,form_id,version,,,
,Contact,contact,w1,,,
"""


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def choose(page: Page, file: Path) -> None:
    chooser = app_of(page).get_by_label("A table (CSV)")
    expect(chooser).to_be_enabled()
    chooser.set_input_files(file)


def table(folder: Path, *rows: str) -> Path:
    """With labels in one language and names of choices; separators and encoding as a spreadsheet saves them."""
    file = folder / "contacts.csv"
    lines = [f"2026-W{1 + at % 40:02};{'north' if at % 3 else 'شمال'};legal, food;" for at in range(ROWS - 3)]
    file.write_text("\r\n".join(["ہفتہ;کہاں؟;ضروریات;Note;Colour", *lines, *rows]), encoding="utf-16")
    return file


def test_a_table_of_contacts_is_mended_brought_in_and_counted(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    first = Coordinator(app.hub, tmp_path / "coordinator")
    (tmp_path / "form.csv").write_text(FORM, encoding="utf-8")
    first("form", "publish", str(tmp_path / "form.csv"), "--reason", "note=what was said")
    link = json.loads(first("invite", "--role", "coordinator", "--json"))["link"]
    with chromium.open() as context:
        page = context.new_page()
        join(page, link)
        first("pull")
        press(page, "Open the programme")
        app_of(page).get_by_text("Bring in contacts", exact=True).click()
        # The programme's own, and the hub's.
        expect(app_of(page).get_by_label("Form", exact=True).locator("option")).to_have_count(2)

        (tmp_path / "contacts.xlsx").write_bytes(b"PK\x03\x04")
        choose(page, tmp_path / "contacts.xlsx")
        expect(app_of(page).get_by_text("Save the sheet as CSV")).to_be_visible()
        assert axe_violations(page) == []

        choose(page, table(tmp_path, "2026-W54;north;;", ";south;food, cars;", "2026-W01;South;;"))
        expect(app_of(page).get_by_text("298 rows are right.")).to_be_visible()
        expect(app_of(page).get_by_text("2 rows are not right.")).to_be_visible()
        faults = app_of(page).locator("console-import .caution li")
        expect(faults).to_have_count(3)
        expect(faults.nth(0)).to_contain_text("Row 299, column A")
        expect(faults.nth(0)).to_contain_text("2026-W05")
        expect(faults.nth(1)).to_contain_text("An answer is missing.")
        expect(faults.nth(2)).to_contain_text("“\u2068cars\u2069” is none of the choices.")
        expect(app_of(page).get_by_text("they fit no question: Colour")).to_be_visible()
        assert axe_violations(page) == []

        mended = table(tmp_path, "2026-W52;north;;She is called Amina", ";south;;", "2026-W01;South;;")
        mended.write_text(mended.read_text("utf-16").replace("\n;south", "\n2026-11-22;south"), "utf-16")
        choose(page, mended)
        expect(app_of(page).get_by_text("300 rows are right.")).to_be_visible()
        press(page, "Bring in 300 contacts")
        expect(app_of(page).get_by_text("Like a name: “called Amina")).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Save it as it is")
        expect(app_of(page).get_by_text("300 contacts were brought in.")).to_be_visible()
        assert axe_violations(page) == []

        # The same once more, and only what is new of it.
        choose(page, mended)
        expect(app_of(page).get_by_text("300 of these are here already.")).to_be_visible()
        expect(app_of(page).get_by_role("button", name="Bring in", exact=False)).to_have_count(0)
        press(page, "Back")
        state = page.locator("contacts-state")
        expect(state.locator("dd").first).to_have_text("300")
        app_of(page).get_by_text("Log", exact=True).click()
        expect(app_of(page).get_by_text("Brought in contacts")).to_have_count(1)

    seen = first.exported()
    assert len(seen) == ROWS
    assert {each["week"] for each in seen} >= {"2026-W47", "2026-W52"}
    assert [each for each in seen if "note" in each] == [
        {"week": "2026-W52", "place": "north", "note": "She is called Amina"}
    ]
    # By the command line too they are here, as far as it was pulled.
    read = json.loads(first("import", str(mended), "--json"))
    assert (read["right"], read["here"]) == (ROWS, ROWS)
