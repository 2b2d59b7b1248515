"""The private tools of My notes: what somebody types there is found again after a lock, and by nobody else."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_reading import axe_violations
from tests.browser.words import said
from tests.browser.worker import app_of, make_vault, unlock, write_note

TODAY = dt.date.today()
YESTERDAY = TODAY - dt.timedelta(days=1)


def shown(locale: str, name: str) -> str:
    """As a pattern: the translation, or the English that a page has with its mark where the pack has none."""
    return f"({re.escape(said(locale, name))}|{re.escape(name)})"


def press(page: Page, name: str, locale: str = "en") -> None:
    label = re.compile(f"^{shown(locale, name)}( EN)?$")
    app_of(page).get_by_role("button", name=label).first.click()


def open_tool(page: Page, name: str, locale: str = "en") -> None:
    app_of(page).locator(".cards--tools button.card").filter(has_text=re.compile(shown(locale, name))).click()
    expect(app_of(page).locator("h1")).to_have_text(re.compile(shown(locale, name)))


def at_home(page: Page, locale: str = "en") -> None:
    expect(app_of(page).locator("tool-cards .cards--tools li").first).to_be_visible()
    expect(app_of(page).locator("h1")).to_have_text(re.compile(re.escape(said(locale, "My notes"))))


def save(page: Page, locale: str = "en") -> None:
    press(page, "Save", locale)
    expect(app_of(page).get_by_role("status").first).to_contain_text(re.compile(shown(locale, "Saved.")))


def lock_and_open(page: Page) -> None:
    press(page, "Lock")
    expect(page.locator("#passphrase")).to_be_visible()
    assert "Lotus" not in page.content()
    unlock(page)
    at_home(page)


def new_place(page: Page, app: App, locale: str = "en") -> None:
    page.goto(f"{app.origin}/{locale}/notes")
    make_vault(page)
    at_home(page, locale)


def put_day(page: Page, day: dt.date, start: str, end: str, pause: str) -> None:
    page.locator("#field-date").fill(day.isoformat())
    page.locator("#field-start").fill(start)
    page.locator("#field-end").fill(end)
    page.locator("#field-pause").fill(pause)


def test_words_are_found_in_notes_of_every_script(app: App, chromium: Chromium) -> None:
    texts = [
        "Lotus café, ask for Özlem",
        "ฉันทำงานที่โรงงานน้ำแข็ง",
        "ខ្ញុំធ្វើការនៅរោងចក្រ",
        "ကျွန်မ စက်ရုံမှာ အလုပ်လုပ်တယ်",
    ]
    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        for text in texts:
            write_note(page, text)
        # Home shows the newest three, and the way to the others.
        expect(app_of(page).locator("section.notes .cards > li")).to_have_count(3)
        press(page, "All notes: 4")
        cards = app_of(page).locator("notes-list .cards > li")
        expect(cards).to_have_count(4)
        for words, found in (("CAFE ozlem", 0), ("น้ำแข็ง", 1), ("រោងចក្រ", 2), ("စက်ရုံ", 3)):
            page.locator("#words").fill(words)
            expect(cards).to_have_text([re.compile(re.escape(texts[found]))])
        page.locator("#words").fill("nowhere")
        expect(app_of(page).get_by_role("status").last).to_contain_text("Nothing found")
        assert axe_violations(page) == []
        page.locator("#words").fill("cafe")
        cards.first.locator("button").click()
        expect(page.locator("#note-text")).to_have_value(texts[0])
        # Back leads to the list, and then home; the address never says what was looked for.
        page.go_back()
        expect(page.locator("#words")).to_be_visible()
        assert "cafe" not in page.url
        page.go_back()
        at_home(page)


def test_a_day_is_two_presses_and_the_month_says_what_is_missing(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        open_tool(page, "Hours and pay")
        press(page, "Write a day")
        put_day(page, YESTERDAY, "08:00", "17:00", "60")
        page.locator("#field-note").fill("Lotus kitchen, no break on paper")
        save(page)
        press(page, "My pay")
        page.locator("#field-amount").fill("fifty")
        press(page, "Save")
        expect(page.locator("#amount-error")).to_be_visible()
        expect(page.locator("#field-amount")).to_be_focused()
        page.locator("#field-amount").fill("50")
        app_of(page).get_by_text("For an hour", exact=True).click()
        page.locator("#field-currency").fill("baht")
        save(page)
        press(page, "Back")
        at_home(page)
        lock_and_open(page)
        # One press, two presses.
        open_tool(page, "Hours and pay")
        app_of(page).get_by_role("button", name=re.compile("^Today as last time: 08:00 to 17:00")).click()
        expect(app_of(page).get_by_role("button", name=re.compile("^Today as last time"))).to_have_count(0)
        if TODAY.month != YESTERDAY.month:
            return
        expect(app_of(page).get_by_text("2 days, 16 h")).to_be_visible()
        sums = app_of(page).locator("dl.sums")
        expect(sums).to_contain_text("800 baht")
        press(page, "Money I got")
        page.locator("#field-amount").fill("300.50")
        save(page)
        press(page, "Money taken out of my pay")
        page.locator("#field-amount").fill("100")
        page.locator("#field-note").fill("Lotus room")
        save(page)
        expect(sums.locator(".missing")).to_contain_text("499.50 baht")
        assert axe_violations(page) == []
        press(page, "A record to print")
        expect(app_of(page).locator(".record table")).to_contain_text("499.50 baht")
        page.locator("#mine").fill("Lotus Flower")
        expect(app_of(page).locator(".record")).to_contain_text("Lotus Flower")
        assert axe_violations(page) == []
        page.emulate_media(media="print")
        expect(page.locator("#mine")).not_to_be_visible()
        expect(page.locator("header.top")).not_to_be_visible()
        expect(app_of(page).locator(".record table")).to_be_visible()
        page.emulate_media(media="screen")
        press(page, "Back")
        # What was written can be changed and deleted.
        app_of(page).locator("button.card").filter(has_text="300.50").click()
        press(page, "Delete")
        app_of(page).get_by_role("button", name="Delete it").click()
        expect(sums.locator(".missing")).to_contain_text("800 baht")


def test_an_offer_is_kept_with_the_questions_of_the_check(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        app.keep_whole(page)
        app.network.online = False
        open_tool(page, "The offer I was made")
        press(page, "New offer")
        page.locator("#offer-who").fill("Lotus agency, a cousin of my aunt")
        question = app_of(page).get_by_role(
            "group", name="Do they want to keep your passport or other papers?"
        )
        question.get_by_text("Yes", exact=True).click()
        expect(app_of(page).locator("article.caution")).to_contain_text(
            "It is a warning sign if someone keeps"
        )
        assert axe_violations(page) == []
        # Locked in the middle: what was typed waits as a draft.
        page.locator("#offer-what").press_sequentially("Work in a Lotus garden")
        page.wait_for_timeout(600)
        page.reload()
        unlock(page)
        at_home(page)
        app_of(page).locator("draft-list button.card").click()
        expect(page.locator("#offer-what")).to_have_value("Work in a Lotus garden")
        save(page)
        open_tool(page, "The offer I was made")
        app_of(page).locator("offers-home button.card").click()
        expect(page.locator("#offer-who")).to_have_value("Lotus agency, a cousin of my aunt")
        expect(question.get_by_label("Yes", exact=True)).to_be_checked()


def test_a_plan_is_kept_as_it_is_typed_and_dates_come_up_in_time(app: App, chromium: Chromium) -> None:
    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        open_tool(page, "Safety plan")
        page.locator("#field-trusted").press_sequentially("Lotus, my sister")
        expect(app_of(page).get_by_text("Kept as a draft as you type.")).to_be_visible()
        page.wait_for_timeout(600)
        page.reload()
        unlock(page)
        at_home(page)
        # The plan's own card goes on with what was begun.
        open_tool(page, "Safety plan")
        expect(page.locator("#field-trusted")).to_have_value("Lotus, my sister")
        page.locator("#field-code").fill("umbrella")
        assert axe_violations(page) == []
        save(page)
        at_home(page)
        open_tool(page, "Dates to remember")
        app_of(page).get_by_role("button", name=re.compile("^My visa ends on")).click()
        page.locator("#field-date").fill((TODAY + dt.timedelta(days=10)).isoformat())
        page.locator("#field-before").fill("14")
        save(page)
        press(page, "New date")
        page.locator("#field-name").fill("Lotus far away")
        page.locator("#field-date").fill((TODAY + dt.timedelta(days=40)).isoformat())
        page.locator("#field-before").fill("7")
        save(page)
        assert axe_violations(page) == []
        press(page, "Back")
        lock_and_open(page)
        due = app_of(page).locator(".card--due")
        expect(due).to_have_count(1)
        expect(due).to_contain_text("My visa ends on")
        expect(due).to_contain_text("In 10 days")
        assert axe_violations(page) == []
        open_tool(page, "Safety plan")
        expect(page.locator("#field-code")).to_have_value("umbrella")
        # What another window saves meanwhile is not written over, also where a draft is gone on with.
        other = browser.new_page()
        other.goto(f"{app.origin}/en/notes")
        unlock(other)
        at_home(other)
        open_tool(other, "Safety plan")
        expect(other.locator("#field-code")).to_have_value("umbrella")
        page.locator("#field-take").fill("papers")
        expect(app_of(page).get_by_text("Kept as a draft as you type.")).to_be_visible()
        press(page, "Back")
        at_home(page)
        other.locator("#field-take").fill("money")
        save(other)
        other.close()
        open_tool(page, "Safety plan")
        expect(page.locator("#field-take")).to_have_value("papers")
        press(page, "Save")
        expect(app_of(page).get_by_text("both versions are kept")).to_be_visible()
        open_tool(page, "Safety plan")
        took = {page.locator("#field-take").input_value()}
        assert axe_violations(page) == []
        picture(page, "two-plans")
        app_of(page).get_by_role("button", name=re.compile("^Saved on")).click()
        expect(page.locator("#field-take")).to_have_value("money" if took == {"papers"} else "papers")


def test_one_note_in_two_windows_loses_nothing_and_shows_nothing_wrong(app: App, chromium: Chromium) -> None:
    def open_note(page: Page, title: str) -> None:
        titles(page).get_by_text(title, exact=True).click()
        expect(page.locator("#note-text")).to_have_value(title)

    def type_note(page: Page, text: str) -> None:
        page.locator("#note-text").fill(text)
        expect(app_of(page).get_by_text("Kept as a draft as you type.")).to_be_visible()

    def save_note(page: Page, said: str) -> None:
        press(page, "Save note")
        expect(app_of(page).get_by_role("status").first).to_contain_text(said)
        at_home(page)

    def titles(page: Page) -> Locator:
        return app_of(page).locator("section.notes .cards .title")

    with chromium.open() as browser:
        page = browser.new_page()
        new_place(page, app)
        write_note(page, "Lotus base")
        other = browser.new_page()
        other.goto(f"{app.origin}/en/notes")
        unlock(other)
        for window in (page, other):
            open_note(window, "Lotus base")
        type_note(page, "Lotus one")
        type_note(other, "Lotus two")
        save_note(page, "Note saved.")
        expect(titles(page)).to_have_text(["Lotus one"])

        # What the other one is typing is a draft of its own. Gone on with here too, it becomes two.
        begun = page.locator("draft-list button.card")
        expect(begun.locator(".title")).to_have_text(["Lotus two"])
        begun.click()
        expect(page.locator("#note-text")).to_have_value("Lotus two")
        type_note(page, "Lotus two from here")
        type_note(other, "Lotus two from there")
        save_note(other, "both versions are kept")
        expect(titles(other)).to_have_text(["Lotus two from there", "Lotus one"])
        expect(page.locator("#note-text")).to_have_value("Lotus two from here")
        type_note(page, "Lotus two from here again")
        save_note(page, "both versions are kept")
        three = ["Lotus two from here again", "Lotus two from there", "Lotus one"]
        for window in (page, other):
            expect(titles(window)).to_have_text(three)

        # Deleted in one window while it is changed in the other.
        open_note(page, "Lotus one")
        open_note(other, "Lotus one")
        type_note(page, "Lotus one changed")
        press(other, "Delete")
        press(other, "Delete it")
        at_home(other)
        expect(titles(other)).to_have_count(2)
        save_note(page, "Note saved.")
        for window in (page, other):
            expect(titles(window)).to_have_text(["Lotus one changed", *three[:2]])
        lock_and_open(page)
        expect(titles(page)).to_have_text(["Lotus one changed", *three[:2]])
        expect(page.locator("draft-list li")).to_have_count(0)


SCREENS = ["notes", "hours", "record", "wage", "day", "offers", "offer", "plan", "dates", "date"]


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("SOJOURN_PICTURES")
    if folder:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("locale", ["ur", "km"])
def test_no_screen_is_wider_than_a_small_phone_at_twice_the_text(
    app: App, chromium: Chromium, locale: str
) -> None:
    with chromium.open(viewport={"width": 320, "height": 640}) as browser:
        page = browser.new_page()
        new_place(page, app, locale)

        def looks_right(name: str) -> None:
            for size in ("", "largest"):
                page.evaluate("(size) => { document.documentElement.dataset.size = size; }", size)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                picture(page, f"{name}-{locale}-{size or 'normal'}")
                assert wide <= 0, (name, size)
            page.evaluate("() => { delete document.documentElement.dataset.size; }")
            assert axe_violations(page) == [], name

        looks_right("home-empty")
        for number in range(4):
            write_note_in(page, locale, f"Lotus {number} " + "long" * 12)
        open_tool(page, "Hours and pay", locale)
        looks_right("hours-empty")
        press(page, "Write a day", locale)
        put_day(page, TODAY, "21:00", "06:30", "45")
        looks_right("day")
        save(page, locale)
        press(page, "My pay", locale)
        press(page, "Save", locale)
        looks_right("wage-wrong")
        page.locator("#field-amount").fill("123456789.25")
        app_of(page).locator(".choice").first.click()
        page.locator("#field-currency").fill("rupees")
        save(page, locale)
        expect(app_of(page).locator("#money")).to_be_attached()
        assert page.evaluate("scrollY") == 0
        looks_right("hours")
        press(page, "A record to print", locale)
        looks_right("record")
        press(page, "Back", locale)
        press(page, "Back", locale)
        at_home(page, locale)
        open_tool(page, "The offer I was made", locale)
        looks_right("offers-empty")
        press(page, "New offer", locale)
        expect(app_of(page).locator("fieldset").first).to_be_visible()
        app_of(page).locator("fieldset").first.locator(".choice").last.click()
        looks_right("offer")
        save(page, locale)
        press(page, "Back", locale)
        open_tool(page, "Dates to remember", locale)
        looks_right("dates-empty")
        press(page, "New date", locale)
        page.locator("#field-name").fill("Lotus")
        page.locator("#field-date").fill(TODAY.isoformat())
        looks_right("date")
        save(page, locale)
        looks_right("dates")
        press(page, "Back", locale)
        open_tool(page, "Safety plan", locale)
        looks_right("plan")
        press(page, "Back", locale)
        at_home(page, locale)
        looks_right("home")
        app_of(page).locator("section.notes .buttons button").last.click()
        expect(page.locator("#words")).to_be_visible()
        looks_right("notes")


def write_note_in(page: Page, locale: str, text: str) -> None:
    press(page, "New note", locale)
    page.locator("#note-text").fill(text)
    press(page, "Save note", locale)
    at_home(page, locale)
