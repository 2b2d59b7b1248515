"""Reads beside the writer: connections of their own, each seeing one moment of the database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sync.errors import UnavailableError
from sync.stores.sqlite.threads import Thread, connect_to, open_thread

T = TypeVar("T")

# Python runs one thread at a time; two let a short read pass while a long one waits for the disk.
READERS = 2

RETRY_SECONDS = 5


class Readers:
    """A few threads, handed out in turn, and a connection for what costs less than a change of threads."""

    def __init__(self, threads: list[Thread], here: sqlite3.Connection) -> None:
        self._threads = threads
        self._here = here
        self._free: asyncio.LifoQueue[Thread] = asyncio.LifoQueue()
        for thread in threads:
            self._free.put_nowait(thread)

    @classmethod
    async def open(cls, path: Path) -> Readers:
        threads = [await open_thread(path, writes=False) for _ in range(READERS)]
        here = connect_to(path, writes=False)
        # Nobody waits on the event loop's own thread.
        here.execute("PRAGMA busy_timeout = 0")
        return cls(threads, here)

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns or raises. Raises UnavailableError when the database cannot be read."""

        def at_one_moment(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN")
            try:
                return work(connection)
            finally:
                connection.execute("COMMIT")

        thread = await self._free.get()
        try:
            return await thread.run(at_one_moment)
        except sqlite3.Error as error:
            detail = f"the database cannot be read: {error}"
            raise UnavailableError(detail, retry_after=RETRY_SECONDS) from error
        finally:
            self._free.put_nowait(thread)

    async def read_few(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `read`, for one statement that reaches a few rows by their keys: on the caller's own thread.

        A read never waits for a writer (write-ahead log); where it would have to, a thread does the waiting.
        What else fails is tried there once more, and told as it tells it.
        """
        try:
            return work(self._here)
        except sqlite3.Error:
            return await self.read(work)

    async def close(self) -> None:
        self._here.close()
        for thread in self._threads:
            await thread.close()
