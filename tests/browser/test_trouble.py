"""The private tools and contacts in trouble: no line, rows that no longer open, and a phone with no room left."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_copies import FULL
from tests.browser.test_my_notes import at_home, new_place, open_tool, press, put_day, save
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join, unlock, write_note

TODAY = dt.date.today()
NOT_READ = "cannot be read"
NO_ROOM = "The phone has no room left, so this is not saved yet. Delete something else on the phone"

ADDRESSES = """() => new Promise((resolve) => {
    const asked = indexedDB.open('notes');
    asked.onsuccess = () => {
        const all = asked.result.transaction('rows').objectStore('rows').getAllKeys();
        all.onsuccess = () => {
            asked.result.close();
            resolve(all.result.map((key) => Array.from(new Uint8Array(key)).join()));
        };
    };
})"""
SPOIL = """(addresses) => new Promise((resolve) => {
    const asked = indexedDB.open('notes');
    asked.onsuccess = () => {
        const change = asked.result.transaction('rows', 'readwrite');
        for (const address of addresses) {
            const key = new Uint8Array(address.split(',').map(Number));
            change.objectStore('rows').put(crypto.getRandomValues(new Uint8Array(540)), key);
        }
        change.oncomplete = () => { asked.result.close(); resolve(); };
    };
})"""


def fill_tools(page: Page) -> None:
    write_note(page, "Lotus spoiled")
    open_tool(page, "Hours and pay")
    press(page, "Write a day")
    put_day(page, TODAY, "08:00", "17:00", "60")
    save(page)
    press(page, "Back")
    at_home(page)
    open_tool(page, "The offer I was made")
    press(page, "New offer")
    page.locator("#offer-who").fill("Lotus agency")
    save(page)
    press(page, "Back")
    at_home(page)
    open_tool(page, "Dates to remember")
    press(page, "New date")
    page.locator("#field-name").fill("Lotus visa")
    page.locator("#field-date").fill((TODAY + dt.timedelta(days=3)).isoformat())
    page.locator("#field-before").fill("14")
    save(page)
    press(page, "Back")
    at_home(page)
    open_tool(page, "Safety plan")
    page.locator("#field-trusted").fill("Lotus sister")
    save(page)
    at_home(page)


def test_what_cannot_be_read_is_said_on_each_screen_and_the_rest_goes_on(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        app.keep_whole(page)
        write_note(page, "Lotus kept")
        before = set(page.evaluate(ADDRESSES))
        fill_tools(page)
        spoiled = [address for address in page.evaluate(ADDRESSES) if address not in before]
        assert len(spoiled) == 5

        # No line, and a new page: everything is there as it was.
        app.network.online = False
        page.reload()
        unlock(page)
        at_home(page)
        expect(app_of(page).locator(".card--due")).to_have_count(1)

        page.evaluate(SPOIL, spoiled)
        page.reload()
        unlock(page)
        at_home(page)
        titles = app_of(page).locator("section.notes .cards .title")
        expect(titles).to_have_text(["This note cannot be read any more.", "Lotus kept"])
        assert axe_violations(page) == []
        for tool in ("Hours and pay", "The offer I was made", "Dates to remember", "Safety plan"):
            open_tool(page, tool)
            expect(app_of(page).get_by_text(NOT_READ).first).to_be_visible()
            assert axe_violations(page) == [], tool
            press(page, "Back")
            at_home(page)
        app_of(page).locator("section.notes button.card").last.click()
        expect(page.locator("#note-text")).to_have_value("Lotus kept")


class FullPhone:
    """A phone with no room for another row, until there is some again."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def run_full(self) -> None:
        self.page.evaluate("globalThis.full = true")

    def save_in_vain(self, button: str, typed: Locator, *, value: str | None = None) -> None:
        """What was typed stays; it is said what to do; and with room again the same button saves it."""
        press(self.page, button)
        said = app_of(self.page).get_by_text(NO_ROOM)
        expect(app_of(self.page).get_by_role("alert").and_(said.locator(".."))).to_be_visible()
        # Where the button is: the top of a long form is out of sight there.
        expect(said.last).to_be_in_viewport()
        if value is None:
            expect(typed).to_be_checked()
        else:
            expect(typed).to_have_value(value)
        assert axe_violations(self.page) == []
        self.page.evaluate("globalThis.full = false")
        press(self.page, button)
        expect(typed).to_have_count(0)


def test_a_full_phone_says_what_to_do_in_every_tool_and_saves_once_there_is_room(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        browser.add_init_script(FULL)
        page = browser.new_page()
        join(page, coordinator.invite())
        phone = FullPhone(page)

        press(page, "New note")
        phone.run_full()
        text = page.locator("#note-text")
        text.fill("Lotus note")
        phone.save_in_vain("Save note", text, value="Lotus note")

        open_tool(page, "Hours and pay")
        press(page, "Write a day")
        put_day(page, TODAY - dt.timedelta(days=1), "08:00", "17:00", "60")
        phone.run_full()
        note = page.locator("#field-note")
        note.fill("Lotus day")
        phone.save_in_vain("Save", note, value="Lotus day")
        # At one press, without a form.
        phone.run_full()
        again = app_of(page).get_by_role("button", name=re.compile("^Today as last time"))
        again.click()
        expect(app_of(page).get_by_role("alert").first).to_contain_text(NO_ROOM)
        page.evaluate("globalThis.full = false")
        again.click()
        expect(app_of(page).get_by_text("Written:")).to_be_visible()
        press(page, "My pay")
        phone.run_full()
        amount = page.locator("#field-amount")
        amount.fill("350")
        app_of(page).get_by_text("For a day", exact=True).click()
        page.locator("#field-currency").fill("THB")
        phone.save_in_vain("Save", amount, value="350")
        press(page, "Back")
        at_home(page)

        open_tool(page, "The offer I was made")
        press(page, "New offer")
        phone.run_full()
        who = page.locator("#offer-who")
        who.fill("Lotus agency")
        phone.save_in_vain("Save", who, value="Lotus agency")
        press(page, "Back")
        at_home(page)

        open_tool(page, "Dates to remember")
        press(page, "New date")
        page.locator("#field-date").fill((TODAY + dt.timedelta(days=3)).isoformat())
        phone.run_full()
        name = page.locator("#field-name")
        name.fill("Lotus visa")
        phone.save_in_vain("Save", name, value="Lotus visa")
        press(page, "Back")
        at_home(page)

        open_tool(page, "Safety plan")
        phone.run_full()
        trusted = page.locator("#field-trusted")
        trusted.fill("Lotus sister")
        phone.save_in_vain("Save", trusted, value="Lotus sister")
        at_home(page)

        press(page, "New contact")
        phone.run_full()
        page.locator("#q-place").get_by_text("Border area", exact=True).click()
        adult = page.locator("#q-age_band").get_by_role("radio", name="Adult", exact=True)
        adult.check()
        phone.save_in_vain("Save contact", adult)
        at_home(page)
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(1)

        # Nothing was half kept, and nothing twice.
        page.reload()
        unlock(page)
        at_home(page)
        expect(page.locator("draft-list li")).to_have_count(0)
        expect(app_of(page).locator("section.notes .cards .title")).to_have_text(["Lotus note"])
        expect(app_of(page).locator(".programme ul.cards > li")).to_have_count(1)
        for tool, words in (
            ("Hours and pay", "350"),
            ("The offer I was made", "Lotus agency"),
            ("Dates to remember", "Lotus visa"),
        ):
            open_tool(page, tool)
            expect(app_of(page).get_by_text(words).first).to_be_visible()
            press(page, "Back")
            at_home(page)
    [fields] = coordinator.exported()
    assert fields["age_band"] == "adult"
