"""The mark in a file whose hub went on in PostgreSQL.

Without it a hub, or a command, that lacks the new setting would go on in the old file: contacts would be split over
two hubs that are one to devices, and tokens that count elsewhere would be said to have ended.
"""

from __future__ import annotations

import sqlite3

_MARK = "PRAGMA user_version = 1"
_UNMARK = "PRAGMA user_version = 0"
_IS_MARKED = "SELECT user_version <> 0 FROM pragma_user_version"

_WHY = (
    "its hub went on in PostgreSQL. Set SOJOURN_DATABASE as that hub has it; or, to go back to this file, end the "
    "hub and run “sojourn restore --replace” with this file"
)


def mark(connection: sqlite3.Connection) -> None:
    """Inside a transaction."""
    connection.execute(_MARK)


def unmark(connection: sqlite3.Connection) -> None:
    """Of a copy that becomes another life of the hub."""
    connection.execute(_UNMARK)


def check_is_here(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError."""
    (is_marked,) = connection.execute(_IS_MARKED).fetchone()
    if is_marked:
        raise sqlite3.DatabaseError(_WHY)
