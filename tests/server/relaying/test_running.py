"""The task that hands on goes on, whatever happens beside it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from pathlib import Path

import pytest

from server.api import Hub
from server.api.waiting import Waiters
from server.relaying import begin, relaying, running
from server.relaying.exchanging import Exchanged, Relay
from sync.client import Patience
from sync.client.hub import Hub as HubClient
from sync.enrolment import Invite, invite_link
from sync.identifiers import new_id
from sync.stores.sqlite import SQLiteStore

WANTED = 3


class Counted(Relay):
    """Exchanges nothing, and says when it was asked to often enough."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.times = 0
        self.enough = asyncio.Event()

    async def exchange(self) -> Exchanged:
        self.times += 1
        if self.times == WANTED:
            self.enough.set()
        return Exchanged()


async def begun(folder: Path, limit: int) -> Counted:
    invite = Invite(
        hub="https://hub.example",
        invite=new_id(),
        programme=new_id(),
        signing_key_hash=bytes(32),
        role="relay",
        expiry=int(time.time()) + 60,
        secret=secrets.token_bytes(32),
    )
    store = await SQLiteStore.open(folder / "sojourn.sqlite3")
    return Counted(
        keeper=begin(folder, invite_link(invite), now=int(time.time())),
        hub=Hub(
            store=store, origin=invite.hub, clock=time.time, receipt="relay", waiters=Waiters(limit=limit)
        ),
        above=HubClient(invite.hub, patience=Patience()),
    )


async def test_a_relay_at_which_nobody_more_may_wait_hands_on_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.01)
    relay = await begun(tmp_path, limit=0)

    await until_enough(relay)

    assert caplog.records == []


async def test_whatever_ends_the_handing_on_is_logged_by_its_kind_alone_and_it_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.01)
    relay = await begun(tmp_path, limit=10)

    async def broken(_: object) -> None:
        raise LookupError("of whom, and where")

    monkeypatch.setattr(running, "_news", broken)
    with caplog.at_level(logging.WARNING, "sojourn.relay"):
        await until_enough(relay)

    assert "LookupError" in caplog.text
    assert "of whom" not in caplog.text


async def until_enough(relay: Counted) -> None:
    task = asyncio.ensure_future(relaying([relay]))
    reached = asyncio.ensure_future(relay.enough.wait())
    try:
        await asyncio.wait([task, reached], return_when=asyncio.FIRST_COMPLETED)
        assert reached.done()
    finally:
        task.cancel()
        reached.cancel()
        await relay.above.close()
        await relay.hub.store.close()
