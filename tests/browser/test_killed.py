"""The tab killed in the middle of every write: each thing is wholly before or wholly after, and nothing is in clear."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.killing import COUNT_STEPS, kill_browser, mortal
from tests.browser.test_disk import found_in, shapes_of
from tests.browser.test_sync import FAULTS
from tests.browser.waiting import SECONDS, wait_until
from tests.browser.worker import (
    PASSPHRASE,
    Coordinator,
    app_of,
    be_enrolled,
    log_contact,
    make_vault,
    unlock,
    write_note,
)

FIRST = "Quaggaish marmalade lanterns"
SECOND = "Zanzibarine quokka whispers"
LONGER = SECOND + " vermilionlike umbrellas"
NEXT = "granite heron umbrella 77"
THIRD = "Fennelworthy obelisk teaspoons"
MOST_STEPS = 40
TOOLS = ".cards--tools li"


class Phone:
    """One profile whose tabs die, and what a person finds who opens it again."""

    def __init__(
        self, app: App, chromium: Chromium, context: BrowserContext, passphrase: str = PASSPHRASE
    ) -> None:
        self._app = app
        self.profile = chromium.profile
        self.context = context
        self.passphrase = passphrase

    def come_back(self, page: Page) -> None:
        page.goto(f"{self._app.origin}/en/notes")
        unlock(page, self.passphrase)
        at_home(page)

    def survive(
        self,
        act: Callable[[Page], None],
        *,
        before: Callable[[Page], bool],
        after: Callable[[Page], bool],
        prepare: Callable[[Page], None] = lambda page: None,
        open_up: Callable[[Page], None] | None = None,
    ) -> None:
        """Does `act` again and again, killed one step later each time, until what it does is done.

        `before`, `after`: whether all is as it was, or as it should become; there is nothing between.
        """
        for step in range(1, MOST_STEPS):
            with mortal(self.context) as dying:
                page = dying.page
                (open_up or self.come_back)(page)
                if settled(page, after, before) is after:
                    assert step > 2, "nothing died"
                    return
                prepare(page)
                dying.dies_at(step, act)
        raise AssertionError(f"not done in {MOST_STEPS} steps")


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).first.click()


def at_home(page: Page) -> None:
    expect(app_of(page).locator(TOOLS).first).to_be_visible()
    expect(app_of(page).locator("section.notes").locator("button.card, p.hint").first).to_be_visible()


def settled(page: Page, *states: Callable[[Page], bool]) -> Callable[[Page], bool]:
    """In which of these states the home screen is, and stays: its lists are read one after the other."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = [state for state in states if state(page)]
        page.wait_for_timeout(150)
        if found and found[0](page):
            return found[0]
    raise AssertionError((notes(page), drafts(page), app_of(page).inner_text()))


def drafts(page: Page) -> list[str]:
    return page.locator("draft-list .title").all_inner_texts()


def notes(page: Page) -> list[str]:
    return app_of(page).locator("section.notes button.card .title").all_inner_texts()


def stands(*, written: list[str], unfinished: list[str]) -> Callable[[Page], bool]:
    return lambda page: notes(page) == written and drafts(page) == unfinished


def test_a_tab_that_dies_at_any_write_leaves_each_thing_whole(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as context:
        context.add_init_script(COUNT_STEPS)
        phone = Phone(app, chromium, context)
        make_a_place(app, phone)
        write_notes(phone)
        change_the_passphrase(app, phone)
        enrol(phone, coordinator.invite())
        app.network.instead = FAULTS["503"]
        write_contacts(phone)
        send_contacts(app, phone)
        lose_the_receipt(app, phone)
        app.network.instead = FAULTS["503"]
        delete_a_contact(phone)
        app.network.instead = None
        die_whole(phone)
    with chromium.open() as context:
        page = context.new_page()
        Phone(app, chromium, context, NEXT).come_back(page)
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(1, timeout=60_000)
        assert notes(page) == [THIRD]
        assert drafts(page) == [FIRST]
    assert len(coordinator.exported()) == 1
    words = (FIRST, SECOND, THIRD, LONGER, PASSPHRASE, NEXT)
    needles = {shape: text for text in words for shape in shapes_of(text)}
    assert found_in(chromium.profile, needles) == []


def make_a_place(app: App, phone: Phone) -> None:
    """Many rows are written at once, most of them noise: a few of the places among them."""
    for step in (1, 2, 20, 500):
        with mortal(phone.context) as dying:
            dying.page.goto(f"{app.origin}/en/notes")
            # Nothing of the one before is there: it is made as if for the first time.
            expect(dying.page.locator("#passphrase-again")).to_be_visible()
            assert dying.dies_at(step, make_vault) == (step < 500)


def write_notes(phone: Phone) -> None:
    def type_into(text: str) -> Callable[[Page], None]:
        def act(page: Page) -> None:
            page.locator("#note-text").fill(text)
            wait_until(page, "commitsSeen() > 0")

        return act

    def take_up(page: Page) -> None:
        page.locator("draft-list button.card").first.click()
        expect(page.locator("#note-text")).to_be_visible()

    def save(page: Page) -> None:
        press(page, "Save note")
        at_home(page)

    def open_note(page: Page) -> None:
        app_of(page).locator("section.notes button.card").first.click()
        expect(page.locator("#note-text")).not_to_have_value("")

    def delete(page: Page) -> None:
        press(page, "Delete")
        press(page, "Delete it")
        at_home(page)

    nothing, begun = stands(written=[], unfinished=[]), stands(written=[], unfinished=[FIRST])
    phone.survive(type_into(FIRST), prepare=lambda page: press(page, "New note"), before=nothing, after=begun)
    more = stands(written=[], unfinished=[SECOND])
    phone.survive(type_into(SECOND), prepare=take_up, before=begun, after=more)
    kept = stands(written=[SECOND], unfinished=[])
    phone.survive(save, prepare=take_up, before=more, after=kept)
    changed = stands(written=[SECOND], unfinished=[LONGER])
    with mortal(phone.context) as dying:
        phone.come_back(dying.page)
        open_note(dying.page)
        dying.page.evaluate("dieAt()")
        type_into(LONGER)(dying.page)
    done = stands(written=[LONGER], unfinished=[])
    phone.survive(save, prepare=take_up, before=changed, after=done)
    phone.survive(delete, prepare=open_note, before=done, after=nothing)


def change_the_passphrase(app: App, phone: Phone) -> None:
    def open_with_either(page: Page) -> None:
        page.goto(f"{app.origin}/en/notes")
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("#passphrase").press("Enter")
        refused = app_of(page).get_by_text("opens nothing here")
        expect(app_of(page).locator(TOOLS).first.or_(refused)).to_be_visible(timeout=60_000)
        if refused.is_visible():
            phone.passphrase = NEXT
            unlock(page, NEXT)
        at_home(page)

    def fill(page: Page) -> None:
        press(page, "This place")
        app_of(page).locator("button.card").get_by_text("Passphrase", exact=True).click()
        page.locator("#present").fill(PASSPHRASE)
        page.locator("#passphrase").fill(NEXT)
        page.locator("#passphrase-again").fill(NEXT)

    def change(page: Page) -> None:
        press(page, "Change the passphrase")
        expect(app_of(page).get_by_text("The passphrase is changed.")).to_be_visible(timeout=60_000)

    phone.survive(
        change,
        open_up=open_with_either,
        prepare=fill,
        before=stands(written=[], unfinished=[]),
        after=lambda _: phone.passphrase == NEXT,
    )


def enrol(phone: Phone, link: str) -> None:
    page = phone.context.new_page()
    phone.come_back(page)
    press(page, "I have an invitation")
    page.locator("#invitation").fill(link)
    page.locator("#invitation").press("Enter")
    press(page, "Go on")
    be_enrolled(page)
    page.close()


def contacts(page: Page) -> int:
    be_enrolled(page)
    return page.locator(".programme ul.cards > li").count()


def write_contacts(phone: Phone) -> None:
    def begin(page: Page) -> None:
        press(page, "New contact")
        app_of(page).get_by_text("Border area", exact=True).first.click()
        wait_until(page, "commitsSeen() > 0")

    def take_up(page: Page) -> None:
        page.locator("draft-list button.card").first.click()
        expect(page.locator("#q-place")).to_contain_text("Border area", timeout=60_000)
        if page.locator("#q-age_band input:checked").count() == 0:
            page.evaluate("dieAt()")
            app_of(page).get_by_text("Adult", exact=True).first.click()
            wait_until(page, "commitsSeen() > 0")

    def save(page: Page) -> None:
        press(page, "Save contact")
        at_home(page)

    def held(count: int, unfinished: int) -> Callable[[Page], bool]:
        return lambda page: (contacts(page), len(drafts(page))) == (count, unfinished)

    phone.survive(begin, before=held(0, 0), after=held(0, 1))
    phone.survive(save, prepare=take_up, before=held(0, 1), after=held(1, 0))


def send_contacts(app: App, phone: Phone) -> None:
    def send(page: Page) -> None:
        app.network.instead = None
        press(page, "Send now")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(1, timeout=60_000)

    def wait_for_trouble(page: Page) -> None:
        expect(app_of(page).get_by_role("button", name="Send now")).to_be_visible(timeout=60_000)

    def open_up(page: Page) -> None:
        app.network.instead = FAULTS["503"]
        phone.come_back(page)

    phone.survive(
        send,
        open_up=open_up,
        prepare=wait_for_trouble,
        before=lambda page: contacts(page) == 1,
        after=lambda page: (
            contacts(page) == 1 and app_of(page).get_by_text("On the hub", exact=True).count() == 1
        ),
    )


def lose_the_receipt(app: App, phone: Phone) -> None:
    """The hub has it, and the phone dies before it hears so."""
    app.network.instead = None
    app.network.lose = "POST /api/v1/collections/"
    with mortal(phone.context) as dying:
        phone.come_back(dying.page)
        log_contact(dying.page, ["At sea", "Adult"])
        assert app.network.lost.wait(60)
        dying.kill()
    app.network.lose = None
    page = phone.context.new_page()
    phone.come_back(page)
    expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(2, timeout=60_000)
    page.close()


def delete_a_contact(phone: Phone) -> None:
    def open_contact(page: Page) -> None:
        page.locator(".programme button.card").first.click()
        expect(app_of(page).get_by_role("heading", name="Contact", exact=True)).to_be_visible()

    def delete(page: Page) -> None:
        press(page, "Delete")
        press(page, "Delete it")
        at_home(page)

    phone.survive(
        delete,
        prepare=open_contact,
        before=lambda page: contacts(page) == 2,
        after=lambda page: contacts(page) == 1,
    )


def die_whole(phone: Phone) -> None:
    """A note just saved and a draft just typed, and then the whole browser is gone."""
    page = phone.context.new_page()
    phone.come_back(page)
    write_note(page, THIRD)
    press(page, "New note")
    page.evaluate("dieAt()")
    page.locator("#note-text").fill(FIRST)
    wait_until(page, "commitsSeen() > 0")
    kill_browser(phone.profile)
