"""Connections that run whole functions on their own thread, and the pragmas that all of them have."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite

T = TypeVar("T")

# Another process may be writing (`sojourn programme create` beside a running hub): wait for it.
BUSY_TIMEOUT_SECONDS = 10


class Thread(aiosqlite.Connection):
    """A connection whose thread runs a function at a time.

    One await a statement costs a change of threads each time: 4,300 rows a second where one function
    for many rows reaches 68,000 and more. aiosqlite has that thread already and shows no way to use it
    from outside, hence a subclass.
    """

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite's own
        return result


async def open_thread(path: Path, *, writes: bool) -> Thread:
    """A new thread with its connection; whoever opens it closes it."""

    def connect() -> sqlite3.Connection:
        return connect_to(path, writes=writes)

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
    # A commit is on the disk before the answer leaves, also when the power goes.
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
        raise sqlite3.OperationalError("this file system does not allow a write-ahead log")
