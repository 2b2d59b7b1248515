"""One hub a module, and a programme of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.hubs import Hub
from tests.server.api.devices import Programme, client_of, found


@pytest.fixture
def client(lasting_hub: Hub) -> Iterator[httpx.Client]:
    with client_of(lasting_hub) as client:
        yield client


@pytest.fixture
def programme(lasting_hub: Hub, client: httpx.Client) -> Programme:
    return found(lasting_hub, client)
