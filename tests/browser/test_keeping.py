"""What a person writes stays: the browser is asked to keep it, in time, and they are told what it says."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.worker import app_of, make_vault, write_note

INSTALL_FIRST = "Put this site on the home screen before you write."
# As Firefox, which asks the person, and as a browser that then refuses.
REFUSING = """(() => {
    globalThis.mozInnerScreenX = 0;
    globalThis.timesAsked = 0;
    StorageManager.prototype.persisted = async () => false;
    StorageManager.prototype.persist = async () => {
        globalThis.timesAsked += 1;
        return false;
    };
})()"""


def begin(app: App, browser: BrowserContext, *scripts: str) -> Page:
    for script in scripts:
        browser.add_init_script(script)
    page = browser.new_page()
    page.goto(f"{app.origin}/en/notes")
    expect(page.locator("#passphrase-again")).to_be_visible()
    return page


def test_the_browser_is_asked_to_keep_it_after_the_first_save_and_not_before(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = begin(app, browser, REFUSING)
        expect(app_of(page).get_by_text(INSTALL_FIRST)).to_have_count(0)
        make_vault(page)
        app.keep_whole(page)
        app_of(page).get_by_role("button", name="New note").click()
        app_of(page).locator("textarea").fill("Only a draft")
        expect(app_of(page).get_by_text("Kept as a draft")).to_be_visible()
        app_of(page).get_by_role("button", name="Back").first.click()
        expect(app_of(page).get_by_role("heading", name="My notes")).to_be_visible()
        assert page.evaluate("timesAsked") == 0
        write_note(page, "A first note")
        assert page.evaluate("timesAsked") == 1
        app_of(page).get_by_role("button", name="This place").click()
        expect(app_of(page).get_by_text("The browser may delete it")).to_be_visible()
        expect(app_of(page).get_by_text("Used here:")).to_be_visible()
        assert page.evaluate("timesAsked") == 1


def test_where_the_installed_app_has_its_own_place_one_is_told_before_writing(
    app: App, chromium: Chromium
) -> None:
    with chromium.open() as browser:
        page = begin(app, browser, "Navigator.prototype.standalone = false")
        expect(app_of(page).get_by_text(INSTALL_FIRST)).to_be_visible()
    with chromium.open() as browser:
        page = begin(app, browser, "Navigator.prototype.standalone = true")
        expect(app_of(page).get_by_text(INSTALL_FIRST)).to_have_count(0)
