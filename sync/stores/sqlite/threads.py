"""Connections that run whole functions on their own thread, and the pragmas that all of them have."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")

# Another process may be writing (`sojourn programme create` beside a running hub): wait for it.
BUSY_TIMEOUT_SECONDS = 10
CACHE_KIB = 16_384
PAGE_BYTES = 8_192
LOG_BYTES = 16 << 20


class Thread(aiosqlite.Connection):
    """A connection whose thread runs a function at a time.

    One await a statement costs a change of threads each time: 4,300 rows a second where one function
    for many rows reaches 68,000 and more. aiosqlite has that thread already and shows no way to use it
    from outside, hence a subclass.
    """

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self.begin(work)

    def begin(self, work: Callable[[sqlite3.Connection], T]) -> asyncio.Future[T]:
        """As `run`, without waiting: what comes of it is in the future."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # aiosqlite says of its queue that it takes futures, and not of what.
        self._tx.put_nowait((future, partial(work, self._conn)))  # pyright: ignore[reportUnknownMemberType]
        return future


async def open_thread(path: Path, *, writes: bool) -> Thread:
    """A new thread with its connection; whoever opens it closes it."""

    def connect() -> sqlite3.Connection:
        connection = connect_to(path, writes=writes)
        if writes:
            # For pages as they were before a savepoint: at most those that a push touches. Not where indexes are made
            # (migrations), which would take as much memory as they are large.
            connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    thread = Thread(connect, iter_chunk_size=64)
    await thread
    return thread


def connect_to(path: Path, *, writes: bool) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are written out where they are wanted."""
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_SECONDS,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        _set_up(connection, writes=writes)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, *, writes: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if not writes:
        connection.execute("PRAGMA query_only = ON")
        return
    # Of a new file; one that is there keeps its own. Seven contacts of a kilobyte fit into 8 KiB, three into 4.
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    # A commit is on the disk before the answer leaves, also when the power goes.
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.OperationalError("this file system does not allow a write-ahead log")
    # A push of a thousand touches hundreds of pages of each index. With room for them they are written once, not each
    # time that the cache is full; and they go back from the log to the file a quarter as often.
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // page_bytes}")
