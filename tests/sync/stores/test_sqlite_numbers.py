"""The numbers by which an SQLite file names collections, lanes and keys in the feed: nobody outside sees any of it."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sync.identifiers import new_id
from sync.stores import counting, verifying
from sync.stores.interface import Arrival, ArrivedRevision, Store
from sync.stores.sqlite import SQLiteStore
from sync.stores.sqlite.migrate import migrate, migrations
from sync.stores.sqlite.threads import connect_to
from sync.stores.sqlite.verifying import reading
from sync.stores.verifying import verify
from tests.sync.stores.before import take_back
from tests.sync.stores.conftest import DAY, Feed, opaque

BEFORE = 12
"""The last step without numbers."""

BODY = b"\xc4\x20"
"""Begins a body of 32 bytes, of which a store puts the rest of its revision together."""

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"


@dataclass
class Person:
    """With a personal backup."""

    collection: bytes
    token_hash: bytes
    address: bytes


def shortened(feed: Feed, *supersedes: ArrivedRevision, key: bytes | None = None) -> ArrivedRevision:
    return replace(feed.revision(*supersedes, key=key), content=BODY + secrets.token_bytes(32))


async def backed_up(store: Store) -> Person:
    person = Person(new_id(), secrets.token_bytes(32), secrets.token_bytes(32))
    await store.create_backup(person.collection, person.token_hash, most=9, month=600)
    await store.put_chunk(
        person.collection, person.address, secrets.token_bytes(5_000), quota=1 << 20, day=DAY
    )
    first, edit = (
        ArrivedRevision(
            rev=secrets.token_bytes(32),
            record=bytes(16),
            key=new_id(),
            supersedes=supersedes,
            chunks=(person.address,),
            content=opaque(100),
        )
        for supersedes in ((), (secrets.token_bytes(32),))
    )
    await store.push(person.collection, Arrival(revisions=[first, edit], quota=1 << 20, day=DAY))
    return person


async def filled(store: Store) -> tuple[list[Feed], Person]:
    """Two programmes, one with two lanes, and all that can become of an entry."""
    feeds = [await Feed(store).open() for _ in range(2)]
    beside = Feed(store, feeds[0].programme)
    for each in (*feeds, beside):
        # Whose this key is, nobody said yet.
        await each.push(each.packet(), each.packet(key=new_id(), own=False))
        old = [shortened(each) for _ in range(3)]
        await each.push(*old, day=DAY - 40)
        await each.push(shortened(each, old[0]), shortened(each, each.revision()), day=DAY - 40)
        await each.push(*(shortened(each) for _ in range(4)))
        await each.push(each.revision(old[1]), day=DAY)
    await store.confirm(feeds[1].collection, 5)
    for day in (DAY - 40, DAY - 20):
        await store.expire(day, packets_before=DAY - 30, bodies_before=DAY - 30, superseded_before=DAY - 20)
    return [*feeds, beside], await backed_up(store)


async def told(store: Store, feeds: list[Feed], person: Person, asked: list[bytes]) -> list[object]:
    """All that a store says of what it holds."""
    said: list[object] = [await store.backup(person.collection, person.token_hash)]
    for collection in (*(feed.collection for feed in feeds), person.collection):
        for lane in (None, *(feed.lane for feed in feeds), new_id()):
            for since in (None, DAY - 10):
                page = await store.page(
                    collection, lane=lane, after=None, limit=100, size_bytes=1 << 22, since=since
                )
                said += [
                    page,
                    await store.page(collection, lane=lane, after=page.cursor, limit=9, size_bytes=9),
                ]
            said += [
                await store.audit(collection, lane=lane),
                await store.head_revs(collection, range(256), lane=lane, after=None, limit=99),
                await store.missing(collection, asked, lane=lane),
            ]
    return said


def revs(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        return [rev for (rev,) in connection.execute("SELECT rev FROM feed UNION SELECT rev FROM superseded")]


async def faults(path: Path) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    with reading(path) as reader:
        await verify(reader, lambda fault: found.append((fault.kind, fault.detail)), lambda _: None)
    return found


async def test_a_file_from_before_says_the_same_of_all_that_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    feeds, person = await filled(store)
    asked = [*revs(path), secrets.token_bytes(32)]
    before = await told(store, feeds, person, asked)
    await store.close()
    found = await faults(path)
    with closing(sqlite3.connect(path)) as connection:
        schema = connection.execute(SCHEMA).fetchall()
        rows = connection.execute("SELECT * FROM feed ORDER BY collection, sequence").fetchall()
        contents = [content for (content,) in connection.execute("SELECT content FROM feed") if content]
    take_back(path, BEFORE)
    with closing(connect_to(path, writes=True)) as connection:
        # What a build of SQLite may begin with.
        connection.execute("PRAGMA secure_delete = OFF")
        migrate(connection)

    store = await SQLiteStore.open(path)

    assert await told(store, feeds, person, asked) == before
    await store.close()
    assert await faults(path) == found
    with closing(connect_to(path, writes=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchone() is None
        assert connection.execute(SCHEMA).fetchall() == schema
        assert connection.execute("SELECT * FROM feed ORDER BY collection, sequence").fetchall() == rows
    # What stood in the table before is written over: a body that goes later has no second place in the file.
    raw = path.read_bytes()
    assert len(contents) > 20
    assert [raw.count(content) for content in contents] == [1] * len(contents)


async def test_a_file_from_before_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    feeds, person = await filled(store)
    await store.close()
    take_back(path, BEFORE)
    store = await SQLiteStore.open(path)

    for feed in feeds:
        feed.store = store
        one = Feed(store, feed.programme)
        first, other = shortened(feed), shortened(one)
        await one.push(one.packet(), other)
        await feed.push(first)
        await feed.push(shortened(feed, first))
        page = await feed.page(lane=one.lane)
        assert (len(page.packets), len(page.revisions)) == (1, 1)
        assert one.key in page.revisions[0]
    await store.delete_backup(person.collection, person.token_hash)

    await store.close()
    # Of bodies that are none.
    assert {kind for kind, _ in await faults(path)} <= {"entry", "superseded"}


async def test_a_deleted_backup_takes_its_numbers_along(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    await Feed(store).open()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT (SELECT count(*) FROM numbers), (SELECT count(*) FROM entries), max(number) FROM collections"
        before = connection.execute(query).fetchone()
        person = await backed_up(store)
        assert connection.execute(query).fetchone() > before

        await store.delete_backup(person.collection, person.token_hash)

        assert connection.execute(query).fetchone() == before
        # Its number is the next one's, in which nothing is.
        other = new_id()
        await store.create_backup(other, secrets.token_bytes(32), most=9, month=600)
        assert connection.execute(query).fetchone()[2] == before[2] + 1
    page = await store.page(other, lane=None, after=None, limit=9, size_bytes=1 << 20)
    assert (page.cursor.sequence, page.revisions) == (0, [])
    await store.close()


async def test_a_lane_and_a_key_get_a_number_when_something_of_theirs_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = await SQLiteStore.open(path)
    feed = await Feed(store).open()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT number, id FROM numbers ORDER BY number"
        assert sorted(connection.execute(query).fetchall()) == [
            (number, each) for number, each in enumerate(sorted((feed.lane, feed.key)), 1)
        ]
        before = connection.execute(query).fetchall()
        # No key, so that it is refused; what is there already; and what names what is not here.
        await feed.push(feed.revision(key=new_id()))
        await feed.page(lane=new_id())
        await feed.push(feed.revision(feed.revision()))
        assert connection.execute(query).fetchall() == before

        other = new_id()
        await feed.push(feed.packet(key=other))
        assert connection.execute(query).fetchall() == [*before, (3, other)]
    await store.close()


async def test_a_page_asks_for_its_keys_once_and_not_row_by_row(tmp_path: Path) -> None:
    store = await SQLiteStore.open(tmp_path / "store.sqlite3")
    feed, keys = await Feed(store).open(), [new_id() for _ in range(3)]
    for key in keys:
        await feed.push(feed.packet(key=key), *(shortened(feed, key=key) for _ in range(90)))
    heard: list[str] = []
    for thread in store._readers._threads:
        thread._conn.set_trace_callback(heard.append)

    page = await feed.page()

    assert len(page.revisions) == 270
    assert [sum(key in revision for revision in page.revisions) for key in keys] == [90, 90, 90]
    assert len([sql for sql in heard if "CROSS JOIN numbers" in sql]) == 3
    await store.close()


async def test_the_steps_before_are_all_there(tmp_path: Path) -> None:
    """From each of them a file comes up to date."""
    for step in range(1, len(migrations())):
        path = tmp_path / f"{step}.sqlite3"
        store = await SQLiteStore.open(path)
        feed = await Feed(store).open()
        await feed.push(*(feed.revision() for _ in range(3)))
        before = await feed.heads()
        sums = (await store.audit(feed.collection, lane=feed.lane)).sums
        await store.close()
        take_back(path, step)

        feed.store = store = await SQLiteStore.open(path)

        assert await feed.heads() == before
        assert (await store.audit(feed.collection, lane=feed.lane)).sums == sums
        await store.close()


async def test_what_goes_through_a_collection_reads_no_other(tmp_path: Path) -> None:
    """A view of several tables may be put together for all collections first, where a query joins it the wrong way."""
    store = await SQLiteStore.open(tmp_path / "store.sqlite3")
    await store.close()
    queries = [each for each in vars(verifying).values() if isinstance(each, str) and "FROM feed" in each]
    queries += [verifying._NAMING, *counting.COUNT_ANEW]
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as connection:
        for query in queries:
            sql = "EXPLAIN QUERY PLAN " + query.replace("$1", "?1")
            plan = "\n".join(row[3] for row in connection.execute(sql, (new_id(),)))
            assert "MATERIALIZE" not in plan, plan
            assert "SCAN collections" not in plan, plan
            assert "SCAN entries" not in plan, plan
    assert len(queries) > 5
