"""What a hub keeps no longer: packets that no device may use any more, and bodies that are replaced or too old.

Each step is of one collection, under its lock, so that pushes go in between and none waits in a circle. It costs what
is due, not what is there.
"""

from __future__ import annotations

import msgspec

from sync.enrolment import Card
from sync.identifiers import sealing_key_id
from sync.stores import expiring
from sync.stores.auditing import Shift
from sync.stores.contents import has_body
from sync.stores.expiring import AT_ONCE, Due, due_of
from sync.stores.postgresql import auditing
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection

_RAN = "INSERT INTO days (day) VALUES ($1) ON CONFLICT DO NOTHING"
_DAYS = "SELECT day FROM days WHERE day <= $1 ORDER BY day DESC"
_CONTACTS = "SELECT collection, programme FROM collections WHERE name = 'contacts' ORDER BY collection"
_SWEPT = "SELECT bodies_swept, packets_swept FROM collections WHERE collection = $1"
_SWEEP_BODIES = "UPDATE collections SET bodies_swept = $2 WHERE collection = $1"
_SWEEP_PACKETS = "UPDATE collections SET packets_swept = $2 WHERE collection = $1"
_NEXT = """
SELECT sequence, day FROM entries WHERE collection = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4
"""
_BODIES = """
SELECT sequence, lane, rev, superseded, content FROM entries
WHERE collection = $1 AND sequence = ANY ($2::bigint[]) AND kind = 1 AND content IS NOT NULL
"""
_PACKETS = """
SELECT packet.sequence, packet.recipient
FROM (SELECT DISTINCT key FROM entries WHERE collection = $1 AND sequence = ANY ($2::bigint[])) AS due
JOIN entries AS packet ON packet.collection = $1 AND packet.key = due.key AND packet.kind = 0
    AND packet.content IS NOT NULL AND packet.day < $3
WHERE NOT EXISTS (
    SELECT 1 FROM entries AS body
    WHERE body.collection = $1 AND body.key = due.key AND body.kind = 1
    AND body.content IS NOT NULL AND body.superseded IS NULL AND body.day >= $3
)
"""
_SUPERSEDED = """
SELECT collection, sequence FROM entries
WHERE superseded < $1 AND superseded IS NOT NULL AND content IS NOT NULL LIMIT $2
"""
_CARDS = "SELECT card FROM cards WHERE programme = $1"
_DROP = """
WITH gone AS (
    SELECT lane, sum(octet_length(content)) AS freed FROM entries
    WHERE collection = $1 AND sequence = ANY ($2::bigint[]) AND content IS NOT NULL GROUP BY lane
), dropped AS (
    UPDATE entries SET content = NULL WHERE collection = $1 AND sequence = ANY ($2::bigint[])
), turned AS (
    UPDATE collections SET turn = turn + 1 WHERE collection = $1
)
UPDATE held SET used = held.used - gone.freed FROM gone WHERE held.collection = $1 AND held.lane = gone.lane
"""

_card = msgspec.msgpack.Decoder(Card)


async def lived_since(day: int, connection: Connection) -> int:
    """Notes that the hub runs today, and returns the day from which on it ran without a long gap."""
    await connection.execute(_RAN, day)
    return expiring.lived_since(day, [ran for (ran,) in await connection.fetch(_DAYS, day)])


async def contacts(connection: Connection) -> list[tuple[bytes, bytes]]:
    """Each collection that something may go from for its age, with its programme."""
    return [tuple(row) for row in await connection.fetch(_CONTACTS)]


async def drop_bodies(
    collection: bytes, reached: int | None, days: tuple[int, int], connection: Connection
) -> int | None:
    """Of contacts that arrived before a day and that a coordinator has; tombstones stay.

    days: that day, and today. Returns the number to go on from, None at the end.
    """
    _, confirmed = await lock_collection(collection, connection)
    swept, _ = await connection.fetchrow(_SWEPT, collection)
    due = await _due(collection, (swept, confirmed), reached, days, connection)
    if due.sequences:
        found = await connection.fetch(_BODIES, collection, due.sequences)
        gone = [row for row in found if has_body(row[4])]
        shift = Shift()
        for _, lane, rev, superseded, _ in gone:
            if superseded is None:
                shift.go(lane, rev)
        await connection.execute(_DROP, collection, [row[0] for row in gone])
        await auditing.shift(collection, shift, connection)
    if due.swept != swept:
        await connection.execute(_SWEEP_BODIES, collection, due.swept)
    return due.reached if due.more else None


async def drop_packets(
    collection: bytes,
    programme: bytes,
    reached: int | None,
    days: tuple[int, int],
    connection: Connection,
) -> int | None:
    """To devices, of keys that open nothing that arrived since a day; what the programme itself opens stays.

    A key is looked at when something that came with it, a packet or a body, gets that old. Returns as `drop_bodies`.
    """
    last, _ = await lock_collection(collection, connection)
    _, swept = await connection.fetchrow(_SWEPT, collection)
    due = await _due(collection, (swept, last), reached, days, connection)
    if due.sequences:
        cards = await connection.fetch(_CARDS, programme)
        own = {sealing_key_id(_card.decode(card).sealing_key) for (card,) in cards}
        found = await connection.fetch(_PACKETS, collection, due.sequences, days[0])
        gone = [sequence for sequence, recipient in found if recipient not in (None, *own)]
        await connection.execute(_DROP, collection, gone)
    if due.swept != swept:
        await connection.execute(_SWEEP_PACKETS, collection, due.swept)
    return due.reached if due.more else None


async def superseded(before: int, connection: Connection) -> dict[bytes, list[int]]:
    """Some of the bodies that were replaced before a day, by collection; none where there are none."""
    found: dict[bytes, list[int]] = {}
    for collection, sequence in await connection.fetch(_SUPERSEDED, before, AT_ONCE):
        found.setdefault(collection, []).append(sequence)
    return found


async def drop(collection: bytes, sequences: list[int], connection: Connection) -> None:
    await lock_collection(collection, connection)
    await connection.execute(_DROP, collection, sequences)


async def _due(
    collection: bytes,
    ends: tuple[int, int],
    reached: int | None,
    days: tuple[int, int],
    connection: Connection,
) -> Due:
    """ends: up to which all is done, and which may be looked at at most."""
    swept, last = ends
    start = swept if reached is None else reached
    before, today = days
    rows = [tuple(row) for row in await connection.fetch(_NEXT, collection, start, last, AT_ONCE)]
    return due_of(rows, swept=swept, reached=start, before=before, today=today)
