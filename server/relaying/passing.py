"""Personal backups at a relay: what is asked about one goes on to the hub above, and that answer comes back.

They are at the hub alone (docs/protocol.md section 4), so a relay passes them on piece by piece and keeps nothing: no
token, no revision, no chunk, no line in a log. All it adds is that a relay passed it, never who asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import ExitStack, aclosing
from typing import Any, TypeVar, cast

import httpx
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from server.api import Hub
from server.api.addresses import parse_hash, parse_id
from server.api.chunks import OCTETS
from server.api.hub import RETRY_SECONDS
from server.api.limits import (
    BODY_LIMIT,
    BURST,
    REFILL_PER_SECOND,
    Budget,
    Rates,
    announced,
    impatient,
    limited,
)
from server.api.problems import MEDIA_TYPE as PROBLEM
from server.api.problems import TooSlowError
from server.api.wire import JSON, MSGPACK
from sync.errors import TooLargeError, UnavailableError, UnknownError
from sync.identifiers import CollectionId

UP = (b"accept", b"authorization", b"content-type", b"content-length")
"""The headers that the hub above is told; no other: what a proxy before the relay adds says who asks."""
DOWN = (b"allow", b"content-length", b"content-type", b"retry-after", b"www-authenticate")
VIA = "sojourn-relay"
AT_ONCE = 64
AT_ONCE_EACH = 8
"""Requests that are on their way up at the same time, in all and of one address."""
TIMEOUT = httpx.Timeout(connect=10.0, read=300.0, write=60.0, pool=10.0)
"""Seconds. read: before the first byte of an answer a slow line has to carry the whole body; phones wait no longer."""

T = TypeVar("T")

_ABOUT_BACKUPS = frozenset({"backupOffer", "makeBackup", "backup", "deleteBackup"})
_WITH_BODY = frozenset({"push", "missing", "audit", "putChunk"})
_ANSWERED = frozenset({MSGPACK, JSON, OCTETS, PROBLEM})


class PassedOn(ASGIMiddleware):
    """In the handlers' place, by `app.state.passing`: Litestar copies a middleware for each of its routes."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        state = scope["litestar_app"].state
        passing: Passing = state.passing
        if not await passing.goes_up(scope, state.hub):
            await next_app(scope, receive, send)
            return
        await passing.carry(cast("HTTPScope", scope), receive, send, state.hub)


class Passing:
    """above: the hub's address, as the relay reaches it. ours: collections that are never asked for above, whether
    the relay has heard of them yet or not."""

    def __init__(
        self,
        above: str,
        ours: Iterable[CollectionId] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._above = above
        self._ours = frozenset(ours)
        # Not a client: that would keep cookies, follow to other hosts, and name what is asked for in its log.
        limits = httpx.Limits(max_connections=AT_ONCE)
        self._transport = transport or httpx.AsyncHTTPTransport(trust_env=False, limits=limits)
        self._places = Budget(AT_ONCE, AT_ONCE_EACH)
        # To the hub all of it comes from one address, the relay's, which has to ask for its own tokens too.
        self._rates = Rates(BURST // 2, REFILL_PER_SECOND / 2)

    async def close(self) -> None:
        await self._transport.aclose()

    async def goes_up(self, scope: Scope, hub: Hub) -> bool:
        """Raises UnknownError, and UnavailableError for what is the relay's own and has not come to it yet."""
        named = scope["path_params"].get("collection")
        if _operation(scope) in _ABOUT_BACKUPS:
            return True
        if named is None:
            return False
        which = parse_id(named)
        try:
            found = await hub.collection(which)
        except UnknownError:
            if which in self._ours:
                hub.check_is_hub()
            return True
        # As one that was a hub of its own before may hold: the hub's is the one that counts.
        return found.name == "backup"

    async def carry(self, scope: HTTPScope, receive: Receive, send: Send, hub: Hub) -> None:
        """Up, and the answer down. Raises TooFastError, TooLargeError, TooSlowError, UnavailableError, UnknownError."""
        body = _Body(receive)
        with ExitStack() as held:
            request = await self._admitted(scope, body, hub, held)
            await self._pass(scope, request, body, send)

    async def _admitted(self, scope: HTTPScope, body: _Body, hub: Hub, held: ExitStack) -> httpx.Request:
        """What goes up, once it is within what one address may ask. held: what it takes up meanwhile."""
        connection = ASGIConnection[Any, Any, Any, Any](scope)
        handler, address = scope["route_handler"], hub.proxies.address_of(connection)
        if _operation(scope) in _ABOUT_BACKUPS:
            await limited(connection, handler)
            self._rates.take_of(b"")
        else:
            # A token that cannot be looked up here counts as one that is none.
            hub.wrong_rates.take(address)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() in UP]
        if any(VIA in value for value in connection.headers.getall("via", [])):
            raise UnavailableError("one relay asks another", retry_after=RETRY_SECONDS)
        asker = hub.rates.name_of(address)
        held.enter_context(self._places.hold(1, asker))
        size = announced(scope["headers"]) if _operation(scope) in _WITH_BODY else 0
        content: AsyncIterator[bytes] | None = None
        if size:
            limit = _limit(scope)
            if _length(headers) > limit:
                raise TooLargeError
            held.enter_context(hub.backup_bodies.hold(min(size, limit), asker))
            content = body.pieces(limit)
        else:
            body.ended.set()
            headers = [(name, value) for name, value in headers if not name.lower().startswith(b"content-")]
        return httpx.Request(
            scope["method"],
            self._address(scope),
            headers=[*headers, (b"accept-encoding", b"identity"), (b"via", f"1.1 {VIA}".encode())],
            content=content,
            extensions={"timeout": TIMEOUT.as_dict()},
        )

    def _address(self, scope: HTTPScope) -> str:
        """Raises UnknownError for names that no backup and no chunk can have."""
        named = scope["path_params"]
        if "collection" in named:
            parse_id(named["collection"])
        if "address" in named:
            parse_hash(named["address"])
        query = scope["query_string"].decode("latin-1")
        return f"{self._above}{scope['path']}{'?' if query else ''}{query}"

    async def _pass(self, scope: HTTPScope, request: httpx.Request, body: _Body, send: Send) -> None:
        """Raises UnavailableError while nothing of an answer has left; later the phone's connection is cut too."""
        try:
            answer = await body.unless_gone(self._transport.handle_async_request(request))
        except httpx.TransportError:
            raise _no_line() from None
        async with aclosing(answer):
            if not _is_a_hubs(scope, answer):
                raise _no_line()
            pieces = answer.aiter_raw()
            try:
                piece = await anext(pieces, b"")
            except httpx.TransportError:
                raise _no_line() from None
            headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() in DOWN]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            while piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await anext(pieces, b"")
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Body:
    """What a phone sends, and whether it is still there after that. ended: it has sent all of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = asyncio.Event()

    async def pieces(self, limit_bytes: int) -> AsyncIterator[bytes]:
        """As they arrive. Raises TooLargeError, TooSlowError."""
        receive = impatient(self._receive)
        while not self.ended.is_set():
            message = await receive()
            if message["type"] != "http.request":
                raise TooSlowError
            limit_bytes -= len(message["body"])
            if limit_bytes < 0:
                raise TooLargeError
            yield message["body"]
            if not message["more_body"]:
                self.ended.set()

    async def unless_gone(self, answer: Awaitable[T]) -> T:
        """Raises TooSlowError, to nobody: it would wait for what nobody reads, and hold a place."""
        asking, leaving = asyncio.ensure_future(answer), asyncio.ensure_future(self._gone())
        try:
            await asyncio.wait([asking, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise TooSlowError
            return asking.result()
        finally:
            asking.cancel()
            leaving.cancel()

    async def _gone(self) -> None:
        await self.ended.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _operation(scope: Scope) -> object:
    return getattr(scope["route_handler"], "operation_id", None)


def _limit(scope: HTTPScope) -> int:
    """Bytes of a body, as the hub itself would take."""
    handler = cast("HTTPRouteHandler", scope["route_handler"])
    return handler.resolve_request_max_body_size() or BODY_LIMIT


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    found = (value for name, value in headers if name.lower() == b"content-length" and value.isdigit())
    return int(next(found, b"0"))


def _is_a_hubs(scope: HTTPScope, answer: httpx.Response) -> bool:
    """Not a captive portal's, nor a proxy's that has no hub behind it."""
    if answer.is_redirect or answer.status_code < 200:
        return False
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
    if scope["method"] == "HEAD" and not media_type:
        return True
    return media_type in _ANSWERED or answer.status_code == 204


def _no_line() -> UnavailableError:
    return UnavailableError("the hub is not reached from this relay", retry_after=RETRY_SECONDS)
