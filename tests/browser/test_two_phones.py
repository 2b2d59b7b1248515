"""Two phones and one contact: what each changed is kept, shown and decided, drafts of a change among it."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_worker import (
    SMALL,
    come_back,
    drafts,
    fits,
    is_on_the_hub,
    open_contact,
    open_form,
    press,
    save,
    send_now,
    stays_in_its_width,
    tap,
)
from tests.browser.worker import Coordinator, app_of, join


def test_what_two_phones_changed_is_shown_side_by_side_and_decided(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    other = chromium.elsewhere(tmp_path / "other")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        open_form(page)
        tap(page, "place", "Border area")
        tap(page, "age_band", "Adult")
        tap(page, "needs", "Food")
        save(page)
        is_on_the_hub(page)
    coordinator("pull")
    devices = json.loads(coordinator("devices", "--json"))["devices"]
    [worker] = [each["device"] for each in devices if each["role"] == "worker"]
    beside = json.loads(coordinator("invite", "--role", "worker", "--beside", worker, "--json"))["link"]
    with other.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, beside)
        app.keep_whole(page)
    coordinator("pull")
    with chromium.open(viewport=SMALL) as mine, other.open(viewport=SMALL) as theirs:
        first, second = mine.new_page(), theirs.new_page()
        come_back(app, first)
        send_now(first)
        come_back(app, second)
        send_now(second)
        is_on_the_hub(second)
        app.network.online = False
        for page, place, need in ((first, "At sea", "Doctor"), (second, "Countryside", "Lawyer")):
            open_contact(page)
            press(page, "Change")
            tap(page, "place", place)
            tap(page, "needs", need)
            save(page)
        app.network.online = True
        send_now(first)
        send_now(second)
        send_now(first)
        open_contact(first)
        expect(app_of(first).get_by_text("Changed on two phones: both are kept.")).to_have_count(2)
        fits(first)
        press(first, "Choose what is right")
        press(first, "Save this choice")
        expect(app_of(first).get_by_text("Not saved yet: choose one of each.")).to_be_visible()
        fits(first)
        stays_in_its_width(first)
        expect(first.locator("#q-needs").get_by_text("Only here: Lawyer")).to_be_visible()
        tap(first, "place", "Countryside")
        first.locator("#q-needs label", has_text="Lawyer").click()
        press(first, "Save this choice")
        expect(app_of(first).get_by_role("heading", name="Contact", exact=True)).to_be_visible()
        expect(app_of(first).get_by_text("Changed on two phones: both are kept.")).to_have_count(0)
        press(first, "Back")
        send_now(first)
        # A draft of a change is gone on with after the other phone changed the same contact.
        send_now(second)
        open_contact(first)
        press(first, "Change")
        tap(first, "place", "Capital city")
        tap(first, "needs", "Place to sleep")
        press(first, "Back")
        open_contact(second)
        press(second, "Change")
        tap(second, "place", "Coast or port")
        tap(second, "gender", "Woman or girl")
        save(second)
        send_now(second)
        send_now(first)
        drafts(first).locator("button.card").click()
        place = first.locator("#q-place")
        expect(place.get_by_role("radio", name="Capital city")).to_be_checked()
        press(first, "Save contact")
        expect(app_of(first).get_by_text("Another phone changed this contact meanwhile.")).to_be_visible()
        expect(place).to_contain_text("Coast or port")
        expect(place.get_by_role("radio", name="Capital city")).to_be_checked()
        expect(first.locator("#q-gender")).to_contain_text("Woman or girl")
        fits(first)
        stays_in_its_width(first)
        save(first)
        expect(drafts(first)).to_have_count(0)
        send_now(first)
        # A deletion beside a change does not win by itself.
        send_now(second)
        app.network.online = False
        open_contact(first)
        press(first, "Delete")
        press(first, "Delete it")
        open_contact(second)
        press(second, "Change")
        tap(second, "age_band", "Unsure")
        save(second)
        app.network.online = True
        send_now(first)
        send_now(second)
        open_contact(second)
        expect(app_of(second).get_by_text("It was deleted on another phone", exact=False)).to_be_visible()
        fits(second)
        press(second, "Keep it")
        expect(app_of(second).get_by_text("It was deleted on another phone", exact=False)).to_have_count(0)
        expect(app_of(second).get_by_role("button", name="Change", exact=True)).to_be_visible()
        press(second, "Back")
        send_now(second)
    [fields] = coordinator.exported()
    assert {
        "place": "capital",
        "gender": "woman",
        "age_band": "unsure",
    }.items() <= fields.items()
