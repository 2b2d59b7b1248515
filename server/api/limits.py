"""What the crowd may use up: requests, and memory for bodies.

Rates without a token are kept by address, in this process's memory only and never as the address: a keyed hash
with a key that is made at start and lost at the end, at most some thousands of them, each for minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, TypeAlias

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send, WebSocketReceiveMessage

from server.api.problems import TooSlowError
from sync.errors import TooFastError, UnavailableError
from sync.stores.interface import Bearer

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

BURST = 120
"""A training course behind one address enrols a hundred phones in an hour; a flood is thousands a second."""
REFILL_PER_SECOND = 1.0
LINE_BURST = 4 * BURST
LINE_REFILL_PER_SECOND = 4 * REFILL_PER_SECOND
"""Of what one line may have: in version 6 it is often a /56, 256 households' worth of addresses."""
EVERYBODYS_BURST = 2_000
EVERYBODYS_REFILL_PER_SECOND = 100.0
"""Of all addresses together: whoever has a million of them still leaves most of a processor to those with a token."""
WRONG_BURST = 600
WRONG_REFILL_PER_SECOND = 5.0
"""Tokens that are none. A training course's phones whose hub was replaced each ask a few times."""
TOKEN_BURST_SECONDS = 60
"""How many seconds' worth of its rate one token may ask at once: 3,000 pages of 1,000 contacts, usually."""
ADDRESSES = 10_000
FORMS_BURST = 12
"""Spreadsheets to be read: who mends one sends it a dozen times; each takes a processor for seconds."""
FORMS_REFILL_PER_SECOND = 1 / 60

BODIES_BYTES = 256 * 1024 * 1024
"""Sixty of the largest pushes, or tens of thousands of usual ones, at the same time."""
TOKEN_BODIES_BYTES = 16 * 1024 * 1024
"""Of those, what one token's may be: two of the largest. One alone must not keep the others' from arriving."""
BACKUP_BODIES_BYTES = 64 * 1024 * 1024
"""What goes to personal backups, apart: anyone can make some."""
SMALL_BODIES_BYTES = 64 * 1024 * 1024
"""For everything else, apart: without a token one can enrol, and must not keep contacts from arriving."""
SMALL_SHARE_BYTES = 8 * 1024 * 1024
"""Of those, what one line's may be, or one device's: one of the largest."""
BODY_LIMIT = 6 * 1024 * 1024
"""The largest push (4 MiB) as base64 in JSON, with names and key packets; or some 4,000 certificates with a card."""
SMALL_BODY_LIMIT = 1024 * 1024
"""Everything else."""
HOUSEHOLD = (4, 8)
LINE = (3, 6)
"""How many bytes of an address, of version 4 and of 6, are one asker's."""
IDLE_SECONDS = 20.0
"""How long a body may stop in the middle. A phone on a 35 kbit/s line sends something each second."""
SLOWEST_BYTES_PER_SECOND = 500.0
"""Slower than this in the long run is nobody's line, and holds memory that others need."""


class Rates:
    """A bucket of requests for each address, filled at a steady rate. refill: a second; 0: no limit.

    parts: how many bytes of an address make one asker.
    """

    def __init__(
        self,
        burst: int = BURST,
        refill: float = REFILL_PER_SECOND,
        clock: Callable[[], float] = time.monotonic,
        parts: tuple[int, int] = HOUSEHOLD,
    ) -> None:
        self._burst = burst
        self._refill = refill
        self._clock = clock
        self._parts = parts
        self._key = secrets.token_bytes(16)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Raises TooFastError when this address's bucket is empty."""
        self.take_of(self.name_of(address))

    def name_of(self, address: str) -> bytes:
        """Of its bucket."""
        return hashlib.blake2b(_network(address, self._parts), key=self._key, digest_size=8).digest()

    def take_of(self, name: bytes) -> None:
        """As `take`, of a bucket whose name says nothing: a random id."""
        if not self._refill:
            return
        now = self._clock()
        left, since = self._buckets.pop(name, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._refill) - 1
        self._buckets[name] = (max(left, -1.0), now)
        # Whoever was longest away is the fullest: forgetting them changes least.
        while len(self._buckets) > ADDRESSES:
            self._buckets.popitem(last=False)
        if left < 0:
            raise TooFastError(retry_after=-left / self._refill)


class Proxies:
    """Who may say in X-Forwarded-For for whom they ask."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def address_of(self, connection: ASGIConnection[Any, Any, Any, Any]) -> str:
        """Of the client; behind one of these, what that one says it was; behind several, what the outermost says."""
        asker = connection.client.host if connection.client else ""
        # Each proxy adds to the last of these headers, or one after them: what stands before the first that is none of
        # them is the client's own word.
        told = ",".join(connection.headers.getall("x-forwarded-for", [])).split(",")
        while told and self._have(asker):
            asker = told.pop().strip() or asker
        return asker

    def _have(self, address: str) -> bool:
        parsed = _parsed(address)
        if parsed is None:
            return not address  # a Unix socket
        return any(parsed in network for network in self._networks)


class Budget:
    """Bytes of bodies that are in memory at the same time: `held`. share_bytes: what one asker's may be of them."""

    def __init__(self, limit_bytes: int = BODIES_BYTES, share_bytes: int | None = None) -> None:
        self._limit = limit_bytes
        self._share = limit_bytes if share_bytes is None else share_bytes
        self._shares: dict[bytes, int] = {}
        self.held = 0

    @contextmanager
    def hold(self, size_bytes: int, who: bytes = b"") -> Iterator[None]:
        """who: a name of the asker. Raises UnavailableError when that much is not left, or not for this one."""
        if size_bytes > min(self._limit - self.held, self._share - self._shares.get(who, 0)):
            raise UnavailableError("too many requests at once", retry_after=2)
        self.held += size_bytes
        self._shares[who] = self._shares.get(who, 0) + size_bytes
        try:
            yield
        finally:
            self.held -= size_bytes
            self._shares[who] -= size_bytes
            if not self._shares[who]:
                del self._shares[who]


class Bodies(ASGIMiddleware):
    """Bodies are counted before they are read, and may not stop in the middle."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if not announced(scope["headers"]):
            await next_app(scope, receive, send)
            return
        with ExitStack() as held:
            await next_app(scope, _counted(scope, impatient(receive), held), send)


async def limited(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard for what anyone may ask without a token."""
    hub = connection.app.state.hub
    address = hub.proxies.address_of(connection)
    hub.rates.take(address)
    hub.line_rates.take(address)
    hub.everybodys_rates.take_of(b"")


async def limited_forms(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """As `limited`, for what anyone may ask and what costs seconds of a processor."""
    hub = connection.app.state.hub
    hub.form_rates.take(hub.proxies.address_of(connection))


def announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the body; what has no announced length may be as long as the longest. 0 when there is none."""
    length = length_of(headers)
    if length is not None:
        return min(length, BODY_LIMIT)
    return BODY_LIMIT if any(name in _OF_BODIES for name, _ in headers) else 0


def length_of(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Bytes of the body, where they say where it ends; None where there is none, or something else says so."""
    told = {name: value for name, value in headers if name in _OF_BODIES}
    length = told.get(b"content-length", b"")
    return int(length) if length.isdigit() and len(told) == 1 else None


_OF_BODIES = frozenset({b"content-length", b"transfer-encoding"})


def _counted(scope: Scope, receive: Receive, held: ExitStack) -> Receive:
    """Counts a body from when it is begun to be read: after the guards, and never where nobody reads it (a GET's).

    Its last byte is its end. The server would say so by one more message, for which a small push waited as long as for
    its body: another turn through the server's threads.
    """
    begun = False
    left = length_of(scope["headers"])

    async def receive_counted() -> HTTPReceiveMessage | WebSocketReceiveMessage:
        nonlocal begun, left
        if not begun:
            held.enter_context(_hold(scope, announced(scope["headers"])))
            begun = True
        message = await receive()
        if left is not None and message["type"] == "http.request":
            left -= len(message["body"])
            if not left:
                message["more_body"] = False
        return message

    return receive_counted


def _hold(scope: Scope, size_bytes: int) -> AbstractContextManager[None]:
    hub = scope["litestar_app"].state.hub
    handler = scope["route_handler"]
    if isinstance(handler, HTTPRouteHandler):
        # Without an announced length it may be as long as is read here, and no longer.
        size_bytes = min(size_bytes, handler.resolve_request_max_body_size() or size_bytes)
    bodies, holder = _whose(scope, hub)
    return bodies.hold(size_bytes, holder)


def _whose(scope: Scope, hub: Any) -> tuple[Budget, bytes]:
    """Of which budget a body takes its room, and in whose name."""
    bearer: Bearer | None = scope.get("auth")
    if bearer is None:
        return hub.small_bodies, hub.line_rates.name_of(hub.proxies.address_of(ASGIConnection(scope)))
    if "/collections/" not in scope["path"]:
        return hub.small_bodies, bearer.device
    if bearer.backup is not None:
        return hub.backup_bodies, bearer.backup
    return hub.bodies, bearer.device


def impatient(receive: Receive) -> Receive:
    """What arrives buys time for the rest, never more than IDLE_SECONDS of it: neither a stop nor a trickle lasts.

    Only what is waited here counts, not what a relay's line takes to carry it on.
    """
    loop = asyncio.get_running_loop()
    left = IDLE_SECONDS

    async def receive_soon() -> HTTPReceiveMessage | WebSocketReceiveMessage:
        nonlocal left
        begun = loop.time()
        try:
            async with asyncio.timeout_at(begun + left):
                message = await receive()
        except TimeoutError:
            raise TooSlowError from None
        if message["type"] == "http.disconnect":
            raise TooSlowError  # to nobody; Litestar would call it a fault of ours
        left -= loop.time() - begun
        if message["type"] == "http.request":
            bought = len(message["body"]) / SLOWEST_BYTES_PER_SECOND
            left = min(left + bought, IDLE_SECONDS)
        return message

    return receive_soon


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A socket that listens on `::` tells of version 4 as ::ffff:192.0.2.1."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def _network(address: str, parts: tuple[int, int]) -> bytes:
    """What counts as one asker: of a household's addresses in version 6, a /64."""
    parsed = _parsed(address)
    if parsed is None:
        return address.encode("utf-8")[:64]
    return parsed.packed[: parts[0] if parsed.version == 4 else parts[1]]
