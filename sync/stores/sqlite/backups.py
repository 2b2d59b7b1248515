"""Personal backups: whose token opens which, what they take up, and their end."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Sequence

from sync.backups import month_of
from sync.errors import NoBackupsError, QuotaError, UnknownError, WrongTokenError
from sync.stores.erasing import TABLES
from sync.stores.expiring import CHUNKS_AT_ONCE
from sync.stores.interface import COMMON_LANE, NO_PROGRAMME, ArrivedRevision, Bearer, HeldBackup
from sync.stores.sqlite import chunks
from sync.stores.sqlite.numbering import CREATE_COLLECTION, NUMBER

_COUNT = "SELECT count(*) FROM backups"
_CREATE = "INSERT INTO backups (collection, token_hash, month) VALUES (?, ?, ?)"
_TAKEN = """
SELECT EXISTS (SELECT 1 FROM collections WHERE collection = ?)
    OR EXISTS (SELECT 1 FROM backups WHERE token_hash = ?) OR EXISTS (SELECT 1 FROM tokens WHERE hash = ?)
"""
_BACKUP = "SELECT token_hash, used, month FROM backups WHERE collection = ?"
_OPENED = "SELECT collection, month FROM backups WHERE token_hash = ?"
# The hub's last day, by its own word: a clock that fell behind does not make a use look old.
_LAST_DAY = "SELECT max(day) FROM days"
_UNUSED = "SELECT collection FROM backups WHERE month < ? ORDER BY month LIMIT 1"
_USE = "UPDATE backups SET month = ? WHERE collection = ? AND month < ?"
_CHARGE = "UPDATE backups SET used = used + ? WHERE collection = ?"
_USED = "SELECT used FROM backups WHERE collection = ?"
# Of what is superseded in this very lane and record, not of whatever a revision names.
_BODY = """
SELECT length(content) FROM entries
WHERE collection = ? AND rev = ? AND superseded IS NOT NULL AND content IS NOT NULL
"""
_DROP = "UPDATE entries SET content = NULL WHERE collection = ? AND rev = ?"
# The rest go by the collection itself.
_BY_NUMBER = ("entries", "numbers")


def create(
    collection: bytes, token_hash: bytes, most: int, month: int, connection: sqlite3.Connection
) -> HeldBackup:
    """First come, first served; again with the same token, the one there is.

    Raises WrongTokenError where either stands for something else, NoBackupsError where there are so many.
    """
    try:
        return backup(collection, token_hash, connection)
    except UnknownError:
        pass
    if connection.execute(_TAKEN, (collection, token_hash, token_hash)).fetchone()[0]:
        raise WrongTokenError
    if connection.execute(_COUNT).fetchone()[0] >= most:
        raise NoBackupsError
    connection.execute(CREATE_COLLECTION, (collection, NO_PROGRAMME, "backup"))
    used_in = _latest(month, connection)
    connection.execute(_CREATE, (collection, token_hash, used_in))
    return HeldBackup(used=0, month=used_in)


def backup(collection: bytes, token_hash: bytes, connection: sqlite3.Connection) -> HeldBackup:
    """Raises UnknownError, WrongTokenError."""
    found = connection.execute(_BACKUP, (collection,)).fetchone()
    if found is None:
        raise UnknownError("no such backup")
    held_hash, used, month = found
    if not hmac.compare_digest(held_hash, token_hash):
        raise WrongTokenError
    return HeldBackup(used=used, month=month)


def bearer(token_hash: bytes, connection: sqlite3.Connection) -> Bearer:
    """Raises WrongTokenError."""
    found = connection.execute(_OPENED, (token_hash,)).fetchone()
    if found is None:
        raise WrongTokenError
    return Bearer(
        programme=NO_PROGRAMME,
        device=bytes(16),
        role="worker",
        lane=COMMON_LANE,
        provisional=False,
        revoked=False,
        backup=found[0],
        used_in=found[1],
    )


def use(collection: bytes, month: int, connection: sqlite3.Connection) -> None:
    used_in = _latest(month, connection)
    connection.execute(_USE, (used_in, collection, used_in))


def charge(collection: bytes, size_bytes: int, quota: int, connection: sqlite3.Connection) -> None:
    """Counts what was stored, or freed (below zero). Raises QuotaError, which undoes what the caller stored."""
    connection.execute(_CHARGE, (size_bytes, collection))
    if size_bytes > 0 and connection.execute(_USED, (collection,)).fetchone()[0] > quota:
        raise QuotaError("the backup is full")


def settle(
    which: tuple[bytes, int], heads: Sequence[ArrivedRevision], day: int, connection: sqlite3.Connection
) -> int:
    """After a push: the new heads name their chunks, and what they supersede names none and loses its body.

    which: the collection and its number. Returns the bytes that this gives back.
    """
    collection, number = which
    freed = 0
    for head in heads:
        chunks.name(collection, head.rev, head.chunks, connection)
    for rev in {rev for head in heads for rev in head.supersedes}:
        found = connection.execute(_BODY, (number, rev)).fetchone()
        if found is not None:
            freed += found[0]
            connection.execute(_DROP, (number, rev))
            chunks.unname(collection, rev, day, connection)
    return freed


def put_chunk(
    collection: bytes, address: bytes, content: bytes, connection: sqlite3.Connection, *, quota: int, day: int
) -> None:
    """Raises UnknownError, QuotaError."""
    if connection.execute(_USED, (collection,)).fetchone() is None:
        raise UnknownError("no such backup")
    new = chunks.put(collection, address, content, day, connection)
    charge(collection, new, quota, connection)


def delete(collection: bytes, token_hash: bytes, connection: sqlite3.Connection) -> None:
    """All of it, written over in the file. Raises UnknownError, WrongTokenError."""
    backup(collection, token_hash, connection)
    _erase(collection, connection)


def drop_chunks(before: int, connection: sqlite3.Connection) -> bool:
    """Those that no head names since before a day, and their room. Returns whether there may be more."""
    gone = chunks.drop(before, connection)
    for collection, size_bytes in gone:
        connection.execute(_CHARGE, (-size_bytes, collection))
    return len(gone) == CHUNKS_AT_ONCE


def drop_unused(before: int, connection: sqlite3.Connection) -> bool:
    """All of one that was last used before a month. Returns whether there may be more."""
    found = connection.execute(_UNUSED, (before,)).fetchone()
    if found is not None:
        _erase(found[0], connection)
    return found is not None


def _latest(month: int, connection: sqlite3.Connection) -> int:
    (last,) = connection.execute(_LAST_DAY).fetchone()
    return month if last is None else max(month, month_of(last))


def _erase(collection: bytes, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    for table in TABLES:
        which = f"({NUMBER})" if table in _BY_NUMBER else "?"
        connection.execute(f"DELETE FROM {table} WHERE collection = {which}", (collection,))  # noqa: S608  # our own names
    connection.execute("PRAGMA secure_delete = OFF")
