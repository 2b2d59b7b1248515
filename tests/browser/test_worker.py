"""An outreach worker's screens: a contact in a few taps, drafts, what is added later, what two phones changed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import App, Chromium
from tests.browser.recording import silence
from tests.browser.test_reading import axe_violations
from tests.browser.waiting import wait_until
from tests.browser.words import said
from tests.browser.worker import Coordinator, app_of, join, unlock

SMALL = ViewportSize(width=360, height=640)
MOST_TAPS = 12

COUNT_TAPS = """() => { window.taps = 0;
    addEventListener('pointerdown', () => { window.taps += 1 }, {capture: true}); }"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def taps(page: Page) -> int:
    count: int = page.evaluate("window.taps")
    return count


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def tap(page: Page, field: str, choice: str) -> None:
    page.locator(f"#q-{field}").get_by_text(choice, exact=True).click()


def choose_language(page: Page, name: str) -> None:
    """From the phone's own list: one tap opens it, a second chooses, which no test sees."""
    page.locator("#q-language select").click()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.evaluate("window.taps += 1")
    expect(page.locator("#q-language option:checked")).to_have_text(name)


def open_form(page: Page) -> None:
    press(page, "New contact")
    expect(page.locator("contact-form form")).to_be_visible()


def save(page: Page) -> None:
    press(page, "Save contact")
    expect(app_of(page).get_by_role("heading", name="My notes")).to_be_visible()


def closed_groups(page: Page) -> list[str]:
    return page.locator("contact-form details:not([open]) h2").all_inner_texts()


def fits(page: Page) -> None:
    """What everybody must be able to see and press: no axe fault, nothing sideways, targets of 48 pixels."""
    assert axe_violations(page) == []
    assert page.evaluate(SIDEWAYS) <= 0
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                'sojourn-app :is(button, summary, .choice, input:not(.choice *), select)')]
            .filter(each => each.checkVisibility()).map(each => [each.getBoundingClientRect(), each])
            .filter(([box]) => box.height < 47.5 || box.width < 47.5).map(([, each]) => each.outerHTML.slice(0, 90))"""
    )
    assert small == []


def stays_in_its_width(page: Page) -> None:
    """Also where the text is twice as large."""
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    assert page.evaluate(SIDEWAYS) <= 0
    page.evaluate("delete document.documentElement.dataset.size")


def come_back(app: App, page: Page) -> None:
    page.goto(f"{app.origin}/en/notes")
    unlock(page)


def send_now(page: Page) -> None:
    press(page, "About this programme")
    press(page, "Send now")
    expect(app_of(page).get_by_role("button", name="Send now")).to_be_enabled()
    press(page, "Back")


def open_contact(page: Page) -> None:
    page.locator(".programme button.card").first.click()
    expect(app_of(page).get_by_role("heading", name="Contact", exact=True)).to_be_visible()


def is_on_the_hub(page: Page, count: int = 1) -> None:
    expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(count)


def drafts(page: Page) -> Locator:
    return page.locator("draft-list li")


def test_a_plain_contact_takes_at_most_twelve_taps_and_the_next_one_fewer(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        page.evaluate(COUNT_TAPS)
        open_form(page)
        assert closed_groups(page) == ["More, if you know it"]
        fits(page)
        tap(page, "team", "Team 2")
        tap(page, "place", "Border area")
        tap(page, "setting", "Street or market")
        tap(page, "stage", "On the way")
        tap(page, "contact_type", "First")
        choose_language(page, "Burmese")
        tap(page, "age_band", "Adult")
        tap(page, "gender", "Woman or girl")
        tap(page, "information_given", "Papers")
        assert closed_groups(page) == ["More, if you know it"]
        save(page)
        assert taps(page) <= MOST_TAPS

        page.evaluate("window.taps = 0")
        open_form(page)
        fits(page)
        tap(page, "age_band", "Unsure")
        tap(page, "gender", "Man or boy")
        tap(page, "needs", "Food")
        save(page)
        assert taps(page) == 5
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(2)
    first, second = coordinator.exported()
    kept = {"team": "team_2", "place": "border", "setting": "street", "language": "my"}
    assert kept.items() <= first.items()
    assert kept.items() <= second.items()
    assert second["needs"] == ["food"]
    assert "information_given" not in second


def test_drafts_are_told_apart_gone_on_with_and_thrown_away(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        app.keep_whole(page)
        app.network.online = False
        for place, age in (("Border area", "Adult"), ("At sea", "Unsure")):
            open_form(page)
            tap(page, "place", place)
            tap(page, "age_band", age)
            press(page, "Back")
        open_form(page)
        tap(page, "gender", "Another gender")
        press(page, "Back")
        expect(drafts(page).locator(".title")).to_have_text(
            ["Another gender", "At sea, Unsure", "Border area, Adult"]
        )
        fits(page)
        drafts(page).filter(has_text="Border area").get_by_role("button", name="Throw away").click()
        fits(page)
        page.get_by_role("button", name="Keep it").click()
        expect(drafts(page)).to_have_count(3)
        drafts(page).filter(has_text="Border area").get_by_role("button", name="Throw away").click()
        page.locator("dialog").get_by_role("button", name="Throw away").click()
        expect(drafts(page).locator(".title")).to_have_text(["Another gender", "At sea, Unsure"])
        drafts(page).filter(has_text="At sea").locator("button.card").click()
        # An answer that stays the same from contact to contact is folded to one line.
        expect(page.locator("#q-place > button.card")).to_contain_text("At sea")
        save(page)
        expect(drafts(page).locator(".title")).to_have_text(["Another gender"])
        expect(page.locator(".programme .card")).to_have_count(1)


def test_the_outcome_of_a_referral_is_added_later_and_a_sent_contact_is_deleted(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        open_form(page)
        tap(page, "place", "Border area")
        tap(page, "age_band", "Adult")
        tap(page, "consent_referral", "Yes")
        page.locator("#q-referral_type select").select_option("legal")
        save(page)
        is_on_the_hub(page)
        open_contact(page)
        fits(page)
        press(page, "Add the outcome of the referral")
        expect(page.locator("contact-form .field")).to_have_count(2)
        fits(page)
        tap(page, "outcome", "No place free")
        tap(page, "barrier", "Distance")
        save(page)
        is_on_the_hub(page)
        added = {"outcome": "no_place", "barrier": ["distance"], "referral_type": "legal", "place": "border"}
        [fields] = coordinator.exported()
        assert added.items() <= fields.items()
        open_contact(page)
        expect(app_of(page).get_by_role("button", name="Add the outcome of the referral")).to_have_count(0)
        press(page, "Delete")
        press(page, "Delete it")
        expect(app_of(page).get_by_text("Contact deleted here.", exact=False)).to_be_visible()
        expect(app_of(page).get_by_text("No contacts on this phone yet.")).to_be_visible()
    assert coordinator.exported() == []


def test_a_free_note_is_looked_through_before_it_is_saved(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    app.add_to_form(tmp_path / "own", ("text", "remark", "A short note"))
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        open_form(page)
        tap(page, "place", "Border area")
        tap(page, "age_band", "Adult")
        note = page.locator("#i-remark")
        note.fill("x" * 290)
        expect(app_of(page).get_by_text("10 characters too long.")).to_be_visible()
        note.fill("Ask for Mali at ๐๘๑ ๒๓๔ ๕๖๗๘")
        expect(app_of(page).get_by_text("What it cannot see it cannot warn of.", exact=False)).to_be_visible()
        press(page, "Save contact")
        asked = page.locator("dialog[open]")
        expect(asked.get_by_text("Like a name: “Mali”")).to_be_visible()
        expect(asked.get_by_text("Like a telephone or other number: “๐๘๑ ๒๓๔ ๕๖๗๘”")).to_be_visible()
        fits(page)
        asked.get_by_role("button", name="Change the text").click()
        note.fill("Wants to go home before Monday.")
        save(page)
        open_form(page)
        tap(page, "age_band", "Adult")
        note.fill("Works for Acme Cleaning")
        press(page, "Save contact")
        asked.get_by_role("button", name="Save it as it is").click()
        expect(app_of(page).get_by_role("heading", name="My notes")).to_be_visible()
        is_on_the_hub(page, 2)
    assert [fields["remark"] for fields in coordinator.exported()] == [
        "Wants to go home before Monday.",
        "Works for Acme Cleaning",
    ]


def test_cards_ask_in_the_other_persons_language_and_only_needs_and_consent_come_back(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    app.record("ur", "card-who", silence(seconds=30))
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        open_form(page)
        tap(page, "place", "Border area")
        tap(page, "age_band", "Adult")
        press(page, "Cards for two people")
        expect(app_of(page).get_by_role("heading", name="Choose your language")).to_be_visible()
        fits(page)
        app_of(page).get_by_role("button", name="اردو").click()
        card = page.locator("section.client-card")
        expect(card).to_have_attribute("dir", "rtl")
        listen = card.locator("button:has(.pictogram):not(.client-choice)")
        expect(listen).to_be_visible()
        assert not any(path.startswith("/audio/") for path in app.network.seen)
        listen.click()
        wait_until(page, "document.querySelector('.client-card audio')?.currentTime > 0.2")
        card.get_by_role("button", name=said("ur", "Go on")).click()
        expect(page.locator("audio")).to_have_count(0)
        expect(listen).to_have_count(0)  # neither a recording of this card, nor a voice
        card.get_by_role("button", name=said("ur", "Back")).click()
        app.network.online = False
        listen.click()
        expect(card).to_contain_text(said("ur", "The recording needs a connection. It is not on this phone."))
        app.network.online = True
        card.get_by_role("button", name=said("ur", "Go on")).click()
        card.get_by_role("button", name=said("ur", "Back")).click()
        for _ in range(3):
            fits(page)
            stays_in_its_width(page)
            assert "Border area" not in page.content()
            card.get_by_role("button", name=said("ur", "Go on")).click()
        stays_in_its_width(page)
        card.get_by_role("button", name=said("ur", "Back")).click()
        page.go_back()
        expect(card).to_be_visible()
        card.locator(".client-choice").nth(1).click()
        card.locator(".client-choice").last.click()
        expect(card.locator("[aria-pressed=true]")).to_have_count(1)
        card.locator(".client-choice").first.click()
        expect(card.locator("[aria-pressed=true]")).to_have_count(1)
        card.get_by_role("button", name=said("ur", "Go on")).click()
        card.locator(".client-choice").first.click()
        card.get_by_role("button", name=said("ur", "Go on")).click()
        back = card.locator(".way-back button").first
        back.click()
        expect(card.get_by_role("button", name=said("ur", "Lock"))).to_be_visible()
        fits(page)
        back.hover()
        page.mouse.down()
        expect(page.locator("contact-form form")).to_be_visible()
        page.mouse.up()
        expect(page.locator("#q-needs input:checked")).to_have_count(1)
        expect(page.locator("#q-place input:checked")).to_have_count(0)
        save(page)
        is_on_the_hub(page)
    [fields] = coordinator.exported()
    assert {"needs": ["medical"], "consent_referral": "yes", "place": "border"}.items() <= fields.items()


def test_guidance_opens_over_the_form_and_nothing_is_lost(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open(viewport=SMALL) as browser:
        page = browser.new_page()
        join(page, coordinator.invite())
        open_form(page)
        tap(page, "place", "At sea")
        press(page, "Guidance")
        sheet = page.locator("dialog.sheet")
        expect(sheet.get_by_role("button", name="Signs to look for")).to_be_visible()
        fits(page)
        stays_in_its_width(page)
        sheet.get_by_role("button", name="Signs to look for").click()
        expect(sheet.get_by_role("heading", name="Lies before or at the start")).to_be_visible()
        fits(page)
        stays_in_its_width(page)
        sheet.get_by_role("button", name="Back").click()
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        expect(app_of(page).get_by_role("button", name="Guidance")).to_be_focused()
        expect(page.locator("#q-place input:checked")).to_have_count(1)
