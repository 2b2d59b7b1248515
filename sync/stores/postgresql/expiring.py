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
from sync.stores.postgresql.paging import needed

_RAN = "INSERT INTO days (day) VALUES ($1) ON CONFLICT DO NOTHING"
_DAYS = "SELECT day FROM days WHERE day <= $1 ORDER BY day DESC"
_CONTACTS = "SELECT collection, programme FROM collections WHERE name = 'contacts' ORDER BY collection"
_SWEPT = "SELECT bodies_swept, packets_swept FROM collections WHERE collection = $1"
_SWEEP_BODIES = "UPDATE collections SET bodies_swept = $2 WHERE collection = $1"
_SWEEP_PACKETS = "UPDATE collections SET packets_swept = $2 WHERE collection = $1"
_NEXT = """
SELECT sequence, day FROM entries WHERE collection = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4
"""
# One row after the other, whatever a plan made while the table was empty takes for cheaper.
_DUE = """
FROM unnest($2::bigint[]) AS asked (number) CROSS JOIN LATERAL (
    SELECT * FROM {table} WHERE {table}.collection = $1 AND {table}.sequence = asked.number OFFSET 0
) AS due"""
_BODIES = f"""
SELECT sequence, lane, rev, superseded, content {_DUE.format(table="feed")} WHERE kind = 1 AND content IS NOT NULL
"""
_PACKETS = f"""
SELECT packet.sequence, packet.recipient
FROM (SELECT DISTINCT collection, key {_DUE.format(table="entries")}) AS used CROSS JOIN LATERAL (
    SELECT sequence, recipient FROM entries
    WHERE collection = $1 AND key = used.key AND kind = 0 AND content IS NOT NULL AND day < $3 OFFSET 0
) AS packet
WHERE {needed("used", "$3")} IS NOT TRUE
"""  # noqa: S608  # our own
_SUPERSEDED = """
SELECT collection, sequence FROM entries
WHERE superseded < $1 AND superseded IS NOT NULL AND content IS NOT NULL LIMIT $2
"""
_CARDS = "SELECT card FROM cards WHERE programme = $1"
# As above: the collection in the list leaves nothing else.
_DROP = f"""
WITH gone AS (
    SELECT lane, sum(octet_length(content)) AS freed {_DUE.format(table="feed")} WHERE content IS NOT NULL GROUP BY lane
), dropped AS (
    UPDATE entries SET content = NULL FROM (
        SELECT $1::uuid AS collection, number FROM unnest($2::bigint[]) AS asked (number) OFFSET 0
    ) AS due WHERE entries.collection = due.collection AND sequence = due.number
), turned AS (
    UPDATE collections SET turn = turn + 1 WHERE collection = $1
)
UPDATE held SET used = held.used - gone.freed FROM gone WHERE held.collection = $1 AND held.lane = gone.lane
"""  # noqa: S608  # our own

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
    # Mostly nothing is due, and the first row says so.
    for limit in (1, AT_ONCE):
        rows = [tuple(row) for row in await connection.fetch(_NEXT, collection, start, last, limit)]
        due = due_of(rows, swept=swept, reached=start, before=before, today=today)
        if due.reached == start:
            break
    return due
