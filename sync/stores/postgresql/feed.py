"""What is written to the feed: pushes to one collection, by one look and one change.

The change holds only where nobody else changed the collection since the look (`turn`); else all begins anew, under the
collection's lock. So a push takes two round trips, and waits for the disk once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.errors import UnknownError
from sync.exchange import Cursor
from sync.stores.auditing import Shift
from sync.stores.contents import recipient_of
from sync.stores.interface import COMMON_LANE, Arrival, ArrivedRevision, Stored
from sync.stores.postgresql import auditing, backups
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection
from sync.stores.sorting import PACKET, Row, Sorting, check_room, rows_of, sizes_of, sort

# One question for all that pushes name: a round trip costs more than most answers.
_LOOK = """
SELECT 0, mark, NULL::bytea, NULL::bytea, false, sequence, confirmed, turn FROM collections WHERE collection = $1
UNION ALL
SELECT 1, rev, NULL, NULL, content IS NULL AND superseded IS NULL, 0, 0, 0
FROM entries WHERE collection = $1 AND rev = ANY ($2)
UNION ALL
SELECT 2, key, owner, lane, false, 0, 0, 0 FROM keys WHERE collection = $1 AND key = ANY ($3)
UNION ALL
SELECT 3, lane, NULL, NULL, false, used, 0, 0 FROM held WHERE collection = $1 AND lane = ANY ($4)
UNION ALL
SELECT 4, rev, lane, record, false, 0, 0, 0 FROM superseded WHERE collection = $1 AND rev = ANY ($5)
"""
_LOOK_FURTHER = """
UNION ALL
SELECT 5, rev, lane, record, content IS NOT NULL, (superseded IS NULL)::int, 0, 0
FROM entries WHERE collection = $1 AND rev = ANY ($6)
UNION ALL
SELECT 6, address, NULL, NULL, false, 0, 0, 0 FROM chunks WHERE collection = $1 AND address = ANY ($7)
"""
# Parts of one statement, of which most pushes need the first four. {0} and so on: which value.
_ADVANCED = """
UPDATE collections SET sequence = {0}, mark = {1}, turn = turn + 1
WHERE collection = $1 AND turn = {2} RETURNING turn
"""
_KEPT = """
INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, content, recipient, superseded)
SELECT $1::bytea, * FROM unnest(
    {0}::bigint[], {1}::bytea[], {2}::smallint[], {3}::bytea[], {4}::bytea[], {5}::bytea[], {6}::integer[],
    {7}::bytea[], {8}::bytea[], {9}::integer[]
) WHERE EXISTS (SELECT FROM advanced)
"""
_GROWN = """
INSERT INTO held (collection, lane, used)
SELECT $1::bytea, * FROM unnest({0}::bytea[], {1}::bigint[]) WHERE EXISTS (SELECT FROM advanced)
ON CONFLICT (collection, lane) DO UPDATE SET used = held.used + excluded.used
"""
_SHIFTED = auditing.keep("{0}", "{1}", "{2}", "{3}", where="WHERE EXISTS (SELECT FROM advanced)")
_OWNED = """
INSERT INTO keys (collection, key, owner, lane)
SELECT $1::bytea, * FROM unnest({0}::bytea[], {1}::bytea[], {2}::bytea[]) WHERE EXISTS (SELECT FROM advanced)
"""
_SUPERSEDED = """
UPDATE entries SET superseded = gone.day FROM unnest({0}::bytea[], {1}::integer[]) AS gone (rev, day)
WHERE entries.collection = $1 AND entries.rev = gone.rev AND EXISTS (SELECT FROM advanced)
"""
_NEVER_HAD = """
INSERT INTO superseded (collection, rev, lane, record)
SELECT $1::bytea, * FROM unnest({0}::bytea[], {1}::bytea[], {2}::bytea[]) WHERE EXISTS (SELECT FROM advanced)
"""
_CONFIRM = "UPDATE collections SET confirmed = $2 WHERE collection = $1 AND confirmed < $2 AND sequence >= $2"

Replaced = tuple[bytes, bytes, bytes]
"""Rev, lane and record of what a revision supersedes."""


class _Entry(NamedTuple):
    """An entry that somebody supersedes. is_head: it was not superseded before."""

    lane: bytes
    record: bytes
    has_body: bool
    is_head: bool


@dataclass
class _Look:
    """What is there of all that pushes name; each push that is sorted adds what it will store.

    gone: what is superseded by what is there or comes; never_had: of that, what is kept as never having been here.
    chunks: those that are there. held: bytes, by lane.
    """

    cursor: Cursor
    confirmed: int
    turn: int
    known: set[bytes] = field(default_factory=set[bytes])
    bodiless: set[bytes] = field(default_factory=set[bytes])
    owners: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict[bytes, tuple[bytes, bytes]])
    gone: set[Replaced] = field(default_factory=set[Replaced])
    never_had: set[Replaced] = field(default_factory=set[Replaced])
    entries: dict[bytes, _Entry] = field(default_factory=dict[bytes, _Entry])
    chunks: set[bytes] = field(default_factory=set[bytes])
    held: Counter[bytes] = field(default_factory=Counter[bytes])


@dataclass
class _Change:
    """What pushes come to, all together. superseded: the day, by rev. grown: bytes, by lane; charged: of a backup."""

    rows: list[Row] = field(default_factory=list[Row])
    owned: list[Replaced] = field(default_factory=list[Replaced])
    superseded: dict[bytes, int] = field(default_factory=dict[bytes, int])
    never_had: list[Replaced] = field(default_factory=list[Replaced])
    shift: Shift = field(default_factory=Shift)
    grown: Counter[bytes] = field(default_factory=Counter[bytes])
    charged: int = 0


async def push(
    collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection
) -> list[Stored] | None:
    """Sorts pushes, one after the other, and stores what is new; without a transaction around it.

    None: somebody else changed the collection meanwhile, and nothing is stored. Not for personal backups.
    Raises UnknownError, QuotaError.
    """
    look = await _look(collection, arrivals, epoch, connection)
    change = _Change()
    answers = [_sort(collection, arrival, look, change) for arrival in arrivals]
    return answers if await _store(collection, look, change, connection) else None


async def push_locked(
    collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection
) -> list[Stored]:
    """As `push`, inside a transaction in which nobody else changes the collection."""
    await lock_collection(collection, connection)
    answers: list[Stored] = []
    for arrival in arrivals:
        look = await _look(collection, [arrival], epoch, connection)
        change = _Change()
        answers.append(_sort(collection, arrival, look, change))
        if not await _store(collection, look, change, connection):
            raise AssertionError("somebody else held the lock")
        if arrival.quota is not None:
            await _charge(collection, arrival, arrival.quota, change, connection)
    return answers


async def confirm(collection: bytes, sequence: int, connection: Connection) -> None:
    await connection.execute(_CONFIRM, collection, sequence)


async def _look(collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection) -> _Look:
    packets = [packet for arrival in arrivals for packet in arrival.packets]
    revisions = [revision for arrival in arrivals for revision in arrival.revisions]
    revs = [revision.rev for revision in revisions]
    replaced = {rev for revision in revisions for rev in revision.supersedes}
    chunks = {address for revision in revisions for address in revision.chunks}
    question = [
        [*(packet.id for packet in packets), *revs],
        list({packet.key for packet in packets} | {revision.key for revision in revisions}),
        # A worker's: its own lane of contacts, or what all have elsewhere.
        list({arrival.lane or COMMON_LANE for arrival in arrivals if arrival.room is not None}),
        [*revs, *replaced],
    ]
    if replaced or chunks:
        rows = await connection.fetch(
            _LOOK + _LOOK_FURTHER, collection, *question, list(replaced), list(chunks)
        )
    else:
        rows = await connection.fetch(_LOOK, collection, *question)
    return _looked(rows, epoch)


def _looked(rows: Iterable[Any], epoch: bytes) -> _Look:
    """Raises UnknownError."""
    looks = [
        _Look(Cursor(epoch=epoch, sequence=sequence, mark=mark), confirmed, turn)
        for what, mark, _, _, _, sequence, confirmed, turn in rows
        if what == 0
    ]
    if not looks:
        raise UnknownError("no such collection")
    look = looks[0]
    for what, name, second, third, flag, number, _, _ in rows:
        if what == 1:
            look.known.add(name)
            if flag:
                look.bodiless.add(name)
        elif what == 2:
            look.owners[name] = (second, third)
        elif what == 3:
            look.held[name] = number
        elif what == 4:
            look.gone.add((name, second, third))
            look.never_had.add((name, second, third))
        elif what == 5:
            look.entries[name] = _Entry(second, third, has_body=flag, is_head=bool(number))
        elif what == 6:
            look.chunks.add(name)
    return look


def _sort(collection: bytes, arrival: Arrival, look: _Look, change: _Change) -> Stored:
    """Adds what a push comes to. Raises QuotaError."""
    sorting = Sorting(
        known_before=look.known,
        bodiless=look.bodiless,
        owners=look.owners,
        gone=look.gone,
        chunks=look.chunks,
    )
    sort(arrival, sorting)
    before = look.cursor
    rows = rows_of(collection, before.sequence, arrival.day, sorting)
    change.rows += rows
    change.owned += [(packet.key, packet.owner, packet.lane) for packet in sorting.owned]
    for lane, revision in sorting.revisions:
        change.shift.come(lane, revision.rev)
        look.entries[revision.rev] = _Entry(lane, revision.record, has_body=True, is_head=True)
    never_had: list[Replaced] = []
    if arrival.settles:
        replaced = _replaced([*sorting.revisions, *sorting.again])
        _supersede(replaced, arrival.day, look, change)
        never_had = [each for each in replaced if each[0] not in look.entries and each not in look.never_had]
        look.never_had.update(never_had)
        change.never_had += never_had
    sizes = sizes_of(rows, Counter(lane for _, lane, _ in never_had))
    if arrival.quota is not None:
        change.charged += sum(sizes.values())
    else:
        for lane, size_bytes in sizes.items():
            change.grown[lane] += size_bytes
            check_room(look.held[lane] + change.grown[lane], arrival.room if rows else None)
    if rows:
        _, last, rev, *_ = rows[-1]
        look.cursor = Cursor(epoch=before.epoch, sequence=last, mark=rev[:8])
    return Stored(
        before=before,
        cursor=look.cursor,
        stored=sorting.stored,
        known=sorting.known,
        refused=sorting.refused,
        expired=[rev for rev in sorting.known if rev in sorting.bodiless],
        safe=look.confirmed,
        lanes=frozenset(row[4] for row in rows),
    )


def _replaced(revisions: list[tuple[bytes, ArrivedRevision]]) -> list[Replaced]:
    """Each once."""
    return list(
        dict.fromkeys(
            (rev, lane, revision.record) for lane, revision in revisions for rev in revision.supersedes
        )
    )


def _supersede(replaced: list[Replaced], day: int, look: _Look, change: _Change) -> None:
    """Of what is there in this very lane and record; an expired one has left the buckets already."""
    for rev, lane, record in replaced:
        entry = look.entries.get(rev)
        if entry is None or not entry.is_head or (entry.lane, entry.record) != (lane, record):
            continue
        change.superseded[rev] = day
        look.entries[rev] = entry._replace(is_head=False)
        if entry.has_body:
            change.shift.go(lane, rev)


async def _store(collection: bytes, look: _Look, change: _Change, connection: Connection) -> bool:
    """False: the collection is not any more what it was at the look, and nothing is stored."""
    parts = [("advanced", _ADVANCED, (look.cursor.sequence, look.cursor.mark, look.turn))]
    if change.rows:
        parts.append(("kept", _KEPT, _columns(change)))
    if change.grown:
        parts.append(("grown", _GROWN, (list(change.grown.keys()), list(change.grown.values()))))
    if change.shift.rows():
        parts.append(("shifted", _SHIFTED, auditing.columns(change.shift)))
    if change.owned:
        parts.append(("owned", _OWNED, tuple(zip(*change.owned, strict=True))))
    new = {row[2] for row in change.rows}
    superseded = {rev: day for rev, day in change.superseded.items() if rev not in new}
    if superseded:
        parts.append(("superseding", _SUPERSEDED, (list(superseded.keys()), list(superseded.values()))))
    if change.never_had:
        parts.append(("never_had", _NEVER_HAD, tuple(zip(*change.never_had, strict=True))))
    if len(parts) == 1:
        return True
    values: list[Any] = []
    steps: list[str] = []
    for name, template, wanted in parts:
        numbers = [f"${len(values) + 2 + number}" for number in range(len(wanted))]
        steps.append(f"{name} AS ({template.format(*numbers)})")
        values += wanted
    statement = f"WITH {', '.join(steps)} SELECT count(*) FROM advanced"  # noqa: S608  # our own
    return bool(await connection.fetchval(statement, collection, *values))


def _columns(change: _Change) -> tuple[Any, ...]:
    _, sequences, revs, kinds, lanes, keys, records, days, contents = zip(*change.rows, strict=True)
    recipients = [
        recipient_of(content) if kind == PACKET else None
        for kind, content in zip(kinds, contents, strict=True)
    ]
    superseded = [change.superseded.get(rev) for rev in revs]
    return sequences, revs, kinds, lanes, keys, records, days, contents, recipients, superseded


async def _charge(
    collection: bytes, arrival: Arrival, quota: int, change: _Change, connection: Connection
) -> None:
    """Of a personal backup. Raises QuotaError."""
    stored = {row[2] for row in change.rows}
    heads = [revision for revision in arrival.revisions if revision.rev in stored]
    freed = await backups.settle(collection, heads, arrival.day, connection)
    await backups.charge(collection, change.charged - freed, quota, connection)
