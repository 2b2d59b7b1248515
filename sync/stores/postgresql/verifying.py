"""A PostgreSQL database as `sync.stores.verifying` reads it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sync.errors import UnavailableError
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import BrokenError, ClientError, ServerError
from sync.stores.postgresql.migrate import migrations
from sync.stores.verifying import Kind, UnreadableError

AT_ONCE = 500

_GENERATIONS = """
SELECT collection, said, newest FROM (
    SELECT collection, generation AS said, (
        SELECT max(generation) FROM cards WHERE cards.programme = collections.programme
    ) AS newest FROM collections
) AS named WHERE said IS DISTINCT FROM newest ORDER BY collection
"""
_DONE = "SELECT max(number) FROM migrations"


class PostgreSQLReader:
    """A `Reader` inside one transaction that only reads."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, query: str, *values: Any) -> AsyncIterator[tuple[Any, ...]]:
        try:
            async for row in self._connection.cursor(query, *values, prefetch=AT_ONCE):
                yield tuple(row)
        except (ServerError, BrokenError, ClientError, OSError) as error:
            raise UnreadableError(f"PostgreSQL: {error}") from error

    async def own_faults(self) -> AsyncIterator[tuple[Kind, str]]:
        """Pages are the server's own (`pg_amcheck`, data checksums): what only this store keeps twice."""
        async for collection, generation, newest in self.rows(_GENERATIONS):
            yield (
                "count",
                f"collection {collection.hex()}: it names card {generation}, and the newest is {newest}",
            )


@asynccontextmanager
async def reading(address: str) -> AsyncGenerator[PostgreSQLReader]:
    """Changes nothing. Raises UnavailableError."""
    database = await Database.open(address)
    try:
        connection = await database.connect()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                if await connection.fetchval(_DONE) != migrations()[-1].number:
                    raise UnavailableError(
                        "the database is of another version of this program: start the hub once, or update"
                    )
                yield PostgreSQLReader(connection)
        finally:
            await connection.close()
    except ServerError as error:
        raise UnavailableError(f"PostgreSQL: {error}") from error
    finally:
        await database.close()
