"""What hubs are told of a backup of their database, once it was restored into another database and gone through.

The server makes such backups by its own means, so nobody but the operator knows of them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sync.errors import RestoreError, UnavailableError
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import ServerError
from sync.stores.postgresql.verifying import PostgreSQLReader, reading
from sync.stores.verifying import Fault, UnreadableError, Verified, verify

# Whoever holds this row in one database finds it held in the other only where the two are one: by whatever address,
# an unmade copy is no backup.
_HELD_EPOCH = "SELECT epoch FROM hub FOR UPDATE NOWAIT"
_EPOCH = "SELECT epoch FROM hub"
_MARKS = """
SELECT collections.collection, collections.sequence, rev FROM collections
JOIN entries ON entries.collection = collections.collection AND entries.sequence = collections.sequence
WHERE collections.name <> 'backup'
"""
_GIVEN = "unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS given (collection, sequence, rev)"
_THERE = f"""
SELECT count(*) FROM {_GIVEN} JOIN entries ON entries.collection = given.collection
AND entries.sequence = given.sequence AND entries.rev = given.rev
"""  # noqa: S608  # our own
_BACKED_UP = f"""
UPDATE collections SET backed_up = given.sequence FROM {_GIVEN}
WHERE collections.collection = given.collection AND collections.backed_up < given.sequence
"""  # noqa: S608  # our own
# Asked first: a role that may not would end the transaction by asking.
_MAY_READ = "SELECT has_column_privilege(to_regclass('pg_catalog.pg_subscription'), 'subdbid', 'select')"
_SUBSCRIPTIONS = """
SELECT count(subdbid) FROM pg_subscription
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_HELD = "55P03"
_READ_ONLY = "25006"


@dataclass(frozen=True)
class Marks:
    """How far a copy goes, at one moment of it: of each collection the id, the last number, and what has it."""

    epoch: bytes
    ends: list[tuple[bytes, int, bytes]]


async def gone_through(
    restored: str, tell: Callable[[Fault], None], advance: Callable[[int], None]
) -> tuple[Verified, Marks]:
    """As `verify`, with the marks of the very moment that it reads: what came to the copy later was not looked at.

    Raises RestoreError where other databases still change it; UnavailableError.
    """
    async with reading(restored) as reader:
        try:
            marks = await _marks(reader)
        except UnreadableError as error:
            raise UnavailableError(str(error)) from error
        return await verify(reader, tell, advance), marks


async def _marks(reader: PostgreSQLReader) -> Marks:
    """Raises RestoreError, UnreadableError."""
    [(may_read,)] = [row async for row in reader.rows(_MAY_READ)]
    if may_read:
        [(subscriptions,)] = [row async for row in reader.rows(_SUBSCRIPTIONS)]
        if subscriptions:
            raise RestoreError(
                "the restored database has a subscription, so that it follows what happens elsewhere: it is no backup"
            )
    [(epoch,)] = [row async for row in reader.rows(_EPOCH)]
    return Marks(epoch, [(of, number, rev) async for of, number, rev in reader.rows(_MARKS)])


async def note(address: str, restored: str, marks: Marks) -> None:
    """Tells the running hubs that `restored` holds a verified backup, up to `marks`.

    Both are `postgresql://…`. Raises RestoreError where that is not a copy of this very life of the database;
    UnavailableError.
    """
    try:
        async with _transaction(address) as hub, _transaction(restored) as copy:
            epoch = await hub.fetchval(_HELD_EPOCH)
            if {await _epoch_of(copy), marks.epoch} != {epoch}:
                raise RestoreError(
                    "the restored database is of another hub, or another life of this one: nothing counts as backed up"
                )
            columns = [list(column) for column in zip(*marks.ends, strict=True)] or [[], [], []]
            if await hub.fetchval(_THERE, *columns) != len(marks.ends):
                raise RestoreError(
                    "the restored database holds what this hub does not: nothing counts as backed up"
                )
            await hub.execute(_BACKED_UP, *columns)
    except ServerError as error:
        raise UnavailableError(f"PostgreSQL: {error}") from error


async def _epoch_of(copy: Any) -> bytes:
    """Raises RestoreError."""
    try:
        epoch: bytes = await copy.fetchval(_HELD_EPOCH)
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
