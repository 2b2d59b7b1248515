"""No worker's device fills a hub: what a lane holds is counted with every push and every sweep, in every store."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from pathlib import Path

import msgspec
import pytest

from sync.errors import QuotaError
from sync.exchange import KeyPacket
from sync.identifiers import collection_id, new_id
from sync.revisions import Revision
from sync.stores.contents import kept_of
from sync.stores.interface import Arrival, ArrivedPacket, ArrivedRevision, Stored
from sync.stores.sorting import ENTRY_BYTES, NAME_BYTES
from sync.stores.sqlite import SQLiteStore
from tests.sync.stores.before import BEFORE_NUMBERS, take_back
from tests.sync.stores.conftest import DAY, Feed, Open, opaque

SIZE = 1_000


def sized(feed: Feed, *before: ArrivedRevision) -> ArrivedRevision:
    """Takes up SIZE bytes."""
    return dataclasses.replace(feed.revision(*before), content=opaque(SIZE - ENTRY_BYTES))


async def push(feed: Feed, *sent: ArrivedRevision | ArrivedPacket, room: int | None) -> Stored:
    arrival = Arrival(
        packets=[each for each in sent if isinstance(each, ArrivedPacket)],
        revisions=[each for each in sent if isinstance(each, ArrivedRevision)],
        lane=feed.lane,
        room=room,
        day=DAY,
    )
    return await feed.store.push(feed.collection, arrival)


async def check_used(feed: Feed, used: int) -> int:
    """It holds just so many bytes. Returns what it holds then."""
    more = sized(feed)
    with pytest.raises(QuotaError):
        await push(feed, more, room=used + SIZE - 1)
    assert (await push(feed, more, room=used + SIZE)).stored == [more.rev]
    return used + SIZE


@pytest.fixture
def used() -> int:
    """What `Feed.open` stores: a packet of 100 bytes."""
    return 100 + ENTRY_BYTES


async def test_a_full_lane_takes_nothing_in_part_and_others_go_on(feed: Feed, used: int) -> None:
    first, *others = [sized(feed) for _ in range(4)]
    room = used + 3 * SIZE
    await push(feed, first, room=room)

    with pytest.raises(QuotaError):
        await push(feed, *others, room=room)
    assert await feed.heads() == [first.content]
    assert (await feed.page()).cursor.sequence == 2

    assert (await push(feed, *others[:2], room=room)).stored == [each.rev for each in others[:2]]
    # Sent again it takes up nothing more, however full it is.
    assert (await push(feed, first, *others[:2], room=1)).stored == []
    # A coordinator, or a relay, is held to nothing; and another's lane is not full.
    assert (await push(feed, others[2], room=None)).stored == [others[2].rev]
    other = Feed(feed.store, feed.programme)
    await other.push(other.packet())
    assert len((await push(other, sized(other), room=room)).stored) == 1
    assert await check_used(feed, used + 4 * SIZE) == used + 5 * SIZE


async def test_packets_and_the_names_of_what_never_came_take_room_too(feed: Feed, used: int) -> None:
    packet = feed.packet(key=new_id(), content=secrets.token_bytes(SIZE - ENTRY_BYTES))
    await push(feed, packet, room=None)
    never_came = [feed.revision() for _ in range(3)]
    edit = dataclasses.replace(
        sized(feed), supersedes=tuple(sorted(each.rev for each in never_came)), record=never_came[0].record
    )
    await push(feed, edit, edit, room=None)

    total = used + 2 * SIZE + 3 * NAME_BYTES
    total = await check_used(feed, total)
    # What arrives superseded is not kept.
    late = dataclasses.replace(never_came[0], record=edit.record)
    assert (await push(feed, late, room=1)).stored == [late.rev]
    await check_used(feed, total)


async def test_what_is_dropped_gives_its_room_back(feed: Feed, used: int) -> None:
    record = new_id()

    def real(*before: ArrivedRevision) -> ArrivedRevision:
        supersedes = tuple(each.rev for each in before)
        revision = Revision(
            record=record, supersedes=supersedes, key=feed.key, tombstone=False, chunks=(), body=bytes(600)
        )
        made = feed.revision(*before)
        return dataclasses.replace(made, record=record, content=kept_of(revision))

    packet = KeyPacket(
        key=new_id(),
        suite=1,
        owner=feed.owner,
        recipient=new_id(),
        author=feed.owner,
        sealed=bytes(900),
        signature=bytes(64),
    )
    to_device = feed.packet(key=packet.key, content=msgspec.msgpack.encode(packet))
    first = real()
    second = real(first)
    await push(feed, to_device, first, room=None)
    await push(feed, second, room=None)
    # As they are kept: the second, which supersedes, is kept whole.
    assert len(second.content) > len(first.content) + 84
    contents = sum(len(each.content) for each in (to_device, first, second))
    full = used + 3 * ENTRY_BYTES + contents
    full = await check_used(feed, full)
    await feed.store.confirm(feed.collection, 4)

    for day in (DAY, DAY + 31):
        await feed.store.expire(
            day, packets_before=day - 30, bodies_before=day - 30, superseded_before=day - 30
        )

    left = await check_used(feed, full - contents)
    await feed.store.expire(
        DAY + 31, packets_before=DAY + 1, bodies_before=DAY + 1, superseded_before=DAY + 1
    )
    await check_used(feed, left)


async def test_pushes_at_once_never_pass_it_and_each_gets_its_own_answer(feed: Feed, used: int) -> None:
    sent = [sized(feed) for _ in range(40)]

    answers = await asyncio.gather(
        *(push(feed, each, room=used + 10 * SIZE) for each in sent), return_exceptions=True
    )

    refused = [answer for answer in answers if isinstance(answer, BaseException)]
    assert {type(error) for error in refused} == {QuotaError}
    assert len(refused) == 30
    assert len(await feed.heads()) == 10
    await check_used(feed, used + 10 * SIZE)


async def test_a_worker_that_hands_back_what_all_read_finds_it_full_too(feed: Feed) -> None:
    members = collection_id(feed.programme, "members")
    common = dataclasses.replace(feed.packet(), lane=bytes(16), content=bytes(44))
    await feed.store.push(members, Arrival(packets=[common], day=DAY))

    async def hand_back(room: int | None) -> Stored:
        arrival = Arrival(revisions=[sized(feed)], settles=False, room=room, day=DAY)
        return await feed.store.push(members, arrival)

    with pytest.raises(QuotaError):
        await hand_back(300 + SIZE - 1)
    assert len((await hand_back(300 + SIZE)).stored) == 1
    assert len((await hand_back(None)).stored) == 1


LATER = [
    *BEFORE_NUMBERS,
    "DROP TABLE held",
    *(f"ALTER TABLE collections DROP COLUMN {column}" for column in ("turn", "backed_up")),
]
"""That step, and what came after it, with PostgreSQL, undone."""


async def test_what_a_database_from_before_holds_is_counted(open_store: Open, tmp_path: Path) -> None:
    store = await open_store()
    feed = await Feed(store).open()
    first = sized(feed)
    never_came = feed.revision()
    edit = dataclasses.replace(sized(feed), record=never_came.record, supersedes=(never_came.rev,))
    await push(feed, first, edit, room=None)
    if isinstance(store, SQLiteStore):
        await store.close()
        take_back(tmp_path / "store.sqlite3", 10)
    else:
        for sql in (*LATER, "DELETE FROM migrations WHERE number >= 6"):

            def run(connection: object, sql: str = sql) -> object:
                return connection.execute(sql)  # type: ignore[attr-defined]  # the driver's

            await store._write(run)  # type: ignore[attr-defined]  # the store's
        await store.close()

    again = Feed(await open_store(), feed.programme, feed.key, feed.owner, feed.lane)
    await check_used(again, 100 + ENTRY_BYTES + 2 * SIZE + NAME_BYTES)
    await again.store.close()
