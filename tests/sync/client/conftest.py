"""A programme with its coordinator, on a hub for the whole module or on one of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hubs import Hub
from tests.sync.client.people import Place


@pytest.fixture
async def place(lasting_hub: Hub, tmp_path: Path) -> AsyncIterator[Place]:
    """On the module's hub."""
    made = Place(lasting_hub, tmp_path)
    await made.found()
    yield made
    await made.close()


@pytest.fixture
async def lone_place(hub: Hub, tmp_path: Path) -> AsyncIterator[Place]:
    """On a hub of its own, which the test may end, kill or put back."""
    made = Place(hub, tmp_path)
    await made.found()
    yield made
    await made.close()
