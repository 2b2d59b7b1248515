"""What is read from the feed: packets and heads above a cursor."""

from __future__ import annotations

import sqlite3

import msgspec

from sync.errors import UnknownError
from sync.exchange import Cursor, UncheckedPacket
from sync.stores.contents import whole
from sync.stores.interface import Page, empty_page
from sync.stores.sorting import PACKET
from sync.stores.sqlite.cursors import check, cursor_at

_COLLECTION = """
SELECT sequence, confirmed, max(confirmed, backed_up),
    (SELECT max(generation) FROM cards WHERE cards.programme = collections.programme)
FROM collections WHERE collection = ?
"""
_STANDS = """
SELECT confirmed, max(confirmed, backed_up),
    (SELECT max(generation) FROM cards WHERE cards.programme = collections.programme),
    (SELECT rev FROM entries WHERE entries.collection = ?1 AND entries.sequence = ?2)
FROM collections WHERE collection = ?1 AND sequence = ?2
"""
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
_LANE = """
SELECT sequence, kind, record, key, content FROM entries INDEXED BY entries_heads
WHERE collection = ? AND sequence > ? AND superseded IS NULL AND content IS NOT NULL AND lane = ?
ORDER BY sequence
"""
# A device gets nothing back that it is to forget: neither the bodies nor what would open them.
_LANE_SINCE = """
SELECT sequence, kind, record, key, content FROM entries AS entry INDEXED BY entries_heads
WHERE collection = ?1 AND sequence > ?2 AND superseded IS NULL AND content IS NOT NULL AND lane = ?3
AND (day >= ?4 OR (kind = 0 AND EXISTS (
    SELECT 1 FROM entries AS body INDEXED BY entries_key
    WHERE body.collection = entry.collection AND body.key = entry.key AND body.kind = 1
    AND body.content IS NOT NULL AND body.superseded IS NULL AND body.day >= ?4
)))
ORDER BY sequence
"""
# A question is of 10,000 at most, below SQLite's 32,766 parameters. The lane is null for whoever reads all.
_HELD = """
SELECT rev FROM entries WHERE collection = ?1 AND rev IN ({marks}) AND (?2 IS NULL OR lane = ?2) AND NOT EXISTS (
    SELECT 1 FROM naming LEFT JOIN chunks ON chunks.collection = ?1 AND chunks.address = naming.address
    WHERE naming.collection = ?1 AND naming.rev = entries.rev AND chunks.address IS NULL
)
UNION SELECT rev FROM superseded WHERE collection = ?1 AND rev IN ({marks}) AND (?2 IS NULL OR lane = ?2)
"""


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
    last, confirmed, safe, generation = found
    if after is not None:
        check(connection, epoch, collection, last, after)
    start = after.sequence if after is not None else 0
    packets: list[bytes] = []
    revisions: list[bytes] = []
    reached, left = start, size_bytes
    more = False
    if start < last:
        rows = connection.execute(*_query(collection, lane, start, since))
        for sequence, kind, record, key, kept in rows:
            if recipient is not None and kind == PACKET and not _is_for(recipient, kept):
                continue
            content = kept if kind == PACKET else whole(record, key, kept)
            left -= len(content)
            if (left < 0 and reached > start) or len(packets) + len(revisions) == limit:
                more = True
                break
            (packets if kind == PACKET else revisions).append(content)
            reached = sequence
        rows.close()
    cursor = cursor_at(connection, epoch, collection, reached if more else last)
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
    collection: bytes, lane: bytes | None, start: int, since: int | None
) -> tuple[str, tuple[bytes | int, ...]]:
    if lane is None:
        return (_ALL, (collection, start)) if since is None else (_ALL_SINCE, (collection, start, since))
    if since is None:
        return _LANE, (collection, start, lane)
    return _LANE_SINCE, (collection, start, lane, since)
