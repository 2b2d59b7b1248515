"""What only the SQLite store promises: its file, its steps, its crashes."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sync.audit import sums_of
from sync.errors import UnavailableError, UnknownError
from sync.identifiers import new_id
from sync.stores.interface import NO_PROGRAMME
from sync.stores.migrations import Migration
from sync.stores.sqlite import SQLiteStore, writer
from sync.stores.sqlite.migrate import migrate, migrations
from sync.stores.sqlite.threads import connect_to
from tests.sync.stores.conftest import Feed

# Pushes for ever, and says each rev once it was acknowledged.
PUSHER = """
import asyncio, sys
from pathlib import Path
from sync.stores.sqlite import SQLiteStore
from tests.sync.stores.conftest import Feed

async def main() -> None:
    store = await SQLiteStore.open(Path(sys.argv[1]))
    feed = await Feed(store).open()
    print(feed.programme.hex(), flush=True)
    while True:
        stored = await feed.push(feed.revision(), feed.revision())
        print("".join(rev.hex() + "\\n" for rev in stored.stored), end="", flush=True)

asyncio.run(main())
"""


async def test_the_epoch_is_made_with_the_database(tmp_path: Path) -> None:
    first = await SQLiteStore.open(tmp_path / "one.sqlite3")
    again = await SQLiteStore.open(tmp_path / "one.sqlite3")
    other = await SQLiteStore.open(tmp_path / "two.sqlite3")

    assert first.epoch == again.epoch != other.epoch
    assert first.challenge_key == again.challenge_key != other.challenge_key
    for store in (first, again, other):
        await store.close()


async def test_two_processes_may_write(tmp_path: Path) -> None:
    one = await SQLiteStore.open(tmp_path / "store.sqlite3")
    other = await SQLiteStore.open(tmp_path / "store.sqlite3")
    feeds = await asyncio.gather(Feed(one).open(), Feed(other).open())

    for _ in range(10):
        await asyncio.gather(*(feed.push(feed.revision()) for feed in feeds))

    assert [len(await feed.heads()) for feed in feeds] == [10, 10]
    await one.close()
    await other.close()


async def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    with closing(connect_to(tmp_path / "store.sqlite3", writes=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize("after", [1, 20, 60])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "store.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", PUSHER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        programme = process.stdout.readline().strip()
        acknowledged = [process.stdout.readline().strip() for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [rev.hex() for (rev,) in connection.execute("SELECT rev FROM entries ORDER BY sequence")]
        sequences = [
            number for (number,) in connection.execute("SELECT sequence FROM entries ORDER BY rowid")
        ]
        (last,) = connection.execute("SELECT max(sequence) FROM collections").fetchone()
    assert programme
    # The last line may be cut where the process was.
    assert {rev for rev in acknowledged if len(rev) == 64} <= set(kept)
    assert sequences == list(range(1, last + 1))


def test_steps_are_applied_once_and_recorded(tmp_path: Path) -> None:
    with closing(connect_to(tmp_path / "store.sqlite3", writes=True)) as connection:
        migrate(connection)
        before = connection.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()
        migrate(connection)

        assert connection.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall() == before
        recorded = connection.execute("SELECT number, name FROM migrations").fetchall()
        assert recorded == [(step.number, step.name) for step in migrations()]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    broken = Migration(99, "0099.sql", "CREATE TABLE later (x INTEGER);\nCREATE TABLE later (x INTEGER);\n")
    with closing(connect_to(tmp_path / "store.sqlite3", writes=True)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, [*migrations(), broken])

        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


async def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(connect_to(path, writes=True)) as connection:
        migrate(connection, [*migrations(), Migration(99, "0099.sql", "CREATE TABLE later (x INTEGER);\n")])

    with pytest.raises(UnavailableError, match="newer"):
        await SQLiteStore.open(path)


async def test_a_file_that_is_no_database_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(b"not a database" * 1000)

    with pytest.raises(UnavailableError):
        await SQLiteStore.open(tmp_path / "store.sqlite3")


async def test_being_up_to_date_reads_an_index_whatever_there_is(tmp_path: Path) -> None:
    store = await SQLiteStore.open(tmp_path / "store.sqlite3")
    await (await Feed(store).open()).push()
    await store.close()
    from sync.stores.sqlite import paging

    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        for lane, since, index in (
            (None, None, "entries_order"),
            (bytes(16), None, "entries_heads"),
            (bytes(16), 1, "entries_heads"),
        ):
            sql, values = paging._query(bytes(16), lane, 0, since)
            plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))
            assert f"USING INDEX {index}" in plan
            assert "TEMP B-TREE" not in plan


async def test_the_heads_of_a_database_from_before_are_counted(tmp_path: Path) -> None:
    path, collection, lane = tmp_path / "store.sqlite3", new_id(), new_id()
    revs = [secrets.token_bytes(32) for _ in range(40)]
    with closing(connect_to(path, writes=True)) as connection:
        migrate(connection, migrations()[:5])
        connection.execute(
            "INSERT INTO collections (collection, programme, name, sequence) VALUES (?, ?, 'contacts', 40)",
            (collection, NO_PROGRAMME),
        )
        for number, rev in enumerate(revs, 1):
            # The first ten were superseded, the next ten expired.
            row = (collection, number, rev, lane, new_id(), new_id(), 5 if number <= 10 else None)
            connection.execute(
                "INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, superseded, content) "
                "VALUES (?, ?, ?, 1, ?, ?, ?, 5, ?, ?)",
                (*row, None if 10 < number <= 20 else b"body"),
            )

    store = await SQLiteStore.open(path)
    try:
        assert (await store.audit(collection, lane=None)).sums == sums_of(revs[20:])
        assert await store.head_revs(collection, range(256), lane=lane, after=None, limit=99) == sorted(
            revs[20:]
        )
    finally:
        await store.close()


async def test_the_step_to_backups_keeps_what_was_there(tmp_path: Path) -> None:
    path, programme = tmp_path / "store.sqlite3", new_id()
    with closing(connect_to(path, writes=True)) as connection:
        migrate(connection, migrations()[:2])
        connection.execute(
            "INSERT INTO programmes (programme, name, practice, claim_hash, expiry) VALUES (?, 'Before', 0, ?, 7)",
            (programme, bytes(32)),
        )
        before = connection.execute("SELECT epoch FROM hub").fetchone()[0]

    store = await SQLiteStore.open(path)
    try:
        assert (await store.programme(programme)).name == "Before"
        assert store.epoch == before
        collection, token_hash = new_id(), secrets.token_bytes(32)
        await store.create_backup(collection, token_hash, most=1, month=600)
        assert (await store.bearer(token_hash, day=1)).backup == collection
        with pytest.raises(UnknownError):
            await store.programme(NO_PROGRAMME)
    finally:
        await store.close()


async def test_only_so_many_writes_wait_and_the_next_is_told_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUEUE_LIMIT", 3)
    store = await SQLiteStore.open(tmp_path / "hub.sqlite3")
    try:
        counting = [asyncio.create_task(store.count("one")) for _ in range(20)]
        outcomes = await asyncio.gather(*counting, return_exceptions=True)
        stored = outcomes.count(None)

        refused = [outcome for outcome in outcomes if isinstance(outcome, UnavailableError)]
        assert refused
        assert all(outcome.retry_after for outcome in refused)
        assert stored + len(refused) == 20
        assert (await store.counts())["one"] == stored
    finally:
        await store.close()


async def test_a_write_that_fails_alone_leaves_nothing_and_those_after_it_are_kept(tmp_path: Path) -> None:
    def break_off(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO tallies (name, count) VALUES ('broken', 1)")
        raise UnknownError("after it wrote")

    store = await SQLiteStore.open(tmp_path / "hub.sqlite3")
    try:
        with pytest.raises(UnknownError):
            await store._write(break_off)
        outcomes = await asyncio.gather(
            *(store._write(break_off) for _ in range(2)), store.count("kept"), return_exceptions=True
        )

        assert [type(outcome) for outcome in outcomes] == [UnknownError, UnknownError, type(None)]
        assert await store.counts() == {"kept": 1}
    finally:
        await store.close()


async def test_a_push_alone_needs_no_savepoint(tmp_path: Path) -> None:
    """For one SQLite copies each page before it changes: a quarter of what a push of a thousand costs."""
    store = await SQLiteStore.open(tmp_path / "hub.sqlite3")
    try:
        feed, heard = await Feed(store).open(), list[str]()
        store._writer._thread._conn.set_trace_callback(heard.append)
        await feed.push(*(feed.revision() for _ in range(3)))

        assert not [sql for sql in heard if "SAVEPOINT" in sql]
        assert heard.count("COMMIT") == 1
    finally:
        await store.close()


async def test_a_new_file_has_pages_of_8_kib_and_one_that_is_there_keeps_its_own(tmp_path: Path) -> None:
    for name, page_bytes in (("new", 8_192), ("old", 4_096)):
        path = tmp_path / name
        if name == "old":
            with closing(sqlite3.connect(path, isolation_level=None)) as connection:
                connection.execute("PRAGMA page_size = 4096")
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
        store = await SQLiteStore.open(path)
        await (await Feed(store).open()).push()
        await store.close()
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA page_size").fetchone() == (page_bytes,)


async def test_a_push_to_a_file_that_lost_its_last_entry_says_so_and_stores_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    feed = await Feed(store).open()
    await feed.push(feed.revision())
    with closing(connect_to(path, writes=True)) as connection:
        connection.execute("DELETE FROM entries WHERE sequence = 2")
    with pytest.raises(UnavailableError, match="sojourn verify"):
        await feed.push(feed.revision())
    with closing(connect_to(path, writes=False)) as connection:
        assert connection.execute("SELECT count(*) FROM entries").fetchone() == (1,)
    await store.close()
