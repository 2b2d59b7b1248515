"""Requests that wait for news of a collection; what is stored wakes them, in this process or in another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Lane = bytes | None
"""None: whoever reads all lanes."""

WAITING_LIMIT = 2_000


class Waiters:
    """One event a waiting request, by collection and lane, so that a push wakes only who may read it.

    count: how many wait. closed: the hub stops, and nobody is to wait any longer.
    """

    def __init__(self, limit: int = WAITING_LIMIT) -> None:
        self._limit = limit
        self.count = 0
        self.closed = False
        self._events: dict[tuple[bytes, Lane], set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, collection: bytes, lane: Lane) -> Iterator[asyncio.Event | None]:
        """An event that news will set, from now on; None when there are too many already."""
        if self.closed or self.count >= self._limit:
            yield None
            return
        event = asyncio.Event()
        listening = self._events.setdefault((collection, lane), set())
        listening.add(event)
        self.count += 1
        try:
            yield event
        finally:
            self.count -= 1
            listening.discard(event)
            if not listening and self._events.get((collection, lane)) is listening:
                del self._events[collection, lane]

    def waited(self) -> set[bytes]:
        """The collections that somebody waits on."""
        return {collection for collection, _ in self._events}

    def wake(self, collection: bytes, lanes: Iterable[bytes] | None) -> None:
        """lanes: None for all of them."""
        if lanes is None:
            lanes = [lane for known, lane in self._events if known == collection and lane is not None]
        for lane in (None, *lanes):
            for event in self._events.get((collection, lane), ()):
                event.set()

    def wake_all(self) -> None:
        """When who may read what has changed: each looks again."""
        for events in self._events.values():
            for event in events:
                event.set()

    def close(self) -> None:
        self.closed = True
        self.wake_all()
