"""What a request costs the SQLite store, counted in statements and commits: figures of time prove nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sync.errors import EpochChangedError, UnavailableError
from sync.exchange import Cursor
from sync.identifiers import new_id
from sync.stores.sqlite import SQLiteStore
from tests.sync.stores.conftest import DAY, Feed


@dataclass
class Costs:
    """Statements since `begin`: on the event loop's connection, on the readers' threads, on the writer's."""

    store: SQLiteStore
    feed: Feed
    here: list[str] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    writer: list[str] = field(default_factory=list)

    def begin(self) -> None:
        for heard in (self.here, self.threads, self.writer):
            heard.clear()


@pytest.fixture
async def costs(tmp_path: Path) -> AsyncIterator[Costs]:
    store = await SQLiteStore.open(tmp_path / "store.sqlite3")
    made = Costs(store, await Feed(store).open())
    store._readers._here.set_trace_callback(made.here.append)
    for thread in store._readers._threads:
        thread._conn.set_trace_callback(made.threads.append)
    store._writer._thread._conn.set_trace_callback(made.writer.append)
    yield made
    await store.close()


@pytest.mark.parametrize("held", [1, 300])
async def test_who_is_up_to_date_costs_one_statement_whatever_is_held(costs: Costs, held: int) -> None:
    feed = costs.feed
    stored = await feed.push(*(feed.revision() for _ in range(held)))
    costs.begin()

    page = await feed.page(stored.cursor)

    assert (page.cursor, page.more, page.revisions, page.packets) == (stored.cursor, False, [], [])
    assert (len(costs.here), costs.threads, costs.writer) == (1, [], [])


async def test_a_token_is_asked_for_each_time_by_one_statement(costs: Costs) -> None:
    feed, device, token_hash = costs.feed, new_id(), b"t" * 32
    await feed.store.create_backup(device, token_hash, most=1, month=600)
    await feed.store.bearer(token_hash, day=DAY)
    costs.begin()

    await feed.store.bearer(token_hash, day=DAY)

    # One for tokens of programmes, and since it is none of those, one for backups'.
    assert (len(costs.here), costs.threads, costs.writer) == (2, [], [])


async def test_a_damaged_page_is_no_fault_of_the_hub_there_either(costs: Costs) -> None:
    def damaged(_: sqlite3.Connection) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with pytest.raises(UnavailableError, match="malformed"):
        await costs.store._readers.read_few(damaged)


async def test_a_cursor_that_only_looks_up_to_date_is_not_believed(costs: Costs) -> None:
    cursor = (await costs.feed.push(costs.feed.revision())).cursor
    for wrong in (
        Cursor(epoch=new_id(), sequence=cursor.sequence, mark=cursor.mark),
        Cursor(epoch=cursor.epoch, sequence=cursor.sequence, mark=bytes(8)),
    ):
        with pytest.raises(EpochChangedError):
            await costs.feed.page(wrong)


async def test_pushes_that_come_together_share_commits(costs: Costs) -> None:
    feed = costs.feed
    costs.begin()

    await asyncio.gather(*(feed.push(feed.revision()) for _ in range(8)))

    # The first, and those that came while it was under way.
    assert costs.writer.count("COMMIT") == 2


async def test_the_same_push_again_is_looked_up_and_stores_nothing(costs: Costs) -> None:
    feed = costs.feed
    sent = [feed.revision() for _ in range(20)]
    first = await feed.push(*sent)
    costs.begin()

    again = await feed.push(*sent)

    assert (again.known, again.stored, again.cursor) == (first.stored, [], first.cursor)
    wrote = [sql for sql in costs.writer if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert wrote == []


async def test_a_push_costs_as_many_statements_as_it_has_revisions_and_a_few(costs: Costs) -> None:
    feed = costs.feed
    statements: list[int] = []
    for count in (1, 101):
        sent = [feed.revision() for _ in range(count)]
        costs.begin()
        await feed.push(*sent)
        statements.append(len(costs.writer))

    assert statements[1] - statements[0] == 100
    assert statements[0] <= 14
