"""Pushes to one collection wait for one another anyway: those of one process share transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from sync.errors import PresumedError, UnavailableError, WrongTokenError
from sync.stores.interface import Arrival, Bearer, Stored
from sync.stores.postgresql import feed, tokens
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import ConflictError, Connection, DuplicateError
from sync.stores.postgresql.looking import WARY, Look
from sync.stores.postgresql.memory import Memory
from sync.stores.presuming import Presumed, Shown

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
        # Whoever commits for a collection just then.
        self._leading: dict[bytes, asyncio.Future[None]] = {}
        self._memory = Memory()
        self._presumed = Presumed()

    async def push(self, collection: bytes, arrival: Arrival) -> Stored:
        """The answer, after the commit that holds it. Raises UnknownError, QuotaError, PresumedError,
        UnavailableError."""
        future: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(collection, []).append((arrival, future))
        if collection not in self._leading:
            await self._lead(collection)
        return await future

    async def _lead(self, collection: bytes) -> None:
        """The first, alone, by itself: a task for it would take longer than most of what it does. Those who came
        meanwhile are led by a task, so that nobody waits for more than their own group."""
        ended = self._leading[collection] = asyncio.get_running_loop().create_future()
        try:
            await self._commit(collection, self._waiting.pop(collection))
        finally:
            ended.set_result(None)
            del self._leading[collection]
            if collection in self._waiting:
                self._leading[collection] = asyncio.create_task(self._commit_all(collection))

    def meet(self, token_hash: bytes, shown: Shown) -> None:
        """A token was asked for just now."""
        self._presumed.meet(token_hash, shown)

    def presumed(self, token_hash: bytes, collection: bytes, day: int) -> Bearer | None:
        """Where a push by it is likely to be stored by memory, which asks for the token in its statement."""
        serves = self._memory.serves(collection, self._database.lost)
        return self._presumed.bearer(token_hash, day) if serves else None

    async def close(self) -> None:
        """Waits for what is under way."""
        while self._leading:
            await asyncio.wait(self._leading.values())

    async def _commit_all(self, collection: bytes) -> None:
        try:
            while group := self._waiting.pop(collection, []):
                if len(group) > GROUP_LIMIT:
                    self._waiting[collection] = group[GROUP_LIMIT:]
                await self._commit(collection, [each for each in group[:GROUP_LIMIT] if not each[1].done()])
        finally:
            del self._leading[collection]

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
        """By what the last push left, where that does; else by a look, without the lock where that does; nobody is
        passed by for ever, since the last try has it. Raises as `push`."""
        lost = self._database.lost
        asked = {arrival.token for arrival in arrivals if arrival.token}
        shown = {token_hash: self._presumed.certificate(token_hash) for token_hash in asked}
        left = self._memory.take(collection, lost)
        pushed: Pushed | None = None
        in_vain = False
        if left is not None and not left.wary and all(left.answers(arrival) for arrival in arrivals):
            by_memory = partial(self._by_memory, collection, arrivals, (left, shown), lost)
            pushed = await self._unless_others_came(by_memory)
            in_vain = pushed is None
        if pushed is None:
            await self._check(shown, arrivals)
            if all(arrival.quota is None for arrival in arrivals):
                left = None if in_vain else left
                by_look = partial(feed.push, collection, arrivals, self._epoch, left)
                pushed = await self._unless_others_came(by_look)
        if pushed is None:
            return await self._database.write(partial(feed.push_locked, collection, arrivals, self._epoch))
        answers, leaves = pushed
        if in_vain:
            leaves.wary = WARY
        self._memory.keep(collection, leaves, lost)
        return answers

    async def _unless_others_came(
        self, work: Callable[[Connection], Awaitable[Pushed | None]]
    ) -> Pushed | None:
        """None also where what comes is there already. Raises UnavailableError where the server is away."""
        try:
            return await self._database.change(work)
        except DuplicateError:
            return None
        except UnavailableError as error:
            if _is_away(error):
                raise
            return None

    async def _by_memory(
        self,
        collection: bytes,
        arrivals: list[Arrival],
        remembered: tuple[Look, dict[bytes, bytes]],
        lost: int,
        connection: Connection,
    ) -> Pushed | None:
        # The server that has answered meanwhile may be another one, with another history.
        if self._database.lost != lost:
            return None
        return await feed.push_unlooked(collection, arrivals, *remembered, connection)

    async def _check(self, shown: dict[bytes, bytes], arrivals: list[Arrival]) -> None:
        """That the tokens are what they were. Raises PresumedError."""
        for token_hash, certificate in shown.items():
            work = partial(tokens.bearer, token_hash, max(arrival.day for arrival in arrivals))
            try:
                found = await self._database.read(work)
            except WrongTokenError:
                found = None
            if found is None or found.certificate != certificate:
                self._presumed.forget(token_hash)
                raise PresumedError


def _is_away(error: Exception) -> bool:
    return isinstance(error, UnavailableError) and not isinstance(error.__cause__, ConflictError)
