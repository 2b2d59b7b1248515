"""Headless clients beside a browser: Playwright has this thread's event loop, so they get one of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from sync.client import Device

T = TypeVar("T")


class Loop:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Beside:
    """Runs what headless devices do, and closes them in the end."""

    def __init__(self) -> None:
        self._loop = Loop()
        self._opened: list[Device] = []

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        done = self._loop.run(work)
        if isinstance(done, Device):
            self._opened.append(done)
        return done

    def end(self) -> None:
        for device in self._opened:
            self._loop.run(device.close())
        self._loop.end()
