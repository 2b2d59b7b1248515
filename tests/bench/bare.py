"""Litestar with nothing in it, behind the hub's own server: what a request costs before a hub does anything.

`python -m tests.bench.bare PORT`. A POST is read and answered with a few bytes; a GET is answered with as many
bytes as its path says.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, Request, Response, get, post

MSGPACK = "application/vnd.msgpack"


@post("/", status_code=200)
async def take(request: Request[Any, Any, Any]) -> Response[bytes]:
    await request.body()
    return Response(bytes(200), media_type=MSGPACK)


@get("/{size:int}")
async def give(size: int) -> Response[bytes]:
    return Response(bytes(size), media_type=MSGPACK)


def main(port: int) -> None:
    app = Litestar([take, give], openapi_config=None, logging_config=None)
    server = Server(
        app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        http=HTTPModes.http1,
        log_enabled=False,
    )
    asyncio.run(server.serve())


if __name__ == "__main__":
    main(int(sys.argv[1]))
