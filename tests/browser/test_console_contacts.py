"""What a second coordinator's browser makes of the contacts of three phones, beside the command line's own reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from playwright.sync_api import Page, expect

from sync.client.contacts import Overview
from tests.browser.conftest import App, Chromium
from tests.browser.headless import Loop
from tests.browser.test_reading import axe_violations
from tests.browser.worker import app_of, make_vault, unlock
from tests.sync.client.people import Place

EACH = 60
READ = """(element) => {
    const { sheet, devices, unreadable } = element.contacts.seen.value;
    const contacts = [...sheet.contacts()].map((each) => ({
        record: each.record, device: each.device, counter: each.counter, form: each.form,
        form_hash: each.formHash, fields: Object.fromEntries(each.fields),
        undecided: Object.fromEntries(each.undecided), deleted_elsewhere: each.deletedElsewhere,
        standing: each.standing, late: each.late,
    }));
    return { contacts, devices, unreadable };
}"""

NO_THREADS = """() => {
    globalThis.real = Worker;
    globalThis.Worker = class { constructor() { throw new Error("none"); } };
}"""


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.end()


def plain(value: Any) -> Any:
    """As JavaScript hands it over."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def expect_as(page: Page, overview: Overview) -> None:
    """The screen's numbers, and what is behind them."""
    state = page.locator("contacts-state")
    expect(state.locator("dd").first).to_have_text(str(len(overview.contacts)))
    expect(state.locator("dd").nth(1)).to_have_text(str(len(overview.devices)))
    expect(state.locator("progress")).to_have_count(0)
    seen = state.evaluate(READ)
    by_record = sorted(seen["contacts"], key=lambda each: each["record"])
    wanted = [plain(structs.asdict(each)) for each in overview.contacts]
    assert by_record == sorted(wanted, key=lambda each: each["record"])
    assert seen["devices"] == [plain(structs.asdict(each)) for each in overview.devices]
    assert seen["unreadable"] == overview.unreadable == 0


def open_programme(page: Page) -> None:
    app_of(page).get_by_role("button", name="Open the programme").click()


def test_a_coordinator_sees_the_contacts_of_all_phones_as_the_command_line_does(
    app: App, chromium: Chromium, tmp_path: Path, loop: Loop
) -> None:
    place = Place(app.hub, tmp_path)
    loop.run(place.found(practice=True))
    phones = [loop.run(place.worker(name)) for name in ("one", "two", "three")]
    loop.run(place.coordinator.fetch())
    for number, phone in enumerate(phones):
        loop.run(phone.pull())
        fields = {"form": "contact", "form_hash": "00" * 32, "week": "2026-W40", "phone": number}
        loop.run(phone.add([{**fields, "needs": ("food", "ليل"), "n": n} for n in range(EACH)]))
        loop.run(phone.push())
    loop.run(place.coordinator.fetch())
    # Put out before whoever does it has pulled its last one: that is late.
    loop.run(phones[2].add([{"form": "contact", "form_hash": "00" * 32, "n": EACH}]))
    loop.run(phones[2].push())
    loop.run(place.coordinator.revoke(phones[2].ledger.device))
    link = loop.run(place.link("coordinator"))
    with chromium.open() as context:
        page = context.new_page()
        page.goto(link)
        page.locator("main").get_by_text("English", exact=True).first.click()
        app_of(page).locator("button.button--primary").first.click()
        make_vault(page)
        expect(app_of(page).get_by_text("Test programme").first).to_be_visible()
        loop.run(place.coordinator.fetch())
        open_programme(page)
        expect(app_of(page).get_by_text("Practice", exact=False).first).to_be_visible()
        overview = loop.run(place.coordinator.overview())
        assert [each.late for each in overview.contacts].count(True) == 1
        expect_as(page, overview)

        loop.run(phones[0].add([{"form": "contact", "form_hash": "00" * 32, "n": EACH}]))
        loop.run(phones[0].push())
        loop.run(place.coordinator.fetch())
        overview = loop.run(place.coordinator.overview())
        app_of(page).get_by_role("button", name="Back", exact=True).click()
        # Whoever comes to the console asks the hub for what is new.
        open_programme(page)
        expect_as(page, overview)

        page.reload()
        unlock(page)
        open_programme(page)
        expect_as(page, overview)

        # Where contacts do not open, nobody says that nothing came, and no phone is put out as if nothing had.
        page.reload()
        unlock(page)
        page.evaluate(NO_THREADS)
        open_programme(page)
        failed = page.locator("contacts-state").get_by_text("Not all contacts could be opened.")
        expect(failed).to_be_visible()
        assert axe_violations(page) == []
        app_of(page).locator("button.card", has_text="People and phones").click()
        people = page.locator("console-people")
        people.get_by_role("button", name="End its access").first.wait_for()
        expect(people.get_by_text("Nothing from this phone yet.")).to_have_count(0)
        device = phones[0].ledger.device.hex()
        code = " ".join(device[at : at + 4] for at in range(0, 16, 4))
        card = people.locator("li.card", has_text=code)
        card.get_by_role("button", name="End its access").click()
        people.get_by_role("dialog").get_by_role("button", name="End its access").click()
        expect(people.get_by_role("dialog")).to_contain_text("Not all contacts could be opened.")
        assert axe_violations(page) == []
        people.get_by_role("dialog").get_by_role("button", name="Keep it").click()
        page.evaluate("() => { globalThis.Worker = globalThis.real; }")
        card.get_by_role("button", name="End its access").click()
        people.get_by_role("dialog").get_by_role("button", name="End its access").click()
        expect(card).to_contain_text("Access ended")
        loop.run(place.coordinator.fetch())
        after = loop.run(place.coordinator.overview())
        assert [each.late for each in after.contacts] == [each.late for each in overview.contacts]
    loop.run(place.close())
