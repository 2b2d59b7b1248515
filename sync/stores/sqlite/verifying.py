"""An SQLite file as `sync.stores.verifying` reads it, also while a hub writes to it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sync.errors import UnavailableError
from sync.stores.sqlite.migrate import migrations
from sync.stores.sqlite.moved import check_is_here
from sync.stores.sqlite.numbering import LOST
from sync.stores.verifying import Kind, UnreadableError

AT_ONCE = 500

_LOST = f"""
SELECT collections.collection, lost.number FROM ({LOST}) AS lost
LEFT JOIN collections ON collections.number = lost.collection
"""  # noqa: S608  # our own
_DONE = "SELECT max(number) FROM migrations"


class SQLiteReader:
    """A `Reader` inside one read transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, query: str, *values: Any) -> AsyncIterator[tuple[Any, ...]]:
        try:
            found = self._connection.execute(query.replace("$1", "?1"), values)
            while some := found.fetchmany(AT_ONCE):
                for row in some:
                    yield row
        except sqlite3.Error as error:
            raise UnreadableError(str(error)) from error

    async def own_faults(self) -> AsyncIterator[tuple[Kind, str]]:
        async for (found,) in self.rows("PRAGMA integrity_check"):
            if found != "ok":
                yield "disk", found
        async for table, row, other, _ in self.rows("PRAGMA foreign_key_check"):
            yield "disk", f"row {row} of {table} names what {other} does not have"
        async for collection, number in self.rows(_LOST):
            where = collection.hex() if collection else "one that is missing"
            yield "disk", f"collection {where}: it is lost which lane or key number {number} is"


@contextmanager
def reading(path: Path) -> Generator[SQLiteReader]:
    """Changes nothing. Raises UnavailableError for what is not there, or is not a database of this version."""
    try:
        connection = opened_to_read(path)
        try:
            connection.execute("BEGIN")
            check_is_here(connection)
            (done,) = connection.execute(_DONE).fetchone()
            if done != migrations()[-1].number:
                raise UnavailableError(
                    f"{path} is of another version of this program: start the hub once, or update the program"
                )
            yield SQLiteReader(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise UnavailableError(f"{path}: {error}") from error


def opened_to_read(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        # Where nothing can be written, not even beside it: then nobody else writes there either.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
        )
    return connection
