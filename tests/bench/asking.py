"""Requests of the benches, whose bodies are made before the clock runs."""

from __future__ import annotations

import msgspec

from sync.exchange import Pushed
from tests.bench.limits import Client
from tests.server.api.devices import MSGPACK, Device, revision

PUSH = 1_000
SMALL_BODY_BYTES = 64
"""Of those that only make the number large."""


def client(device: Device) -> Client:
    return Client(device.hub.port, {"authorization": f"Bearer {device.token}", "accept": MSGPACK})


def path(device: Device) -> str:
    return f"/api/v1{device.collection('contacts')}"


def push_body(key: bytes, count: int, body_bytes: int) -> bytes:
    return msgspec.msgpack.encode({"revisions": [revision(key, body_bytes) for _ in range(count)]})


def fill(device: Device, key: bytes, until: int) -> bytes:
    """The cursor once so many are stored."""
    asker, where = client(device), path(device)
    while True:
        answer = asker.ask("POST", where, push_body(key, PUSH, SMALL_BODY_BYTES))
        cursor = msgspec.msgpack.decode(answer, type=Pushed).cursor
        if int.from_bytes(cursor[16:24], "big") > until:
            return cursor
