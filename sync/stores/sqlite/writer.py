"""One writer: what is waiting when a commit ends shares the next one."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sync.errors import UnavailableError
from sync.stores.sqlite.threads import Thread

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]

# Bounds how long a push waits for others' rows; above it a shared commit saves next to nothing.
GROUP_LIMIT = 64

# Whoever is behind so many waits longer than to ask again later, and holds a push in memory meanwhile.
QUEUE_LIMIT = 1_000

RETRY_SECONDS = 5


class Writer:
    """Runs functions that write, each whole or not at all, and answers once they are on the disk."""

    def __init__(self, thread: Thread) -> None:
        self._thread = thread
        self._waiting: list[tuple[Work, asyncio.Future[Any]]] = []
        self._committing: asyncio.Future[list[Outcome]] | None = None

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns or raises, after the commit that holds it.

        Raises UnavailableError when the database cannot be written, or too much waits for it; nothing of `work` is
        stored then.
        """
        if len(self._waiting) >= QUEUE_LIMIT:
            raise UnavailableError("too many writes at once", retry_after=RETRY_SECONDS)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        if self._committing is None:
            self._commit_next()
        return await future

    async def close(self) -> None:
        """Waits for what is under way."""
        while self._committing is not None:
            await asyncio.wait([self._committing])
        await self._thread.close()

    def _commit_next(self) -> None:
        """No task of its own: a push of one revision would pay for it."""
        self._committing = None
        group = [(work, future) for work, future in self._waiting[:GROUP_LIMIT] if not future.done()]
        del self._waiting[:GROUP_LIMIT]
        if group:
            self._committing = self._thread.begin(partial(commit_group, [work for work, _ in group]))
            self._committing.add_done_callback(partial(self._committed, [future for _, future in group]))
        elif self._waiting:
            self._commit_next()

    def _committed(self, asked: list[asyncio.Future[Any]], done: asyncio.Future[list[Outcome]]) -> None:
        self._commit_next()
        error = done.exception()
        outcomes = [Outcome(error=_unavailable(error))] * len(asked) if error else done.result()
        for future, outcome in zip(asked, outcomes, strict=True):
            if future.done():  # whoever asked has gone; what they sent is stored all the same
                continue
            if outcome.error is not None:
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome.result)


@dataclass(frozen=True)
class Outcome:
    result: Any = None
    error: BaseException | None = None


def commit_group(group: list[Work], connection: sqlite3.Connection) -> list[Outcome]:
    """All in one transaction, each under a savepoint, so that one that fails takes nothing of the others along.

    Raises sqlite3.Error when nothing at all was stored.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        if len(group) == 1:
            return [_attempt_alone(group[0], connection)]
        outcomes = [_attempt(work, connection) for work in group]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _attempt_alone(work: Work, connection: sqlite3.Connection) -> Outcome:
    """Ends the transaction. No savepoint, for which SQLite keeps each page that changes as it was before."""
    try:
        outcome = Outcome(result=work(connection))
    except sqlite3.OperationalError:
        raise
    except Exception as error:  # handed to whoever asked for this work
        if connection.in_transaction:  # SQLite may have undone it already
            connection.execute("ROLLBACK")
        return Outcome(error=error)
    connection.execute("COMMIT")
    return outcome


def _attempt(work: Work, connection: sqlite3.Connection) -> Outcome:
    connection.execute("SAVEPOINT work")
    try:
        outcome = Outcome(result=work(connection))
    except sqlite3.OperationalError:
        raise  # disk full, input/output: SQLite may have undone the whole transaction already
    except Exception as error:  # handed to whoever asked for this work
        outcome = Outcome(error=error)
        connection.execute("ROLLBACK TO work")
    connection.execute("RELEASE work")
    return outcome


def _unavailable(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error):
        return UnavailableError(f"the database cannot be written: {error}", retry_after=RETRY_SECONDS)
    return error
