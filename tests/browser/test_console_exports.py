"""A coordinator's console gives contacts away as files: the same ones as the command line, and never unlogged."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page, expect

from server.command.vault import around
from sync.client import Coordinator as Headless
from sync.client.reading import Record
from tests.browser.conftest import LAPTOP, App, Chromium
from tests.browser.headless import Loop
from tests.browser.test_console_counts import QUARTER, add_filter, choose, counted, enter, write_contacts
from tests.browser.test_founding import press
from tests.browser.test_reading import axe_violations
from tests.browser.worker import COORDINATOR_PASSPHRASE, Coordinator, app_of, sojourn

PULLS = 60
KINDS = ("xlsx", "csv", "submissions-xlsx", "ctdc", "jsonl")
REPORTS = {
    "xlsx": "Spreadsheet (XLSX)",
    "csv": "Table as text (CSV)",
    "hxl": "Table as text with HXL tags (CSV)",
}
WHY = "A meeting of the network, ü"


def make_file(page: Page, kind: str, why: str = WHY) -> bytes:
    """Of the contacts that are chosen above; what the page hands over."""
    page.locator(f"#export input[value={kind}]").check()
    expect(page.get_by_role("button", name="Make the file")).to_be_disabled()
    page.locator("#export-why").fill(why)
    name, held = handed_over(page, "Make the file")
    assert name.startswith("notes.")
    expect(app_of(page).get_by_text("The file is in your downloads.")).to_be_visible()
    return held


def handed_over(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        press(page, button)
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def book(held: bytes) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each sheet, as another program reads them."""
    read = load_workbook(BytesIO(held))
    return {sheet.title: [*sheet.iter_rows(values_only=True)] for sheet in read.worksheets}


def logged(coordinator: Coordinator) -> list[Record]:
    """What the headless coordinator knows of exports."""

    async def read() -> list[Record]:
        async with await Headless.open(coordinator.state, COORDINATOR_PASSPHRASE, around(0)) as opened:
            return await opened.log()

    loop = Loop()
    try:
        return loop.run(read())
    finally:
        loop.end()


def test_a_coordinator_exports_what_the_command_line_exports_and_both_logs_say_so(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    for name in ("one", "three"):
        worker = tmp_path / name
        sojourn(app.hub, "device", "join", "--invite", coordinator.invite(), "--state", f"{worker}/worker")
        write_contacts(app, worker, len(name), 20)
    coordinator("pull")
    with chromium.open(viewport=LAPTOP) as browser:
        page = browser.new_page()
        enter(page, coordinator)
        app_of(page).get_by_role("button", name="Contacts Counted").click()
        expect(app_of(page).get_by_text("40 contacts", exact=True).first).to_be_visible()
        page.locator("#export summary").click()
        assert axe_violations(page) == []
        for kind in KINDS:
            there = tmp_path / f"told-{kind}.file"
            coordinator("export", "--format", kind, "--why", "the same", "--output", str(there))
            made = make_file(page, kind)
            if kind.endswith("xlsx"):
                assert book(made) == book(there.read_bytes())
                continue
            assert made == there.read_bytes()
            _, meaning = handed_over(page, "Save what each column means")
            assert meaning == there.with_suffix(".codebook.csv").read_bytes()
        assert axe_violations(page) == []

        contacts = coordinator.exported()
        add_filter(page, "gender", "woman")
        women = counted(contacts, "gender")["woman"]
        expect(page.locator("#export-count")).to_have_attribute("data-count", str(women))
        assert len(make_file(page, "csv").decode().splitlines()) == women + 2
        app_of(page).get_by_role("button", name="Back").last.click()

        app_of(page).locator("button.card", has_text="Log").click()
        entries = app_of(page).locator("li.card", has_text="Exported contacts").filter(has_text=WHY)
        expect(entries).to_have_count(len(KINDS) + 1)
        expect(entries.first).to_contain_text(f"{women} contacts")
        expect(entries.first).to_contain_text("Table as text (CSV)")
        assert axe_violations(page) == []
        expect_on_hub(page, coordinator)
        press(page, "Back")

        app_of(page).get_by_role("button", name="Reports").click()
        app_of(page).get_by_role("button", name="Make the report").wait_for()
        choose(page, "#report-period", QUARTER)
        press(page, "Make the report")
        page.locator("#report-files summary").click()
        assert axe_violations(page) == []
        coordinator("pull")
        for kind, button in REPORTS.items():
            there = tmp_path / f"report-{kind}.file"
            coordinator("report", "--period", QUARTER, "--format", kind, "--output", str(there))
            name, made = handed_over(page, button)
            assert name.startswith("tables")
            if kind == "xlsx":
                assert book(made) == book(there.read_bytes())
            else:
                assert made == there.read_bytes()


def expect_on_hub(page: Page, coordinator: Coordinator) -> None:
    """It goes by itself: the headless coordinator asks until it is there."""
    entries: list[Record] = []
    for _ in range(PULLS):
        coordinator("pull")
        entries = [each for each in logged(coordinator) if each.text("why") == WHY]
        if len(entries) == len(KINDS) + 1:
            break
        page.wait_for_timeout(1000)
    assert sorted(each.text("format") for each in entries) == sorted([*KINDS, "csv"])
    assert {each.value("count") for each in entries if each.text("format") == "jsonl"} == {40}
