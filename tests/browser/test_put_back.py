"""An old copy of the hub is put back by hand, under the same epoch: a coordinator's browser brings again what it lacks
of all that the browser holds, and of all that it sent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sync import canonical
from sync.client import Coordinator
from sync.client.administration import of_type
from sync.client.reading import records
from tests.browser.conftest import App, Chromium
from tests.browser.headless import Loop
from tests.browser.test_members import exchange, press
from tests.browser.worker import app_of, make_vault
from tests.sync.client.people import Place, contact, numbers


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.end()


async def deeds(coordinator: Coordinator) -> list[tuple[str, bytes]]:
    logged = of_type(await records(coordinator.ledger, "admin"), "log")
    return [(each.text("what"), canonical.from_text(each.text("about"))) for each in logged]


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("main").get_by_text("English", exact=True).first.click()
    app_of(page).locator("button.button--primary").first.click()
    make_vault(page)
    expect(app_of(page).get_by_text("Test programme").first).to_be_visible()


def end_access(page: Page) -> None:
    """Of the only phone."""
    app_of(page).locator("button.card", has_text="People and phones").click()
    people = page.locator("console-people")
    people.get_by_role("button", name="End its access").first.click()
    people.get_by_role("dialog").get_by_role("button", name="End its access").click()
    expect(people).to_contain_text("Access ended")
    press(page, "Back")


def unread(path: str, body: bytes) -> bytes:
    """The line breaks before anything is read."""
    return b"" if "/changes?" in path else body


def test_what_a_coordinators_browser_pulled_and_what_it_sent_come_back(
    app: App, chromium: Chromium, tmp_path: Path, loop: Loop
) -> None:
    place, copy = Place(app.hub, tmp_path), tmp_path / "copy.sqlite3"
    loop.run(place.found(practice=True))
    phone = loop.run(place.worker("phone"))
    link = loop.run(place.link("coordinator"))
    with chromium.open() as context:
        page = context.new_page()
        join(page, link)
        loop.run(place.coordinator.fetch())
        loop.run(phone.pull())
        press(page, "Open the programme")
        exchange(page)
        app.hub.end()
        shutil.copy(app.hub.database, copy)
        app.hub.start()

        # A contact that nobody else has then; and what the browser wrote in the log after somebody else did, so that
        # what it has read of that ends before the copy.
        loop.run(phone.add([contact(1)]))
        loop.run(phone.push())
        exchange(page)
        loop.run(phone.close())
        place.opened.remove(phone)
        loop.run(place.link())
        app.network.change = unread
        end_access(page)
        app.hub.end()
        shutil.copy(copy, app.hub.database)
        app.network.change = None
        app.hub.start()
        exchange(page)

    loop.run(place.coordinator.fetch())
    assert numbers(loop.run(place.coordinator.overview())) == [1]
    assert ("revoke", phone.ledger.device) in loop.run(deeds(place.coordinator))
    assert place.coordinator.ledger.certificates[phone.ledger.device].revoked
    loop.run(place.close())
