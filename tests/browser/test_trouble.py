"""The private tools in trouble: no line, and rows that no longer open."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_my_notes import at_home, new_place, open_tool, press, put_day, save
from tests.browser.test_reading import axe_violations
from tests.browser.worker import app_of, unlock, write_note

TODAY = dt.date.today()
NOT_READ = "cannot be read"

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
