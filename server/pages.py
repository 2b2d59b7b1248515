"""Serves the static tree: what readers get. No cookie, no log, nothing worked out for anyone in particular."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any
from urllib.parse import unquote

from litestar import Request, route
from litestar.datastructures import Headers
from litestar.enums import HttpMethod
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from server.policy import CONTENT_SECURITY_POLICY
from server.tree import Content, Entry, Tree

IMMUTABLE = "public, max-age=31536000, immutable"
CHECKED = "no-cache"

SECURITY_HEADERS = (
    # The pages' own, and what cannot stand in a page. Scripts too: a service worker is held to its script's.
    (b"content-security-policy", f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'".encode("ascii")),
    (b"server", b""),  # else granian puts its name there
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera={camera}, display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
)
CAMERA_PAGES = re.compile(r"/join|/[^/]+/notes")
"""Where the code of an invite or of a recovery key is scanned: nowhere else has a page anything to look at."""

# A build that runs beside the hub is seen within this time.
REFRESH_SECONDS = 1.0

Header = tuple[bytes, bytes]


def pages(tree: Tree) -> HTTPRouteHandler:
    """The handler of every address that is not the API's."""
    looked = time.monotonic()

    # Not an ASGI route: Litestar 2 cannot find those when a parameter stands in their path.
    @route(["/", "/{path:path}"], http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
    async def serve(request: Request[Any, Any, Any]) -> ASGIApp:
        nonlocal looked
        if (now := time.monotonic()) - looked > REFRESH_SECONDS:
            looked = now
            tree.refresh()
        address = _address(request)
        if address is None:
            raise NotFoundException
        status, headers, body = await _answer(tree, address, request.headers)
        return _sent(
            status,
            [*headers, *SECURITY_HEADERS, (b"permissions-policy", permissions(address))],
            b"" if request.method == HttpMethod.HEAD else body,
        )

    return serve


def permissions(address: str) -> bytes:
    """What the page at that address may ask the browser for."""
    camera = "(self)" if CAMERA_PAGES.fullmatch(address) else "()"
    return PERMISSIONS.format(camera=camera).encode("ascii")


def _sent(status: int, headers: list[Header], body: bytes) -> ASGIApp:
    async def send_all(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return send_all


async def _answer(tree: Tree, address: str, asked: Headers) -> tuple[int, list[Header], bytes]:
    encodings = accepted(asked.get("accept-encoding", ""))
    if entry := tree.find(address):
        encoding, content = await _read(tree, entry, encodings)
        common = [
            (b"etag", content.etag.encode("ascii")),
            (b"cache-control", (IMMUTABLE if entry.immutable else CHECKED).encode("ascii")),
            (b"vary", b"Accept-Encoding"),
        ]
        if matches(asked.get("if-none-match", ""), content.etag):
            return 304, common, b""
        return 200, [*common, *_body_headers(entry, encoding, content)], content.body
    if other := _moved(tree, address):
        headers = [
            (b"location", other.encode("ascii")),
            (b"cache-control", b"no-cache"),
            (b"content-length", b"0"),
        ]
        return 308, headers, b""
    return await _missing(tree, address, encodings)


async def _missing(tree: Tree, address: str, encodings: list[str]) -> tuple[int, list[Header], bytes]:
    """The site's own page in the locale of the address; one line where there is none."""
    locale = address.split("/")[1]
    entry = tree.find(f"/{locale}/404") or tree.find("/404")
    common = [(b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding")]
    if entry is None:
        body = b"There is no such page here.\n"
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode("ascii")),
        ]
        return 404, [*common, *headers], body
    encoding, content = await _read(tree, entry, encodings)
    return 404, [*common, *_body_headers(entry, encoding, content)], content.body


async def _read(tree: Tree, entry: Entry, encodings: list[str]) -> tuple[str, Content]:
    encoding = next((encoding for encoding in encodings if encoding in entry.files), "identity")
    if content := tree.kept(entry, encoding):
        return encoding, content
    try:
        content = await asyncio.to_thread(tree.read, entry, encoding)
    except FileNotFoundError:
        # The folder was replaced a moment ago: the next request sees the new one.
        tree.refresh()
        raise NotFoundException from None
    tree.keep(entry, encoding, content)
    return encoding, content


def _body_headers(entry: Entry, encoding: str, content: Content) -> list[Header]:
    headers = [
        (b"content-type", entry.media_type.encode("ascii")),
        (b"content-length", str(len(content.body)).encode("ascii")),
    ]
    if encoding != "identity":
        headers.append((b"content-encoding", encoding.encode("ascii")))
    return headers


def _moved(tree: Tree, address: str) -> str | None:
    """The one right address for what people type: a folder without its slash, a page with one or with `.html`."""
    page = address.removesuffix(".html")
    for other in (f"{address}/", address.rstrip("/"), page, page.removesuffix("index")):
        # Our own addresses only, which are ASCII and begin with one slash: never an address elsewhere.
        if other != address and tree.has(other) and other.isascii():
            return other
    return None


def accepted(header: str) -> list[str]:
    """Encodings in the order to try them (RFC 9110 section 12.5.3); an empty header accepts none but identity."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        _, _, weight = parameters.partition("q=")
        try:
            weights[name.strip()] = float(weight) if weight else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    other = weights.get("*", 0.0)
    ordered = sorted(("br", "gzip"), key=lambda name: -weights.get(name, other))
    return [name for name in ordered if weights.get(name, other) > 0]


def matches(header: str, etag: str) -> bool:
    """Whether If-None-Match names this etag; compared weakly (RFC 9110 section 13.1.2), since proxies weaken."""
    if not header:
        return False
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag in named or "*" in named


def _address(request: Request[Any, Any, Any]) -> str | None:
    """The address as it was sent: Litestar's own path has lost the slash at the end."""
    try:
        return unquote(request.scope["raw_path"].partition(b"?")[0].decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return None
