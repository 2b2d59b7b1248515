"""The API's router: what it answers, what all of its answers have in common, and its document."""

from __future__ import annotations

from litestar import Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import ASGIMiddleware
from litestar.types import Message, Scope

from server.api.audits import audit
from server.api.backups import backup, delete_backup, make_backup, offer
from server.api.certificates import certificates, certify, found, programme_name
from server.api.changes import missing, pull, push
from server.api.chunks import chunk, has_chunk, put_chunk
from server.api.enrolment import (
    enrol,
    heard_devices,
    open_invites,
    pending_enrolments,
    register_invite,
)
from server.api.feedback import feedback, feedback_counts
from server.api.forms import convert_form
from server.api.health import health, ready
from server.api.hub import Hub
from server.api.limits import SMALL_BODY_LIMIT
from server.api.token import challenge, token

API_PATH = "/api/v1"

PRIVATE_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b""),  # else granian puts its name there
    (b"x-content-type-options", b"nosniff"),
)
_PRIVATE_NAMES = frozenset(name for name, _ in PRIVATE_HEADERS)


def api(*before: ASGIMiddleware) -> Router:
    """before: what may answer in the handlers' place."""
    return Router(
        API_PATH,
        route_handlers=[
            health,
            ready,
            feedback,
            convert_form,
            programme_name,
            found,
            certificates,
            certify,
            register_invite,
            open_invites,
            enrol,
            pending_enrolments,
            heard_devices,
            feedback_counts,
            challenge,
            token,
            push,
            pull,
            missing,
            audit,
            put_chunk,
            has_chunk,
            chunk,
            offer,
            make_backup,
            backup,
            delete_backup,
        ],
        dependencies={"hub": Provide(provide_hub, sync_to_thread=False)},
        middleware=before,
        request_max_body_size=SMALL_BODY_LIMIT,
    )


async def private(message: Message, scope: Scope) -> None:
    """Every answer of the API is for one device alone, whatever it is: for Litestar's `before_send`."""
    if message["type"] == "http.response.start" and scope["path"].startswith("/api/"):
        others = [header for header in message["headers"] if header[0].lower() not in _PRIVATE_NAMES]
        message["headers"] = [*others, *PRIVATE_HEADERS]


def provide_hub(state: State) -> Hub:
    hub: Hub = state.hub
    return hub
