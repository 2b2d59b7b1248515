"""When to try again: calmly, at random moments, for as long as the caller is patient."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 60.0


def delay(attempt: int, drawn: float) -> float:
    """Seconds before the next try; attempt counts from 0, drawn is in [0, 1).

    Full jitter, so that a thousand phones that lost one hub do not come back together, over a floor of half
    the step, so that none hammers.
    """
    step = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt, 16))
    return step * (0.5 + drawn / 2)


@dataclass(frozen=True, kw_only=True)
class Patience:
    """seconds: for one request with all its tries; None for ever."""

    seconds: float | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[], float] = random.random

    def lasts(self, started: float, pause: float) -> bool:
        return self.seconds is None or self.clock() - started + pause <= self.seconds
