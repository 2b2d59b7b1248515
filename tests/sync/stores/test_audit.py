"""The buckets that every store keeps are those of its heads, whatever was pushed, superseded or expired."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.audit import BUCKETS, sums_of
from sync.errors import UnknownError
from sync.identifiers import new_id
from sync.revisions import Revision
from sync.stores.interface import Arrival, ArrivedRevision, Audited
from tests.sync.stores.conftest import DAY, Feed, Open

# New records, an edit of one that is there, the same push again, an old push that comes late, one that only hands
# back, and a sweep so many days later.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(1, 5)),
        st.tuples(st.sampled_from(["edit", "again", "late", "hand back"]), st.integers(0, 50)),
        st.tuples(st.just("sweep"), st.integers(0, 30)),
    ),
    max_size=30,
)


def real(feed: Feed, *supersedes: ArrivedRevision, tombstone: bool = False) -> ArrivedRevision:
    """With a content that a sweep can read."""
    made = feed.revision(*supersedes)
    content = Revision(
        record=made.record,
        supersedes=made.supersedes,
        key=made.key,
        tombstone=tombstone,
        chunks=(),
        body=secrets.token_bytes(64),
    )
    return dataclasses.replace(made, content=msgspec.msgpack.encode(content))


async def kept(feed: Feed, *, lane: bytes | None = None) -> dict[int, tuple[int, int]]:
    sums = (await feed.store.audit(feed.collection, lane=lane)).sums
    return {bucket: sum_ for bucket, sum_ in sums.items() if sum_[0]}


async def counted(feed: Feed, *, lane: bytes | None = None) -> dict[int, tuple[int, int]]:
    revs = await feed.store.head_revs(feed.collection, range(BUCKETS), lane=lane, after=None, limit=1_000_000)
    return sums_of(revs)


@given(steps=steps)
# One database for all examples: each has a collection of its own in it.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_buckets_are_those_of_the_heads_after_whatever_happened(
    open_store: Open, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(_happen(open_store, steps))


async def _happen(open_store: Open, steps: list[tuple[str, int]]) -> None:
    store = await open_store()
    try:
        feed = await Feed(store).open()
        heads: list[ArrivedRevision] = []
        sent: list[ArrivedRevision] = []
        late: list[ArrivedRevision] = []
        day = DAY
        for step, number in steps:
            if step == "push":
                new = [real(feed, tombstone=each == 4) for each in range(number)]
                await feed.push(*new, day=day)
                heads += new
                sent += new
            elif step == "edit" and heads:
                old, between = heads.pop(number % len(heads)), real(feed)
                between = dataclasses.replace(between, record=old.record)
                edit = real(feed, old, between)
                late.append(between)
                await feed.push(edit, edit, day=day)
                heads.append(edit)
                sent.append(edit)
            elif step == "again" and sent:
                await feed.push(sent[number % len(sent)], day=day)
            elif step == "late" and late:
                await feed.push(late.pop(number % len(late)), day=day)
            elif step == "hand back" and heads:
                handed = real(feed, heads[number % len(heads)])
                await feed.push(handed, settles=False, day=day)
                sent.append(handed)
            elif step == "sweep":
                day += number
                await store.confirm(feed.collection, (await feed.page()).cursor.sequence)
                await store.expire(day, packets_before=day - 10, bodies_before=day - 10)
        assert await kept(feed) == await kept(feed, lane=feed.lane) == await counted(feed)
        assert sum(count for count, _ in (await kept(feed)).values()) == len(await feed.heads())
    finally:
        await store.close()


async def test_lanes_are_summed_apart_and_together(feed: Feed) -> None:
    other_lane, other_key = new_id(), new_id()
    await feed.push(feed.packet(key=other_key, lane=other_lane))
    ours = [feed.revision() for _ in range(20)]
    theirs = [feed.revision(key=other_key) for _ in range(20)]

    stored = await feed.push(*ours, *theirs)

    assert await kept(feed, lane=feed.lane) == sums_of(each.rev for each in ours)
    assert await kept(feed, lane=other_lane) == sums_of(each.rev for each in theirs)
    assert await kept(feed) == sums_of(each.rev for each in (*ours, *theirs)) == await counted(feed)
    assert await kept(feed, lane=new_id()) == {} == await counted(feed, lane=new_id())
    assert await counted(feed, lane=other_lane) == await kept(feed, lane=other_lane)
    assert (await feed.store.audit(feed.collection, lane=None)).cursor == stored.cursor


async def test_heads_of_a_bucket_are_paged_in_order(feed: Feed) -> None:
    sent = [
        dataclasses.replace(feed.revision(), rev=bytes([n % 2 * 255]) + secrets.token_bytes(31))
        for n in range(9)
    ]
    await feed.push(*sent)

    async def page(*buckets: int, after: bytes | None = None) -> list[bytes]:
        return await feed.store.head_revs(feed.collection, buckets, lane=None, after=after, limit=4)

    everything = sorted(each.rev for each in sent)
    assert await page(255, 0) == everything[:4]
    assert await page(255, 0, after=everything[3]) == everything[4:8]
    assert await page(255, 0, after=everything[7]) == everything[8:]
    assert await page(255, after=everything[2]) == everything[5:]
    assert await page(7) == []


async def test_an_unknown_collection_cannot_be_audited(feed: Feed) -> None:
    with pytest.raises(UnknownError):
        await feed.store.audit(new_id(), lane=None)


async def test_a_backup_that_was_deleted_begins_at_nothing(feed: Feed) -> None:
    store, collection, token = feed.store, new_id(), secrets.token_bytes(32)
    backup = dataclasses.replace(feed)

    async def push() -> Audited:
        await store.create_backup(collection, token, most=5, month=1)
        revision = backup.revision()
        await store.push(collection, Arrival(revisions=[revision], quota=1 << 20, day=DAY))
        await store.push(collection, Arrival(revisions=[backup.revision(revision)], quota=1 << 20, day=DAY))
        return await store.audit(collection, lane=None)

    await push()
    await store.delete_backup(collection, token)

    assert sum(count for count, _ in (await push()).sums.values()) == 1
