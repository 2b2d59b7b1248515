"""Reads beside the writer: connections of their own, each seeing one moment of the database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sync.errors import UnavailableError
from sync.stores.sqlite.threads import Thread, open_thread

T = TypeVar("T")

# Python runs one thread at a time; two let a short read pass while a long one waits for the disk.
READERS = 2

RETRY_SECONDS = 5


class Readers:
    """A few threads, handed out in turn."""

    def __init__(self, threads: list[Thread]) -> None:
        self._threads = threads
        self._free: asyncio.LifoQueue[Thread] = asyncio.LifoQueue()
        for thread in threads:
            self._free.put_nowait(thread)

    @classmethod
    async def open(cls, path: Path) -> Readers:
        return cls([await open_thread(path, writes=False) for _ in range(READERS)])

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

    async def close(self) -> None:
        for thread in self._threads:
            await thread.close()
