"""What every store keeps of personal backups, and for how long."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import secrets
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sync.backups import month_of
from sync.errors import QuotaError, UnknownError, WrongTokenError
from sync.identifiers import new_id
from sync.stores.interface import Arrival, ArrivedRevision, Store, Stored
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.postgresql.restoring import begin_anew
from sync.stores.sqlite import SQLiteStore
from sync.stores.sqlite.restoring import restore
from tests.postgresql import fetch
from tests.sync.stores.conftest import DAY, opaque

QUOTA = 1_000_000
MONTH = month_of(DAY)


@dataclass
class Held:
    """A backup of its own."""

    store: Store
    collection: bytes = field(default_factory=new_id)
    token_hash: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    async def make(self, month: int = MONTH) -> Held:
        await self.store.create_backup(self.collection, self.token_hash, most=100, month=month)
        return self

    async def used(self) -> int:
        return (await self.store.backup(self.collection, self.token_hash)).used

    async def is_there(self) -> bool:
        try:
            await self.used()
        except UnknownError:
            return False
        return True

    def note(self, *before: ArrivedRevision, chunks: tuple[bytes, ...] = ()) -> ArrivedRevision:
        return ArrivedRevision(
            rev=secrets.token_bytes(32),
            record=before[0].record if before else new_id(),
            key=bytes(16),
            supersedes=tuple(sorted(each.rev for each in before)),
            chunks=tuple(sorted(chunks)),
            content=opaque(1_000),
        )

    async def push(self, *notes: ArrivedRevision, day: int = DAY) -> Stored:
        arrival = Arrival(revisions=list(notes), lane=None, quota=QUOTA, day=day)
        return await self.store.push(self.collection, arrival)

    async def chunk(self, size_bytes: int = 2_000, *, day: int = DAY) -> bytes:
        content = secrets.token_bytes(size_bytes)
        address = hashlib.sha256(content).digest()
        await self.store.put_chunk(self.collection, address, content, quota=QUOTA, day=day)
        return address


@pytest.fixture
async def held(store: Store) -> Held:
    return await Held(store).make()


async def sweep(store: Store, day: int) -> None:
    await store.expire(
        day,
        packets_before=None,
        bodies_before=None,
        superseded_before=day - 30,
        chunks_before=day - 30,
        backups_before=month_of(day) - 24,
    )


async def live(store: Store, first: int, last: int) -> None:
    """The hub runs from one day to another: some of the days are enough."""
    for day in (*range(first, last, 25), last):
        await sweep(store, day)


async def test_a_chunk_goes_30_days_after_no_head_names_it_and_gives_back_its_room(held: Held) -> None:
    kept, dropped, shared = [await held.chunk() for _ in range(3)]
    first, other = held.note(chunks=(dropped, shared)), held.note(chunks=(kept, shared))
    await held.push(first, other)
    await held.push(held.note(first), day=DAY + 10)
    before = await held.used()

    there = []
    for day in (DAY + 10, DAY + 35, DAY + 40, DAY + 41):
        await sweep(held.store, day)
        there.append(await held.store.has_chunk(held.collection, dropped))

    assert there == [True, True, True, False]
    assert await held.used() == before - 2_000
    assert [await held.store.has_chunk(held.collection, each) for each in (kept, shared)] == [True, True]
    await sweep(held.store, DAY + 42)
    assert await held.used() == before - 2_000


async def test_a_chunk_that_was_never_named_goes_and_one_that_comes_again_counts_anew(held: Held) -> None:
    content = secrets.token_bytes(500)
    address = hashlib.sha256(content).digest()
    lost = await held.chunk()

    async def put(day: int) -> None:
        await held.store.put_chunk(held.collection, address, content, quota=QUOTA, day=day)

    await put(DAY)
    await put(DAY + 20)
    await live(held.store, DAY, DAY + 31)

    assert not await held.store.has_chunk(held.collection, lost)
    assert await held.store.has_chunk(held.collection, address)
    assert await held.used() == 500
    await live(held.store, DAY + 31, DAY + 51)
    assert await held.used() == 0
    # And comes again as if it had never been there.
    await put(DAY + 51)
    assert (await held.push(held.note(chunks=(address,)), day=DAY + 51)).refused == []


async def test_a_chunk_that_comes_again_stays_while_a_head_names_it(held: Held) -> None:
    content = secrets.token_bytes(2_000)
    address = hashlib.sha256(content).digest()
    await held.store.put_chunk(held.collection, address, content, quota=QUOTA, day=DAY)
    note = held.note(chunks=(address,))
    await held.push(note)
    # As a restore leaves it out that was damaged: the head is there.
    await execute(held.store, "DELETE FROM chunks WHERE address = $1", address)
    assert await held.store.missing(held.collection, [note.rev], lane=None) == [note.rev]

    # The phone sends what is lacking, and the same head again.
    await held.store.put_chunk(held.collection, address, content, quota=QUOTA, day=DAY)
    assert (await held.push(note)).known == [note.rev]
    assert await held.store.missing(held.collection, [note.rev], lane=None) == []
    await live(held.store, DAY, DAY + 100)
    assert await held.store.has_chunk(held.collection, address)
    # And for 30 days more, once it is replaced.
    await held.push(held.note(note), day=DAY + 100)
    await live(held.store, DAY + 100, DAY + 130)
    assert await held.store.has_chunk(held.collection, address)
    await sweep(held.store, DAY + 131)
    assert not await held.store.has_chunk(held.collection, address)


async def test_no_sweep_takes_what_a_head_names_whatever_day_it_bears(held: Held) -> None:
    address = await held.chunk()
    await held.push(held.note(chunks=(address,)))
    await execute(held.store, "UPDATE chunks SET unnamed = 1 WHERE address = $1", address)
    await live(held.store, DAY, DAY + 100)
    assert await held.store.has_chunk(held.collection, address)


async def execute(store: Store, statement: str, *values: object) -> None:
    if isinstance(store, SQLiteStore):

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(statement.replace("$", "?"), values)

        await store._write(work)
        return
    assert isinstance(store, PostgreSQLStore)
    await store._write(lambda connection: connection.execute(statement, *values))


async def test_more_chunks_go_than_one_step_takes(held: Held) -> None:
    other = await Held(held.store).make()
    for _ in range(25):
        await held.chunk(10)
        await other.chunk(10)

    await live(held.store, DAY, DAY + 31)

    assert (await held.used(), await other.used()) == (0, 0)


async def test_a_push_that_names_a_chunk_as_it_goes_is_refused_or_keeps_it(held: Held) -> None:
    await live(held.store, DAY, DAY + 30)
    for _ in range(8):
        chunks = [await held.chunk() for _ in range(4)]
        notes = [held.note(chunks=(each,)) for each in chunks]

        async def name(note: ArrivedRevision) -> Stored:
            return await held.push(note, day=DAY + 31)

        answers = await asyncio.gather(*(name(note) for note in notes[:2]), sweep(held.store, DAY + 31))
        answers += await asyncio.gather(sweep(held.store, DAY + 31), *(name(note) for note in notes[2:]))

        for note, chunk in zip(notes, chunks, strict=True):
            receipt = next(
                each
                for each in answers
                if each is not None and note.rev in (*each.stored, *(refusal.rev for refusal in each.refused))
            )
            assert (note.rev in receipt.stored) == await held.store.has_chunk(held.collection, chunk)


@pytest.mark.parametrize("jump", [40, 3_650])
async def test_a_clock_that_jumps_ahead_takes_no_chunk_and_no_backup(held: Held, jump: int) -> None:
    address = await held.chunk()
    await live(held.store, DAY, DAY + 10)

    for day in (0, 1, 20, 29):
        await sweep(held.store, DAY + 10 + jump + day)
        assert await held.store.has_chunk(held.collection, address)
    # It stays there: then its time has gone by all the same.
    await sweep(held.store, DAY + 10 + jump + 31)
    assert not await held.store.has_chunk(held.collection, address)
    assert await held.is_there()


async def test_a_backup_that_nobody_used_for_24_months_goes_with_all_that_is_in_it(held: Held) -> None:
    used = await Held(held.store).make()
    for each in (held, used):
        await each.push(each.note(chunks=(await each.chunk(),)))
    last = DAY
    while month_of(last) <= MONTH + 24:
        await sweep(held.store, last)
        assert await held.is_there(), month_of(last)
        last += 15
    await held.store.use_backup(used.collection, MONTH + 1)

    await sweep(held.store, last)

    assert not await held.is_there()
    with pytest.raises(UnknownError):
        await held.push(held.note())
    with pytest.raises(WrongTokenError):
        await held.store.bearer(held.token_hash, day=last)
    assert await used.is_there()
    # The same recovery key may begin anew.
    await held.make(MONTH + 25)
    assert await held.used() == 0
    assert (await held.push(held.note(), day=last)).before.sequence == 0


async def test_a_hub_that_stood_still_counts_a_backups_months_anew(held: Held) -> None:
    await live(held.store, DAY, DAY + 600)
    again = DAY + 800

    await live(held.store, again, again + 700)
    assert await held.is_there()
    await live(held.store, again + 700, again + 800)
    assert not await held.is_there()


async def test_a_clock_that_fell_behind_makes_no_use_look_old(held: Held) -> None:
    await live(held.store, DAY, DAY + 750)
    # For an hour it is two years ago, and one is made, another used.
    made = await Held(held.store).make(MONTH)
    await held.store.use_backup(held.collection, MONTH)
    await sweep(held.store, DAY)

    await sweep(held.store, DAY + 770)

    assert [await each.is_there() for each in (made, held)] == [True, True]


async def test_a_use_in_the_same_moment_keeps_it(held: Held) -> None:
    await live(held.store, DAY, DAY + 740)
    many = [await Held(held.store).make() for _ in range(6)]
    last = DAY + 800

    async def use(each: Held) -> bool:
        try:
            await each.store.use_backup(each.collection, month_of(last))
            await each.push(each.note(), day=last)
        except UnknownError:
            return False
        return True

    *answers, _ = await asyncio.gather(*(use(each) for each in many), live(held.store, DAY + 740, last))

    assert [await each.is_there() for each in many] == answers


async def test_pushes_at_once_and_again_are_charged_once_and_never_pass_the_quota(held: Held) -> None:
    notes = [dataclasses.replace(held.note(), content=opaque(60_000)) for _ in range(30)]
    chunks = [secrets.token_bytes(60_000) for _ in range(6)]

    async def put(content: bytes) -> None:
        address = hashlib.sha256(content).digest()
        await held.store.put_chunk(held.collection, address, content, quota=QUOTA, day=DAY)

    answers = await asyncio.gather(
        *(held.push(note) for note in (*notes, *notes)),
        *(put(content) for content in (*chunks, *chunks)),
        return_exceptions=True,
    )

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert {type(error) for error in refused} == {QuotaError}
    stored = {rev for answer in answers if isinstance(answer, Stored) for rev in answer.stored}
    here = [await held.store.has_chunk(held.collection, hashlib.sha256(each).digest()) for each in chunks]
    assert await held.used() == 60_256 * len(stored) + 60_000 * sum(here)
    assert QUOTA - 60_256 < await held.used() <= QUOTA
    # What is there already costs nothing, also where nothing more goes in.
    known = [note for note in notes if note.rev in stored]
    assert (await held.push(*known)).stored == []


async def test_after_a_restore_all_of_it_counts_anew(tmp_path: Path, database: str) -> None:
    async def fill(store: Store) -> None:
        held = await Held(store).make()
        await held.chunk()
        await store.close()

    path, made = tmp_path / "backup.sqlite3", tmp_path / "made.sqlite3"
    await fill(await SQLiteStore.open(path))
    await fill(await PostgreSQLStore.open(database))

    restore(path, made)
    await begin_anew(database)

    today = int(time.time()) // 86_400
    with closing(sqlite3.connect(made)) as connection:
        in_sqlite = connection.execute(
            "SELECT month, unnamed FROM backups JOIN chunks USING (collection)"
        ).fetchall()
    there = await fetch(database, "SELECT month, unnamed FROM backups JOIN chunks USING (collection)")
    assert in_sqlite == there
    ((month, unnamed),) = there
    assert month_of(today) - 1 <= month <= month_of(today)
    assert today - 1 <= unnamed <= today
