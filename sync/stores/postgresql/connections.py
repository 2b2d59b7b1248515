"""Connections to a PostgreSQL server, and which of its errors mean that it cannot be used just now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sync.errors import SyncError, UnavailableError
from sync.stores.postgresql.driver import (
    BrokenError,
    ClientError,
    ConflictError,
    Connection,
    ServerError,
    connect,
)

T = TypeVar("T")

# A process's share of the server's `max_connections`, 100 where nothing is set; one more listens.
CONNECTIONS = 10
# Writers wait for one another; so many at once still leave room for who reads.
WRITERS = 6
CONNECT_SECONDS = 10
COMMAND_SECONDS = 30
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
    # Planning anew would cost more than most of these statements do, and come to the same.
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
}
_DURABLE = "SELECT coalesce(current_setting('fsync', true), 'on')"
# SQLSTATE classes: connection, transaction state (read-only: a standby), rollback, resources, state of an object
# (locks), operator, system, internal.
_UNAVAILABLE = ("08", "25", "40", "53", "55", "57", "58", "XX")


class Database:
    """A few connections, each for one piece of work at a time: made when there is work, and kept.

    asyncpg's own pool makes a task for each piece of work, which costs more than most of our statements do.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._idle: list[Any] = []
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._writers = asyncio.Semaphore(WRITERS)
        self._closed = False
        self.lost = 0
        """Connections: what a server said may not hold once it went away, and another took its place."""

    @classmethod
    async def open(cls, address: str) -> Database:
        """address: `postgresql://…`. Raises UnavailableError, which does not repeat it: it may hold a password."""
        database = cls(address)
        try:
            durable = await database.read(lambda connection: connection.fetchval(_DURABLE))
        except (ServerError, ValueError) as error:
            raise UnavailableError(f"PostgreSQL: {error}") from error
        if durable == "off":
            await database.close()
            raise UnavailableError(
                "PostgreSQL runs with fsync = off: a power cut would lose what was acknowledged"
            )
        return database

    async def close(self) -> None:
        """Waits for what is under way."""
        self._closed = True
        for _ in range(CONNECTIONS):
            await self._free.acquire()
        while self._idle:
            await self._idle.pop().close(timeout=CONNECT_SECONDS)

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
        try:
            return await self._by_a_connection(work)
        except ServerError as error:
            if (getattr(error, "sqlstate", None) or "").startswith(_UNAVAILABLE):
                raise _unavailable(error) from error
            raise
        except (BrokenError, ClientError, OSError) as error:  # TimeoutError is an OSError
            if isinstance(error, ValueError):
                raise
            raise _unavailable(error) from error

    async def change(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """As `read`, for work that writes by one statement, which is all or nothing by itself.

        Raises UnavailableError; whether it was stored is then not known.
        """
        async with self._writers:
            return await self.read(work)

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` returns or raises, after the commit: all of it or nothing is stored. It may run more than once.

        Raises UnavailableError as `read`; whether it was stored is then not known.
        """

        async def whole(connection: Any) -> T:
            async with connection.transaction():
                return await work(connection)

        for tries_left in reversed(range(TRIES)):
            try:
                return await self.change(whole)
            except UnavailableError as error:
                if not tries_left or not isinstance(error.__cause__, ConflictError):
                    raise
        raise AssertionError("unreachable")

    async def _by_a_connection(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """No context manager: one that a generator makes would take a tenth of what a small statement does."""
        if self._free.locked():
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._free.acquire()
        else:
            await self._free.acquire()
        try:
            connection = await self._open_one()
            try:
                found = await work(connection)
            except (SyncError, ServerError):
                self._keep(connection)
                raise
            except BaseException:
                # It may be in the middle of something: a request that was given up, or a server that went away.
                self._lose(connection)
                raise
            self._keep(connection)
            return found
        finally:
            self._free.release()

    async def _open_one(self) -> Any:
        """The one that was used last, so that as few as are needed stay in use."""
        if self._closed:
            raise UnavailableError("the hub is about to end", retry_after=RETRY_SECONDS)
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self.lost += 1
        return await self.connect()

    def _keep(self, connection: Any) -> None:
        if connection.is_closed() or connection.is_in_transaction():
            self._lose(connection)
        else:
            self._idle.append(connection)

    def _lose(self, connection: Any) -> None:
        self.lost += 1
        connection.terminate()


def _unavailable(error: Exception) -> UnavailableError:
    return UnavailableError(f"PostgreSQL: {error}", retry_after=RETRY_SECONDS)
