"""Between processes: who stored something says so after its commit, and those who wait elsewhere are woken.

What is said may get lost, and some engines know no LISTEN. So each process also asks, once a second, for the
numbers of the collections that somebody waits on: a lost word costs a second, never a record.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sync.errors import UnavailableError
from sync.stores.interface import Follower
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import BrokenError, ClientError, Connection, NotSupportedError, ServerError

CHANNEL = "sojourn_news"
# At most ten a second: NOTIFY makes the commits of a whole database wait for one another.
SAY_SECONDS = 0.1
ASK_SECONDS = 0.7
# Between asking and believing that nothing was said: a word takes its time.
GRACE_SECONDS = 0.3
RECONNECT_SECONDS = 1.0
# A payload holds less than 8,000 bytes; whoever has news for more lanes than this wakes all of them.
LANES_SAID = 100

_SAY = "SELECT pg_notify($1, said) FROM unnest($2::text[]) AS said"
_SEQUENCES = "SELECT collection, sequence FROM collections WHERE collection = ANY ($1::uuid[])"

_log = logging.getLogger(__name__)


@dataclass
class Word:
    """Something new in a collection, between two sequence numbers. lanes: None for all of them."""

    collection: bytes
    before: int
    after: int
    lanes: frozenset[bytes] | None

    def payload(self, process: str) -> str:
        lanes = "*"
        if self.lanes is not None and len(self.lanes) <= LANES_SAID:
            lanes = ",".join(lane.hex() for lane in self.lanes)
        return f"{process} {self.collection.hex()} {self.before} {self.after} {lanes}"


def parse_payload(payload: str) -> tuple[str, Word]:
    """Who said it, and what. Raises ValueError."""
    process, collection, before, after, lanes = payload.split(" ")
    heard = None if lanes == "*" else frozenset(bytes.fromhex(lane) for lane in lanes.split(",") if lane)
    return process, Word(bytes.fromhex(collection), int(before), int(after), heard)


class News:
    """One connection that listens and asks, and a task that says what this process stored."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._process = secrets.token_hex(8)
        self._follower: Follower | None = None
        self._untold: list[Word] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Up to which number those who wait here were woken; a collection that is not in it was never asked for.
        self._heard: dict[bytes, int] = {}

    def follow(self, follower: Follower) -> None:
        self._follower = follower
        self._tasks["following"] = asyncio.create_task(self._follow_for_ever(follower))

    def say(self, word: Word) -> None:
        """After the commit. Who waits in this process is woken by whoever calls."""
        self._note(word)
        last = self._untold[-1] if self._untold else None
        # Only what follows without a gap is one word: in a gap is what another process stored.
        if (
            last
            and (last.collection, last.after) == (word.collection, word.before)
            and last.lanes
            and word.lanes
        ):
            self._untold[-1] = Word(word.collection, last.before, word.after, last.lanes | word.lanes)
        else:
            self._untold.append(word)
        if "saying" not in self._tasks:
            self._tasks["saying"] = asyncio.create_task(self._say_all())

    async def close(self) -> None:
        """What was not said yet is said first."""
        following = self._tasks.pop("following", None)
        if following is not None:
            following.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks.values())
        if following is not None:
            await asyncio.wait([following])

    async def _say_all(self) -> None:
        try:
            while self._untold:
                await self._say_once()
                await asyncio.sleep(SAY_SECONDS)
        finally:
            self._tasks.pop("saying", None)

    async def _say_once(self) -> None:
        said, self._untold = [word.payload(self._process) for word in self._untold], []
        if not said:
            return

        async def say(connection: Connection) -> None:
            await connection.execute(_SAY, CHANNEL, said)

        # Those who did not hear it ask.
        with suppress(UnavailableError, ServerError):
            await self._database.read(say)

    async def _follow_for_ever(self, follower: Follower) -> None:
        while True:
            try:
                connection = await self._database.connect()
                try:
                    await self._follow_by(connection, follower)
                finally:
                    connection.terminate()
            except (ServerError, BrokenError, ClientError, OSError) as error:
                _log.warning("news-late", extra={"told": {"error": type(error).__name__}})
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _follow_by(self, connection: Any, follower: Follower) -> None:
        """Until the connection breaks, which the next question finds out."""
        self._heard.clear()
        with suppress(NotSupportedError):
            await connection.add_listener(CHANNEL, self._hear)
        while True:
            seen = dict(await connection.fetch(_SEQUENCES, list(follower.waited()), timeout=5))
            await asyncio.sleep(GRACE_SECONDS)
            self._wake_unheard(seen, follower)
            await asyncio.sleep(ASK_SECONDS)

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            process, word = parse_payload(str(payload))
        except ValueError:
            return  # another program's, or a later version's: asking finds it
        if process != self._process and self._follower is not None:
            self._note(word)
            self._follower.wake(word.collection, word.lanes)

    def _note(self, word: Word) -> None:
        heard = self._heard.get(word.collection)
        if heard is not None and word.before <= heard < word.after:
            self._heard[word.collection] = word.after

    def _wake_unheard(self, seen: Mapping[bytes, int], follower: Follower) -> None:
        """Also what was never asked for: between the waiting and the asking something may have come."""
        for collection, sequence in seen.items():
            if sequence > self._heard.get(collection, -1):
                follower.wake(collection, None)
        self._heard = {
            collection: max(sequence, self._heard.get(collection, 0)) for collection, sequence in seen.items()
        }
