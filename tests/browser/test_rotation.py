"""A coordinator leaves while a worker's phone is away: what the phone writes then reaches those who stay, and nobody
else."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sync.client import Around
from sync.client import Coordinator as Headless
from sync.client.layout import HeldKey
from tests.browser.conftest import App, Chromium
from tests.browser.test_contacts import FIRST, SECOND, THIRD
from tests.browser.test_members import exchange, press
from tests.browser.worker import (
    COORDINATOR_PASSPHRASE,
    Coordinator,
    app_of,
    join,
    log_contact,
    sojourn,
    unlock,
)


def test_a_phone_that_was_away_follows_the_new_card_and_the_old_coordinator_reads_no_more(
    app: App, chromium: Chromium, tmp_path: Path
) -> None:
    leaver, second = Coordinator(app.hub, tmp_path / "leaver"), str(tmp_path / "second")

    def stays(command: str, *arguments: str) -> str:
        return sojourn(app.hub, "coordinator", command, *arguments, "--state", second)

    link = json.loads(leaver("invite", "--role", "coordinator", "--json"))["link"]
    started = json.loads(stays("init", "--invite", link, "--json"))
    leaver("pull")
    stays("pull")
    founder = next(
        each["device"]
        for each in json.loads(stays("devices", "--json"))["devices"]
        if each["device"] != started["device"]
    )
    with chromium.open() as browser:
        page = browser.new_page()
        join(page, leaver.invite())
        leaver("pull")
        exchange(page)
        log_contact(page, FIRST, "my")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(1)
        assert [each["place"] for each in leaver.exported()] == ["border"]

        # Whoever founded the programme is put out by the one whom they let in, while the phone is away.
        browser.set_offline(True)
        rotated = json.loads(stays("revoke", founder, "--json"))
        assert rotated["generation"] == 2
        log_contact(page, SECOND, "my")
        press(page, "Lock")
        unlock(page)
        browser.set_offline(False)
        exchange(page)
        log_contact(page, THIRD, "my")
        expect(app_of(page).get_by_text("On the hub", exact=True)).to_have_count(3)
        press(page, "About this programme")
        expect(app_of(page).get_by_text(rotated["fingerprint"])).to_be_visible()

    stays("pull")
    shown = json.loads(stays("show", "--json"))
    assert [each["fields"]["place"] for each in shown["contacts"]] == ["border", "capital", "sea"]
    with pytest.raises(AssertionError, match="revoked"):
        leaver("pull")
    with ThreadPoolExecutor(1) as beside:  # Playwright has this thread's loop
        opened = beside.submit(asyncio.run, _opened_by(tmp_path / "leaver", tmp_path / "second")).result()
    assert opened == [True, False]


async def _opened_by(leaver: Path, stays: Path) -> list[bool]:
    """Of the content keys that one holds, those that the other's secrets could open with the hub's help."""
    async with await Headless.open(leaver, COORDINATOR_PASSPHRASE, Around()) as left:
        seeds = set(left.ledger.seeds())
    async with await Headless.open(stays, COORDINATOR_PASSPHRASE, Around()) as stayed:
        rows = [row async for row in stayed.ledger.scan()]
    keys = [row for row in rows if isinstance(row, HeldKey) and row.collection == "contacts"]
    return sorted((any(each.recipient in seeds for each in key.packets) for key in keys), reverse=True)
