"""What is written to the feed: pushes to one collection, by one look and one change.

The change holds only where nobody else changed the collection since the look (`turn`); else all begins anew, under the
collection's lock. So a push takes two round trips, and waits for the disk once. Where nobody else has changed a
collection for a while, what the last push left stands for the look, and it takes one.
"""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from sync.errors import QuotaError
from sync.exchange import Cursor
from sync.stores.interface import Arrival, ArrivedRevision, Stored
from sync.stores.postgresql import backups
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection
from sync.stores.postgresql.looking import Entry, Look, Replaced, look
from sync.stores.postgresql.storing import Change, store
from sync.stores.sorting import Row, Sorting, check_room, rows_of, sizes_of, sort

_CONFIRM = "UPDATE collections SET confirmed = $2 WHERE collection = $1 AND confirmed < $2 AND sequence >= $2"


async def push(
    collection: bytes, arrivals: list[Arrival], epoch: bytes, left: Look | None, connection: Connection
) -> tuple[list[Stored], Look] | None:
    """Sorts pushes, one after the other, and stores what is new; without a transaction around it.

    left: by an earlier push. Returns what this one leaves, too. None: somebody else changed the collection meanwhile,
    and nothing is stored. Not for personal backups. Raises UnknownError, QuotaError.
    """
    seen = await look(collection, arrivals, epoch, connection)
    seen.follow(left)
    change = Change(seen.cursor)
    answers = [_sort(collection, arrival, seen, change) for arrival in arrivals]
    if not await store(collection, seen, change, connection):
        return None
    return answers, seen.left()


async def push_unlooked(
    collection: bytes, arrivals: list[Arrival], left: Look, shown: dict[bytes, bytes], connection: Connection
) -> tuple[list[Stored], Look] | None:
    """As `push`, by what an earlier push left, which `answers` each of these; it is used up.

    shown: certificates, by the hash of a token; nothing is stored unless the tokens are of devices with these. None
    also where a look is needed after all: what is there already is neither refused nor takes up room. Raises
    DuplicateError where one of the revisions is there.
    """
    change = Change(left.cursor, shown=shown)
    try:
        answers = [_sort(collection, arrival, left, change) for arrival in arrivals]
    except QuotaError:
        return None
    if not change.rows or any(answer.refused for answer in answers):
        return None
    if not await store(collection, left, change, connection):
        return None
    return [replace(answer, safe=left.safe) for answer in answers], left.left()


async def push_locked(
    collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection
) -> list[Stored]:
    """As `push`, inside a transaction in which nobody else changes the collection."""
    await lock_collection(collection, connection)
    answers: list[Stored] = []
    for arrival in arrivals:
        seen = await look(collection, [arrival], epoch, connection)
        change = Change(seen.cursor)
        answers.append(_sort(collection, arrival, seen, change))
        if not await store(collection, seen, change, connection):
            raise AssertionError("somebody else held the lock")
        if arrival.quota is not None:
            await _charge(collection, arrival, arrival.quota, change, connection)
    return answers


async def confirm(collection: bytes, sequence: int, connection: Connection) -> None:
    await connection.execute(_CONFIRM, collection, sequence)


def _sort(collection: bytes, arrival: Arrival, seen: Look, change: Change) -> Stored:
    """Adds what a push comes to. Raises QuotaError."""
    sorting = Sorting(
        known_before=seen.known,
        bodiless=seen.bodiless,
        owners=seen.owners,
        gone=seen.gone,
        chunks=seen.chunks,
    )
    sort(arrival, sorting)
    before = seen.cursor
    rows = rows_of(collection, before.sequence, arrival.day, sorting)
    change.rows += rows
    _number(rows, seen, change)
    _date({revision.key for _, revision in sorting.revisions}, arrival.day, seen, change)
    change.owned += [(packet.key, packet.owner, packet.lane) for packet in sorting.owned]
    change.shift.come_all((lane, revision.rev) for lane, revision in sorting.revisions)
    if seen.replaced:
        for lane, revision in sorting.revisions:
            if revision.rev in seen.replaced:
                seen.entries[revision.rev] = Entry(
                    seen.numbers[lane], revision.record, has_body=True, is_head=True
                )
    never_had: list[Replaced] = []
    if arrival.settles:
        replaced = _replaced([*sorting.revisions, *sorting.again])
        _supersede(replaced, arrival.day, seen, change)
        never_had = [each for each in replaced if each[0] not in seen.entries and each not in seen.never_had]
        seen.never_had.update(never_had)
        change.never_had += never_had
    sizes = sizes_of(rows, Counter(lane for _, lane, _ in never_had))
    if arrival.quota is not None:
        change.charged += sum(sizes.values())
    else:
        for lane, size_bytes in sizes.items():
            change.grown[lane] += size_bytes
            check_room(seen.held.get(lane, 0) + change.grown[lane], arrival.room if rows else None)
    if rows:
        _, last, rev, *_ = rows[-1]
        seen.cursor = Cursor(epoch=before.epoch, sequence=last, mark=rev[:8])
    return Stored(
        before=before,
        cursor=seen.cursor,
        stored=sorting.stored,
        known=sorting.known,
        refused=sorting.refused,
        expired=[rev for rev in sorting.known if rev in sorting.bodiless],
        safe=seen.safe,
        lanes=frozenset(row[4] for row in rows),
    )


def _number(rows: list[Row], seen: Look, change: Change) -> None:
    """Lanes and keys that were not named in the collection before."""
    named = {row[4] for row in rows} | {row[5] for row in rows}
    for number, each in enumerate(sorted(named - seen.numbers.keys()), seen.last_number + 1):
        seen.numbers[each] = seen.last_number = number
        change.numbered.append((number, each))


def _date(keys: set[bytes], day: int, seen: Look, change: Change) -> None:
    """Of the keys under which something comes: mostly not the first of that day."""
    for key in keys:
        if key not in seen.days or seen.days[key] < day:
            seen.days[key] = change.days[key] = day


def _replaced(revisions: list[tuple[bytes, ArrivedRevision]]) -> list[Replaced]:
    """Each once."""
    return list(
        dict.fromkeys(
            (rev, lane, revision.record) for lane, revision in revisions for rev in revision.supersedes
        )
    )


def _supersede(replaced: list[Replaced], day: int, seen: Look, change: Change) -> None:
    """Of what is there in this very lane and record; an expired one has left the buckets already."""
    for rev, lane, record in replaced:
        entry = seen.entries.get(rev)
        if (
            entry is None
            or not entry.is_head
            or (entry.lane, entry.record) != (seen.numbers.get(lane), record)
        ):
            continue
        change.superseded[rev] = day
        seen.entries[rev] = entry._replace(is_head=False)
        if entry.has_body:
            change.shift.go(lane, rev)


async def _charge(
    collection: bytes, arrival: Arrival, quota: int, change: Change, connection: Connection
) -> None:
    """Of a personal backup. Raises QuotaError."""
    stored = {row[2] for row in change.rows}
    heads = {revision.rev: revision for revision in arrival.revisions if revision.rev in stored}
    freed = await backups.settle(collection, list(heads.values()), arrival.day, connection)
    await backups.charge(collection, change.charged - freed, quota, connection)
