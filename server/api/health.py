"""Whether the hub is there, and whether it can do its work: for what starts it anew, and for what sends it requests."""

from __future__ import annotations

from server.api.hub import Hub
from server.api.problems import answers
from server.api.wire import Wire, get
from sync.errors import UnavailableError
from sync.exchange import Health

RETRY_SECONDS = 5


@get("/health", operation_id="health", summary="Whether the hub is there", responses=answers())
async def health(hub: Hub) -> Wire[Health]:
    """Asks no database: a hub whose PostgreSQL is away is not helped by a new start."""
    return Wire(Health(status="ok", epoch=hub.store.epoch))


@get(
    "/ready",
    operation_id="ready",
    summary="Whether the hub takes requests: it is not about to end, and can read its database",
    responses=answers(),
)
async def ready(hub: Hub) -> Wire[Health]:
    if hub.waiters.closed:
        raise UnavailableError("the hub is about to end", retry_after=RETRY_SECONDS)
    await hub.store.ready()
    return Wire(Health(status="ok", epoch=hub.store.epoch))
