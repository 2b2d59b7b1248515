"""Attachment chunks, and which heads name them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sync.errors import UnknownError
from sync.stores.expiring import CHUNKS_AT_ONCE

# A head may name it before it is here: after a restore without it, the head is known, and never names it anew.
_KEEP = """
INSERT INTO chunks (collection, address, unnamed, content)
VALUES (?1, ?2, CASE WHEN NOT EXISTS (SELECT 1 FROM naming WHERE collection = ?1 AND address = ?2) THEN ?3 END, ?4)
ON CONFLICT (collection, address) DO UPDATE SET unnamed = excluded.unnamed WHERE unnamed IS NOT NULL
"""
_THERE = "SELECT 1 FROM chunks WHERE collection = ? AND address = ?"
_CONTENT = "SELECT content FROM chunks WHERE collection = ? AND address = ?"
_NAME = "INSERT OR IGNORE INTO naming (collection, rev, address) VALUES (?, ?, ?)"
_NAMED = "UPDATE chunks SET unnamed = NULL WHERE collection = ? AND address = ?"
_OF = "SELECT address FROM naming WHERE collection = ? AND rev = ?"
_GONE = "DELETE FROM naming WHERE collection = ? AND rev = ?"
_UNNAMED = """
UPDATE chunks SET unnamed = ?3 WHERE collection = ?1 AND address = ?2 AND unnamed IS NULL
AND NOT EXISTS (SELECT 1 FROM naming WHERE collection = ?1 AND address = ?2)
"""

_DUE = """
SELECT rowid, collection, length(content) FROM chunks INDEXED BY chunks_unnamed
WHERE unnamed < ? AND unnamed IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM naming WHERE naming.collection = chunks.collection AND naming.address = chunks.address
) LIMIT ?
"""
_DELETE = "DELETE FROM chunks WHERE rowid = ?"


def put(collection: bytes, address: bytes, content: bytes, day: int, connection: sqlite3.Connection) -> int:
    """Once; again, its day counts anew unless a head names it. Returns the bytes that are new."""
    new = 0 if there(collection, address, connection) else len(content)
    connection.execute(_KEEP, (collection, address, day, content))
    return new


def there(collection: bytes, address: bytes, connection: sqlite3.Connection) -> bool:
    return connection.execute(_THERE, (collection, address)).fetchone() is not None


def content(collection: bytes, address: bytes, connection: sqlite3.Connection) -> bytes:
    """Raises UnknownError."""
    found = connection.execute(_CONTENT, (collection, address)).fetchone()
    if found is None:
        raise UnknownError("no such chunk")
    held: bytes = found[0]
    return held


def name(collection: bytes, rev: bytes, addresses: Iterable[bytes], connection: sqlite3.Connection) -> None:
    """A head that was stored needs them."""
    for address in addresses:
        connection.execute(_NAME, (collection, rev, address))
        connection.execute(_NAMED, (collection, address))


def unname(collection: bytes, rev: bytes, day: int, connection: sqlite3.Connection) -> None:
    """It is no head any more."""
    addresses = connection.execute(_OF, (collection, rev)).fetchall()
    connection.execute(_GONE, (collection, rev))
    for (address,) in addresses:
        connection.execute(_UNNAMED, (collection, address, day))


def drop(before: int, connection: sqlite3.Connection) -> list[tuple[bytes, int]]:
    """Some of those that no head names since before a day, written over in the file: the collection and bytes of each.

    A push that names one again is before this or after it, and not stored then: there is one writer.
    """
    due = connection.execute(_DUE, (before, CHUNKS_AT_ONCE)).fetchall()
    if due:
        connection.execute("PRAGMA secure_delete = ON")
        connection.executemany(_DELETE, [(row,) for row, _, _ in due])
        connection.execute("PRAGMA secure_delete = OFF")
    return [(collection, size_bytes) for _, collection, size_bytes in due]
