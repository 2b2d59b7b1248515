"""The network between a browser and the hub, in the hands of the test: cut, slowed down, or changed on the way.

A reverse proxy on loopback whose address is the app's origin, so that the hub behind it may stop, restart or be
replaced while the browser keeps its caches and its vault.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

PIECE = 512
"""So many bytes at a time go over a slow line."""


@dataclass(frozen=True)
class Instead:
    """What arrives in the hub's place. `arrives`: so many bytes of it, then the line is cut; all of it when None."""

    status: str = "200 OK"
    kind: str = "application/vnd.msgpack"
    headers: tuple[str, ...] = ()
    body: bytes = b""
    arrives: int | None = None

    @property
    def answer(self) -> bytes:
        head = [
            f"HTTP/1.1 {self.status}",
            f"content-type: {self.kind}",
            f"content-length: {len(self.body)}",
            *self.headers,
            "connection: close",
            "",
            "",
        ]
        return "\r\n".join(head).encode("latin-1") + self.body[: self.arrives]


HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host"}


@dataclass
class Network:
    """`upstream` is the hub's address; `origin` is what the browser opens.

    `online`: false closes every connection at once, as in a tunnel. `change`: from (path, body) to the body that
    arrives; what the hub sends is not compressed then. `cut_after`: that many answers whose path begins with
    `cut_path` arrive, the others are closed half way. `instead`: what answers everything below `/api/`.
    `bytes_per_second`: how much the line carries, each way. `seen`: the paths asked for, oldest first.
    `lose`: what begins like this ("POST /api/v1/…") reaches the hub, and its answer nobody; `lost` tells that it did.
    """

    upstream: str = ""
    origin: str = ""
    online: bool = True
    change: Callable[[str, bytes], bytes] | None = None
    cut_path: str = "/packs/parts/"
    cut_after: int | None = None
    instead: Instead | None = None
    bytes_per_second: int | None = None
    seen: list[str] = field(default_factory=list)
    lose: str | None = None
    lost: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _server: asyncio.Server | None = None
    _client: httpx.AsyncClient | None = None

    def __enter__(self) -> Network:
        started = threading.Event()

        async def start() -> None:
            # One for all requests, and it reads no certificates: that takes a machine longer than all the rest here.
            # No connection is used twice, since the hub behind it may be another one by then.
            self._client = httpx.AsyncClient(
                timeout=40,
                trust_env=False,
                verify=False,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            )
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.origin = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
            started.set()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(start())
            self._loop.run_forever()
            assert self._client is not None
            self._loop.run_until_complete(self._client.aclose())

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        assert self._thread is not None
        self._thread.join(10)
        self._loop.close()

    def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, httpx.HTTPError):
            pass  # a connection that breaks is what this is for
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.online:
            return
        assert self._client is not None
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        method, path, _ = request.split(" ", 2)
        headers = [
            (name, value.strip()) for name, _, value in (line.partition(":") for line in lines if line)
        ]
        length = int(next((value for name, value in headers if name.lower() == "content-length"), "0"))
        body = await reader.readexactly(length)
        self.seen.append(path)
        await self._carried(len(head) + length)
        if self.instead is not None and path.startswith("/api/"):
            writer.write(self.instead.answer)
            await writer.drain()
            return
        kept = [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
        if self.change is not None:  # what is changed must be the text itself, not its compression
            kept = [(name, value) for name, value in kept if name.lower() != "accept-encoding"]
            kept.append(("accept-encoding", "identity"))
        async with self._client.stream(method, self.upstream + path, headers=kept, content=body) as response:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])
        if self.lose is not None and f"{method} {path}".startswith(self.lose):
            self.lost.set()
            return
        if not self.online:
            return
        if self.change is not None:
            raw = self.change(path, raw)
        answer = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
        answer += [
            f"{name}: {value}"
            for name, value in response.headers.multi_items()
            if name.lower() not in HOP_BY_HOP | {"content-length"}
        ]
        told = response.headers.get("content-length", str(len(raw))) if method == "HEAD" else str(len(raw))
        answer += [f"content-length: {told}", "connection: close", "", ""]
        arriving = "\r\n".join(answer).encode("latin-1") + self._as_much_as_arrives(path, raw)
        size = PIECE if self.bytes_per_second is not None else len(arriving)
        for start in range(0, len(arriving), size):
            piece = arriving[start : start + size]
            await self._carried(len(piece))
            writer.write(piece)
            await writer.drain()

    async def _carried(self, size: int) -> None:
        """The time that a slow line takes for so many bytes."""
        if self.bytes_per_second is not None:
            await asyncio.sleep(size / self.bytes_per_second)

    def _as_much_as_arrives(self, path: str, raw: bytes) -> bytes:
        if self.cut_after is None or not path.startswith(self.cut_path):
            return raw
        if self.cut_after == 0:
            return raw[: len(raw) // 2]
        self.cut_after -= 1
        return raw
