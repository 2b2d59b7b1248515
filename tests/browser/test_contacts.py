"""A worker's way: join, lose the network, write, close, come back, send; and what the coordinator then has."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import RESTYLED, App, Chromium
from tests.browser.waiting import wait_until
from tests.browser.words import said
from tests.browser.worker import (
    Coordinator,
    app_of,
    join,
    log_contact,
    make_vault,
    sojourn,
    unlock,
    write_note,
)

FIRST = ["Team 2", "Border area", "Street or market", "On the way", "First", "Adult", "Woman or girl"]
SECOND = ["Team 2", "Capital city", "Shelter", "Working away from home", "Repeat", "Under 18", "Man or boy"]
THIRD = ["Team 4", "At sea", "Phone", "Back home", "First", "Unsure", "Not asked"]

TYPED = [
    {
        "team": "team_2",
        "place": "border",
        "setting": "street",
        "stage": "travelling",
        "contact_type": "first",
        "age_band": "adult",
        "gender": "woman",
        "language": "my",
    },
    {
        "team": "team_2",
        "place": "capital",
        "setting": "shelter",
        "stage": "working",
        "contact_type": "repeat",
        "age_band": "under_18",
        "gender": "man",
        "language": "ur",
    },
    {
        "team": "team_4",
        "place": "sea",
        "setting": "phone",
        "stage": "returned",
        "contact_type": "first",
        "age_band": "unsure",
        "gender": "not_asked",
        "language": "km",
    },
]


def without_week(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "week"}


def test_three_contacts_and_a_note_written_offline_all_arrive(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app.network.online = False
        for choices, language in ((FIRST, "my"), (SECOND, "ur"), (THIRD, "km")):
            log_contact(page, choices, language)
        write_note(page, "Call the clinic on Monday")
        expect(app_of(page).get_by_text(re.compile("^(On this phone|Waiting)$"))).to_have_count(3)
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        expect(app_of(page).get_by_text("Call the clinic on Monday")).to_be_visible()
        app.network.online = True
        # It goes on by itself: nobody presses anything.
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(3, timeout=90_000)
    exported = coordinator.exported()
    assert [without_week(fields) for fields in exported] == TYPED
    assert all(str(fields["week"]).startswith("20") for fields in exported)


def test_a_draft_survives_the_browser(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app_of(page).get_by_role("button", name="New contact").click()
        app_of(page).get_by_text("Border area", exact=True).click()
        page.wait_for_timeout(1000)
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        expect(app_of(page).get_by_text("Draft").first).to_be_visible()
    assert coordinator.exported() == []


def test_what_a_worker_writes_from_the_command_line_and_the_browser_stand_side_by_side(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    state = str(tmp_path / "device")
    sojourn(app.hub, "device", "join", "--invite", coordinator.invite(), "--state", state)
    examples = sojourn(app.hub, "device", "form", "--example", "5", "--state", state)
    sojourn(app.hub, "device", "add", "-", "--state", state, text=examples)
    sojourn(app.hub, "device", "push", "--state", state)
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(1)
    assert len(coordinator.exported()) == 6


def test_an_invite_works_once(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    link = coordinator.invite()
    with chromium.open() as browser:
        join(browser.new_page(), link)
    other = chromium.elsewhere(tmp_path / "other")
    with other.open() as browser:
        page = browser.new_page()
        page.goto(link)
        page.locator("main").get_by_text("English", exact=True).first.click()
        app_of(page).locator("button.button--primary").first.click()
        make_vault(page)
        expect(app_of(page).get_by_text("used", exact=False).first).to_be_visible()


def test_leaving_locks_the_vault_and_no_word_stays_in_the_page(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        write_note(page, "Hidden under the floor")
        page.locator("#leave").click()
        page.wait_for_url("**/units")
        assert "Hidden" not in page.content()
        page.goto(f"{app.origin}/en/notes")
        expect(page.locator("#passphrase")).to_be_visible()
        assert "Hidden" not in page.content()


def test_a_wrong_passphrase_opens_nothing_and_says_so(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        page.reload()
        page.locator("#passphrase").fill("another passphrase")
        page.locator("#passphrase").press("Enter")
        expect(app_of(page).get_by_role("alert").first).to_be_visible()
        unlock(page)


def test_the_invites_secret_leaves_the_address_at_once(app: App, chromium: Chromium, tmp_path: Path) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(coordinator.invite())
        expect(page.locator("h1").first).to_be_visible()
        assert "#" not in page.url
        assert page.evaluate("history.length") <= 2


def test_an_update_keeps_other_locales_drafts_and_the_vault(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        write_note(page, "Bring the charger")
        app_of(page).get_by_role("button", name="New contact").click()
        app_of(page).get_by_text("At sea", exact=True).click()
        page.wait_for_timeout(1000)
        for locale in ("km", "ur"):
            page.goto(f"{app.origin}/{locale}/")
            app.keep_whole(page)
        app.restyle(tmp_path)
        page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
        page.get_by_role("button", name=said("ur", "Use the new version")).click()
        wait_until(page, RESTYLED)
        app.network.online = False
        for locale in ("en", "km", "ur"):
            page.goto(f"{app.origin}/{locale}/topics/papers")
            expect(page.locator("html")).to_have_attribute("lang", locale)
            expect(page.locator("article.topic")).to_be_visible()
            assert page.evaluate(RESTYLED)
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        expect(app_of(page).get_by_text("Bring the charger")).to_be_visible()
        expect(app_of(page).get_by_text("Draft", exact=True)).to_have_count(1)


def test_one_vault_holds_two_enrolments(app: App, chromium: Chromium, tmp_path: Path) -> None:
    first = Coordinator(app.hub, tmp_path / "first", name="Border outreach")
    second = Coordinator(app.hub, tmp_path / "second", name="Harbour visits")
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, first.invite())
        app_of(page).get_by_role("button", name="I have an invitation").click()
        page.locator("#invitation").fill(second.invite())
        page.locator("#invitation").press("Enter")
        app_of(page).get_by_role("button", name="Go on").click()
        expect(app_of(page).get_by_role("heading", name="Harbour visits")).to_be_visible()
        expect(app_of(page).get_by_role("heading", name="Border outreach")).to_be_visible()


def test_who_joins_in_a_language_has_the_whole_page_in_it(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    foot = "footer.foot :is(label, option, nav.sections a, #not-mine, div.share button)"
    with chromium.open() as browser:
        page = browser.new_page()
        page.goto(f"{app.origin}/ur/notes")
        expect(page.locator("div.share button")).to_have_count(3)
        told = page.locator(foot).all_inner_texts()
        assert len(told) > 15
    with chromium.elsewhere(tmp_path / "other").open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite(), "اردو")
        expect(page.locator("div.share button")).to_have_count(3)
        assert page.locator(foot).all_inner_texts() == told


def test_a_practice_programme_has_a_stripe_on_every_screen(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator", practice=True)
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        stripe = page.locator(".stripe").first
        expect(stripe).to_be_visible()
        app_of(page).get_by_role("button", name="New contact").click()
        expect(stripe).to_be_visible()
