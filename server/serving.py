"""One process that serves until it is told to stop: granian around the application."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
from collections.abc import Awaitable, Callable

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from litestar import Litestar

from server.errors import AddressError
from server.memory import keep_memory
from server.settings import Settings

CONNECTIONS = 4_096
"""Requests that wait for news have one each: more than `server.api.waiting` lets wait. The next ones wait."""
FILES = 256
"""What else is open: the database, pages that are being read, programs that are run."""
HEADERS_MS = 20_000
"""From the connection, or the last answer, to the end of the next request's head."""
STALLED_MS = 60_000
"""How long an answer lies with the system while nobody takes any of it. A phone may be in a tunnel."""


class _Server(Server):
    """granian, on a socket that it is given: connections inherit what it is set to, and a port is not shared."""

    def _init_shared_socket(self) -> None:
        listening = _socket(self.bind_addr, self.bind_port)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # of Linux alone
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS)
        listening.setblocking(False)
        # Its types say neither what it is made of nor what it is for.
        self._shd = SocketHolder(listening.detach(), False, self.backlog)  # type: ignore[call-arg, assignment]


async def serve(
    app: Litestar, settings: Settings, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serves until SIGTERM or SIGINT, then lets what is under way end.

    ready: runs beside the server, once it listens. Raises AddressError, and what `ready` raises.
    """
    check_address(settings.host, settings.port)
    keep_memory()
    # One worker: SQLite has one writer. With PostgreSQL there may be more hubs, each a process of its own.
    connections = connections_that_fit()
    server = _Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        # HTTP/2 would come from nobody, and telling it from HTTP/1 waits for its first bytes for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS),
        backlog=CONNECTIONS,
        backpressure=connections,
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
    """Raises AddressError: better before the site is built than after."""
    _socket(host, port).close()


def connections_that_fit() -> int:
    """As many as there may be open files for, once the process has all that it may have (services start with 1,024)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(CONNECTIONS, soft - FILES))


def _socket(host: str, port: int) -> socket.socket:
    """Bound, and nothing else. Raises AddressError."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise AddressError(host, port, error.strerror or str(error)) from error
    return made
