"""Where a reader stands, as this database sees it."""

from __future__ import annotations

import sqlite3

from sync.errors import EpochChangedError
from sync.exchange import Cursor, start_of

_REV = "SELECT rev FROM entries WHERE collection = ? AND sequence = ?"


def cursor_at(connection: sqlite3.Connection, epoch: bytes, number: int, sequence: int) -> Cursor:
    """The cursor of a sequence number that is there, or of the start (0). number: the collection's own."""
    if sequence == 0:
        return start_of(epoch)
    (rev,) = connection.execute(_REV, (number, sequence)).fetchone()
    return Cursor(epoch=epoch, sequence=sequence, mark=rev[:8])


def check(connection: sqlite3.Connection, epoch: bytes, number: int, last: int, cursor: Cursor) -> None:
    """Raises EpochChangedError unless this database handed the cursor out, and still is what it was then.

    Another epoch: another life of the hub. A number that is not reached, or another rev there: a snapshot,
    or a standby that lags.
    """
    if cursor.epoch != epoch or cursor.sequence > last:
        raise EpochChangedError
    if cursor != cursor_at(connection, epoch, number, cursor.sequence):
        raise EpochChangedError
