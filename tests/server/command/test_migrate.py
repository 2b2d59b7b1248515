"""`sojourn migrate`: a hub goes on in PostgreSQL, and its devices do not notice."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from server.command import main
from sync.errors import MoveError, UnavailableError
from sync.exchange import KeyPacket
from sync.identifiers import new_id
from sync.stores import moving
from sync.stores.interface import Arrival, ArrivedRevision, Page, Store
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.sqlite import SQLiteStore
from tests.hubs import Hub
from tests.postgresql import fetch
from tests.server.api.devices import client_of, code_of, found, revision
from tests.sync.stores.conftest import DAY, Feed, opaque


def migrate(hub: Hub, database: str) -> Result:
    environment = {**hub.environment, "SOJOURN_DATABASE": database}
    return CliRunner().invoke(main, ["migrate"], env=environment)


def test_a_hub_goes_on_in_postgresql_with_the_same_cursors_and_tokens(
    hub: Hub, database: str, tmp_path: Path
) -> None:
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        first, second = revision(key), revision(key)
        receipt = worker.push([worker.packet("contacts", key)], [first, second])
        edit = revision(key, 600, first.record, receipt.stored[1])
        worker.push([], [edit])

        busy = migrate(hub, database)
        assert busy.exit_code == 1
        assert "is in use: end the hub first" in busy.output
        hub.end()
        moved = migrate(hub, database)
        assert moved.exit_code == 0, moved.output
        assert "1 programme, 0 personal backups and 4 entries" in moved.output
        hub.extra["SOJOURN_DATABASE"] = database
        whole = CliRunner().invoke(main, ["verify"], env=hub.environment)
        assert whole.exit_code == 0, whole.output
        hub.start()

        assert worker.pull(receipt.cursor).revisions == (edit,)
        assert programme.coordinator.pull().revisions == (second, edit)
        again = worker.push([], [first, edit])
        assert (again.stored, len(again.known)) == ((), 2)
        assert len(worker.push([], [revision(key)]).stored) == 1
        del hub.extra["SOJOURN_DATABASE"]
        for words in (
            ("tokens", "end"),
            ("verify",),
            ("backup", str(tmp_path / "backup")),
            ("programme", "create", "One"),
        ):
            stale = CliRunner().invoke(main, words, env=hub.environment)
            assert (stale.exit_code, "its hub went on in PostgreSQL" in stale.output) == (1, True), (
                stale.output
            )
        assert "its hub went on in PostgreSQL" in migrate(hub, database).output
        hub.end()
        with pytest.raises(AssertionError, match="its hub went on in PostgreSQL"):
            hub.start()


def test_to_the_old_file_a_hub_goes_back_as_another_life(hub: Hub, database: str) -> None:
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        first, second = revision(key), revision(key)
        before = worker.push([worker.packet("contacts", key)], [first])
        hub.end()
        assert migrate(hub, database).exit_code == 0
        hub.extra["SOJOURN_DATABASE"] = database
        hub.start()
        worker.push([], [second])
        hub.end()
        del hub.extra["SOJOURN_DATABASE"]

        back = CliRunner().invoke(main, ["restore", "--replace", str(hub.database)], env=hub.environment)

        assert back.exit_code == 0, back.output
        hub.start()
        assert code_of(worker.try_pull(before.cursor)) == "epoch-changed"
        again = worker.push([], [first, second])
        assert (len(again.known), len(again.stored)) == (1, 1)


async def test_a_database_that_holds_something_is_not_moved_to(tmp_path: Path, database: str) -> None:
    for name in ("one.sqlite3", "two.sqlite3"):
        await _fill(origin := await SQLiteStore.open(tmp_path / name))
        await origin.close()
    await moving.move(tmp_path / "one.sqlite3", database, lambda _rows: lambda _done: None)

    with pytest.raises(MoveError, match="holds something already"):
        await moving.move(tmp_path / "two.sqlite3", database, lambda _rows: lambda _done: None)

    # What was not moved goes on where it is.
    await (await SQLiteStore.open(tmp_path / "two.sqlite3")).close()
    with pytest.raises(UnavailableError, match="went on in PostgreSQL"):
        await SQLiteStore.open(tmp_path / "one.sqlite3")


async def test_every_kind_of_row_is_there_and_the_same(tmp_path: Path, database: str) -> None:
    path = tmp_path / "store.sqlite3"
    origin = await SQLiteStore.open(path)
    held = await _fill(origin)
    told: list[int] = []
    with pytest.raises(MoveError, match="in use"):
        await moving.move(path, database, lambda _rows: told.append)
    seen = await _held(origin, *held)
    await origin.close()

    def begin(rows: int) -> object:
        told.append(-rows)
        return told.append

    moved = await moving.move(path, database, begin)  # type: ignore[arg-type]  # list.append is what is wanted
    assert (moved.programmes, moved.backups, moved.heads) == (1, 1, 4)
    assert sum(told) == 0
    target = await PostgreSQLStore.open(database)
    assert target.epoch == origin.epoch
    assert target.challenge_key == origin.challenge_key
    assert await _held(target, *held) == seen
    # Every table of the file is there, so that none of a later step is forgotten.
    with closing(sqlite3.connect(path)) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
    assert tables == {"migrations", *(table.name for table in moving._TABLES), *moving._DERIVED}
    there = await fetch(database, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    assert {name for (name,) in there} == tables
    await target.close()


async def test_what_is_not_the_same_when_it_is_read_back_is_not_kept(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite3"
    origin = await SQLiteStore.open(path)
    await _fill(origin)
    await origin.close()
    lossy = moving._MARKS + "; UPDATE entries SET superseded = 1 WHERE sequence = 3"
    monkeypatch.setattr(moving, "_MARKS", lossy)

    with pytest.raises(MoveError, match="read back from entries"):
        await moving.move(path, database, lambda _rows: lambda _done: None)

    assert await fetch(database, "SELECT count(*) FROM entries") == [(0,)]
    monkeypatch.undo()
    assert (await moving.move(path, database, lambda _rows: lambda _done: None)).heads == 4


async def test_it_is_verified_by_the_sums_that_were_kept_with_every_push(
    tmp_path: Path, database: str
) -> None:
    path = tmp_path / "store.sqlite3"
    origin = await SQLiteStore.open(path)
    await _fill(origin)
    await origin.close()
    # A head that was lost, in a file that is whole otherwise.
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM entries WHERE kind = 1 AND superseded IS NULL AND sequence > 1")

    with pytest.raises(MoveError, match="heads are not the same"):
        await moving.move(path, database, lambda _rows: lambda _done: None)

    assert await fetch(database, "SELECT count(*) FROM entries") == [(0,)]


async def test_a_file_that_cannot_be_marked_is_to_be_put_away(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite3"
    await _fill(origin := await SQLiteStore.open(path))
    await origin.close()

    def fail(_connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(moving, "mark", fail)
    with pytest.raises(MoveError, match=r"all of it is in PostgreSQL, but .* put it away yourself"):
        await moving.move(path, database, lambda _rows: lambda _done: None)

    assert await fetch(database, "SELECT count(*) FROM programmes WHERE programme <> $1", bytes(16)) == [(1,)]


def test_without_a_database_to_move_to_it_says_which_setting(hub: Hub) -> None:
    told = CliRunner().invoke(main, ["migrate"], env=hub.environment)
    assert told.exit_code == 2
    assert "SOJOURN_DATABASE" in told.output


async def test_a_file_that_is_not_there_or_is_none_is_a_plain_error(tmp_path: Path, database: str) -> None:
    (tmp_path / "none.sqlite3").write_bytes(b"not a database" * 1000)
    for name in ("missing.sqlite3", "none.sqlite3"):
        with pytest.raises(MoveError, match=name):
            await moving.move(tmp_path / name, database, lambda _rows: lambda _done: None)
    assert not (tmp_path / "missing.sqlite3").exists()


async def _fill(store: Store) -> tuple[Feed, bytes, bytes]:
    """A programme with a feed, and a personal backup with a chunk: its collection and its token's hash."""
    feed = await Feed(store).open()
    packet = KeyPacket(
        key=feed.key,
        suite=1,
        owner=feed.owner,
        recipient=feed.owner,
        author=feed.owner,
        sealed=bytes(9),
        signature=bytes(64),
    )
    await feed.push(feed.packet(content=msgspec.msgpack.encode(packet)))
    first = feed.revision()
    await feed.push(first, feed.revision())
    never_here = feed.revision(first)
    await feed.push(feed.revision(first, never_here), feed.revision())
    await store.confirm(feed.collection, 3)
    await store.expire(DAY, packets_before=0, bodies_before=None)
    await store.count("one")
    await store.count("Two")
    collection, token_hash, address = new_id(), secrets.token_bytes(32), secrets.token_bytes(32)
    await store.create_backup(collection, token_hash, most=1, month=600)
    await store.put_chunk(collection, address, secrets.token_bytes(5_000), quota=1 << 20, day=DAY)
    naming = ArrivedRevision(
        rev=secrets.token_bytes(32),
        record=new_id(),
        key=new_id(),
        supersedes=(),
        chunks=(address,),
        content=opaque(70_000),
    )
    await store.push(collection, Arrival(revisions=[naming], quota=1 << 20, day=DAY))
    return feed, collection, token_hash


async def _held(store: Store, feed: Feed, collection: bytes, token_hash: bytes) -> list[object]:
    async def page(which: bytes) -> Page:
        return await store.page(which, lane=None, after=None, limit=100, size_bytes=1 << 22)

    return [
        await store.programme(feed.programme),
        await page(feed.collection),
        await page(collection),
        await store.backup(collection, token_hash),
        await store.counts(),
        await store.heard(feed.programme),
    ]
