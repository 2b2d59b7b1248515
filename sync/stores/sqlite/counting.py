"""Counts anew what is kept beside the entries: sums of heads, what each lane and personal backup takes up, and on which
day something last came under each content key."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sync.errors import UnavailableError
from sync.stores.counting import COLLECTIONS, COUNT_ANEW
from sync.stores.sqlite import auditing
from sync.stores.sqlite.numbering import NUMBER, count_days_anew
from sync.stores.sqlite.threads import connect_to


def mend(path: Path) -> None:
    """Beside a running hub, which stores nothing while a collection is counted. Raises UnavailableError."""
    try:
        with closing(connect_to(path, writes=True)) as connection:
            for (collection,) in connection.execute(COLLECTIONS).fetchall():
                connection.execute("BEGIN IMMEDIATE")
                count_anew(collection, connection)
                connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise UnavailableError(f"{path}: {error}") from error


def count_anew(collection: bytes, connection: sqlite3.Connection) -> None:
    """Inside a transaction."""
    auditing.count_anew(collection, connection)
    for statement in COUNT_ANEW:
        connection.execute(statement.replace("$1", "?1"), (collection,))
    (number,) = connection.execute(NUMBER, (collection,)).fetchone()
    count_days_anew(number, connection)
