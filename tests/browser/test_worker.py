"""An outreach worker's screens: a contact in a few taps, drafts, what is added later, what two phones changed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.worker import Coordinator, app_of, join

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
        """() => [...document.querySelectorAll('sojourn-app :is(button, summary, .choice, input:not(.choice *), select)')]
            .filter(each => each.checkVisibility()).map(each => [each.getBoundingClientRect(), each])
            .filter(([box]) => box.height < 47.5 || box.width < 47.5).map(([, each]) => each.outerHTML.slice(0, 90))"""
    )
    assert small == []


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
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(2, timeout=60_000)
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
        expect(page.locator("#q-place input:checked")).to_have_count(1)
        save(page)
        expect(drafts(page).locator(".title")).to_have_text(["Another gender"])
        expect(page.locator(".programme .card")).to_have_count(1)
