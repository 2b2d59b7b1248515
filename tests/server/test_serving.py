"""Connections that do nothing are ended, whoever has too few files to open still serves, and a port is one hub's."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import select
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server import serving
from server.app import create_app
from server.errors import AddressError
from server.memory import MADE_BETWEEN
from server.settings import Settings, parse_settings
from tests.hubs import PATIENCE_SECONDS, free_port

# What Litestar 3 would do otherwise is no matter of the connections'.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[Settings]:
    """A hub in this process."""
    data.mkdir()  # noqa: ASYNC240  # a moment
    settings = parse_settings({"SOJOURN_DATA": str(data), "SOJOURN_PORT": str(free_port())})
    listening, done = asyncio.Event(), asyncio.Event()

    async def until_done() -> None:
        listening.set()
        await done.wait()

    hub = asyncio.create_task(serving.serve(create_app(settings), settings, until_done))
    await asyncio.wait_for(listening.wait(), PATIENCE_SECONDS)
    try:
        yield settings
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        done.set()
        await hub


async def test_a_process_that_serves_keeps_memory_and_looks_for_more_less_often(tmp_path: Path) -> None:
    before = gc.get_threshold()
    gc.set_threshold(700)
    try:
        async with served(tmp_path / "data"):
            assert gc.get_threshold()[0] == MADE_BETWEEN
    finally:
        gc.set_threshold(*before)


async def ended(connection: socket.socket) -> bytes:
    """What came until the hub ended it."""
    connection.settimeout(PATIENCE_SECONDS)

    def read() -> bytes:
        got = b""
        while piece := connection.recv(65_536):
            got += piece
        return got

    return await asyncio.to_thread(read)


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /api/v1/hea", b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nA: ", b"PRI * HTTP/2.0\r\n\r\n"],
)
async def test_who_sends_no_whole_head_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(serving, "HEADERS_MS", 200)
    async with served(tmp_path / "data") as settings:
        with socket.create_connection((settings.host, settings.port)) as connection:
            connection.sendall(sent)
            assert not (await ended(connection)).startswith(b"HTTP/1.1 200")


async def test_who_takes_no_answer_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "STALLED_MS", 500)
    async with served(tmp_path / "data") as settings:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect((settings.host, settings.port))
            connection.setblocking(False)
            asking = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100
            broken = select.poll()
            broken.register(connection, 0)  # errors alone: that there is something to read is none
            while not await asyncio.to_thread(broken.poll, 50):
                try:
                    connection.send(asking)
                except BlockingIOError:
                    continue
                except OSError:
                    break


async def test_a_port_is_one_hubs(tmp_path: Path) -> None:
    async with served(tmp_path / "data") as settings:
        with pytest.raises(AddressError):
            serving.check_address(settings.host, settings.port)
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{settings.public_url}/api/v1/health")).is_success


def test_connections_are_no_more_than_there_may_be_files(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = [1_024, 2_048]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limit))
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: limit.__setitem__(slice(2), both))

    assert serving.connections_that_fit() == 2_048 - serving.FILES
    assert limit == [2_048, 2_048]

    limit[1] = resource.RLIM_INFINITY
    assert serving.connections_that_fit() == serving.CONNECTIONS
