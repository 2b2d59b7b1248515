"""What every store does with pushes and pages."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import secrets

import msgspec
import pytest

from sync.audit import buckets_of, sums_of
from sync.enrolment import Card, Heard
from sync.errors import EpochChangedError, UnknownError
from sync.exchange import Cursor, KeyPacket
from sync.identifiers import new_id, sealing_key_id
from sync.revisions import Revision
from sync.stores.interface import Arrival, ArrivedPacket, ArrivedRevision, Store
from tests.sync.stores.conftest import DAY, Feed, Open


async def test_what_is_pushed_is_paged_oldest_first(feed: Feed) -> None:
    sent = [feed.revision() for _ in range(5)]

    stored = await feed.push(*sent)
    page = await feed.page()

    assert stored.stored == [each.rev for each in sent]
    assert page.revisions == [each.content for each in sent]
    assert len(page.packets) == 1
    assert not page.more
    assert page.cursor == stored.cursor


async def test_numbers_follow_each_other_without_gaps(feed: Feed) -> None:
    first = await feed.push(feed.revision(), feed.revision())
    second = await feed.push(feed.revision())

    assert first.cursor.sequence == first.before.sequence + 2
    assert second.before == first.cursor
    assert second.cursor.sequence == first.cursor.sequence + 1


async def test_a_push_sent_twice_is_stored_once(feed: Feed) -> None:
    packet, revision = feed.packet(), feed.revision()
    first = await feed.push(packet, revision)

    again = await feed.push(packet, revision)

    assert again.stored == []
    assert again.known == first.stored
    assert again.cursor == first.cursor
    assert await feed.heads() == [revision.content]


async def test_the_last_day_of_each_device_is_known(feed: Feed) -> None:
    assert await feed.store.heard(feed.programme) == []
    await feed.push(feed.revision(), day=DAY + 3)
    # A coordinator seals a device's keys anew: that says nothing of the device.
    await feed.push(feed.packet(own=False), day=DAY + 9)

    # A clock that fell behind.
    await feed.push(feed.revision(), day=DAY + 1)

    assert await feed.store.heard(feed.programme) == [Heard(device=feed.owner, day="2024-10-07")]
    assert await feed.store.heard(new_id()) == []
    other = new_id()
    await feed.push(feed.packet(key=other), feed.revision(key=other), day=DAY + 4)
    assert await feed.store.heard(feed.programme) == [Heard(device=feed.owner, day="2024-10-08")]


async def test_twice_in_one_push_is_once(feed: Feed) -> None:
    revision = feed.revision()

    stored = await feed.push(revision, revision)

    assert (stored.stored, stored.known) == ([revision.rev], [revision.rev])
    assert await feed.heads() == [revision.content]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
async def test_supersedes_may_arrive_in_any_order(feed: Feed, order: tuple[int, ...], together: bool) -> None:
    first = feed.revision()
    second = feed.revision(first)
    third = feed.revision(first, second)
    sent = [(first, second, third)[number] for number in order]

    if together:
        await feed.push(*sent)
    else:
        for each in sent:
            await feed.push(each)

    assert await feed.heads() == [third.content]


async def test_what_arrives_superseded_is_stored_takes_no_number_and_is_not_kept(feed: Feed) -> None:
    first = feed.revision()
    second = feed.revision(first)
    await feed.push(second)

    stored = await feed.push(first)

    assert stored.stored == [first.rev]
    assert stored.cursor == stored.before
    assert await feed.heads() == [second.content]


async def test_two_heads_stand_beside_each_other(feed: Feed) -> None:
    first = feed.revision()
    one, other = feed.revision(first), feed.revision(first)

    await feed.push(first, one, other)

    assert await feed.heads() == [one.content, other.content]


async def test_a_superseded_head_goes_from_the_pages_and_its_number_stays(feed: Feed) -> None:
    first = feed.revision()
    cursor = (await feed.push(first)).cursor
    second = feed.revision(first)

    await feed.push(second)

    assert (await feed.page(cursor)).revisions == [second.content]


async def test_a_revision_without_a_packet_is_refused(feed: Feed) -> None:
    known, unknown = feed.revision(), feed.revision(key=new_id())

    stored = await feed.push(known, unknown)

    assert [(each.rev, each.why) for each in stored.refused] == [(unknown.rev, "unknown-key")]
    assert stored.stored == [known.rev]


async def test_only_the_owner_says_whose_a_key_is(feed: Feed) -> None:
    key = new_id()

    await feed.push(feed.packet(key=key, own=False))
    before = await feed.push(feed.revision(key=key))
    await feed.push(feed.packet(key=key))
    after = await feed.push(feed.revision(key=key))

    assert [each.why for each in before.refused] == ["unknown-key"]
    assert len(after.stored) == 1


async def test_a_key_has_one_owner(feed: Feed) -> None:
    stored = await feed.push(feed.packet(owner=new_id()))

    assert [each.why for each in stored.refused] == ["bad-packet"]


async def test_a_packet_comes_before_the_revisions_of_the_same_push(feed: Feed) -> None:
    key = new_id()

    stored = await feed.push(feed.revision(key=key), feed.packet(key=key))

    assert len(stored.stored) == 2


async def test_lanes_keep_apart(feed: Feed) -> None:
    other_lane, other_key = new_id(), new_id()
    ours, theirs = feed.revision(), feed.revision(key=other_key)
    await feed.push(feed.packet(key=other_key, lane=other_lane))
    await feed.push(ours, theirs)

    stored = await feed.push(feed.revision(key=other_key), feed.packet(lane=other_lane), lane=feed.lane)

    assert [each.why for each in stored.refused] == ["wrong-lane", "wrong-lane"]
    assert await feed.heads(lane=feed.lane) == [ours.content]
    assert await feed.heads(lane=other_lane) == [theirs.content]
    assert await feed.heads() == [ours.content, theirs.content]


@pytest.mark.parametrize("hiding_first", [True, False])
async def test_nothing_in_another_lane_or_record_can_be_superseded(feed: Feed, hiding_first: bool) -> None:
    other_key, record = new_id(), feed.revision()
    await feed.push(feed.packet(key=other_key, lane=new_id()))
    hiding = [
        feed.revision(record, key=other_key),
        dataclasses.replace(feed.revision(record), record=new_id()),
    ]

    for sent in [hiding, [record]] if hiding_first else [[record], hiding]:
        await feed.push(*sent)

    assert record.content in await feed.heads()


async def test_who_only_hands_back_settles_nothing(feed: Feed) -> None:
    first = feed.revision()
    forged = feed.revision(first)
    await feed.push(first)

    await feed.push(forged, settles=False)

    assert await feed.heads() == [first.content, forged.content]


@pytest.mark.parametrize("was_here", [True, False])
async def test_what_came_by_somebody_else_first_settles_once_its_author_brings_it(
    feed: Feed, was_here: bool
) -> None:
    first, last = feed.revision(), feed.revision()
    edit = feed.revision(first)
    await feed.push(last, *([first] if was_here else []))
    carried = await feed.push(edit, settles=False)

    # Not in another lane, nor by who only hands on.
    await feed.push(edit, lane=new_id())
    await feed.push(edit, settles=False)
    assert len(await feed.heads()) == (3 if was_here else 2)
    own = await feed.push(edit, lane=feed.lane)
    again = await feed.push(edit, lane=feed.lane)

    assert own.known == again.known == [edit.rev]
    assert own.cursor == again.cursor == carried.cursor
    assert await feed.heads() == [last.content, edit.content]
    sums = (await feed.store.audit(feed.collection, lane=feed.lane)).sums
    assert buckets_of(sums) == buckets_of(sums_of([last.rev, edit.rev]))
    late = await feed.push(first)
    assert (late.known if was_here else late.stored) == [first.rev]
    assert late.cursor == carried.cursor
    assert await feed.heads() == [last.content, edit.content]


async def test_collections_are_apart(store: Store, feed: Feed) -> None:
    other = await Feed(store).open()
    revision = feed.revision()
    await feed.push(revision)

    stored = await other.push(dataclasses.replace(revision, key=other.key))

    assert stored.stored == [revision.rev]
    assert stored.cursor.sequence == 2


async def test_pages_are_cut_by_count_and_by_bytes_and_are_never_empty(feed: Feed) -> None:
    sent = [feed.revision() for _ in range(6)]
    await feed.push(*sent)

    for limit, size_bytes, pages in ((2, 1 << 20, 4), (100, 250, 4), (100, 1, 7)):
        found: list[bytes] = []
        cursor, count, more = None, 0, True
        while more:
            page = await feed.page(cursor, limit=limit, size_bytes=size_bytes)
            assert page.packets or page.revisions
            found += page.revisions
            cursor, more, count = page.cursor, page.more, count + 1
        assert (found, count) == ([each.content for each in sent], pages)


async def test_the_cursor_of_the_last_page_is_the_collections(feed: Feed) -> None:
    stored = await feed.push(feed.revision())

    assert (await feed.page(lane=new_id())).cursor == stored.cursor


async def test_a_cursor_that_was_not_handed_out_is_an_epoch_change(feed: Feed) -> None:
    cursor = (await feed.push(feed.revision())).cursor

    for wrong in (
        Cursor(epoch=new_id(), sequence=cursor.sequence, mark=cursor.mark),
        Cursor(epoch=cursor.epoch, sequence=cursor.sequence + 1, mark=cursor.mark),
        Cursor(epoch=cursor.epoch, sequence=cursor.sequence, mark=secrets.token_bytes(8)),
        Cursor(epoch=cursor.epoch, sequence=0, mark=secrets.token_bytes(8)),
    ):
        with pytest.raises(EpochChangedError):
            await feed.page(wrong)


async def test_the_start_is_a_cursor_too(feed: Feed) -> None:
    start = Cursor(epoch=feed.store.epoch, sequence=0, mark=bytes(8))

    assert await feed.page(start) == await feed.page()


async def test_safe_is_the_highest_that_was_confirmed(feed: Feed) -> None:
    last = (await feed.push(feed.revision(), feed.revision())).cursor.sequence
    assert (await feed.page()).safe == 0

    await feed.store.confirm(feed.collection, last)
    await feed.store.confirm(feed.collection, last - 1)
    await feed.store.confirm(feed.collection, last + 10)  # never reached: nobody can hold it

    assert (await feed.page()).safe == last


async def test_a_lane_gets_nothing_from_before_a_day_nor_what_would_open_it(feed: Feed) -> None:
    old, later = feed.revision(), feed.revision()
    other = feed.packet(key=new_id())
    await feed.push(old, other)
    assert (await feed.page(lane=feed.lane, since=DAY)).revisions == [old.content]

    last = await feed.push(later, day=DAY + 9)
    page = await feed.page(lane=feed.lane, since=DAY + 1)

    # The first key's packet is as old as the other's, but something still needs it.
    assert (page.revisions, len(page.packets)) == ([later.content], 1)
    assert other.content not in page.packets
    assert (page.cursor, page.more) == (last.cursor, False)
    assert len((await feed.page()).revisions) == 2
    relays = await feed.page(since=DAY + 1)
    assert (relays.revisions, len(relays.packets)) == ([later.content], 2)
    none = await feed.page(lane=feed.lane, since=DAY + 10)
    assert (none.revisions, none.packets, none.cursor) == ([], [], last.cursor)


async def test_what_needs_a_packet_is_what_is_not_superseded(feed: Feed) -> None:
    old = feed.revision()
    await feed.push(old)
    key, packet = new_id(), feed.packet()
    await feed.push(dataclasses.replace(packet, key=key, id=secrets.token_bytes(32)))
    await feed.push(feed.revision(old, key=key), day=DAY + 5)

    page = await feed.page(lane=feed.lane, since=DAY + 5)

    assert (len(page.revisions), len(page.packets)) == (1, 1)


async def test_bodies_go_when_they_are_old_and_a_coordinator_has_them(feed: Feed) -> None:
    def real(*, tombstone: bool = False) -> ArrivedRevision:
        made = feed.revision()
        content = Revision(
            record=made.record, supersedes=(), key=feed.key, tombstone=tombstone, chunks=(), body=bytes(64)
        )
        return dataclasses.replace(made, content=msgspec.msgpack.encode(content))

    old, deleted, unconfirmed, young = real(), real(tombstone=True), real(), real()
    confirmed = (await feed.push(old, deleted)).cursor.sequence
    await feed.push(unconfirmed)
    await feed.push(young, day=DAY + 20)
    await feed.store.confirm(feed.collection, confirmed)
    cursor = (await feed.page()).cursor

    await feed.store.expire(DAY, packets_before=0, bodies_before=DAY - 10)
    await feed.store.expire(DAY + 20, packets_before=0, bodies_before=DAY + 10)

    assert await feed.heads() == [each.content for each in (deleted, unconfirmed, young)]
    again = await feed.push(old, young)
    assert (again.known, again.expired, again.stored) == ([old.rev, young.rev], [old.rev], [])
    assert await feed.store.missing(feed.collection, [old.rev], lane=None) == []
    assert (await feed.page(cursor)).cursor == cursor


async def test_a_superseded_body_goes_after_its_time_and_its_rev_stays(feed: Feed) -> None:
    first = feed.revision()
    await feed.push(first)
    second = feed.revision(first)
    await feed.push(second, day=DAY + 5)
    cursor = (await feed.page()).cursor

    for day in (DAY + 5, DAY + 30, DAY + 35, DAY + 36):
        await feed.store.expire(day, packets_before=None, bodies_before=None, superseded_before=day - 30)
        again = await feed.push(first, second)
        assert (again.known, again.stored, again.expired) == ([first.rev, second.rev], [], [])

    assert await feed.heads() == [second.content]
    assert await feed.store.missing(feed.collection, [first.rev, second.rev], lane=None) == []
    assert (await feed.page(cursor)).cursor == cursor
    # Handed back by whoever has it still, it is no head again.
    await feed.push(first, settles=False)
    assert await feed.heads() == [second.content]


async def test_a_day_that_is_still_to_come_keeps_nothing_behind_it(feed: Feed) -> None:
    def real() -> ArrivedRevision:
        made = feed.revision()
        content = Revision(
            record=made.record, supersedes=(), key=feed.key, tombstone=False, chunks=(), body=bytes(64)
        )
        return dataclasses.replace(made, content=msgspec.msgpack.encode(content))

    ahead, old = real(), real()
    await feed.push(ahead, day=DAY + 300)
    await feed.push(old)
    await feed.store.confirm(feed.collection, (await feed.page()).cursor.sequence)

    left: list[int] = []
    for day in (*range(DAY, DAY + 301, 30), DAY + 311):
        await feed.store.expire(day, packets_before=None, bodies_before=day - 10)
        left.append(len(await feed.heads()))

    assert left == [2, *([1] * 10), 0]


async def test_a_clock_that_jumps_ahead_destroys_nothing_whatever_arrives_then(feed: Feed) -> None:
    held = feed.revision()
    content = Revision(
        record=held.record, supersedes=(), key=feed.key, tombstone=False, chunks=(), body=bytes(64)
    )
    old = dataclasses.replace(held, content=msgspec.msgpack.encode(content))
    await feed.push(old)
    await feed.store.confirm(feed.collection, (await feed.page()).cursor.sequence)

    async def sweep(day: int) -> int:
        await feed.store.expire(day, packets_before=day - 40, bodies_before=day - 40)
        return len(await feed.heads())

    assert [await sweep(DAY + day) for day in (0, 20)] == [1, 1]
    jumped = DAY + 3_650
    assert await sweep(jumped) == 1
    # What arrives under the wrong clock says nothing for it.
    await feed.push(feed.revision(), day=jumped)
    assert [await sweep(jumped + day) for day in (0, 1, 20)] == [2, 2, 2]
    # Right again: as if nothing had been.
    assert await sweep(DAY + 39) == 2
    assert await sweep(DAY + 41) == 1


async def test_a_clock_that_stays_ahead_counts_the_whole_time_anew(feed: Feed) -> None:
    content = Revision(
        record=new_id(), supersedes=(), key=feed.key, tombstone=False, chunks=(), body=bytes(64)
    )
    await feed.push(dataclasses.replace(feed.revision(), content=msgspec.msgpack.encode(content)))
    await feed.store.confirm(feed.collection, (await feed.page()).cursor.sequence)

    left = []
    for day in (DAY, DAY + 3_650, DAY + 3_680, DAY + 3_689, DAY + 3_690):
        await feed.store.expire(day, packets_before=0, bodies_before=day - 40)
        left.append(len(await feed.heads()))

    assert left == [1, 1, 1, 1, 0]


async def test_packets_to_devices_go_with_the_last_that_they_open(feed: Feed) -> None:
    sealing = secrets.token_bytes(1216)
    card = Card(
        programme=feed.programme,
        generation=1,
        sealing_key=sealing,
        signing_key=b"\x04" + bytes(64),
        practice=True,
        name="Border",
        signature=bytes(64),
    )
    await feed.store.certify(feed.programme, [card], [], after=None)

    def packet(key: bytes, recipient: bytes) -> ArrivedPacket:
        content = KeyPacket(
            key=key,
            suite=1,
            owner=feed.owner,
            recipient=recipient,
            author=feed.owner,
            sealed=bytes(9),
            signature=bytes(64),
        )
        return feed.packet(key=key, content=msgspec.msgpack.encode(content))

    used, unused, replaced, moved = new_id(), new_id(), new_id(), new_id()
    sent = [packet(key, to) for key in (used, unused, replaced) for to in (sealing_key_id(sealing), new_id())]
    await feed.push(*sent, feed.revision(key=unused))
    # The device is in another lane since: what its key opens is in the one from before.
    sent.append(packet(moved, new_id()))
    await feed.push(sent[-1], feed.packet(key=moved, lane=new_id()))
    await feed.push(feed.revision(key=moved), day=DAY + 20)
    old = feed.revision(key=replaced)
    await feed.push(old, feed.revision(key=used), day=DAY + 20)
    await feed.push(feed.revision(old, key=used), day=DAY + 20)
    await feed.store.expire(DAY, packets_before=DAY - 10, bodies_before=None)
    await feed.store.expire(DAY + 20, packets_before=DAY + 10, bodies_before=None)

    left = (await feed.page()).packets
    assert [each.content in left for each in sent] == [True, True, True, False, True, False, True]
    assert len(await feed.heads()) == 4


async def test_an_unknown_collection_is_unknown(store: Store) -> None:
    with pytest.raises(UnknownError):
        await store.push(new_id(), Arrival(day=DAY))
    with pytest.raises(UnknownError):
        await store.page(new_id(), lane=None, after=None, limit=1, size_bytes=1)


async def test_pushes_at_the_same_time_each_get_their_own_answer(feed: Feed) -> None:
    sent = [[feed.revision() for _ in range(3)] for _ in range(50)]

    answers = await asyncio.gather(*(feed.push(*each) for each in sent))

    assert [answer.stored for answer in answers] == [[each.rev for each in group] for group in sent]
    numbers = [answer.cursor.sequence for answer in answers]
    assert sorted(numbers) == list(range(4, 4 + 3 * 50, 3))
    assert len(await feed.heads()) == 150


async def test_a_push_that_fails_takes_nothing_of_the_others_along(feed: Feed) -> None:
    good = feed.revision()

    answers = await asyncio.gather(
        feed.push(good),
        feed.store.push(new_id(), Arrival(day=DAY)),
        feed.push(dataclasses.replace(feed.revision(), rev=b"too short")),
        feed.push(feed.revision()),
        return_exceptions=True,
    )

    assert [isinstance(answer, Exception) for answer in answers] == [False, True, True, False]
    assert len(await feed.heads()) == 2


async def test_edits_that_come_at_the_same_time_by_two_hubs_leave_the_true_heads(
    open_store: Open, feed: Feed
) -> None:
    """Two processes' stores on one database: what one has looked at, the other changes before it is written."""
    other = await open_store()
    hubs = (feed, dataclasses.replace(feed, store=other))
    never_came = feed.revision()
    chains: list[list[ArrivedRevision]] = []
    for _ in range(30):
        first = feed.revision()
        between = dataclasses.replace(feed.revision(), record=first.record, supersedes=(first.rev,))
        last = feed.revision(first, between)
        chains.append([first, between, last])
    edit = feed.revision(never_came)
    # A later revision may come before the one that it supersedes, or with it, and by the other hub.
    sent = [revision for chain in chains for revision in (*reversed(chain), chain[0])]

    answers = await asyncio.gather(
        *(hubs[number % 2].push(revision) for number, revision in enumerate([*sent, edit, never_came]))
    )

    heads = [last for *_, last in chains]
    assert sorted(await feed.heads()) == sorted(each.content for each in (*heads, edit))
    sums = (await feed.store.audit(feed.collection, lane=None)).sums
    assert {bucket: each for bucket, each in sums.items() if each[0]} == sums_of(
        each.rev for each in (*heads, edit)
    )
    assert [each.refused for each in answers] == [[]] * len(answers)
    numbers = sorted({answer.cursor.sequence for answer in answers} - {1})
    assert numbers == list(range(2, 2 + len(numbers)))
    await other.close()
