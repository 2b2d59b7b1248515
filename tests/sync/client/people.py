"""A coordinator and workers on a real hub, with folders of their own and no time to waste."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.command.programme import create_programme
from server.settings import parse_settings
from sync.client import Around, Coordinator, Device, Patience
from sync.crypto.vault import SMALLEST_MEMORY_KIB, SMALLEST_PASSES, Cost
from sync.enrolment import Invite, invite_link
from sync.identifiers import Role
from sync.revisions import Value
from tests.hubs import Hub

PASSPHRASE = "correct horse battery staple"
CHEAP = Cost(memory_kib=SMALLEST_MEMORY_KIB, passes=SMALLEST_PASSES)


class Line(httpx.AsyncBaseTransport):
    """The way to the hub, from an address of its own. `fault` sees each request and answer and may raise."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._address = ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])
        self.fault: Callable[[httpx.Request, httpx.Response], None] | None = None
        self.requests: list[str] = []
        self.port: int | None = None
        """Of who answers under the hub's address instead, as a relay does in its own network."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["x-forwarded-for"] = self._address
        if self.port is not None:
            request.url = request.url.copy_with(port=self.port)
        self.requests.append(f"{request.method} {request.url.path}")
        response = await self._inner.handle_async_request(request)
        await response.aread()
        if self.fault is not None:
            self.fault(request, response)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


async def no_sleep(seconds: float) -> None:
    """Tests do not wait."""


def around(line: Line | None = None, *, tries: int = 6) -> Around:
    """Patient for so many tries, without waiting between them."""
    ticks = iter(range(10_000_000))
    patience = Patience(seconds=tries, clock=lambda: float(next(ticks)), sleep=no_sleep, draw=lambda: 0.0)
    return Around(patience=patience, transport=line or Line(), cost=CHEAP)


@dataclass
class Place:
    """A programme on a hub, and a folder for everybody's state."""

    hub: Hub
    folder: Path
    coordinator: Coordinator = field(init=False)
    line: Line = field(default_factory=Line)
    opened: list[Device] = field(default_factory=list)

    async def found(self, *, practice: bool = False) -> None:
        invite = await founding(self.hub, practice=practice)
        self.coordinator = await Coordinator.start(
            self.folder / "coordinator", PASSPHRASE, invite_link(invite), around(self.line)
        )
        self.opened.append(self.coordinator)

    async def link(self, role: Role = "worker", *, lane: bytes | None = None) -> str:
        return invite_link(await self.coordinator.invite(role, days=7, lane=lane))

    async def worker(
        self, name: str = "worker", *, lane: bytes | None = None, line: Line | None = None
    ) -> Device:
        """Enrolled, not certified yet."""
        link = await self.link(lane=lane)
        device = await Device.join(self.folder / name, PASSPHRASE, link, around(line))
        self.opened.append(device)
        return device

    async def close(self) -> None:
        for device in self.opened:
            await device.close()


async def founding(hub: Hub, *, practice: bool = False) -> Invite:
    settings = parse_settings(
        {name: value for name, value in hub.environment.items() if name.startswith("SOJOURN_")}
    )
    return await create_programme(settings, "Test programme", 14, practice=practice)


def contact(number: int, **fields: Value) -> dict[str, Value]:
    return {"form": "contact", "form_hash": "00", "number": number, **fields}


def numbers(overview: Any) -> list[Value]:
    return [each.fields["number"] for each in overview.contacts]


def change_epoch(hub: Hub) -> None:
    """What `restore` does to the epoch, while the hub is down."""
    with closing(sqlite3.connect(hub.database)) as connection, connection:
        connection.execute("UPDATE hub SET epoch = ?", (secrets.token_bytes(16),))
