"""A lost phone: what was written on it comes back on another, from the hub or from a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from server.relaying import begin as begin_relay
from sync.crypto.attachments import PIECE_SIZE
from sync.enrolment import Invite, invite_link
from sync.identifiers import new_id
from tests.browser.conftest import App, Chromium
from tests.browser.test_copies import choose, jpeg_in, photo_file
from tests.browser.test_disk import found_in, shapes_of
from tests.browser.test_my_notes import TODAY, YESTERDAY, open_tool, put_day, save
from tests.browser.test_place import confirm_part, go_to, make_recovery_key, press
from tests.browser.test_reading import axe_violations
from tests.browser.worker import PASSPHRASE, app_of, make_vault, write_note
from tests.conftest import lend
from tests.hubs import Hub

NOTE = "Zanzibarine quokka whispers"
ANOTHER = "a different phone by the window"


@pytest.fixture
def relay(app: App, built_data: Path, tmp_path: Path) -> Iterator[Hub]:
    """With the hub's pages, and nobody has let it in yet: a backup needs no programme."""
    data = tmp_path / "relay"
    invite = Invite(
        hub=app.origin,
        invite=new_id(),
        programme=new_id(),
        signing_key_hash=bytes(32),
        role="relay",
        expiry=int(time.time()) + 3_600,
        secret=bytes(32),
    )
    lend(built_data, data)
    begin_relay(data, invite_link(invite), now=int(time.time()))
    relay = Hub(data, public_url=app.origin)
    relay.words = ["relay", "--upstream", app.hub.url]
    relay.start()
    yield relay
    relay.end()


def begin(app: App, browser: BrowserContext) -> Page:
    page = browser.new_page()
    page.goto(f"{app.origin}/en/notes")
    return page


def backed_up(page: Page) -> None:
    press(page, "Send now")
    expect(app_of(page).get_by_text("Waiting: 0.")).to_be_visible(timeout=60_000)
    expect(app_of(page).get_by_text("Used on the hub")).to_be_visible(timeout=60_000)


def sees(page: Page, note: str = NOTE) -> None:
    expect(app_of(page).get_by_text(note).first).to_be_visible(timeout=60_000)


def test_a_second_phone_gets_everything_by_the_recovery_key_alone(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        make_vault(page)
        write_note(page, NOTE)
        open_tool(page, "Hours and pay")
        press(page, "Write a day")
        put_day(page, YESTERDAY, "08:00", "17:00", "60")
        save(page)
        press(page, "Back")
        go_to(page, "Backup")
        expect(app_of(page).get_by_text("It needs a recovery key.")).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Back")
        press(page, "Back")
        parts = make_recovery_key(page)
        confirm_part(page, parts)
        app_of(page).locator("button.card").get_by_text("Backup", exact=True).click()
        expect(app_of(page).get_by_text("for at least 24 months")).to_be_visible()
        press(page, "Turn the backup on")
        expect(app_of(page).get_by_role("heading", name="The backup is on")).to_be_visible()
        backed_up(page)
        assert axe_violations(page) == []
    for part in Path(app.hub.data).rglob("*"):
        raw = part.read_bytes() if part.is_file() else b""
        assert not any(shape in raw for shape in shapes_of(NOTE)), part

    other = chromium.elsewhere(tmp_path / "other")
    with other.open() as browser:
        page = begin(app, browser)
        press(page, "I have a recovery key")
        typed = page.locator("#recovery")
        last = int(parts[3][-1])
        slip = f"{parts[3][:-1]}{(last + 1) % 10}"
        typed.fill(" ".join([*parts[:3], slip, *parts[4:]]))
        press(page, "Look for the backup")
        expect(app_of(page).get_by_text("There is a slip in part 4.")).to_be_visible()
        typed.fill("".join(parts))
        app.network.online = False
        press(page, "Look for the backup")
        expect(app_of(page).get_by_text("Nothing was made yet")).to_be_visible(timeout=60_000)
        app.network.online = True
        press(page, "Look for the backup")
        expect(app_of(page).get_by_text("The backup is there.")).to_be_visible(timeout=60_000)
        assert axe_violations(page) == []
        page.locator("#passphrase").fill(ANOTHER)
        page.locator("#passphrase-again").fill(ANOTHER)
        press(page, "Get your notes back")
        sees(page)
        open_tool(page, "Hours and pay")
        if TODAY.month != YESTERDAY.month:
            press(page, "A month earlier")
        sees(page, "1 day, 8 h")
    assert found_in(other.profile, dict.fromkeys(shapes_of(NOTE), "the note")) == []


def test_hub_and_relay_answer_by_turns_and_nothing_begins_anew(
    app: App, chromium: Chromium, relay: Hub, tmp_path: Path
) -> None:
    network = app.network
    other = chromium.elsewhere(tmp_path / "other")
    with other.open() as browser:
        picture = photo_file(browser, tmp_path / "photo.jpg")
    with chromium.open() as browser:
        page = begin(app, browser)
        make_vault(page)
        write_note(page, NOTE)
        go_to(page, "Backup")
        press(page, "Back")
        press(page, "Back")
        parts = make_recovery_key(page)
        confirm_part(page, parts)
        app_of(page).locator("button.card").get_by_text("Backup", exact=True).click()
        press(page, "Turn the backup on")
        backed_up(page)

        network.upstream = relay.url
        seen = len(network.seen)
        press(page, "Back")
        press(page, "Back")
        open_tool(page, "Copies of papers")
        choose(page, picture)
        press(page, "Save")
        expect(app_of(page).locator(".cards--pictures > li")).to_have_count(1)
        press(page, "Back")
        go_to(page, "Backup")
        backed_up(page)
        assert any("/chunks/" in path for path in network.seen[seen:])

        # The line is away: the phone says so, and believes nothing gone.
        app.hub.end()
        press(page, "Send now")
        expect(app_of(page).get_by_text("The hub cannot be reached now")).to_be_visible(timeout=60_000)
        expect(app_of(page).get_by_role("heading", name="The backup is on")).to_be_visible()
        app.hub.start()
        backed_up(page)
        network.upstream = app.hub.url
        backed_up(page)
        asked = [path for path in network.seen[seen:] if "/changes?" in path]
        assert asked
        assert all("after=" in path for path in asked)

    network.upstream = relay.url
    with other.open() as browser:
        page = begin(app, browser)
        press(page, "I have a recovery key")
        page.locator("#recovery").fill("".join(parts))
        press(page, "Look for the backup")
        expect(app_of(page).get_by_text("The backup is there.")).to_be_visible(timeout=60_000)
        page.locator("#passphrase").fill(ANOTHER)
        page.locator("#passphrase-again").fill(ANOTHER)
        press(page, "Get your notes back")
        sees(page)
        open_tool(page, "Copies of papers")
        app_of(page).locator(".cards--pictures button").click()
        assert len(jpeg_in(page.locator("copy-view img.picture"))) > PIECE_SIZE


def test_one_file_carries_everything_to_another_phone(app: App, chromium: Chromium, tmp_path: Path) -> None:
    with chromium.open() as browser:
        page = begin(app, browser)
        make_vault(page)
        write_note(page, NOTE)
        go_to(page, "Everything in one file")
        assert axe_violations(page) == []
        page.locator("#present").fill("certainly not this")
        press(page, "Make the file")
        expect(app_of(page).get_by_text("opens nothing here")).to_be_visible(timeout=60_000)
        page.locator("#present").fill(PASSPHRASE)
        with page.expect_download(timeout=60_000) as downloading:
            press(page, "Make the file")
        file = tmp_path / downloading.value.suggested_filename
        downloading.value.save_as(file)
    assert file.name == "notes.bin"
    assert not any(shape in file.read_bytes() for shape in shapes_of(NOTE))

    with chromium.elsewhere(tmp_path / "other").open() as browser:
        page = begin(app, browser)
        make_vault(page, ANOTHER)
        go_to(page, "Everything in one file")
        cut = tmp_path / "cut.bin"
        cut.write_bytes(file.read_bytes()[:-1])
        for given, passphrase, said in [
            (cut, PASSPHRASE, "This file is not whole"),
            (file, ANOTHER, "opens nothing here"),
            (file, PASSPHRASE, "1 was added."),
            (file, PASSPHRASE, "here already"),
        ]:
            page.locator("#file").set_input_files(given)
            page.locator("#file-passphrase").fill(passphrase)
            press(page, "Add what is in it")
            expect(app_of(page).get_by_text(said)).to_be_visible(timeout=60_000)
        press(page, "Back")
        press(page, "Back")
        sees(page)
