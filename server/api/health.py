"""Whether the hub is there and can read its database."""

from __future__ import annotations

from msgspec import Struct

from server.api.hub import Hub
from server.api.problems import answers
from server.api.wire import Wire, get


class Health(Struct, frozen=True, kw_only=True):
    """`epoch` says which life of the database answers; devices meet it in every cursor."""

    status: str
    epoch: bytes


@get(
    "/health",
    operation_id="health",
    summary="Whether the hub is there and can read its database",
    responses=answers(),
)
async def health(hub: Hub) -> Wire[Health]:
    await hub.store.ready()
    return Wire(Health(status="ok", epoch=hub.store.epoch))
