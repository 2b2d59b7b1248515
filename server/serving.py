"""One process that serves until it is told to stop: granian around the application."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from server.errors import AddressError
from server.settings import Settings

# Requests that wait for news are requests under way: more than `server.api.waiting` lets wait.
CONCURRENT = 4_096


async def serve(
    app: Litestar, settings: Settings, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serves until SIGTERM or SIGINT, then lets what is under way end.

    ready: runs beside the server, once it listens. Raises AddressError, and what `ready` raises.
    """
    check_address(settings.host, settings.port)
    # One worker: SQLite has one writer. With PostgreSQL there may be more hubs, each a process of its own.
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=CONCURRENT,
        backpressure=CONCURRENT,
        log_enabled=False,
        log_access=False,
    )

    def stop() -> None:
        app.state.hub.waiters.close()
        server.stop()  # type: ignore[no-untyped-call]  # granian's own

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    serving = asyncio.ensure_future(server.serve())
    beside = asyncio.ensure_future(_once_listening(settings, ready))
    serving.add_done_callback(lambda _: beside.cancel())
    try:
        await beside
    except asyncio.CancelledError:
        pass  # told to stop before it was ready
    except BaseException:
        stop()
        raise
    finally:
        await serving


async def _once_listening(settings: Settings, ready: Callable[[], Awaitable[None]] | None) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(settings.host, settings.port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            break
    if ready is not None:
        await ready()


def check_address(host: str, port: int) -> None:
    """Raises AddressError. granian itself would share a port with another hub, and each would get half."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise AddressError(host, port, error.strerror or str(error)) from error
