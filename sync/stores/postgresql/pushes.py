"""Pushes to one collection wait for one another anyway: those of one process share transactions."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from sync.errors import UnavailableError
from sync.stores.interface import Arrival, Stored
from sync.stores.postgresql import feed
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import ConflictError, Connection, DuplicateError
from sync.stores.postgresql.looking import WARY, Look
from sync.stores.postgresql.memory import Memory

# Bounds how long a push waits for others' rows; above it a shared commit saves next to nothing.
GROUP_LIMIT = 64

Pushed = tuple[list[Stored], Look]
Waiting = tuple[Arrival, asyncio.Future[Stored]]


class Pushes:
    """One group at a time for each collection; what waits when a commit ends shares the next one."""

    def __init__(self, database: Database, epoch: bytes) -> None:
        self._database = database
        self._epoch = epoch
        self._waiting: dict[bytes, list[Waiting]] = {}
        self._tasks: dict[bytes, asyncio.Task[None]] = {}
        self._memory = Memory()

    async def push(self, collection: bytes, arrival: Arrival) -> Stored:
        """The answer, after the commit that holds it. Raises UnknownError, QuotaError, UnavailableError."""
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(collection, []).append((arrival, future))
        if collection not in self._tasks:
            self._tasks[collection] = asyncio.create_task(self._commit_all(collection))
        return await future

    async def close(self) -> None:
        """Waits for what is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _commit_all(self, collection: bytes) -> None:
        try:
            while group := self._waiting.pop(collection, []):
                if len(group) > GROUP_LIMIT:
                    self._waiting[collection] = group[GROUP_LIMIT:]
                await self._commit(collection, [each for each in group[:GROUP_LIMIT] if not each[1].done()])
        finally:
            del self._tasks[collection]

    async def _commit(self, collection: bytes, group: list[Waiting]) -> None:
        """All at once; where one fails, each alone, so that it takes nothing of the others along.

        Where the server is away, all at once again: each alone would wait for it as long.
        """
        try:
            answers = await self._store(collection, [arrival for arrival, _ in group])
        except Exception as error:  # handed to whoever asked
            if len(group) > 1 and not _is_away(error):
                for each in group:
                    await self._commit(collection, [each])
                return
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():  # whoever asked may have gone; what they sent is stored all the same
                    future.set_result(answer)

    async def _store(self, collection: bytes, arrivals: list[Arrival]) -> list[Stored]:
        """Without the lock where that does; nobody is passed by for ever, since the last try has it."""
        if all(arrival.quota is None for arrival in arrivals):
            try:
                at_once = await self._store_at_once(collection, arrivals)
            except UnavailableError as error:
                if _is_away(error):
                    raise
            else:
                if at_once is not None:
                    return at_once
        return await self._database.write(partial(feed.push_locked, collection, arrivals, self._epoch))

    async def _store_at_once(self, collection: bytes, arrivals: list[Arrival]) -> list[Stored] | None:
        """By what the last push left, or else by a look. None: somebody else came between."""
        lost = self._database.lost
        left = self._memory.take(collection, lost)
        in_vain = False

        async def unlooked(connection: Connection) -> Pushed | None:
            # Another server's may be another history.
            if left is None or self._database.lost != lost:
                return None
            return await feed.push_unlooked(collection, arrivals, left, connection)

        pushed = None
        if left is not None and not left.wary and all(left.answers(arrival) for arrival in arrivals):
            with suppress(DuplicateError):
                pushed = await self._database.change(unlooked)
            in_vain = pushed is None
        if pushed is None:
            left = None if in_vain else left
            pushed = await self._database.change(partial(feed.push, collection, arrivals, self._epoch, left))
        if pushed is None:
            return None
        answers, leaves = pushed
        if in_vain:
            leaves.wary = WARY
        self._memory.keep(collection, leaves, lost)
        return answers


def _is_away(error: Exception) -> bool:
    return isinstance(error, UnavailableError) and not isinstance(error.__cause__, ConflictError)
