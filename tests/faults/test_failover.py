"""A PostgreSQL server is killed (-9) in the middle of pushes: what was acknowledged is there, and pushing goes on.

Once the same server comes back, as after a power cut; once its standby takes over, which every commit waited for.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from sync.errors import UnavailableError
from sync.stores.postgresql import PostgreSQLStore, connections
from tests.postgresql import Server, fetch, server
from tests.sync.stores.conftest import Feed

PUSHERS = 4
ACKNOWLEDGED_BEFORE = 40
ACKNOWLEDGED_AFTER = 40


@pytest.fixture
def primary() -> Iterator[Server]:
    with server() as started:
        yield started


@pytest.fixture
def standby(primary: Server) -> Iterator[Server]:
    with server(primary) as started:
        primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.execute("SELECT pg_reload_conf()")
        yield started


async def test_a_server_that_comes_back_has_all_that_was_acknowledged(primary: Server) -> None:
    def come_back() -> None:
        primary.end(signal.SIGKILL)
        primary.start()

    await _push_across(come_back, primary.address(), primary)


async def test_a_standby_that_takes_over_has_all_that_was_acknowledged(
    primary: Server, standby: Server
) -> None:
    def take_over() -> None:
        primary.end(signal.SIGKILL)
        standby.execute("SELECT pg_promote()")

    either = f"postgresql:///postgres?host={primary.folder},{standby.folder}&user=tester"
    await _push_across(take_over, f"{either}&target_session_attrs=read-write", standby)


async def _push_across(fault: Callable[[], None], address: str, survivor: Server) -> None:
    store = await PostgreSQLStore.open(address)
    feed = await Feed(store).open()
    acknowledged: list[bytes] = []
    done = asyncio.Event()
    news = asyncio.Condition()

    async def push() -> None:
        """As a device does: the same again until there is an answer."""
        while not done.is_set():
            revisions = [feed.revision(), feed.revision()]
            while True:
                try:
                    stored = await feed.push(*revisions)
                except UnavailableError:
                    await asyncio.sleep(0.05)
                else:
                    break
            assert sorted([*stored.stored, *stored.known]) == sorted(each.rev for each in revisions)
            async with news:
                acknowledged.extend(each.rev for each in revisions)
                news.notify_all()

    async def reach(count: int) -> None:
        async with news:
            await news.wait_for(lambda: len(acknowledged) >= count)

    async with asyncio.TaskGroup() as pushing:  # one that fails ends the test, and does not let it wait
        for _ in range(PUSHERS):
            pushing.create_task(push())
        await reach(ACKNOWLEDGED_BEFORE)
        await asyncio.to_thread(fault)
        await reach(len(acknowledged) + ACKNOWLEDGED_AFTER)
        done.set()
    await store.close()

    entries = await fetch(
        survivor.address(), "SELECT rev, sequence FROM entries WHERE kind = 1 ORDER BY sequence"
    )
    assert {rev for rev, _ in entries} == set(acknowledged)
    assert [sequence for _, sequence in entries] == list(range(2, len(acknowledged) + 2))


async def test_what_no_standby_has_is_not_acknowledged_by_a_second_try(
    primary: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "COMMAND_SECONDS", 3)
    store = await PostgreSQLStore.open(primary.address())
    feed = await Feed(store).open()
    await _wait_for(primary, standbys="away")
    revision = feed.revision()
    with pytest.raises(UnavailableError):
        await feed.push(revision)

    # The server has it, and starts anew; the device, which heard nothing, tries again.
    primary.end(signal.SIGKILL)
    await asyncio.to_thread(primary.start)
    with suppress(UnavailableError):  # of a connection that was cut
        await feed.page()
    assert revision.content in await feed.heads()
    with pytest.raises(UnavailableError):
        await feed.push(revision)

    await _wait_for(primary, standbys="")
    assert (await feed.push(revision)).known == [revision.rev]
    await store.close()


async def _wait_for(server: Server, *, standbys: str) -> None:
    """Whom commits wait for from here on."""
    await fetch(server.address(), f"ALTER SYSTEM SET synchronous_standby_names = '{standbys}'")
    await fetch(server.address(), "SELECT pg_reload_conf()")
    async with asyncio.timeout(60):
        while await fetch(server.address(), "SHOW synchronous_standby_names") != [(standbys,)]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
