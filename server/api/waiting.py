"""Requests that wait for news of a collection, and are woken by this process's commits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Lane = bytes | None
"""None: whoever reads all lanes."""

WAITING_LIMIT = 2_000


class Waiters:
    """One event a waiting request, by collection and lane, so that a push wakes only who may read it."""

    def __init__(self, limit: int = WAITING_LIMIT) -> None:
        self._limit = limit
        self._count = 0
        self._closed = False
        self._events: dict[tuple[bytes, Lane], set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, collection: bytes, lane: Lane) -> Iterator[asyncio.Event | None]:
        """An event that news will set, from now on; None when there are too many already."""
        if self._closed or self._count >= self._limit:
            yield None
            return
        event = asyncio.Event()
        listening = self._events.setdefault((collection, lane), set())
        listening.add(event)
        self._count += 1
        try:
            yield event
        finally:
            self._count -= 1
            listening.discard(event)
            if not listening and self._events.get((collection, lane)) is listening:
                del self._events[collection, lane]

    def wake(self, collection: bytes, lanes: Iterable[bytes]) -> None:
        for lane in (None, *lanes):
            for event in self._events.get((collection, lane), ()):
                event.set()

    def wake_all(self) -> None:
        """When who may read what has changed: each looks again."""
        for events in self._events.values():
            for event in events:
                event.set()

    def close(self) -> None:
        """The hub stops: nobody waits any longer."""
        self._closed = True
        self.wake_all()
