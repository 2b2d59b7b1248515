"""What a request costs the PostgreSQL store, counted in rows that the server reads: figures of time prove nothing."""

from __future__ import annotations

from itertools import pairwise

import asyncpg
import pytest

from sync.exchange import Cursor
from sync.stores.interface import ArrivedRevision
from sync.stores.postgresql import PostgreSQLStore, connections
from tests.postgresql import fetch
from tests.sync.stores.conftest import DAY, Feed

TABLES = ("collections", "entries", "numbers", "keys", "superseded", "held", "chunks", "naming")
PUSH = 500
# Of a table, and of an index, each row that is handed on or looked at and passed over.
READ = """
SELECT (SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables WHERE schemaname = current_schema())
    + (SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes WHERE schemaname = current_schema())
"""


async def read_so_far(store: PostgreSQLStore, database: str) -> int:
    """Rows, since the tables were made, of everything that has ended."""

    async def tell(connection: asyncpg.Connection) -> None:
        await connection.execute("SELECT pg_stat_force_next_flush()")

    await store._database.read(tell)  # type: ignore[arg-type]  # asyncpg's own
    [(read,)] = await fetch(database, READ)
    return int(read)


async def test_the_plans_of_an_empty_database_do_not_read_more_when_it_has_grown(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server plans each statement once, on a table that is empty then, and counts the table a minute later, or when
    it comes to it. What comes in that minute may be thousands."""
    # Each counts what it read by itself, and tells of it later.
    monkeypatch.setattr(connections, "CONNECTIONS", 1)
    store = await PostgreSQLStore.open(database)
    for table in TABLES:
        await fetch(database, f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    feed = await Feed(store).open()
    last = (await feed.push(feed.revision())).cursor

    async def costs(at: Cursor) -> list[int]:
        sent = [feed.revision() for _ in range(3)]
        edits = [feed.revision(each) for each in sent]
        never_came: ArrivedRevision = feed.revision()
        revs = [*(each.rev for each in sent), never_came.rev]
        read = [await read_so_far(store, database)]
        for work in (
            feed.push(*sent),
            feed.push(*sent),
            feed.push(*edits),
            feed.push(feed.revision(never_came)),
            store.missing(feed.collection, revs, lane=feed.lane),
            feed.page(at, lane=feed.lane, limit=2),
            feed.page(at, lane=feed.lane, limit=2, since=DAY),
            store.expire(DAY, packets_before=DAY - 20, bodies_before=DAY - 20, superseded_before=DAY + 1),
        ):
            await work
            read.append(await read_so_far(store, database))
        return [after - before for before, after in pairwise(read)]

    await costs(last)  # all is planned now
    few = await costs(last)
    for _ in range(10):
        last = (await feed.push(*(feed.revision() for _ in range(PUSH)))).cursor
    many = await costs(last)
    await store.close()

    for small, large in zip(few, many, strict=True):
        # Some are read twice, once as they were before they changed. A collection that is gone through is thousands.
        assert large <= small + 100, (few, many)
