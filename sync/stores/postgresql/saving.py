"""What hubs are told of a backup of their database, once it was restored into another database and gone through.

The server makes such backups by its own means, so nobody but the operator knows of them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sync.errors import RestoreError, UnavailableError
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import ServerError

# Whoever holds this row in one database finds it held in the other only where the two are one: by whatever address,
# an unmade copy is no backup.
_EPOCH = "SELECT epoch FROM hub FOR UPDATE NOWAIT"
_MARKS = """
SELECT collections.collection, collections.sequence, rev FROM collections
JOIN entries ON entries.collection = collections.collection AND entries.sequence = collections.sequence
WHERE collections.name <> 'backup'
"""
_GIVEN = "unnest($1::bytea[], $2::bigint[], $3::bytea[]) AS given (collection, sequence, rev)"
_THERE = f"""
SELECT count(*) FROM {_GIVEN} JOIN entries ON entries.collection = given.collection
AND entries.sequence = given.sequence AND entries.rev = given.rev
"""  # noqa: S608  # our own
_BACKED_UP = f"""
UPDATE collections SET backed_up = given.sequence FROM {_GIVEN}
WHERE collections.collection = given.collection AND collections.backed_up < given.sequence
"""  # noqa: S608  # our own
_HELD = "55P03"
_READ_ONLY = "25006"


async def note(address: str, restored: str) -> None:
    """Tells the running hubs that all that `restored` holds is in a verified backup.

    Both are `postgresql://…`. Raises RestoreError where that is not a copy of this very life of the database;
    UnavailableError.
    """
    try:
        async with _transaction(address) as hub, _transaction(restored) as copy:
            epoch = await hub.fetchval(_EPOCH)
            if await _epoch_of(copy) != epoch:
                raise RestoreError(
                    "the restored database is of another hub, or another life of this one: nothing counts as backed up"
                )
            marks = [tuple(row) for row in await copy.fetch(_MARKS)]
            columns = [list(column) for column in zip(*marks, strict=True)] or [[], [], []]
            if await hub.fetchval(_THERE, *columns) != len(marks):
                raise RestoreError(
                    "the restored database holds what this hub does not: nothing counts as backed up"
                )
            await hub.execute(_BACKED_UP, *columns)
    except ServerError as error:
        raise UnavailableError(f"PostgreSQL: {error}") from error


async def _epoch_of(copy: Any) -> bytes:
    """Raises RestoreError."""
    try:
        epoch: bytes = await copy.fetchval(_EPOCH)
    except ServerError as error:
        code = getattr(error, "sqlstate", None)
        if code == _HELD:
            raise RestoreError(
                "this is the hub's own database: name the one that a backup was restored into"
            ) from error
        if code == _READ_ONLY:
            raise RestoreError(
                "a standby follows what happens to the hub's database: it is no backup"
            ) from error
        raise
    return epoch


@asynccontextmanager
async def _transaction(address: str) -> AsyncGenerator[Any]:
    """Raises UnavailableError."""
    database = await Database.open(address)
    try:
        connection = await database.connect()
        try:
            async with connection.transaction():
                yield connection
        finally:
            await connection.close()
    finally:
        await database.close()
