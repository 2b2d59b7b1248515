"""A form from a coordinator's spreadsheet to a worker's contact: faults by cell, reasons, every type, on two phones."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join

BROKEN = """survey,,,
,type,name,label
,geopoint,where,Where
,text,note,
settings,,,
,form_title,form_id,version
,Contact,contact,w1
"""
FORM = """survey,,,,,,,,
,type,name,label,label::Urdu (ur),required,constraint,calculation,choice_filter
,date,met,Which day?,کون سا دن؟,yes,. <= today(),,
,time,at,What time?,کتنے بجے؟,,,,
,decimal,wage,Wage in a day?,روزانہ اجرت؟,,,,
,select_one countries or_other,country,Which country?,کون سا ملک؟,,,,
,select_one provinces,province,Which province?,کون سا صوبہ؟,,,,country = ${country}
,begin_repeat,child,Children,بچے,,,,
,integer,age,Age?,عمر؟,yes,,,
,end_repeat,,,,,,,
,calculate,ages,,,,,sum(${age}),
choices,,,,,,,,
,list_name,name,label,label::Urdu (ur),country,,,
,countries,kh,Kam,کمبوڈیا,,,,
,countries,th,Tha,تھائی لینڈ,,,,
,provinces,koh,Koh,کوہ,kh,,,
,provinces,trat,Trat,ترات,th,,,
settings,,,,,,,,
,form_title,form_id,version,,,,,
,Contact,contact,w2,,,,,
"""


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def send(page: Page) -> None:
    with page.expect_response(lambda answer: "/changes?" in answer.url and answer.ok):
        press(page, "Send now")
    expect(app_of(page).get_by_text("Sending…")).to_have_count(0, timeout=60_000)


def answer(page: Page, name: str, value: str) -> None:
    field = app_of(page).locator(f'[id="i-{name}"]')
    field.fill(value)
    field.press("Tab")


def choose(page: Page, question: str, choice: str) -> None:
    asked = app_of(page).locator(f'[id="q-{question}"]')
    asked.get_by_text(choice, exact=True).click()


def test_a_coordinators_spreadsheet_becomes_a_workers_contact(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    first = Coordinator(app.hub, tmp_path / "coordinator")
    link = json.loads(first("invite", "--role", "coordinator", "--json"))["link"]
    worker_link = first.invite()
    (tmp_path / "broken.csv").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "form.csv").write_text(FORM, encoding="utf-8")

    other = chromium.elsewhere(tmp_path / "laptop")
    with chromium.open() as phone, other.open() as laptop:
        worker, page = phone.new_page(), laptop.new_page()
        join(worker, worker_link)
        join(page, link)
        first("pull")
        press(page, "Open the programme")
        press(page, "About this programme")
        send(page)
        press(page, "Back")

        app_of(page).get_by_text("Forms", exact=True).click()
        expect(app_of(page).get_by_text("A form is no secret.")).to_be_visible()
        app_of(page).locator("#sheet").set_input_files(tmp_path / "broken.csv")
        expect(app_of(page).get_by_text("survey A2")).to_be_visible(timeout=60_000)
        expect(app_of(page).get_by_text("survey C3")).to_be_visible()
        expect(app_of(page).get_by_text("There are no questions of the type “geopoint”.")).to_be_visible()
        expect(app_of(page).get_by_text("Here a label is missing.")).to_be_visible()
        assert axe_violations(page) == []

        app_of(page).locator("#sheet").set_input_files(tmp_path / "form.csv")
        expect(app_of(page).get_by_text("As a worker will see it")).to_be_visible(timeout=60_000)
        # Labels that do not say their language are in the one that was chosen for the file.
        expect(app_of(page).locator("#tag")).to_have_value("en")
        app_of(page).locator("#sheet-language").select_option("km")
        expect(app_of(page).locator("#tag")).to_have_value("km")
        app_of(page).locator("#sheet-language").select_option("en")
        expect(app_of(page).locator("#tag")).to_have_value("en")
        app_of(page).locator("#tag").select_option("ur")
        expect(app_of(page).get_by_text("کون سا ملک؟")).to_be_visible()
        # A language's own name, whether the browser knows it or not, and its own direction.
        expect(app_of(page).locator("#tag option:checked")).to_have_text("اردو")
        expect(app_of(page).locator("form.contact [lang=ur]").first).to_have_attribute("dir", "rtl")
        assert axe_violations(page) == []
        # What could tell who somebody is needs a reason.
        press(page, "Publish to all phones")
        expect(app_of(page).get_by_text("a reason is missing")).to_be_visible()
        assert axe_violations(page) == []
        for needed in app_of(page).get_by_label("Why it is needed").all():
            needed.fill("The law asks for it.")
        press(page, "Publish to all phones")
        expect(app_of(page).get_by_text("Published. Phones have it")).to_be_visible()
        expect(app_of(page).get_by_text("w2", exact=True)).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Back")
        press(page, "About this programme")
        send(page)

        press(worker, "About this programme")
        send(worker)
        press(worker, "Back")
        press(worker, "New contact")
        answer(worker, "met", "2026-01-31")
        answer(worker, "at", "14:05")
        answer(worker, "wage", "٢٫٥")
        choose(worker, "country", "Kam")
        choose(worker, "province", "Koh")
        choose(worker, "country", "Tha")
        expect(app_of(worker).locator('[id="q-province"]').get_by_text("Koh")).to_have_count(0)
        choose(worker, "province", "Trat")
        answer(worker, "age/1", "7")
        press(worker, "Add one")
        answer(worker, "age/2", "5")
        press(worker, "Add one")
        answer(worker, "age/3", "4")
        app_of(worker).get_by_role("button", name="Take this one out").nth(1).click()
        press(worker, "Save contact")
        expect(app_of(worker).get_by_text("Contact saved on this phone.")).to_be_visible()
        press(worker, "About this programme")
        send(worker)

    (fields,) = first.exported()
    known = {name: value for name, value in fields.items() if name not in {"form", "form_hash"}}
    assert known == {
        "met": "2026-01-31",
        "at": "14:05",
        "wage": "2.5",
        "country": "th",
        "province": "trat",
        "age/1": 7,
        "age/2": 4,
        "ages": 11,
    }
