"""What only the PostgreSQL store promises: its steps, its order under many writers, its word between processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from sync.errors import UnavailableError
from sync.exchange import Cursor
from sync.identifiers import new_id
from sync.stores.interface import Arrival
from sync.stores.migrations import Migration
from sync.stores.postgresql import PostgreSQLStore, connections, paging
from sync.stores.postgresql import feed as pushing
from sync.stores.postgresql.driver import Connection, connect
from sync.stores.postgresql.looking import look
from sync.stores.postgresql.migrate import migrate, migrations
from sync.stores.postgresql.news import CHANNEL
from sync.stores.postgresql.pushes import GROUP_LIMIT
from sync.stores.postgresql.storing import Change
from sync.stores.postgresql.storing import store as store_change
from sync.stores.postgresql.verifying import reading
from sync.stores.verifying import Fault, verify
from tests.postgresql import Server, fetch, server
from tests.sync.stores.before import BEFORE_NUMBERS
from tests.sync.stores.conftest import DAY, Feed

WRITERS = 8
PUSHES = 40
# Pushes to a collection that is there, and says each rev once it was acknowledged.
PUSHER = """
import asyncio, sys
from sync.stores.postgresql import PostgreSQLStore, paging
from sync.stores.postgresql.driver import Connection, connect
from tests.sync.stores.conftest import DAY, Feed

async def main(address: str, programme: str, key: str) -> None:
    store = await PostgreSQLStore.open(address)
    feed = Feed(store, bytes.fromhex(programme), bytes.fromhex(key))
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range({pushes}):
        stored = await feed.push(*(feed.revision() for _ in range(1 + number % 3)))
        print("".join(rev.hex() + "\\n" for rev in stored.stored), end="", flush=True)
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


class Waiter:
    """Somebody who waits on one collection."""

    def __init__(self, collection: bytes) -> None:
        self.collection = collection
        self.woken: asyncio.Queue[frozenset[bytes] | None] = asyncio.Queue()

    def waited(self) -> list[bytes]:
        return [self.collection]

    def wake(self, collection: bytes, lanes: frozenset[bytes] | None) -> None:
        if collection == self.collection:
            self.woken.put_nowait(lanes)


class Writers:
    """Processes that push, once they are told to begin."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, database: str, feed: Feed) -> None:
        for _ in range(WRITERS):
            self.processes.append(
                subprocess.Popen(
                    [
                        *(sys.executable, "-c", PUSHER.format(pushes=PUSHES)),
                        *(database, feed.programme.hex(), feed.key.hex()),
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        for process in self.processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()


@pytest.fixture
def writers() -> Iterator[Writers]:
    made = Writers()
    yield made
    made.end()


@pytest.fixture
def alone() -> Iterator[Server]:
    """A server that the test may end."""
    with server() as started:
        yield started


async def test_a_reader_who_follows_never_misses_one_of_eight_writers(
    database: str, writers: Writers
) -> None:
    store = await PostgreSQLStore.open(database)
    feed = await Feed(store).open()
    await asyncio.to_thread(writers.start, database, feed)

    # All at once, from here on. What each says fits into its pipe.
    answers = [
        asyncio.create_task(asyncio.to_thread(process.communicate, "\n")) for process in writers.processes
    ]
    cursor: Cursor | None = None
    followed: list[bytes] = []
    numbers: list[int] = []
    done = False
    while not done:
        done = all(answer.done() for answer in answers)
        page = await feed.page(cursor, limit=7)
        done = done and not page.more
        followed += page.revisions
        cursor = page.cursor
        numbers.append(cursor.sequence)
    acknowledged = [rev for answer in answers for rev in (await answer)[0].split()]
    entries = await fetch(
        database,
        "SELECT encode(rev, 'hex'), content FROM entries WHERE collection = $1 AND kind = 1 ORDER BY sequence",
        feed.collection,
    )
    await store.close()

    assert [process.returncode for process in writers.processes] == [0] * WRITERS
    assert len(acknowledged) == WRITERS * sum(1 + number % 3 for number in range(PUSHES))
    assert {rev for rev, _ in entries} == set(acknowledged)
    # Each once, in the order in which they stand there: nothing came in behind the reader's back.
    assert followed == [content for _, content in entries]
    assert numbers == sorted(numbers)
    assert numbers[-1] == len(entries) + 1


async def test_processes_that_start_at_once_make_the_tables_once(database: str) -> None:
    stores = await asyncio.gather(*(PostgreSQLStore.open(database) for _ in range(6)))

    assert len({store.epoch for store in stores}) == 1
    assert len({store.challenge_key for store in stores}) == 1
    recorded = await fetch(database, "SELECT number, name FROM migrations ORDER BY number")
    assert recorded == [(step.number, step.name) for step in migrations()]
    for store in stores:
        await store.close()


async def test_a_database_from_before_there_were_numbers_gives_the_same(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    feeds = [await Feed(store).open() for _ in range(2)]
    for feed in feeds:
        # Keys and lanes more than one, a key whose owner nobody said, what is superseded, and what expired.
        other = Feed(store, feed.programme)
        first, second = feed.revision(), other.revision()
        await feed.push(other.packet(), other.packet(key=new_id(), own=False), first, other.revision())
        await feed.push(second, feed.revision(first), feed.revision(feed.revision()), day=DAY + 40)
        await store.confirm(feed.collection, 4)
    for day in range(DAY, DAY + 41, 20):
        await store.expire(day, packets_before=DAY + 1, bodies_before=DAY + 1, superseded_before=DAY)

    async def all_of_it() -> list[object]:
        seen: list[object] = []
        for feed in feeds:
            for lane in (None, feed.lane):
                seen += [await feed.page(lane=lane), await store.audit(feed.collection, lane=lane)]
        told: list[Fault] = []
        async with reading(database) as reader:
            await verify(reader, told.append, lambda _: None)
        return [*seen, told]

    held = await all_of_it()
    await store.close()
    for sql in (*BEFORE_NUMBERS, "DELETE FROM migrations WHERE number >= 10"):
        await fetch(database, sql)
    store = await PostgreSQLStore.open(database)
    for feed in feeds:
        feed.store = store

    assert await all_of_it() == held
    # These are no revisions and packets that anybody could read; all else hangs together.
    assert {fault.kind for fault in held[-1]} <= {"entry", "superseded"}  # type: ignore[attr-defined]  # a list, the last
    assert not any("key is missing" in fault.detail for fault in held[-1])  # type: ignore[attr-defined]
    await store.close()


async def test_each_database_has_an_epoch_of_its_own(database: str, postgresql: Server) -> None:
    with_schema = f"other{database[-6:]}"
    await fetch(database, f"CREATE SCHEMA {with_schema}")
    one = await PostgreSQLStore.open(database)
    other = await PostgreSQLStore.open(postgresql.address(with_schema))

    assert one.epoch != other.epoch
    await one.close()
    await other.close()
    await fetch(database, f"DROP SCHEMA {with_schema} CASCADE")


async def test_a_step_that_fails_leaves_nothing(database: str) -> None:
    broken = Migration(99, "0099.sql", "CREATE TABLE later (x int);\nCREATE TABLE later (x int);\n")
    connection = await asyncpg.connect(database)

    with pytest.raises(asyncpg.DuplicateTableError):
        async with connection.transaction():
            await migrate(connection, [*migrations(), broken])

    assert await connection.fetchval("SELECT to_regclass('hub')") is None
    await connection.close()


async def test_a_database_of_a_newer_program_is_refused(database: str) -> None:
    await (await PostgreSQLStore.open(database)).close()
    await fetch(database, "INSERT INTO migrations VALUES (99, '0099.sql')")

    with pytest.raises(UnavailableError, match="newer"):
        await PostgreSQLStore.open(database)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://hub:secret@/postgres?host=/nowhere-at-all",
        "postgresql://hub:secret@127.0.0.1:port/postgres",
    ],
)
async def test_a_server_that_is_not_there_is_a_plain_error_without_the_password(address: str) -> None:
    with pytest.raises(UnavailableError) as raised:
        await PostgreSQLStore.open(address)
    assert "secret" not in str(raised.value)


async def test_each_commit_waits_for_the_disk_whatever_the_server_is_set_to(database: str) -> None:
    store = await PostgreSQLStore.open(f"{database}&synchronous_commit=off")

    async def setting(connection: asyncpg.Connection) -> str:
        return str(await connection.fetchval("SHOW synchronous_commit"))

    assert await store._read(setting) == "on"
    await store.close()


async def test_a_page_reads_an_index_in_its_order_also_before_anything_was_counted(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    feed = await Feed(store).open()
    await feed.push(*(feed.revision() for _ in range(500)))
    for lane, since, index in (
        (None, None, "entries_pkey"),
        (feed.lane, None, "entries_heads"),
        (feed.lane, DAY, "entries_heads"),
    ):
        which, values = paging._which(lane, since, None)
        query = "EXPLAIN " + paging._PAGE.format(which=which)

        async def explain(
            connection: Connection, query: str = query, values: list[bytes | int] = values
        ) -> list[tuple[str]]:
            return await connection.fetch(query, feed.collection, 100, 101, 1 << 20, *values)

        plan = " ".join(line for (line,) in await store._read(explain))
        assert f"Index Scan using {index} on entries entry" in plan
        assert "Seq Scan" not in plan
        assert "Sort" not in plan
    await store.close()


async def test_a_connection_that_was_cut_is_made_anew(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    feed = await Feed(store).open()
    await fetch(
        database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sojourn'"
    )

    revision = feed.revision()
    with suppress(UnavailableError):  # once for each connection that was cut
        await feed.push(revision)
    assert (await feed.push(revision)).refused == []

    assert await feed.heads() == [revision.content]
    await store.close()


async def test_a_group_fails_at_once_where_the_server_is_away_and_none_of_it_waits_alone(
    alone: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def counting(address: str, **settings: object) -> object:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0.01)  # as it takes where it is far away
        return await connect(address, **settings)

    store = await PostgreSQLStore.open(alone.address())
    feed = await Feed(store).open()
    await asyncio.to_thread(alone.end)
    with pytest.raises(UnavailableError):  # of the connection that was cut
        await feed.push(feed.revision())
    monkeypatch.setattr(connections, "connect", counting)
    group = [feed.revision() for _ in range(GROUP_LIMIT)]
    told = await asyncio.gather(*(feed.push(each) for each in group), return_exceptions=True)
    assert {type(each) for each in told} == {UnavailableError}
    assert tries == 2, "the first, and all who came meanwhile"

    await asyncio.to_thread(alone.start)
    await asyncio.gather(*(feed.push(each) for each in group))
    assert sorted(await feed.heads()) == sorted(each.content for each in group)
    await store.close()


async def test_who_waits_is_woken_by_another_process_also_when_the_word_is_lost(database: str) -> None:
    here, there = await PostgreSQLStore.open(database), await PostgreSQLStore.open(database)
    feed = await Feed(there).open()
    waiter = Waiter(feed.collection)
    here.follow(waiter)
    # Once at first: something may have come before anybody asked.
    assert await waiter.woken.get() is None

    await feed.push(feed.revision())
    assert await waiter.woken.get() == frozenset({feed.lane})

    # The listening connection is cut: what is said meanwhile nobody hears.
    listening = "query ILIKE 'LISTEN %' OR query LIKE '%collection = ANY%'"
    await fetch(
        database,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND ({listening})",
    )
    await feed.push(feed.revision())
    while (await waiter.woken.get()) is not None:
        pass

    # And it listens again.
    while True:
        await feed.push(feed.revision())
        if await waiter.woken.get() is not None:
            break
    await here.close()
    await there.close()


async def test_words_of_others_on_the_channel_do_no_harm(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    feed = await Feed(store).open()
    waiter = Waiter(feed.collection)
    store.follow(waiter)
    assert await waiter.woken.get() is None

    await fetch(
        database,
        "SELECT pg_notify($1, said) FROM unnest($2::text[]) AS said",
        CHANNEL,
        ["", "a b", "1 2 3 4 5"],
    )
    other = await PostgreSQLStore.open(database)
    await Feed(other, feed.programme, feed.key, lane=feed.lane).push(feed.revision())

    assert await waiter.woken.get() == frozenset({feed.lane})
    await other.close()
    await store.close()


async def test_what_was_looked_at_before_somebody_else_changed_it_is_not_stored(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    late = subject.revision()
    handed_on = subject.revision(late)
    await subject.push(handed_on, settles=False)
    arrival = Arrival(revisions=[late], day=DAY)

    async def between(connection: Connection) -> None:
        seen = await look(subject.collection, [arrival], store.epoch, connection)
        change = Change(seen.cursor)
        pushing._sort(subject.collection, arrival, seen, change)
        # It takes no number, but says of the late one that it is no head.
        await subject.push(handed_on)
        assert not await store_change(subject.collection, seen, change, connection)

    await store._database.change(between)
    await subject.push(late)
    assert await subject.heads() == [handed_on.content]
    await store.close()


async def test_a_push_finds_all_that_it_names_by_an_index(database: str) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    first = [subject.revision() for _ in range(300)]
    await subject.push(*first)
    arrival = Arrival(revisions=[subject.revision(first[0]), subject.revision(subject.revision())], day=DAY)
    asked: list[str] = []

    class Explained:
        """Says also how the server would do it."""

        def __init__(self, connection: Connection) -> None:
            self._connection = connection

        async def fetch(self, query: str, *values: object) -> list[object]:
            asked.extend(line for (line,) in await self._connection.fetch(f"EXPLAIN {query}", *values))
            return await self._connection.fetch(query, *values)

        async def fetchrow(self, query: str, *values: object) -> object:
            asked.extend(line for (line,) in await self._connection.fetch(f"EXPLAIN {query}", *values))
            return await self._connection.fetchrow(query, *values)

    async def push(connection: Connection) -> object:
        explained: Any = Explained(connection)
        return await pushing.push(subject.collection, [arrival], store.epoch, None, explained)

    assert await store._database.change(push)
    plan = "\n".join(asked)
    assert "Index Scan using entries_rev" in plan
    assert "Update on entries" in plan
    assert "Seq Scan" not in plan
    await store.close()
