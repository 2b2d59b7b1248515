"""Bytes that a contact with a body of a kilobyte takes on the hub's disk and on the wire: budgets that hold."""

from __future__ import annotations

import secrets
from contextlib import closing
from pathlib import Path

import msgspec

from sync.exchange import Changes, Push, encode_cursor
from sync.identifiers import new_id
from sync.revisions import Revision, rev_of
from sync.stores.contents import kept_of
from sync.stores.interface import ArrivedRevision
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.sqlite import SQLiteStore
from sync.stores.sqlite.threads import connect_to
from tests.postgresql import fetch
from tests.sync.stores.conftest import Feed

BODY_BYTES = 1_024
REVISIONS = 5_000
PUSH = 500
DISK_BYTES = 1_350
POSTGRESQL_DISK_BYTES = 1_500
WIRE_BYTES = 1_120
TABLES = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
"""


def made(key: bytes) -> Revision:
    return Revision(
        record=new_id(),
        supersedes=(),
        key=key,
        tombstone=False,
        chunks=(),
        body=secrets.token_bytes(BODY_BYTES),
    )


async def fill(feed: Feed) -> None:
    """One lane, as many pushes as a phone that was away would send."""
    for _ in range(REVISIONS // PUSH):
        sent = [made(feed.key) for _ in range(PUSH)]
        await feed.push(
            *(
                ArrivedRevision(
                    rev=rev_of(feed.collection, each),
                    record=each.record,
                    key=each.key,
                    supersedes=(),
                    content=kept_of(each),
                )
                for each in sent
            )
        )


async def test_a_contact_of_a_kilobyte_takes_at_most_1_350_bytes_of_an_sqlite_file(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    await fill(await Feed(store).open())
    await store.close()
    with closing(connect_to(path, writes=True)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert path.stat().st_size / REVISIONS <= DISK_BYTES


async def test_a_contact_of_a_kilobyte_takes_at_most_1_500_bytes_of_postgresql(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    feed = await Feed(store).open()
    [(before,)] = await fetch(database, TABLES)
    await fill(feed)
    [(after,)] = await fetch(database, TABLES)
    await store.close()

    assert (after - before) / REVISIONS <= POSTGRESQL_DISK_BYTES


async def test_a_contact_of_a_kilobyte_takes_at_most_1_120_bytes_of_a_push_and_of_a_page(feed: Feed) -> None:
    push = Push(revisions=tuple(made(feed.key) for _ in range(PUSH)))
    assert len(msgspec.msgpack.encode(push)) / PUSH <= WIRE_BYTES

    await fill(feed)
    page = await feed.page(limit=1_000)
    answer = Changes(
        cursor=encode_cursor(page.cursor),
        more=page.more,
        packets=tuple(msgspec.Raw(packet) for packet in page.packets),  # type: ignore[misc]  # as the hub sends it
        revisions=tuple(msgspec.Raw(revision) for revision in page.revisions),  # type: ignore[misc]
        safe=page.safe,
        day=20_000,
        keep_days=90,
    )
    assert len(page.revisions) > 990
    assert len(msgspec.msgpack.encode(answer)) / len(page.revisions) <= WIRE_BYTES
