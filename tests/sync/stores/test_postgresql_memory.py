"""What a push leaves of a collection stands for the next one's look, and never for what is not so any more."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.errors import QuotaError, UnavailableError
from sync.identifiers import new_id
from sync.stores.interface import Arrival, ArrivedRevision, Store, Stored
from sync.stores.postgresql import PostgreSQLStore, feed, memory
from sync.stores.postgresql.counting import mend
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.looking import WARY, Look, look
from sync.stores.postgresql.storing import ASKED
from sync.stores.postgresql.verifying import reading
from sync.stores.sqlite import SQLiteStore
from sync.stores.verifying import Fault, verify
from tests.postgresql import fetch
from tests.sync.stores.conftest import DAY, Feed


@dataclass
class Looks:
    """How often this process looked."""

    made: int = 0

    def since(self) -> int:
        made, self.made = self.made, 0
        return made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    counted = Looks()

    async def counting(*values: Any) -> Look:
        counted.made += 1
        return await look(*values)

    monkeypatch.setattr(feed, "look", counting)
    return counted


async def faults_of(database: str) -> list[Fault]:
    """But for the contents, which are noise here, and say of nothing what it replaces."""
    faults: list[Fault] = []
    async with reading(database) as reader:
        await verify(reader, faults.append, lambda _: None)
    return [fault for fault in faults if fault.kind not in ("entry", "superseded")]


async def test_only_the_first_push_of_many_looks(database: str, looks: Looks) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    first = subject.revision()
    await subject.push(first)
    assert looks.since() == 1

    sent = [subject.revision() for _ in range(30)]
    for number, each in enumerate(sent, 3):
        stored = await subject.push(each)
        assert (stored.stored, stored.before.sequence, stored.cursor.sequence) == (
            [each.rev],
            number - 1,
            number,
        )
    assert looks.since() == 0
    assert await subject.heads() == [each.content for each in (first, *sent)]
    # An edit, a key or a chunk is looked for; what is plain after it is not.
    await subject.push(subject.revision(first))
    await subject.push(subject.revision())
    assert looks.since() == 1
    await store.close()
    assert await faults_of(database) == []


async def test_what_is_safe_is_told_as_it_is_at_the_push(database: str, looks: Looks) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    await subject.push(subject.revision())
    await subject.push(subject.revision())
    looks.since()
    await store.confirm(subject.collection, 2)
    assert (await subject.push(subject.revision())).safe == 2
    assert looks.since() == 0
    await store.close()


@pytest.mark.parametrize("known", [0, 7, -1])
async def test_what_comes_again_is_known_wherever_it_stands_in_a_push(
    database: str, looks: Looks, known: int
) -> None:
    """A few revisions are asked for; for the others the index stands."""
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    again = subject.revision()
    await subject.push(again)
    looks.since()
    sent = [subject.revision() for _ in range(10 * ASKED)]
    sent[known] = again

    stored = await subject.push(*sent)
    assert looks.since() == 1
    assert stored.known == [again.rev]
    assert stored.stored == [each.rev for each in sent if each is not again]
    # Then it is looked for a while, since this may come of one who sends all anew.
    for _ in range(WARY):
        assert (await subject.push(*sent)).known == [each.rev for each in sent]
    assert looks.since() == WARY
    await subject.push(subject.revision())
    assert looks.since() == 0
    await store.close()
    assert await faults_of(database) == []


async def test_what_is_superseded_before_it_comes_is_no_head(database: str, looks: Looks) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    late = [subject.revision() for _ in range(10 * ASKED)]
    edits = [subject.revision(each) for each in late]
    await subject.push(*edits)
    await subject.push(subject.revision())
    looks.since()

    stored = await subject.push(*late)
    assert stored.stored == [each.rev for each in late]
    assert looks.since() == 1
    assert stored.cursor == stored.before
    assert len(await subject.heads()) == len(edits) + 1
    await store.close()


async def test_another_process_is_noticed_and_trusted_again_after_a_while(
    database: str, looks: Looks
) -> None:
    store, other = await PostgreSQLStore.open(database), await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    beside = Feed(other, subject.programme, subject.key, subject.owner, subject.lane)
    await subject.push(subject.revision())
    looks.since()

    theirs = await beside.push(beside.revision())
    assert (await subject.push(subject.revision())).before == theirs.cursor
    assert looks.since() == 2
    for _ in range(WARY):
        await subject.push(subject.revision())
    assert looks.since() == WARY
    await subject.push(subject.revision())
    assert looks.since() == 0
    await store.close()
    await other.close()
    assert await faults_of(database) == []


async def test_a_database_that_was_put_back_under_a_running_hub_is_noticed(
    database: str, looks: Looks
) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    await subject.push(subject.revision())
    looks.since()
    # As many changes, and as many entries, but others.
    await fetch(database, "UPDATE entries SET rev = sha256(rev) WHERE kind = 1")
    await fetch(
        database,
        "UPDATE collections SET mark = substr(rev, 1, 8) FROM entries "
        "WHERE entries.collection = collections.collection AND entries.sequence = collections.sequence",
    )
    await subject.push(subject.revision())
    assert looks.since() == 1
    await store.close()


async def test_nothing_is_remembered_of_a_server_that_went_away(database: str, looks: Looks) -> None:
    store = await PostgreSQLStore.open(database)
    first, second = await Feed(store).open(), await Feed(store).open()
    for subject in (first, second):
        await subject.push(subject.revision())
    await fetch(
        database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sojourn'"
    )
    looks.since()
    for subject in (first, second):
        revision = subject.revision()
        stored = None
        while stored is None:
            with suppress(UnavailableError):  # once for each connection that was cut
                stored = await subject.push(revision)
        assert stored.stored == [revision.rev]
        assert looks.since() >= 1
    await store.close()


async def test_what_a_lane_holds_is_counted_anew_beside_a_running_hub(database: str, looks: Looks) -> None:
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()

    async def push(room: int) -> Stored:
        arrival = Arrival(revisions=[subject.revision()], lane=subject.lane, day=DAY, room=room)
        return await store.push(subject.collection, arrival)

    await push(10_000)
    await push(10_000)
    looks.since()
    await fetch(database, "UPDATE held SET used = 0")
    await mend(database)
    with pytest.raises(QuotaError):
        await push(1_000)
    assert looks.since() == 1
    await store.close()


async def test_memory_has_an_end(database: str, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "COLLECTIONS", 2)
    monkeypatch.setattr(memory, "NAMES", 20)
    store = await PostgreSQLStore.open(database)
    feeds = [await Feed(store).open() for _ in range(3)]
    for subject in feeds:
        await subject.push(subject.revision())
    looks.since()
    for subject in feeds[1:]:
        await subject.push(subject.revision())
    assert looks.since() == 0
    await feeds[0].push(feeds[0].revision())
    assert looks.since() == 1
    # So many keys that none of it is kept.
    packets = [feeds[0].packet(key=new_id()) for _ in range(20)]
    await feeds[0].push(*packets)
    await feeds[0].push(feeds[0].revision())
    await feeds[0].push(feeds[0].revision())
    assert looks.since() == 2
    await store.close()


@dataclass(frozen=True)
class Push:
    """store: through which of two. which: of the revisions that there are. room: bytes; of one lane only. day: from
    DAY on, or before it: clocks differ."""

    store: int
    which: list[int]
    settles: bool
    lane: int | None
    room: int | None
    day: int


REVISIONS = 24
pushes = st.lists(
    st.one_of(
        st.builds(
            Push,
            store=st.sampled_from((0, 0, 0, 1)),
            which=st.lists(st.integers(0, REVISIONS - 1), min_size=1, max_size=6),
            settles=st.sampled_from((True, True, False)),
            lane=st.sampled_from((None, None, 0, 1)),
            room=st.sampled_from((None, None, None, 1_200, 4_000)),
            day=st.sampled_from((0, 0, 0, 1, 2, -1)),
        ),
        st.integers(1, 30).map(lambda sequence: ("confirm", sequence)),
    ),
    max_size=25,
)


@dataclass
class Side:
    """The same programme in a store, or in two over one database."""

    feeds: list[Feed] = field(default_factory=list[Feed])

    async def push(self, push: Push, sent: list[ArrivedRevision], lanes: list[bytes]) -> object:
        subject = self.feeds[push.store % len(self.feeds)]
        lane = None if push.lane is None else lanes[push.lane]
        arrival = Arrival(
            revisions=sent,
            settles=push.settles,
            lane=lane,
            room=None if lane is None else push.room,
            day=DAY + push.day,
        )
        try:
            stored = await subject.store.push(subject.collection, arrival)
        except QuotaError:
            return "quota"
        return (
            (stored.before.sequence, stored.before.mark),
            (stored.cursor.sequence, stored.cursor.mark),
            (stored.stored, stored.known, stored.refused, stored.expired),
            (stored.safe, stored.lanes),
        )


@given(steps=pushes, seed=st.integers(0, 1 << 16))
# One database for all examples: each has a collection of its own in it.
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_two_processes_that_remember_answer_as_one_that_has_all_at_hand(
    database: str, tmp_path: Path, steps: list[Push | tuple[str, int]], seed: int
) -> None:
    asyncio.run(_push_on_both_sides(database, tmp_path / f"{new_id().hex()}.sqlite3", steps, seed))


async def _push_on_both_sides(
    database: str, path: Path, steps: list[Push | tuple[str, int]], seed: int
) -> None:
    stores: list[Store] = [
        await SQLiteStore.open(path),
        await PostgreSQLStore.open(database),
        await PostgreSQLStore.open(database),
    ]
    one, two = Side(), Side()
    first = await Feed(stores[0]).open()
    names = (first.programme, first.key, first.owner, first.lane)
    one.feeds.append(first)
    await Feed(stores[1], *names).open()
    two.feeds += [Feed(store, *names) for store in stores[1:]]
    lanes = [first.lane, new_id()]
    second = first.packet(key=new_id(), owner=new_id(), lane=lanes[1])
    packets = [first.packet(), second]
    for side in (one, two):
        await side.feeds[0].push(*packets)

    chosen = random.Random(seed)
    pool: list[ArrivedRevision] = []
    for _ in range(REVISIONS):
        key = chosen.choice((first.key, first.key, second.key, new_id()))
        before = chosen.sample(pool, 1) if pool and chosen.random() < 0.25 else []
        pool.append(first.revision(*before, key=key))
    try:
        for step in steps:
            if isinstance(step, Push):
                sent = [pool[which] for which in step.which]
                expected = await one.push(step, sent, lanes)
                assert await two.push(step, sent, lanes) == expected
            else:
                for side in (one, two):
                    await side.feeds[0].store.confirm(first.collection, step[1])
        assert await two.feeds[0].heads() == await one.feeds[0].heads()
        heard = [await side.feeds[0].store.heard(first.programme) for side in (one, two)]
        assert heard[0] == heard[1]
    finally:
        for store in stores:
            await store.close()


async def test_nobody_stores_by_memory_what_somebody_else_stores_just_then(database: str) -> None:
    """The statement of one who remembers waits for another's commit, and holds no more then."""
    store = await PostgreSQLStore.open(database)
    subject = await Feed(store).open()
    first = await subject.push(subject.revision())
    arrival = Arrival(revisions=[subject.revision()], day=DAY)

    async def remembered(connection: Connection) -> Look:
        return (await look(subject.collection, [arrival], store.epoch, connection)).left()

    left = await store._database.read(remembered)

    async def other(connection: Connection) -> None:
        await connection.execute(
            "UPDATE collections SET turn = turn + 1 WHERE collection = $1", subject.collection
        )
        pushing = asyncio.create_task(store._database.change(by_memory))
        await asyncio.sleep(0.2)
        assert not pushing.done()
        waiting.append(pushing)

    async def by_memory(connection: Connection) -> object:
        return await feed.push_unlooked(subject.collection, [arrival], left, {}, connection)

    waiting: list[asyncio.Task[object]] = []
    await store._database.write(other)
    assert await waiting[0] is None
    assert (await subject.page()).cursor == first.cursor
    await store.close()
