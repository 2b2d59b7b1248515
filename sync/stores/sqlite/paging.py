"""What is read from the feed: packets and heads above a cursor."""

from __future__ import annotations

import sqlite3

import msgspec

from sync.errors import UnknownError
from sync.exchange import Cursor, UncheckedPacket
from sync.stores.contents import whole
from sync.stores.interface import Page, empty_page
from sync.stores.sorting import PACKET
from sync.stores.sqlite import numbering
from sync.stores.sqlite.cursors import check, cursor_at

_COLLECTION = """
SELECT number, sequence, confirmed, max(confirmed, backed_up),
    (SELECT max(generation) FROM cards WHERE cards.programme = collections.programme)
FROM collections WHERE collection = ?
"""
_STANDS = """
SELECT confirmed, max(confirmed, backed_up),
    (SELECT max(generation) FROM cards WHERE cards.programme = collections.programme),
    (SELECT rev FROM entries WHERE entries.collection = collections.number AND entries.sequence = ?2)
FROM collections WHERE collection = ?1 AND sequence = ?2
"""
# None where it has none yet: then nothing is in it.
_OF_LANE = "(SELECT number FROM numbers WHERE numbers.collection = ?1 AND numbers.id = ?3)"
# Each by an index of its own, so that being up to date costs the same whatever there is.
_ALL = """
SELECT sequence, kind, record, key, content FROM entries INDEXED BY entries_order
WHERE collection = ? AND sequence > ? AND superseded IS NULL AND content IS NOT NULL
ORDER BY sequence
"""
_ALL_SINCE = """
SELECT sequence, kind, record, key, content FROM entries INDEXED BY entries_order
WHERE collection = ? AND sequence > ? AND superseded IS NULL AND content IS NOT NULL AND (kind = 0 OR day >= ?)
ORDER BY sequence
"""
_LANE = f"""
SELECT sequence, kind, record, key, content FROM entries INDEXED BY entries_heads
WHERE collection = ?1 AND sequence > ?2 AND superseded IS NULL AND content IS NOT NULL AND lane = {_OF_LANE}
ORDER BY sequence
"""  # noqa: S608  # our own
_NEEDED = numbering.NEEDED.format(collection="entry.collection", key="entry.key", since="?4")
# A device gets nothing back that it is to forget: neither the bodies nor what would open them.
_LANE_SINCE = f"""
SELECT sequence, kind, record, key, content FROM entries AS entry INDEXED BY entries_heads
WHERE collection = ?1 AND sequence > ?2 AND superseded IS NULL AND content IS NOT NULL AND lane = {_OF_LANE}
AND (day >= ?4 OR (kind = 0 AND {_NEEDED}))
ORDER BY sequence
"""  # noqa: S608  # our own
# A question is of 10,000 at most, below SQLite's 32,766 parameters. The lane is null for whoever reads all.
_HELD = """
SELECT rev FROM entries
WHERE collection = (SELECT number FROM collections WHERE collection = ?1) AND rev IN ({marks})
AND (?2 IS NULL OR lane = (
    SELECT numbers.number FROM collections JOIN numbers ON numbers.collection = collections.number
    WHERE collections.collection = ?1 AND numbers.id = ?2
)) AND NOT EXISTS (
    SELECT 1 FROM naming LEFT JOIN chunks ON chunks.collection = ?1 AND chunks.address = naming.address
    WHERE naming.collection = ?1 AND naming.rev = entries.rev AND chunks.address IS NULL
)
UNION SELECT rev FROM superseded WHERE collection = ?1 AND rev IN ({marks}) AND (?2 IS NULL OR lane = ?2)
"""


# Rows between two questions for the keys in them. More would read on behind the end of a page.
_AT_ONCE = 50

_packet = msgspec.msgpack.Decoder(UncheckedPacket)


def nothing_new(
    collection: bytes, after: Cursor, epoch: bytes, connection: sqlite3.Connection
) -> Page | None:
    """The empty page of whoever is up to date, by one statement; None for everybody else: then `page` says what is."""
    found = connection.execute(_STANDS, (collection, after.sequence)).fetchone()
    if found is None or after.epoch != epoch:
        return None
    confirmed, safe, generation, rev = found
    if after.mark != (rev[:8] if rev else bytes(8)):
        return None
    return empty_page(after, safe=safe, confirmed=confirmed, generation=generation)


def page(
    collection: bytes,
    after: Cursor | None,
    connection: sqlite3.Connection,
    *,
    lane: bytes | None,
    limit: int,
    size_bytes: int,
    since: int | None,
    recipient: bytes | None,
    epoch: bytes,
) -> Page:
    """Runs inside a read transaction, so that the numbers and the rows are of one moment."""
    found = connection.execute(_COLLECTION, (collection,)).fetchone()
    if found is None:
        raise UnknownError("no such collection")
    number, last, confirmed, safe, generation = found
    if after is not None:
        check(connection, epoch, number, last, after)
    start = after.sequence if after is not None else 0
    packets: list[bytes] = []
    revisions: list[bytes] = []
    reached, left = start, size_bytes
    more = False
    keys: dict[int, bytes] = {}
    if start < last:
        rows = connection.execute(*_query(number, lane, start, since))
        while not more and (some := rows.fetchmany(_AT_ONCE)):
            keys |= numbering.ids_of(
                number, {row[3] for row in some if row[1] != PACKET} - keys.keys(), connection
            )
            for sequence, kind, record, key, kept in some:
                if recipient is not None and kind == PACKET and not _is_for(recipient, kept):
                    continue
                content = kept if kind == PACKET else whole(record, keys[key], kept)
                left -= len(content)
                if (left < 0 and reached > start) or len(packets) + len(revisions) == limit:
                    more = True
                    break
                (packets if kind == PACKET else revisions).append(content)
                reached = sequence
        rows.close()
    cursor = cursor_at(connection, epoch, number, reached if more else last)
    return Page(
        cursor=cursor,
        more=more,
        packets=packets,
        revisions=revisions,
        safe=safe,
        confirmed=confirmed,
        generation=generation,
    )


def _is_for(recipient: bytes, content: bytes) -> bool:
    """What is not understood is passed on."""
    try:
        return _packet.decode(content).recipient == recipient
    except msgspec.DecodeError:
        return True


def missing(
    collection: bytes, revs: list[bytes], lane: bytes | None, connection: sqlite3.Connection
) -> list[bytes]:
    """Neither held, with all chunks, nor superseded in the lane, in the order asked."""
    marks = ",".join(f"?{number}" for number in range(3, len(revs) + 3))
    rows = connection.execute(_HELD.format(marks=marks), (collection, lane, *revs))
    held = {rev for (rev,) in rows}
    return [rev for rev in revs if rev not in held]


def _query(
    number: int, lane: bytes | None, start: int, since: int | None
) -> tuple[str, tuple[bytes | int, ...]]:
    """number: the collection's own."""
    if lane is None:
        return (_ALL, (number, start)) if since is None else (_ALL_SINCE, (number, start, since))
    if since is None:
        return _LANE, (number, start, lane)
    return _LANE_SINCE, (number, start, lane, since)
