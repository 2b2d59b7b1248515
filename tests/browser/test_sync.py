"""A phone before a hub that answers slowly, wrongly, or not at all: nothing is lost, and the screen says what is so."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.network import Instead
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join, log_contact, sojourn, unlock, write_note

FIRST = ["Team 2", "Border area", "Street or market", "On the way", "First", "Adult", "Woman or girl"]
PROBLEM = "application/problem+json"
FAULTS = {
    "500": Instead("500 Internal Server Error", PROBLEM, body=b'{"type":"urn:sojourn:problem:fault"}'),
    "503": Instead(
        "503 Service Unavailable",
        PROBLEM,
        ("retry-after: 600",),
        b'{"type":"urn:sojourn:problem:unavailable"}',
    ),
    "cut": Instead(body=b"\x85\xa6before\xc4\x20" + bytes(300), arrives=40),
    "garbage": Instead(body=b"\xc1" * 300),
    "portal": Instead("200 OK", "text/html", body=b"<!doctype html><form>Welcome to our Wi-Fi</form>"),
}
UNREACHABLE = "The hub cannot be reached now. Nothing is lost: the phone tries again by itself."


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def on_hub(page: Page, count: int) -> None:
    expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(count)


def test_whatever_answers_in_the_hubs_place_the_screen_is_calm_and_nothing_is_lost(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        for count, fault in enumerate(FAULTS.values(), 1):
            app.network.instead = fault
            log_contact(page, FIRST, "my")
            expect(app_of(page).get_by_text(UNREACHABLE)).to_be_visible()
            expect(app_of(page).get_by_text(re.compile(r"Waiting since .*20\d\d\."))).to_be_visible()
            expect(app_of(page).get_by_text(re.compile(r"The next try is at \d+:\d\d\."))).to_be_visible()
            on_hub(page, count - 1)
            app.network.instead = None
            press(page, "Send now")
            on_hub(page, count)
            expect(app_of(page).get_by_text(UNREACHABLE)).to_have_count(0)
    assert len(coordinator.exported()) == len(FAULTS)


def test_a_line_of_a_few_kilobits_carries_what_waits(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.network.bytes_per_second = 2000
        log_contact(page, FIRST, "my")
        on_hub(page, 1)
    assert len(coordinator.exported()) == 1


def test_a_hub_that_is_gone_is_found_again_by_itself(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app.network.online = False
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text(UNREACHABLE)).to_be_visible()
        app.network.online = True
        on_hub(page, 1)


def refusing(why: str) -> Callable[[str, bytes], bytes]:
    """Changes the hub's receipt: what it stored it now refuses."""

    def change(path: str, raw: bytes) -> bytes:
        if "/changes" not in path or b"receipt" not in raw:
            return raw
        answer: dict[str, Any] = msgspec.msgpack.decode(raw)
        if "receipt" not in answer:
            return raw
        refused = [{"rev": rev, "why": why} for rev in answer["stored"] + answer["known"]]
        return msgspec.msgpack.encode({**answer, "stored": [], "known": [], "refused": refused})

    return change


def test_a_refused_contact_is_named_with_its_reason_and_goes_when_it_is_tried_again(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        log_contact(page, FIRST, "my")
        on_hub(page, 1)
        app.network.change = refusing("wrong-lane")
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text("1 contact needs your attention")).to_be_visible()
        named = app_of(page).locator("sync-state button.card")
        expect(named).to_contain_text("wrong-lane")
        assert axe_violations(page) == []
        app.network.change = None
        named.click()
        expect(app_of(page).get_by_text("wrong-lane")).to_be_visible()
        expect(app_of(page).get_by_role("button", name="Delete")).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Try again")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_be_visible()


def test_wi_fi_only_waits_and_send_now_goes_over_it(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        press(page, "About this programme")
        app_of(page).get_by_text("Over Wi-Fi only", exact=True).click()
        expect(app_of(page).get_by_label("Over Wi-Fi only")).to_be_checked()
        assert axe_violations(page) == []
        press(page, "Back")
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text("nothing is sent by itself")).to_be_visible()
        assert axe_violations(page) == []
        expect(app_of(page).get_by_text("On this phone", exact=True)).to_have_count(1)
        press(page, "Send now")
        on_hub(page, 1)
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        press(page, "About this programme")
        expect(app_of(page).get_by_label("Over Wi-Fi only")).to_be_checked()


SAVES_DATA = "Object.defineProperty(NetworkInformation.prototype, 'saveData', {get: () => true})"


def test_a_phone_that_saves_data_waits_unless_it_is_told_not_to(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        browser.add_init_script(SAVES_DATA)
        page = browser.new_page()
        join(page, coordinator.invite())
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text("The phone saves data")).to_be_visible()
        press(page, "About this programme")
        app_of(page).get_by_text("Over any connection", exact=True).click()
        press(page, "Back")
        on_hub(page, 1)


def test_a_phone_is_given_back_once_the_hub_itself_says_that_it_has_everything(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        for _ in range(2):
            log_contact(page, FIRST, "my")
        on_hub(page, 2)
        write_note(page, "My own words")
        press(page, "About this programme")
        app.network.instead = FAULTS["500"]
        press(page, "Is everything on the hub?")
        expect(app_of(page).locator("hub-check").get_by_text(UNREACHABLE)).to_be_visible()
        assert axe_violations(page) == []
        expect(app_of(page).get_by_role("heading", name="Give this phone back")).to_have_count(0)
        app.network.instead = None
        press(page, "Is everything on the hub?")
        expect(app_of(page).get_by_text("The hub says: all your 2 contacts are here.")).to_be_visible()
        expect(app_of(page).get_by_text("Sent: 2.")).to_be_visible()
        assert axe_violations(page) == []
        press(page, "Forget this programme")
        assert axe_violations(page) == []
        press(page, "Keep it")
        press(page, "Forget this programme")
        press(page, "Forget it")
        expect(app_of(page).get_by_text("This phone has forgotten the programme.")).to_be_visible()
        assert axe_violations(page) == []
        expect(app_of(page).get_by_text("Border outreach")).to_have_count(0)
        expect(app_of(page).get_by_text("My own words")).to_be_visible()
    assert len(coordinator.exported()) == 2


def test_what_waits_goes_by_hand_to_the_hub_and_its_receipt_comes_back(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app.network.online = False
        log_contact(page, FIRST, "my")
        press(page, "About this programme")
        app_of(page).get_by_text("No connection? Carry it by hand").click()
        with page.expect_download() as saving:
            press(page, "Save as a file")
        assert saving.value.suggested_filename == "notes.bin"
        assert axe_violations(page) == []
        carried = tmp_path / "notes.bin"
        saving.value.save_as(carried)
        content = carried.read_bytes()
        assert hashlib.sha256(content[:-32]).digest() == content[-32:]
        assert b"sojourn/1/bundle" in content
        assert b"border" not in content
        app_of(page).locator("#receipt").set_input_files(carried)
        expect(app_of(page).get_by_text("This is not a receipt file for this phone.")).to_be_visible()
        assert axe_violations(page) == []

        # At the hub, twice, as people do who are not sure; both receipts say the same.
        first = json.loads(sojourn(app.hub, "bundle", "import", str(carried), "--json"))
        assert (first["refused"], first["known"]) == (0, 0)
        again = json.loads(sojourn(app.hub, "bundle", "import", str(carried), "--json"))
        assert (again["stored"], again["known"]) == (0, first["stored"])
        app_of(page).locator("#receipt").set_input_files(first["receipt"])
        expect(app_of(page).get_by_text("1 contact was handed on.", exact=False)).to_be_visible()
        assert axe_violations(page) == []
        # Handed on is not on the hub: whoever carried it may have written the receipt.
        press(page, "Back")
        expect(app_of(page).get_by_text("Waiting", exact=True)).to_have_count(1)
        on_hub(page, 0)
        # With a line again the hub itself is asked; nothing is sent a second time.
        app.network.seen.clear()
        app.network.online = True
        on_hub(page, 1)
        assert [path for path in app.network.seen if path.endswith("/missing")] != []
    assert len(coordinator.exported()) == 1
