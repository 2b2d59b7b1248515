"""The buckets of a collection's heads: kept with every change of the heads, in its transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sync.audit import MODULUS
from sync.errors import UnknownError
from sync.stores.auditing import Shift
from sync.stores.counting import COLLECTIONS
from sync.stores.interface import Audited
from sync.stores.sqlite.cursors import cursor_at
from sync.stores.sqlite.numbering import NUMBER

# One statement for all that a push touches: 256 buckets of each lane at most.
_WANTED = """
WITH wanted (lane, bucket) AS (VALUES {})
SELECT lane, bucket, count, sum FROM wanted CROSS JOIN buckets USING (lane, bucket) WHERE collection = ?
"""
_KEEP = """
INSERT INTO buckets (collection, lane, bucket, count, sum) VALUES {}
ON CONFLICT (collection, lane, bucket) DO UPDATE SET count = excluded.count, sum = excluded.sum
"""
# Below SQLite's 32,766 parameters.
_AT_ONCE = 1_000
_COLLECTION = "SELECT number, sequence FROM collections WHERE collection = ?"
_BUCKETS = "SELECT bucket, count, sum FROM buckets WHERE collection = ?1 AND (?2 IS NULL OR lane = ?2)"
_REVS = """
SELECT rev FROM entries INDEXED BY entries_rev
WHERE collection = ?1 AND rev > ?2 AND rev < ?3 AND kind = 1 AND superseded IS NULL AND content IS NOT NULL
AND (?4 IS NULL OR lane = (SELECT number FROM numbers WHERE numbers.collection = ?1 AND id = ?4))
ORDER BY rev LIMIT ?5
"""
_HEADS = """
SELECT lane, rev FROM feed WHERE collection = ? AND kind = 1 AND superseded IS NULL AND content IS NOT NULL
"""
_HEADS_BEFORE_NUMBERS = _HEADS.replace("feed", "entries")


def shift(collection: bytes, by: Shift, connection: sqlite3.Connection) -> None:
    """Inside the transaction that changed the heads."""
    every = by.rows()
    for start in range(0, len(every), _AT_ONCE):
        rows = every[start : start + _AT_ONCE]
        wanted = [part for lane, bucket, _, _ in rows for part in (lane, bucket)]
        found = connection.execute(_WANTED.format(_marks(2, len(rows))), (*wanted, collection))
        held = {(lane, bucket): (count, int.from_bytes(total)) for lane, bucket, count, total in found}
        kept: list[bytes | int] = []
        for lane, bucket, more, grows_by in rows:
            count, total = held.get((lane, bucket), (0, 0))
            kept += [collection, lane, bucket, count + more, ((total + grows_by) % MODULUS).to_bytes(32)]
        connection.execute(_KEEP.format(_marks(5, len(rows))), kept)


def _marks(columns: int, rows: int) -> str:
    return ",".join([f"({','.join('?' * columns)})"] * rows)


def audit(collection: bytes, lane: bytes | None, epoch: bytes, connection: sqlite3.Connection) -> Audited:
    """Raises UnknownError."""
    found = connection.execute(_COLLECTION, (collection,)).fetchone()
    if found is None:
        raise UnknownError("no such collection")
    number, last = found
    cursor = cursor_at(connection, epoch, number, last)
    return Audited(cursor=cursor, sums=sums_kept(collection, lane, connection))


def sums_kept(
    collection: bytes, lane: bytes | None, connection: sqlite3.Connection
) -> dict[int, tuple[int, int]]:
    """Of a lane; None: of all of them together."""
    sums: dict[int, tuple[int, int]] = {}
    for bucket, count, total in connection.execute(_BUCKETS, (collection, lane)):
        before, so_far = sums.get(bucket, (0, 0))
        sums[bucket] = (before + count, (so_far + int.from_bytes(total)) % MODULUS)
    return sums


def revs(
    collection: bytes,
    bounds: Sequence[tuple[bytes, bytes]],
    lane: bytes | None,
    limit: int,
    connection: sqlite3.Connection,
) -> list[bytes]:
    """Heads between these bounds, in order. The collection is there."""
    (number,) = connection.execute(NUMBER, (collection,)).fetchone()
    listed: list[bytes] = []
    for above, below in bounds:
        rows = connection.execute(_REVS, (number, above, below, lane, limit - len(listed)))
        listed += [rev for (rev,) in rows]
        if len(listed) == limit:
            break
    return listed


def count_for_the_first_time(connection: sqlite3.Connection) -> None:
    """For a database from before there were buckets, with the rows of then."""
    for (collection,) in connection.execute(COLLECTIONS).fetchall():
        _count(collection, _HEADS_BEFORE_NUMBERS, connection)


def count_anew(collection: bytes, connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM buckets WHERE collection = ?", (collection,))
    _count(collection, _HEADS, connection)


def _count(collection: bytes, query: str, connection: sqlite3.Connection) -> None:
    heads = Shift()
    for lane, rev in connection.execute(query, (collection,)):
        heads.come(lane, rev)
    shift(collection, heads, connection)
