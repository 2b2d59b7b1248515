"""This place: the ways into a vault, and out of everything, in the browser that people use."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.film import photo
from tests.browser.test_disk import found_in, shapes_of
from tests.browser.test_reader_tools import KEPT
from tests.browser.test_reading import axe_violations
from tests.browser.words import said
from tests.browser.worker import PASSPHRASE, app_of, make_vault, unlock, write_note

SECOND = "an ordinary morning by the sea"
NEXT = "granite heron umbrella 77"
NOTE = "Zanzibarine quokka whispers"
KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def begin(app: App, browser: BrowserContext, *, host: str = "") -> Page:
    """A vault with one note in it. WebAuthn takes no number for a host's name."""
    page = browser.new_page()
    origin = app.origin.replace("127.0.0.1", host) if host else app.origin
    page.goto(f"{origin}/en/notes")
    make_vault(page)
    write_note(page, NOTE)
    return page


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def go_to(page: Page, card: str) -> None:
    press(page, "This place")
    app_of(page).locator("button.card").get_by_text(card, exact=True).click()


def lock(page: Page) -> None:
    press(page, "Lock")
    expect(page.locator("#passphrase")).to_be_visible()


def try_wrong(page: Page, times: int) -> None:
    for _ in range(times):
        page.locator("#passphrase").fill("certainly not this")
        page.locator("#passphrase").press("Enter")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible()
        page.locator("#passphrase").fill("")


def choose(page: Page, passphrase: str) -> None:
    page.locator("#passphrase").fill(passphrase)
    page.locator("#passphrase-again").fill(passphrase)


def make_recovery_key(page: Page, passphrase: str = PASSPHRASE) -> list[str]:
    """Up to the sheet; gives its ten parts."""
    go_to(page, "Recovery key")
    page.locator("#present").fill(passphrase)
    press(page, "Make a recovery key")
    expect(page.locator(".groups li")).to_have_count(10)
    return page.locator(".groups b").all_inner_texts()


def confirm_part(page: Page, parts: list[str]) -> None:
    label = page.locator('label[for="part"]').inner_text()
    asked = re.search(r"\d+", label)
    assert asked
    page.locator("#part").fill(parts[int(asked[0]) - 1])
    press(page, "It is on my paper")
    expect(app_of(page).get_by_text("The recovery key is ready.")).to_be_visible()


def sees_note(page: Page, note: str = NOTE) -> None:
    expect(app_of(page).get_by_text(note).first).to_be_visible()


def test_a_changed_passphrase_opens_and_the_one_before_does_not(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        go_to(page, "Passphrase")
        page.locator("#present").fill("not mine")
        choose(page, NEXT)
        press(page, "Change the passphrase")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible()
        page.locator("#present").fill(PASSPHRASE)
        press(page, "Change the passphrase")
        expect(app_of(page).get_by_text("The passphrase is changed.")).to_be_visible()
        press(page, "Back")
        lock(page)
        try_wrong(page, 1)
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#passphrase").press("Enter")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible()
        unlock(page, NEXT)
        sees_note(page)
    assert found_in(chromium.profile, dict.fromkeys(shapes_of(NEXT), "the new one")) == []


def test_a_recovery_key_is_shown_once_printed_alone_confirmed_and_opens(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        parts = make_recovery_key(page)
        assert all(re.fullmatch(r"\d{6}", part) for part in parts)
        expect(page.locator(".qr svg")).to_be_visible()
        assert axe_violations(page) == []
        page.emulate_media(media="print")
        expect(page.locator(".groups")).to_be_visible()
        for chrome in ("#leave", "#part", "nav.sections", "form"):
            for each in page.locator(chrome).all():
                expect(each).to_be_hidden()
        page.emulate_media(media="screen")
        page.locator("#part").fill("000000")
        press(page, "It is on my paper")
        expect(app_of(page).get_by_text("That is not this part.")).to_be_visible()
        confirm_part(page, parts)
        for part in parts:
            assert part not in page.content(), "the sheet has left something on the page"
        press(page, "Back")
        lock(page)
        page.get_by_text("I have forgotten it").click()
        page.locator("#recovery").fill(" ".join(parts[:-1]))
        press(page, "Open with the recovery key")
        expect(app_of(page).get_by_text("not whole")).to_be_visible()
        page.locator("#recovery").fill("  ".join(parts).translate(KHMER))
        press(page, "Open with the recovery key")
        sees_note(page)
        # Whoever has forgotten the passphrase makes a new one with the key.
        go_to(page, "Passphrase")
        page.locator("#present").fill(" ".join(parts))
        choose(page, NEXT)
        press(page, "Change the passphrase")
        expect(app_of(page).get_by_text("The passphrase is changed.")).to_be_visible()
        press(page, "Back")
        lock(page)
        unlock(page, NEXT)
        sees_note(page)
        lock(page)
        page.get_by_text("I have forgotten it").click()
        page.get_by_text("Use a picture of the code").click()
        page.locator("code-scanner input").set_input_files(photo(tmp_path / "sheet.png", "".join(parts)))
        sees_note(page)
    # Six digits alone are found by chance in a large file: two parts in a row would tell.
    pairs = [first + joint + then for first, then in pairwise(parts) for joint in ("", " ")]
    needles = {pair.encode(code): "the key" for pair in pairs for code in ("utf-8", "utf-16-le")}
    assert found_in(chromium.profile, needles) == []


def test_a_suggested_passphrase_opens_in_any_digits(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        press(page, "Suggest one")
        shown = page.locator(".secret").inner_text()
        assert re.fullmatch(r"(\d{5} ){3}\d{5}", shown)
        expect(app_of(page).get_by_text("Very hard to guess.")).to_be_visible()
        page.locator("#passphrase-again").fill(shown.translate(KHMER).replace(" ", ""))
        press(page, "Make my place")
        write_note(page, NOTE)
        lock(page)
        slip = shown[:-1] + str((int(shown[-1]) + 1) % 10)
        page.locator("#passphrase").fill(slip)
        page.locator("#passphrase").press("Enter")
        expect(app_of(page).get_by_text("There is a slip in part 4.")).to_be_visible()
        unlock(page, shown.translate(KHMER))
        sees_note(page)
    typed = (shown, shown.replace(" ", ""))
    needles = {each.encode(code): "the passphrase" for each in typed for code in ("utf-8", "utf-16-le")}
    assert found_in(chromium.profile, needles) == []


def test_the_strength_of_what_is_typed_is_said_in_words(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        for typed, words in (
            ("password123", "Very easy to guess."),
            ("seven small boats", "Very hard to guess."),
        ):
            page.locator("#passphrase").fill(typed)
            expect(page.locator(".strength [role=status]")).to_contain_text(words)
        assert axe_violations(page) == []


def test_wrong_tries_are_waited_for_in_a_new_page_too(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        lock(page)
        try_wrong(page, 3)
        page.reload()
        try_wrong(page, 1)
        expect(app_of(page).get_by_text(re.compile(r"Wait \d second"))).to_be_visible()
        page.reload()
        expect(app_of(page).get_by_text(re.compile(r"Wait \d second"))).to_be_visible()
        expect(app_of(page).get_by_role("button", name="Open", exact=True)).to_be_disabled()
        expect(app_of(page).get_by_role("button", name="Open", exact=True)).to_be_enabled()
        unlock(page)
        sees_note(page)


def set_second(page: Page, kind: str) -> None:
    go_to(page, "A second passphrase")
    page.get_by_text(kind).click()
    choose(page, SECOND)
    press(page, "Set the second passphrase")
    expect(app_of(page).get_by_text("The second passphrase is set.")).to_be_visible()
    press(page, "Back")


def test_a_second_passphrase_opens_another_place(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        set_second(page, "Open another place")
        lock(page)
        unlock(page, SECOND)
        expect(app_of(page).get_by_text("No notes yet.")).to_be_visible()
        # Nothing on its screens says that it is the second one.
        press(page, "This place")
        assert app_of(page).locator("button.card .hint").all_inner_texts().count("Set") == 0
        press(page, "Back")
        write_note(page, "an ordinary note")
        lock(page)
        unlock(page)
        sees_note(page)
        expect(app_of(page).get_by_text("an ordinary note")).to_have_count(0)


def test_a_second_passphrase_that_wipes_leaves_an_empty_place(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        set_second(page, "Wipe everything, and open")
        lock(page)
        unlock(page, SECOND)
        expect(app_of(page).get_by_text("No notes yet.")).to_be_visible()
        lock(page)
        page.reload()
        try_wrong(page, 1)
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#passphrase").press("Enter")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible()


def test_everything_is_wiped_in_one_confirmed_act(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        app.keep_whole(page)
        press(page, "This place")
        press(page, "Wipe everything")
        press(page, "Wipe everything")
        expect(page.locator("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        press(page, "Wipe everything")
        page.locator("dialog").get_by_role("button", name="Wipe everything").click()
        page.wait_for_url("**/en/not-mine")
        kept = page.evaluate(KEPT)
        assert kept == {"workers": 0, "caches": 0, "words": 0, "databases": 0}


def virtual_authenticator(page: Page, *, prf: bool = True) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "ctap2Version": "ctap2_1",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "hasPrf": prf,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_opens_and_removed_it_does_not(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser, host="localhost")
        virtual_authenticator(page)
        go_to(page, "Fingerprint or face")
        expect(app_of(page).get_by_text("Whoever's finger, face or code opens this phone")).to_be_visible()
        page.locator("#present").fill(PASSPHRASE)
        press(page, "Open with fingerprint or face from now on")
        expect(app_of(page).get_by_text("Fingerprint or face opens this place now.")).to_be_visible()
        press(page, "Back")
        lock(page)
        press(page, "Open with fingerprint or face")
        sees_note(page)
        go_to(page, "Fingerprint or face")
        press(page, "Remove it")
        expect(app_of(page).get_by_text("open nothing here any more")).to_be_visible()
        press(page, "Back")
        lock(page)
        press(page, "Open with fingerprint or face")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible()


def test_a_phone_whose_finger_has_no_secret_says_so(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser, host="localhost")
        virtual_authenticator(page, prf=False)
        go_to(page, "Fingerprint or face")
        page.locator("#present").fill(PASSPHRASE)
        press(page, "Open with fingerprint or face from now on")
        expect(app_of(page).get_by_text("cannot lock a place")).to_be_visible()
        press(page, "Back")
        expect(app_of(page).locator("button.card", has_text="Fingerprint").locator(".hint")).to_have_text(
            "Not set"
        )


def test_a_full_phone_loses_nothing_and_says_what_to_do(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        begin(app, browser)
    # Chromium remembers for a while how much room there was: told before the first writing, it believes it.
    with chromium.open() as browser:
        page = browser.new_page()
        session = browser.new_cdp_session(page)
        session.send("Storage.overrideQuotaForOrigin", {"origin": app.origin, "quotaSize": 1})
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        press(page, "New note")
        app_of(page).locator("textarea").fill("no room for this one")
        press(page, "Save note")
        expect(app_of(page).get_by_text("The phone has no room left").first).to_be_visible()
        expect(app_of(page).locator("textarea")).to_have_value("no room for this one")
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        sees_note(page)
        press(page, "This place")
        room = re.compile(r"Used here: [\d.,]+ MB. Left: [\d.,]+ MB.")
        expect(app_of(page).get_by_text(room)).to_be_visible()


def test_what_cannot_be_read_is_set_aside(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        lock(page)
        page.evaluate(
            """() => new Promise((resolve) => {
                const asked = indexedDB.open("notes");
                asked.onsuccess = () => {
                    const change = asked.result.transaction("header", "readwrite");
                    change.objectStore("header").put(new Uint8Array(5), "header");
                    change.oncomplete = () => { asked.result.close(); resolve() };
                };
            })"""
        )
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#passphrase").press("Enter")
        press(page, "Set it aside")
        make_vault(page, NEXT)
        expect(app_of(page).get_by_text("No notes yet.")).to_be_visible()


@pytest.mark.parametrize("locale", ["en", "ur"])
def test_every_screen_of_the_place_passes_axe(app: App, chromium: Chromium, locale: str) -> None:
    with chromium.open(locale=locale) as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/{locale}/notes")
        make_vault(page)
        app_of(page).get_by_role("button", name=said(locale, "This place")).click()
        expect(page.locator("button.card").first).to_be_visible()
        assert axe_violations(page) == []
        for card in range(4):
            page.locator("button.card").nth(card).click()
            expect(page.locator("button.card")).to_have_count(0)
            assert axe_violations(page) == [], card
            page.locator("sojourn-app button.button--quiet").last.click()
            expect(page.locator("button.card").first).to_be_visible()
        page.locator("sojourn-app button.button--danger").click()
        assert axe_violations(page) == []
