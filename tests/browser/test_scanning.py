"""A code is scanned inside the app: what it holds is in no address, no history and no file."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from sync.enrolment import parse_invite
from tests.browser.conftest import App, Chromium
from tests.browser.film import film, photo
from tests.browser.test_disk import found_in, pieces_of, shapes_of_bytes
from tests.browser.waiting import wait_until
from tests.browser.worker import Coordinator, app_of, be_enrolled, make_vault, unlock

# What was given of the camera, to see when it is off; and how it stood when the page was left, for the next one.
TRACKS_SEEN = """(() => {
    const tracks = [];
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        tracks.push(...stream.getTracks());
        return stream;
    };
    globalThis.tracksSeen = () => tracks.map((track) => track.readyState);
    addEventListener('pagehide', () => sessionStorage.setItem('tracks', tracksSeen().join()));
})()"""


def begin(page: Page, app: App) -> None:
    page.goto(f"{app.origin}/join")
    page.locator("main").get_by_text("English", exact=True).first.click()
    expect(page.locator("#invitation")).to_be_visible()


def scan(page: Page) -> None:
    app_of(page).get_by_role("button", name="Scan the code").click()


def is_off(page: Page) -> None:
    wait_until(page, "tracksSeen().length > 0 && tracksSeen().every((state) => state === 'ended')")


def turn_on(page: Page, screen: str, button: str) -> None:
    """From My notes to the screen with the camera, and its button."""
    for name in (screen, button):
        app_of(page).get_by_role("button", name=name).click()
    expect(page.locator("video")).to_have_js_property("videoWidth", 640)


def test_an_invite_is_scanned_and_lies_in_no_file(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    link = coordinator.invite()
    with chromium.open(film=film(tmp_path / "code.y4m", link)) as browser:
        browser.add_init_script(TRACKS_SEEN)
        page = browser.new_page()
        begin(page, app)
        scan(page)
        expect(app_of(page).locator("h1")).to_have_text("An invitation to a programme", timeout=60_000)
        is_off(page)
        app_of(page).get_by_role("button", name="Go on").click()
        make_vault(page)
        be_enrolled(page)
    needles = dict.fromkeys(shapes_of_bytes(parse_invite(link).secret), "the invite's secret")
    needles |= dict.fromkeys(pieces_of(link), "the invite's link")
    assert found_in(chromium.profile, needles) == []
    assert found_in(chromium.profile, {b"sojourn": "the address"}) != []


def test_without_a_code_the_camera_is_off_when_one_leaves_and_a_picture_does_too(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    link = Coordinator(app.hub, tmp_path / "coordinator").invite()
    with chromium.open(film=film(tmp_path / "table.y4m", None)) as browser:
        browser.add_init_script(TRACKS_SEEN)
        page = browser.new_page()
        begin(page, app)
        scan(page)
        expect(page.locator("video")).to_be_visible()
        assert page.evaluate("tracksSeen()") == ["live"]
        app_of(page).get_by_role("button", name="Stop").click()
        expect(page.locator("video")).to_have_count(0)
        is_off(page)
        scan(page)
        expect(page.locator("video")).to_be_visible()
        app_of(page).get_by_role("button", name="Back").click()
        expect(app_of(page).locator("h1")).to_have_text("Make a place only you can open")
        is_off(page)
    with chromium.open() as browser:
        page = browser.new_page()
        begin(page, app)
        scan(page)
        alert = app_of(page).get_by_role("alert")
        expect(alert).to_contain_text("The camera cannot be used here.")
        picture = page.locator("code-scanner input[type=file]")
        expect(picture).to_be_visible()
        picture.set_input_files(photo(tmp_path / "table.png", None))
        expect(alert).to_contain_text("No code can be read in this picture.")
        picture.set_input_files(photo(tmp_path / "code.png", link))
        expect(app_of(page).locator("h1")).to_have_text("An invitation to a programme")


def test_the_camera_is_off_when_it_locks_by_itself_and_when_one_leaves_quickly(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    cameras = (("I have an invitation", "Scan the code"), ("Copies of papers", "Take a photo"))
    with chromium.open(film=film(tmp_path / "table.y4m", None)) as browser:
        browser.add_init_script(TRACKS_SEEN)
        page = browser.new_page()
        page.clock.install()
        page.goto(f"{app.origin}/en/notes")
        make_vault(page)
        for camera in cameras:
            turn_on(page, *camera)
            assert page.evaluate("tracksSeen()").count("live") == 1
            page.clock.fast_forward("05:01")
            expect(page.locator("#passphrase")).to_be_visible()
            expect(page.locator("video")).to_have_count(0)
            is_off(page)
            unlock(page)
        for camera in cameras:
            tab = browser.new_page()
            tab.goto(f"{app.origin}/en/notes")
            unlock(tab)
            turn_on(tab, *camera)
            tab.locator("#leave").click()
            expect(tab.locator("#converter")).to_be_visible()
            assert tab.evaluate("sessionStorage.getItem('tracks')") == "ended"
            # Nothing was taken, nothing begun, and every tab is locked.
            expect(page.locator("#passphrase")).to_be_visible()
            unlock(page)
            expect(app_of(page).locator(".cards--tools li").first).to_be_visible()
            expect(page.locator("draft-list li")).to_have_count(0)
            tab.close()
        app_of(page).get_by_role("button", name="Copies of papers").click()
        expect(app_of(page).get_by_text("No copies yet.")).to_be_visible()
