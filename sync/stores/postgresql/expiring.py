"""What a hub keeps no longer: packets that no device may use any more, and bodies where the operator wants it so.

Each step is of one collection, under its lock, so that pushes go in between and none waits in a circle.
"""

from __future__ import annotations

import msgspec

from sync.enrolment import Card
from sync.identifiers import sealing_key_id
from sync.stores.auditing import Shift
from sync.stores.contents import has_body
from sync.stores.postgresql import auditing
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection

AT_ONCE = 500
"""Rows a transaction."""

LONGEST_GAP = 31
"""Days. A hub that did not run for longer, and a clock that jumped ahead, look alike."""

_RAN = "INSERT INTO days (day) VALUES ($1) ON CONFLICT DO NOTHING"
_DAYS = "SELECT day FROM days WHERE day <= $1 ORDER BY day DESC"
_CONTACTS = "SELECT collection, programme FROM collections WHERE name = 'contacts' ORDER BY collection"
_BODIES = """
SELECT sequence, content, lane, rev, superseded FROM entries
WHERE collection = $1 AND sequence > $2 AND kind = 1 AND content IS NOT NULL AND day < $3 AND sequence <= $4
ORDER BY sequence LIMIT $5
"""
_PACKETS = """
SELECT sequence, recipient FROM entries AS entry
WHERE collection = $1 AND sequence > $2 AND kind = 0 AND content IS NOT NULL AND day < $3 AND NOT EXISTS (
    SELECT 1 FROM entries AS body
    WHERE body.collection = $1 AND body.key = entry.key AND body.kind = 1
    AND body.content IS NOT NULL AND body.superseded IS NULL AND body.day >= $3
)
ORDER BY sequence LIMIT $4
"""
_CARDS = "SELECT card FROM cards WHERE programme = $1"
_DROP = "UPDATE entries SET content = NULL WHERE collection = $1 AND sequence = ANY ($2::bigint[])"

_card = msgspec.msgpack.Decoder(Card)


async def lived_since(day: int, connection: Connection) -> int:
    """Notes that the hub runs today, and returns the day from which on it ran without a long gap.

    Only that much time has surely gone by, whatever the clock says: a day is one row, however far the clock jumps.
    """
    await connection.execute(_RAN, day)
    first = day
    for (ran,) in await connection.fetch(_DAYS, day):
        if first - ran > LONGEST_GAP:
            break
        first = ran
    return first


async def contacts(connection: Connection) -> list[tuple[bytes, bytes]]:
    """Each collection that something may go from, with its programme."""
    return [tuple(row) for row in await connection.fetch(_CONTACTS)]


async def drop_bodies(collection: bytes, after: int, before_day: int, connection: Connection) -> int | None:
    """Of contacts that arrived before a day and that a coordinator has; tombstones stay. From a number on.

    Returns the last number that was looked at, None at the end.
    """
    _, _, confirmed = await lock_collection(collection, connection)
    found = await connection.fetch(_BODIES, collection, after, before_day, confirmed, AT_ONCE)
    gone = [row for row in found if has_body(row[1])]
    shift = Shift()
    for _, _, lane, rev, superseded in gone:
        if superseded is None:
            shift.go(lane, rev)
    await connection.execute(_DROP, collection, [row[0] for row in gone])
    await auditing.shift(collection, shift, connection)
    return found[-1][0] if found else None


async def drop_packets(
    collection: bytes, programme: bytes, after: int, before_day: int, connection: Connection
) -> int | None:
    """To devices, of keys that open nothing that arrived since a day; what the programme itself opens stays.

    Returns the last number that was looked at, None at the end.
    """
    await lock_collection(collection, connection)
    cards = await connection.fetch(_CARDS, programme)
    own = {sealing_key_id(_card.decode(card).sealing_key) for (card,) in cards}
    found = await connection.fetch(_PACKETS, collection, after, before_day, AT_ONCE)
    gone = [sequence for sequence, recipient in found if recipient not in (None, *own)]
    await connection.execute(_DROP, collection, gone)
    return found[-1][0] if found else None
