"""Guards: from the token to the device, to its role and lane. They run before a body is read.

All are coroutines: Litestar gives a plain function to a thread, which costs more than what it does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from server.api.addresses import parse_cursor, parse_id
from server.api.headers import header_of
from server.api.hub import Hub
from sync import canonical
from sync.errors import (
    MalformedError,
    NoTokenError,
    RevokedError,
    UnknownError,
    WrongCollectionError,
    WrongRoleError,
    WrongTokenError,
)
from sync.stores.interface import Bearer, Collection, Page

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

_NOTHING_NEW = "nothing_new"
_PRESUMED = "presumed"


async def enrolled(connection: Connection, _: BaseRouteHandler) -> None:
    """Any device of a programme, certified or not: sets `connection.auth`.

    Neither one device nor one address without a good token may ask for ever as fast as it can.
    """
    await _enter(connection, bearer_of)


async def enrolled_for_news(connection: Connection, _: BaseRouteHandler) -> None:
    """As `enrolled`, for a pull; sets `nothing_new` for `nothing_new_of`, by the same question to the store."""
    await _enter(connection, _bearer_and_nothing_new)


async def enrolled_for_a_push(connection: Connection, _: BaseRouteHandler) -> None:
    """As `enrolled`; the bearer may be presumed, and the push then has to name the token (`presumed_token_of`)."""
    await _enter(connection, _presumed_or_asked)


async def certified(connection: Connection, _: BaseRouteHandler) -> None:
    """After `enrolled`: refuses provisional tokens."""
    if connection.auth.provisional:
        raise WrongRoleError("a provisional token only sends contacts and reads certificates")


async def coordinator(connection: Connection, _: BaseRouteHandler) -> None:
    """After `enrolled`."""
    if connection.auth.role != "coordinator":
        raise WrongRoleError


async def hands_on(connection: Connection, _: BaseRouteHandler) -> None:
    """After `enrolled`: a coordinator, or a relay with what coordinators signed."""
    if connection.auth.role == "worker":
        raise WrongRoleError


async def of_programme(connection: Connection, _: BaseRouteHandler) -> None:
    """After `enrolled`: the programme in the address is the token's."""
    bearer: Bearer = connection.auth
    if bearer.backup is not None or bearer.programme != parse_id(connection.path_params["programme"]):
        raise WrongCollectionError("another programme's")


async def of_collection(connection: Connection, _: BaseRouteHandler) -> None:
    """After `enrolled`: the collection in the address is the programme's; sets `connection.user`."""
    hub: Hub = connection.app.state["hub"]
    collection = await hub.collection(parse_id(connection.path_params["collection"]))
    bearer: Bearer = connection.auth
    may_enter(bearer, collection)
    if bearer.backup is not None and bearer.used_in < hub.month:
        await hub.store.use_backup(bearer.backup, hub.month)
    connection.scope["user"] = collection


def may_enter(bearer: Bearer, collection: Collection) -> None:
    """Its own programme's, or its own backup. Workers have nothing to do in `admin`; until they are certified, in
    nothing but `contacts`. Raises WrongCollectionError, WrongRoleError."""
    if collection.programme != bearer.programme or bearer.backup not in (None, collection.collection):
        raise WrongCollectionError
    if collection.name == "admin" and bearer.role == "worker":
        raise WrongRoleError("coordinators only")
    if bearer.provisional and collection.name != "contacts":
        raise WrongRoleError("a provisional token only sends contacts and reads certificates")


def nothing_new_of(connection: Connection) -> Page | None:
    """After `enrolled_for_news`: the empty page of whoever is up to date and does not wait; None for all others."""
    return connection.scope["state"].get(_NOTHING_NEW)


def presumed_token_of(connection: Connection) -> bytes | None:
    """After `enrolled_for_a_push`: its hash, where the bearer is only presumed."""
    return connection.scope["state"].get(_PRESUMED)


async def _enter(connection: Connection, bearer_for: Callable[[Connection], Awaitable[Bearer]]) -> None:
    hub: Hub = connection.app.state["hub"]
    try:
        bearer = await bearer_for(connection)
    except (NoTokenError, WrongTokenError, RevokedError):
        hub.wrong_rates.take(hub.proxies.address_of(connection))
        raise
    # The device, not the token: it gets as many of these as it likes.
    hub.token_rates.take_of(bearer.backup or bearer.device)
    connection.scope["auth"] = bearer


async def bearer_of(connection: Connection) -> Bearer:
    """Raises NoTokenError, WrongTokenError, RevokedError."""
    hub: Hub = connection.app.state["hub"]
    return _not_revoked(await hub.store.bearer(token_hash_of(connection), day=hub.day))


async def _bearer_and_nothing_new(connection: Connection) -> Bearer:
    """As `bearer_of`. Whoever waits has to be listening before the store is asked."""
    hub: Hub = connection.app.state["hub"]
    asked = connection.query_params
    after = asked.get("after")
    if not after or asked.get("wait", "0") != "0":
        return await bearer_of(connection)
    token_hash = token_hash_of(connection)
    try:
        which, cursor = parse_id(connection.path_params["collection"]), parse_cursor(after)
    except (MalformedError, UnknownError):
        return await bearer_of(connection)
    bearer, page = await hub.store.nothing_new(token_hash, which, cursor, day=hub.day)
    connection.scope["state"][_NOTHING_NEW] = page
    return _not_revoked(bearer)


async def _presumed_or_asked(connection: Connection) -> Bearer:
    """As `bearer_of`."""
    hub: Hub = connection.app.state["hub"]
    token_hash = token_hash_of(connection)
    with suppress(UnknownError):
        which = parse_id(connection.path_params["collection"])
        presumed = hub.store.presumed(token_hash, which, day=hub.day)
        if presumed is not None:
            connection.scope["state"][_PRESUMED] = token_hash
            return presumed
    return _not_revoked(await hub.store.bearer(token_hash, day=hub.day))


def _not_revoked(bearer: Bearer) -> Bearer:
    if bearer.revoked:
        raise RevokedError
    return bearer


def token_hash_of(connection: Connection) -> bytes:
    """As the store knows the token. Raises NoTokenError, WrongTokenError."""
    scheme, _, token = header_of(connection.scope, b"authorization").partition(" ")
    if not token:
        raise NoTokenError
    if scheme.lower() != "bearer":
        raise WrongTokenError("not a bearer token")
    try:
        raw = canonical.from_text(token.strip())
    except MalformedError:
        raise WrongTokenError from None
    return hashlib.sha256(raw).digest()
