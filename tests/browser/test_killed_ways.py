"""The tab killed while a way in is added, changed or removed: the old or the new one opens afterwards, never none."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.killing import COUNT_STEPS, mortal
from tests.browser.test_killed import MOST_STEPS, Phone, at_home, notes, press
from tests.browser.test_place import (
    NOTE,
    SECOND,
    begin,
    choose,
    go_to,
    lock,
    make_recovery_key,
    virtual_authenticator,
)
from tests.browser.test_place import press as press_only
from tests.browser.worker import PASSPHRASE, app_of, unlock

WRONG = "opens nothing here"


def test_a_tab_that_dies_while_a_way_in_changes_leaves_one_that_opens(app: App, chromium: Chromium) -> None:
    # WebAuthn takes no number for a host's name.
    app.origin = app.origin.replace("127.0.0.1", "localhost")
    with chromium.open() as context:
        context.add_init_script(COUNT_STEPS)
        page = begin(app, context)
        phone = Phone(app, chromium, context)
        first = make_recovery_key(page)
        page.close()
        replace_the_recovery_key(app, phone, first)
        add_a_passkey(phone)
        set_a_second_passphrase(app, phone)
        remove(phone, "Fingerprint or face", "Remove it")
        remove(phone, "Recovery key", "Remove the recovery key", asks=True)
        page = context.new_page()
        phone.come_back(page)
        assert notes(page) == [NOTE]


def open_with_key(app: App, page: Page, key: list[str]) -> bool:
    """Whether it opens; the page is at home then, and knows the note."""
    page.goto(f"{app.origin}/en/notes")
    page.get_by_text("I have forgotten it").click()
    page.locator("#recovery").fill(" ".join(key))
    press(page, "Open with the recovery key")
    return is_let_in(page)


def is_let_in(page: Page) -> bool:
    refused = app_of(page).get_by_text(WRONG)
    expect(page.locator("section.notes").or_(refused)).to_be_visible()
    if refused.is_visible():
        return False
    at_home(page)
    assert notes(page) == [NOTE]
    return True


def replace_the_recovery_key(app: App, phone: Phone, old: list[str]) -> None:
    """Until its part is typed, the paper of the one before opens; from then on the new one's."""
    shown: list[str] = []

    def replace(page: Page) -> None:
        shown[:] = make_recovery_key(page)
        number = int("".join(filter(str.isdigit, page.locator('label[for="part"]').inner_text())))
        page.locator("#part").fill(shown[number - 1])
        press(page, "It is on my paper")
        expect(app_of(page).get_by_text("The recovery key is ready.")).to_be_visible()

    for step in range(1, MOST_STEPS):
        with mortal(phone.context) as dying:
            if not open_with_key(app, dying.page, old):
                assert step > 4, "nothing died"
                assert open_with_key(app, dying.page, shown)
                return
            dying.dies_at(step, replace)
    raise AssertionError("never done")


def hint_of(page: Page, card: str) -> Locator:
    return app_of(page).locator("button.card", has_text=card).locator(".hint")


def change_at_every_step(
    phone: Phone,
    card: str,
    *,
    becomes: str,
    act: Callable[[Page], None],
    prepare: Callable[[Page], None] = lambda page: None,
    check: Callable[[Page], None] = lambda page: None,
) -> None:
    """The passphrase opens every time; `card` says at last that it is so. `check`: then, in the page that did it."""
    for step in range(1, MOST_STEPS):
        with mortal(phone.context) as dying:
            page = dying.page
            phone.come_back(page)
            assert notes(page) == [NOTE]
            press(page, "This place")
            if hint_of(page, card).inner_text() == becomes:
                assert step > 2, "nothing died"
                return
            press(page, "Back")
            at_home(page)
            prepare(page)
            if not dying.dies_at(step, act):
                check(page)
    raise AssertionError(f"{card}: never done")


def add_a_passkey(phone: Phone) -> None:
    def add(page: Page) -> None:
        go_to(page, "Fingerprint or face")
        page.locator("#present").fill(PASSPHRASE)
        press_only(page, "Open with fingerprint or face from now on")
        expect(app_of(page).get_by_text("Fingerprint or face opens this place now.")).to_be_visible()

    def open_with_it(page: Page) -> None:
        press_only(page, "Back")
        lock(page)
        press_only(page, "Open with fingerprint or face")
        assert is_let_in(page)

    change_at_every_step(
        phone,
        "Fingerprint or face",
        becomes="Set",
        prepare=virtual_authenticator,
        act=add,
        check=open_with_it,
    )


def set_a_second_passphrase(app: App, phone: Phone) -> None:
    def set_it(page: Page) -> None:
        go_to(page, "A second passphrase")
        page.get_by_text("Open another place").click()
        choose(page, SECOND)
        press_only(page, "Set the second passphrase")
        expect(app_of(page).get_by_text("The second passphrase is set.")).to_be_visible()

    change_at_every_step(phone, "A second passphrase", becomes="Set", act=set_it)
    page = phone.context.new_page()
    page.goto(f"{app.origin}/en/notes")
    unlock(page, SECOND)
    at_home(page)
    assert notes(page) == []
    page.close()


def remove(phone: Phone, card: str, button: str, *, asks: bool = False) -> None:
    def act(page: Page) -> None:
        go_to(page, card)
        press(page, button)
        if asks:
            page.locator("dialog").get_by_role("button", name=button).click()
        expect(hint_of(page, card)).to_have_text("Not set")

    change_at_every_step(phone, card, becomes="Not set", act=act)
