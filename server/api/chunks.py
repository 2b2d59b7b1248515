"""Attachment chunks of personal backups, by their address: the SHA-256 of what is sent (docs/protocol.md section 3)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, RequestBody, Schema

from server.api.addresses import parse_hash
from server.api.backups import check_takes
from server.api.bearers import Connection, enrolled, of_collection
from server.api.hub import Hub
from server.api.problems import NEEDS_TOKEN, TooSlowError, answers
from server.api.wire import SECURED, WireOperation, get, head, put_only
from sync.crypto.attachments import CHUNK_LIMIT
from sync.errors import (
    MalformedError,
    NoBackupsError,
    QuotaError,
    TooLargeError,
    UnknownError,
    WrongCollectionError,
)
from sync.stores.interface import Bearer, Collection

OCTETS = "application/octet-stream"
PATH = "/collections/{collection:str}/chunks/{address:str}"
_ENTERING = (*NEEDS_TOKEN, WrongCollectionError, UnknownError)


async def takes_chunks(connection: Connection, _: Any) -> None:
    """After `of_collection`: contacts have none, and neither have forms or the log."""
    if connection.user.name != "backup":
        raise WrongCollectionError("this collection takes no chunks")


@dataclass
class ChunkOperation(WireOperation):
    """In the OpenAPI document: a body of bytes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        octets = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(content={OCTETS: OpenAPIMediaType(schema=octets)}, required=True)


_shared: dict[str, Any] = {"guards": [enrolled, of_collection, takes_chunks], "security": SECURED}


@put_only(
    PATH,
    **_shared,
    operation_class=ChunkOperation,
    request_max_body_size=CHUNK_LIMIT,
    operation_id="putChunk",
    summary="Store a chunk; again, nothing changes",
    responses=answers(*_ENTERING, MalformedError, TooLargeError, TooSlowError, NoBackupsError, QuotaError),
)
async def put_chunk(
    hub: Hub, request: Request[Collection, Bearer, Any], collection: str, address: str, body: bytes
) -> None:
    check_takes(hub, request.user)
    if hashlib.sha256(body).digest() != parse_hash(address):
        raise MalformedError("these bytes have another SHA-256", field="address")
    await hub.store.put_chunk(
        request.user.collection, parse_hash(address), body, quota=hub.backup_quota, day=hub.day
    )


@head(
    PATH,
    **_shared,
    operation_id="hasChunk",
    summary="Whether a chunk is there",
    responses=answers(*_ENTERING),
)
async def has_chunk(
    hub: Hub, request: Request[Collection, Bearer, Any], collection: str, address: str
) -> None:
    if not await hub.store.has_chunk(request.user.collection, parse_hash(address)):
        raise UnknownError("no such chunk")


@get(
    PATH, **_shared, media_type=OCTETS, operation_id="chunk", summary="A chunk", responses=answers(*_ENTERING)
)
async def chunk(
    hub: Hub, request: Request[Collection, Bearer, Any], collection: str, address: str
) -> Response[bytes]:
    content = await hub.store.chunk(request.user.collection, parse_hash(address))
    return Response(content, media_type=OCTETS)
