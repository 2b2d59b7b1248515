"""What a request costs the SQLite store, counted in statements and commits: figures of time prove nothing."""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sync.errors import EpochChangedError, UnavailableError
from sync.exchange import Cursor
from sync.identifiers import new_id
from sync.stores.interface import ArrivedRevision
from sync.stores.sqlite import SQLiteStore
from sync.stores.sqlite.auditing import count_anew
from tests.sync.stores.conftest import DAY, Feed

# As many more heads of the lane that is there, of the same day.
FILL = """
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :held)
INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, content)
SELECT entries.collection, entries.sequence + n, randomblob(32), kind, lane, key, randomblob(16), day, zeroblob(20)
FROM counted JOIN collections ON collections.collection = :collection
JOIN entries ON entries.collection = collections.number AND entries.kind = 1 AND entries.sequence = 2
"""

COUNTED = "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :count)"
CHUNKS = f"""
{COUNTED} INSERT INTO chunks (collection, address, unnamed, content)
SELECT :collection, randomblob(32), :unnamed, zeroblob(20) FROM counted
"""
BACKUPS = f"""
{COUNTED} INSERT INTO backups (collection, token_hash, month) SELECT randomblob(16), randomblob(32), 600 FROM counted
"""


@dataclass
class Costs:
    """Statements since `begin`: on the event loop's connection, on the readers' threads, on the writer's."""

    path: Path
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
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    made = Costs(path, store, await Feed(store).open())
    store._readers._here.set_trace_callback(made.here.append)
    for thread in store._readers._threads:
        thread._conn.set_trace_callback(made.threads.append)
    store._writer._thread._conn.set_trace_callback(made.writer.append)
    yield made
    await store.close()


async def test_when_devices_were_heard_from_is_known_without_their_contacts(costs: Costs) -> None:
    costs.begin()
    await costs.store.heard(costs.feed.programme)
    asked = [sql for sql in costs.threads if sql.startswith("\nSELECT")]
    with closing(sqlite3.connect(costs.path)) as connection:
        (plan,) = (connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in asked)
    searched = {row[3].split(" USING ")[0] for row in plan}
    assert searched == {"SEARCH c", "SEARCH k", "SEARCH n", "USE TEMP B-TREE FOR GROUP BY"}


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
    # The first of a day under a key says so.
    await feed.push(feed.revision())
    statements: list[int] = []
    for count in (1, 101):
        sent = [feed.revision() for _ in range(count)]
        costs.begin()
        await feed.push(*sent)
        statements.append(len(costs.writer))

    assert statements[1] - statements[0] == 100
    assert statements[0] <= 16


async def steps_of(feed: Feed, thread: object, work: Awaitable[object]) -> int:
    """How many steps SQLite's machine took on a thread, in tens."""
    steps = 0

    def tick() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = thread._conn  # type: ignore[attr-defined]  # aiosqlite's own
    connection.set_progress_handler(tick, 10)
    try:
        await work
    finally:
        connection.set_progress_handler(None, 10)
    return steps


async def test_a_push_an_audit_and_a_sweep_cost_the_same_at_1_000_and_at_100_000(tmp_path: Path) -> None:
    costs: list[list[int]] = []
    for held in (1_000, 100_000):
        path = tmp_path / f"{held}.sqlite3"
        store = await SQLiteStore.open(path)
        feed = await Feed(store).open()
        await feed.push(feed.revision())
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(FILL, {"held": held, "collection": feed.collection})
            connection.execute("UPDATE collections SET sequence = ?, confirmed = ?", (held + 2, held + 2))
            count_anew(feed.collection, connection)
        # Each twice: the first sweep goes through what was due before.
        for _ in range(2):
            revision = feed.revision()
            writer, readers = store._writer._thread, store._readers._threads
            pushed = await steps_of(feed, writer, feed.push(revision))
            swept = await steps_of(
                feed,
                writer,
                store.expire(
                    DAY, packets_before=DAY - 20, bodies_before=DAY - 20, superseded_before=DAY - 30
                ),
            )
            edited = await steps_of(feed, writer, feed.push(feed.revision(revision)))
            audited = 0
            for thread in readers:
                audited += await steps_of(feed, thread, store.audit(feed.collection, lane=None))
        costs.append([pushed, swept, edited, audited])
        await store.close()
    # A tree is a level deeper now and then, and the buckets are all there: nothing else may grow.
    for small, large in zip(*costs, strict=True):
        assert large <= small + 30, costs


async def test_a_sweep_of_chunks_and_backups_costs_the_same_whatever_is_kept(tmp_path: Path) -> None:
    swept: list[int] = []
    for held in (100, 10_000):
        path = tmp_path / f"{held}.sqlite3"
        store = await SQLiteStore.open(path)
        collection = new_id()
        await store.create_backup(collection, b"t" * 32, most=1, month=600)
        with closing(sqlite3.connect(path)) as connection, connection:
            for unnamed, count in ((None, held), (DAY, held), (DAY - 31, 3)):
                connection.execute(CHUNKS, {"count": count, "collection": collection, "unnamed": unnamed})
            connection.execute(BACKUPS, {"count": held})
            connection.execute("INSERT INTO days (day) VALUES (?)", (DAY - 30,))
        work = store.expire(
            DAY,
            packets_before=None,
            bodies_before=None,
            chunks_before=DAY - 30,
            # Of those that are there, none was used before.
            backups_before=600,
        )
        swept.append(await steps_of(Feed(store), store._writer._thread, work))
        with closing(sqlite3.connect(path)) as connection:
            (left,) = connection.execute("SELECT count(*) FROM chunks").fetchone()
        assert left == 2 * held
        await store.close()
    assert swept[1] <= swept[0] + 30, swept


async def test_what_is_superseded_leaves_the_file_and_its_room_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    feed = await Feed(store).open()

    async def life(day: int, replaced: list[ArrivedRevision]) -> list[ArrivedRevision]:
        sent = [
            dataclasses.replace(
                feed.revision(*replaced[at : at + 1]), content=b"%03d" % at + b"plainly there" * 80
            )
            for at in range(300)
        ]
        await feed.push(*sent, day=day)
        await store.expire(day, packets_before=None, bodies_before=None, superseded_before=day - 30)
        return sent

    heads: list[ArrivedRevision] = []
    sizes: list[int] = []
    for month in range(6):
        heads = await life(DAY + 31 * month, heads)
        sizes.append(_pages(path))
    await store.expire(
        DAY + 31 * 6, packets_before=None, bodies_before=None, superseded_before=DAY + 31 * 6 - 30
    )
    await store.close()

    # Three lives at once at most: the heads, what was superseded this month, and what is just coming. Three more take
    # the room of those that went, and a little for the rows and revs that stay for ever.
    assert sizes[5] - sizes[2] < (sizes[1] - sizes[0]) / 1.5, sizes
    assert path.read_bytes().count(b"plainly there" * 80) <= 300


def _pages(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return int(pages)
