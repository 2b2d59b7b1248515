"""Contacts that are safe with the programme leave the phone after their time, and so do the keys that open them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App, Chromium
from tests.browser.test_disk import KEYS_SEEN, found_in, shapes_of_bytes
from tests.browser.worker import COORDINATOR_PASSPHRASE, Coordinator, app_of, join, log_contact, unlock
from tests.conftest import OPERATOR

KEEP_DAYS = 7
FIRST = ["Team 2", "Border area", "Street or market", "On the way", "First", "Adult", "Woman or girl"]
# The content keys of contacts that a coordinator has opened, in hex.
CONTENT_KEYS = """
import asyncio, sys
from pathlib import Path
from sync.client.layout import HeldKey
from sync.client.ledger import load
from sync.client.state import open_state

async def main() -> None:
    async with await open_state(Path(sys.argv[1]), sys.argv[2]) as state:
        async for row in (await load(state)).scan():
            if isinstance(row, HeldKey) and row.collection == "contacts" and row.content_key:
                print(row.content_key.hex())

asyncio.run(main())
"""


def content_keys(coordinator: Coordinator) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CONTENT_KEYS, str(coordinator.state), COORDINATOR_PASSPHRASE],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(done.stdout.split())


def new_page(browser: BrowserContext, *, days_ahead: int = 0) -> Page:
    page = browser.new_page()
    page.add_init_script(KEYS_SEEN)
    page.add_init_script(
        f"(() => {{ const now = Date.now.bind(Date); Date.now = () => now() + {days_ahead * 86_400_000}; }})()"
    )
    return page


def keys_seen(page: Page) -> set[str]:
    return set(page.evaluate("keysSeen()"))


def press(page: Page, name: str) -> None:
    app_of(page).get_by_role("button", name=name, exact=True).click()


def has(page: Page, text: str) -> None:
    expect(app_of(page).get_by_text(text).first).to_be_visible()


def test_a_contact_leaves_the_phone_after_its_time_with_its_key_and_one_not_sent_stays(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    (app.hub.data / "operator.toml").write_text(f"{OPERATOR}keep_days = {KEEP_DAYS}\n", "utf-8")
    app.hub.end()
    app.hub.start()
    coordinator = Coordinator(app.hub, tmp_path / "coordinator")
    with chromium.open() as browser:
        page = new_page(browser)
        join(page, coordinator.invite())
        log_contact(page, FIRST, "my")
        has(page, "1 contact on this phone, and it is on the hub.")
        # It takes the worker in, and says so of what it has: everything there is.
        assert len(coordinator.exported()) == 1
        old = content_keys(coordinator)
        assert old
        assert old <= keys_seen(page)
        app.keep_whole(page)

    # Only the phone's clock goes on: nothing leaves. What is written meanwhile is not sent.
    app.network.online = False
    with chromium.open() as browser:
        page = new_page(browser, days_ahead=KEEP_DAYS + 2)
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        log_contact(page, FIRST, "my")
        has(page, "2 on this phone, 1 on the hub, 1 waiting")

        app.hub.end()
        app.hub.days_ahead = KEEP_DAYS + 2
        app.hub.start()
        app.network.online = True
        press(page, "About this programme")
        press(page, "Send now")
        has(page, "1 contact on this phone, and it is on the hub.")
        has(page, f"A contact leaves this phone {KEEP_DAYS} days after it is safe with your programme.")
        press(page, "Back")
        expect(page.locator(".programme button.card:has-text('On the hub')")).to_have_count(1)

    assert len(coordinator.exported()) == 2
    with chromium.open() as browser:
        page = new_page(browser, days_ahead=KEEP_DAYS + 2)
        page.goto(f"{app.origin}/en/notes")
        unlock(page)
        page.locator(".programme button.card:has-text('On the hub')").click()
        expect(app_of(page).get_by_role("heading", name="Contact", exact=True)).to_be_visible()
        young = content_keys(coordinator) - old
        seen = keys_seen(page)
        assert young
        assert young <= seen
        assert not old & seen
    needles = {shape: "a content key" for key in old for shape in shapes_of_bytes(bytes.fromhex(key))}
    assert found_in(chromium.profile, needles) == []
