"""The sweep goes on, whatever happens to it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from server import sweeping
from server.api import Hub
from sync.errors import UnavailableError


async def test_a_fault_is_told_without_its_words_and_the_sweep_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = [ValueError("what somebody sent"), UnavailableError("busy")]
    swept = asyncio.Event()

    class Faulty:
        async def expire(self, *_: Any, **__: Any) -> None:
            if faults:
                raise faults.pop(0)
            swept.set()

    monkeypatch.setattr(sweeping, "SECONDS", 0)
    hub = Hub(store=Faulty(), origin="http://hub.example", clock=lambda: 0.0)  # type: ignore[arg-type]  # all it asks
    sweep = asyncio.create_task(sweeping.sweep_for_ever(hub, None))
    with caplog.at_level(logging.ERROR):
        await asyncio.wait_for(swept.wait(), 60)
    sweep.cancel()

    (told,) = caplog.records
    assert (told.msg, told.told["error"]) == ("sweep-failed", "ValueError")  # type: ignore[attr-defined]
    assert "somebody" not in str(told.__dict__)
