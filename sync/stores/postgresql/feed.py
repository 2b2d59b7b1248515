"""What is written to the feed: pushes to one collection, inside one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from sync.exchange import Cursor
from sync.stores.auditing import Shift
from sync.stores.contents import recipient_of
from sync.stores.interface import COMMON_LANE, Arrival, ArrivedRevision, Stored
from sync.stores.postgresql import auditing, backups
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection
from sync.stores.sorting import PACKET, Row, Sorting, check_room, rows_of, sizes_of, sort

# One question for all that a push names: a round trip costs more than most answers.
_HELD = """
SELECT 0, rev, NULL, NULL, content IS NULL AND superseded IS NULL, 0
FROM entries WHERE collection = $1 AND rev = ANY ($2)
UNION ALL
SELECT 1, key, owner, lane, false, 0 FROM keys WHERE collection = $1 AND key = ANY ($3)
UNION ALL
SELECT 2, rev, lane, record, false, 0 FROM superseded WHERE collection = $1 AND rev = ANY ($4)
UNION ALL
SELECT 3, address, NULL, NULL, false, 0 FROM chunks WHERE collection = $1 AND address = ANY ($5)
UNION ALL
SELECT 4, lane, NULL, NULL, false, used FROM held WHERE collection = $1 AND lane = $6
"""
_OWN = "INSERT INTO keys (collection, key, owner, lane) VALUES ($1, $2, $3, $4)"
_ENTRIES = """
INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, content, recipient)
SELECT $1::bytea, * FROM unnest(
    $2::bigint[], $3::bytea[], $4::smallint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::integer[],
    $9::bytea[], $10::bytea[]
)
"""
# With the buckets, and what each lane holds, at once: a round trip less.
_ADVANCE = f"""
WITH advanced AS (UPDATE collections SET sequence = $6, mark = $7 WHERE collection = $1), grown AS (
    INSERT INTO held (collection, lane, used) SELECT $1::bytea, * FROM unnest($8::bytea[], $9::bigint[])
    ON CONFLICT (collection, lane) DO UPDATE SET used = held.used + excluded.used
) {auditing.KEEP}
"""  # noqa: S608  # our own
_CONFIRM = "UPDATE collections SET confirmed = $2 WHERE collection = $1 AND confirmed < $2 AND sequence >= $2"
_SUPERSEDE = """
UPDATE entries SET superseded = $2
FROM unnest($3::bytea[], $4::bytea[], $5::bytea[]) AS gone (rev, lane, record)
WHERE entries.collection = $1 AND entries.rev = gone.rev AND entries.lane = gone.lane
AND entries.record = gone.record AND superseded IS NULL
RETURNING entries.lane, entries.rev, content IS NOT NULL
"""
_NEVER_HAD = """
INSERT INTO superseded (collection, rev, lane, record)
SELECT $1::bytea, gone.rev, gone.lane, gone.record
FROM unnest($2::bytea[], $3::bytea[], $4::bytea[]) AS gone (rev, lane, record)
WHERE NOT EXISTS (SELECT 1 FROM entries WHERE entries.collection = $1 AND entries.rev = gone.rev)
ON CONFLICT DO NOTHING RETURNING lane
"""


class _Change(NamedTuple):
    """What a transaction does: the heads that come and go, and the bytes that each lane takes up more."""

    shift: Shift
    grown: Counter[bytes]


async def push(
    collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection
) -> list[Stored]:
    """Sorts pushes and stores what is new, one after the other, under one lock. Raises UnknownError, QuotaError."""
    sequence, mark, confirmed = await lock_collection(collection, connection)
    cursor = Cursor(epoch=epoch, sequence=sequence, mark=mark)
    answers: list[Stored] = []
    change = _Change(Shift(), Counter())
    for arrival in arrivals:
        stored = await _push(collection, arrival, cursor, change, connection)
        answers.append(replace(stored, safe=confirmed))
        cursor = stored.cursor
    # What is known already takes no number, but may supersede.
    if cursor.sequence > sequence or change.shift.rows() or change.grown:
        grown = (list(change.grown.keys()), list(change.grown.values()))
        values = (*auditing.columns(change.shift), cursor.sequence, cursor.mark, *grown)
        await connection.execute(_ADVANCE, collection, *values)
    return answers


async def confirm(collection: bytes, sequence: int, connection: Connection) -> None:
    await connection.execute(_CONFIRM, collection, sequence)


async def _push(
    collection: bytes,
    arrival: Arrival,
    before: Cursor,
    change: _Change,
    connection: Connection,
) -> Stored:
    """`safe` is the caller's to say."""
    shift, grown = change
    sorting, used = await _look_up(collection, arrival, connection)
    sort(arrival, sorting)
    rows = rows_of(collection, before.sequence, arrival.day, sorting)
    if sorting.owned:
        owned = [(collection, packet.key, packet.owner, packet.lane) for packet in sorting.owned]
        await connection.executemany(_OWN, owned)
    await _keep(collection, rows, connection)
    never_had: Counter[bytes] = Counter()
    for lane, revision in sorting.revisions:
        shift.come(lane, revision.rev)
    if arrival.settles:
        settled = [*sorting.revisions, *sorting.again]
        never_had = await _supersede(collection, arrival.day, settled, shift, connection)
    if arrival.quota is not None:
        heads = [revision for _, revision in sorting.revisions]
        freed = await backups.settle(collection, heads, arrival.day, connection)
        added = sum(sizes_of(rows, never_had).values())
        await backups.charge(collection, added - freed, arrival.quota, connection)
    else:
        for lane, size_bytes in sizes_of(rows, never_had).items():
            grown[lane] += size_bytes
            check_room(used + grown[lane], arrival.room if rows else None)
    cursor = before
    if rows:
        _, last, rev, *_ = rows[-1]
        cursor = Cursor(epoch=before.epoch, sequence=last, mark=rev[:8])
    return Stored(
        before=before,
        cursor=cursor,
        stored=sorting.stored,
        known=sorting.known,
        refused=sorting.refused,
        expired=[rev for rev in sorting.known if rev in sorting.bodiless],
        safe=0,
        lanes=frozenset(row[4] for row in rows),
    )


async def _look_up(collection: bytes, arrival: Arrival, connection: Connection) -> tuple[Sorting, int]:
    """And the bytes that the only lane holds where there is room for so many; else 0."""
    revs = [revision.rev for revision in arrival.revisions]
    keys = {packet.key for packet in arrival.packets} | {revision.key for revision in arrival.revisions}
    chunks = {address for revision in arrival.revisions for address in revision.chunks}
    names = [*(packet.id for packet in arrival.packets), *revs]
    sorting = Sorting(known_before=set(), bodiless=set(), owners={}, gone=set(), chunks=set())
    # A worker's: its own lane of contacts, or what all have elsewhere.
    lane = None if arrival.room is None else arrival.lane or COMMON_LANE
    held = 0
    found = await connection.fetch(_HELD, collection, names, list(keys), revs, list(chunks), lane)
    for what, name, second, third, is_bodiless, used in found:
        if what == 0:
            sorting.known_before.add(name)
            if is_bodiless:
                sorting.bodiless.add(name)
        elif what == 1:
            sorting.owners[name] = (second, third)
        elif what == 2:
            sorting.gone.add((name, second, third))
        elif what == 3:
            sorting.chunks.add(name)
        else:
            held = used
    return sorting, held


async def _keep(collection: bytes, rows: list[Row], connection: Connection) -> None:
    if not rows:
        return
    _, sequences, revs, kinds, lanes, keys, records, days, contents = zip(*rows, strict=True)
    recipients = [
        recipient_of(content) if kind == PACKET else None
        for kind, content in zip(kinds, contents, strict=True)
    ]
    await connection.execute(
        _ENTRIES, collection, sequences, revs, kinds, lanes, keys, records, days, contents, recipients
    )


async def _supersede(
    collection: bytes,
    day: int,
    revisions: list[tuple[bytes, ArrivedRevision]],
    shift: Shift,
    connection: Connection,
) -> Counter[bytes]:
    """Returns how many of the superseded were never here, by lane. shift: learns which heads are none any more."""
    replaced = {(rev, lane, revision.record) for lane, revision in revisions for rev in revision.supersedes}
    if not replaced:
        return Counter()
    revs, lanes, records = zip(*replaced, strict=True)
    for lane, rev, has_body in await connection.fetch(_SUPERSEDE, collection, day, revs, lanes, records):
        # An expired one has left the buckets already.
        if has_body:
            shift.go(lane, rev)
    return Counter(lane for (lane,) in await connection.fetch(_NEVER_HAD, collection, revs, lanes, records))
