"""Connections to a PostgreSQL server, and which of its errors mean that it cannot be used just now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sync.errors import UnavailableError
from sync.stores.postgresql.driver import (
    BrokenError,
    ClientError,
    ConflictError,
    Connection,
    ServerError,
    connect,
    create_pool,
)

T = TypeVar("T")

# A process's share of the server's `max_connections`, 100 where nothing is set; one more listens.
CONNECTIONS = 10
# Writers wait for one another; so many at once still leave room for who reads.
WRITERS = 6
CONNECT_SECONDS = 10
COMMAND_SECONDS = 30
RELEASE_SECONDS = 2
RETRY_SECONDS = 5
# A server may refuse a transaction for another's sake: PostgreSQL for a deadlock, its distributed kin more often.
TRIES = 5

_SETTINGS = {
    "application_name": "sojourn",
    # On the disk, and with the standbys that the server waits for, before a commit returns; whatever is set there.
    "synchronous_commit": "on",
    # A machine that lost its power holds no lock for longer than this.
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "15s",
    # Each query has its index, in its order. A plan made while a table was small, or not counted yet, must not read
    # it whole once it has grown.
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "jit": "off",
}
_DURABLE = "SELECT coalesce(current_setting('fsync', true), 'on')"
# SQLSTATE classes: connection, transaction state (read-only: a standby), rollback, resources, state of an object
# (locks), operator, system, internal.
_UNAVAILABLE = ("08", "25", "40", "53", "55", "57", "58", "XX")


class Database:
    """A few connections, each for one piece of work at a time."""

    def __init__(self, address: str, pool: Any) -> None:
        self._address = address
        self._pool = pool
        self._writers = asyncio.Semaphore(WRITERS)

    @classmethod
    async def open(cls, address: str) -> Database:
        """address: `postgresql://…`. Raises UnavailableError, which does not repeat it: it may hold a password."""
        try:
            pool = await create_pool(
                address,
                # None that the pool would restore by itself, with a traceback for each try while the server is away.
                min_size=0,
                max_size=CONNECTIONS,
                reset=_leave,
                timeout=CONNECT_SECONDS,
                command_timeout=COMMAND_SECONDS,
                server_settings=_SETTINGS,
            )
            database = cls(address, pool)
            durable = await database.read(lambda connection: connection.fetchval(_DURABLE))
        except (ServerError, BrokenError, ClientError, OSError, ValueError) as error:
            raise UnavailableError(f"PostgreSQL: {error}") from error
        if durable == "off":
            await database.close()
            raise UnavailableError(
                "PostgreSQL runs with fsync = off: a power cut would lose what was acknowledged"
            )
        return database

    async def close(self) -> None:
        await self._pool.close()

    async def connect(self) -> Any:
        """A connection beside the pool, of asyncpg's own type; whoever opens it ends it."""
        return await connect(
            self._address,
            timeout=CONNECT_SECONDS,
            command_timeout=COMMAND_SECONDS,
            server_settings=_SETTINGS,
        )

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` returns or raises; each of its statements sees one moment of the database.

        Raises UnavailableError when the server cannot be reached, or cannot answer.
        """
        async with self._connection() as connection:
            return await work(connection)

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` returns or raises, after the commit: all of it or nothing is stored. It may run more than once.

        Raises UnavailableError as `read`; whether it was stored is then not known.
        """
        for tries_left in reversed(range(TRIES)):
            try:
                async with self._writers, self._connection() as connection, connection.transaction():
                    return await work(connection)
            except UnavailableError as error:
                if not tries_left or not isinstance(error.__cause__, ConflictError):
                    raise
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        try:
            connection = await self._pool.acquire(timeout=CONNECT_SECONDS)
            try:
                yield connection
            except BrokenError:
                connection.terminate()
                raise
            finally:
                # One whose server has gone may wait for an answer that never comes: then it is given up.
                await self._pool.release(connection, timeout=RELEASE_SECONDS)
        except ServerError as error:
            if (getattr(error, "sqlstate", None) or "").startswith(_UNAVAILABLE):
                raise _unavailable(error) from error
            raise
        except (BrokenError, ClientError, OSError) as error:  # TimeoutError is an OSError
            if isinstance(error, ValueError):
                raise
            raise _unavailable(error) from error


async def _leave(_connection: object) -> None:
    """Nothing here outlives its transaction: a round trip less for each piece of work."""


def _unavailable(error: Exception) -> UnavailableError:
    return UnavailableError(f"PostgreSQL: {error}", retry_after=RETRY_SECONDS)
