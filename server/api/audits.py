"""Do two sides that keep everything hold the same? (docs/protocol.md section 2)"""

from __future__ import annotations

from typing import Any

from litestar import Request

from server.api.arrivals import lane_for
from server.api.bearers import certified, enrolled, of_collection
from server.api.hub import Hub
from server.api.problems import NEEDS_TOKEN, READS_BODY, answers
from server.api.wire import SECURED, Body, Wire, post
from sync.audit import REVS_LIMIT, Audit, AuditQuestion, buckets_of
from sync.errors import UnknownError, WrongCollectionError, WrongRoleError
from sync.exchange import encode_cursor
from sync.stores.interface import Bearer, Collection


@post(
    "/collections/{collection:str}/audit",
    dto=Body[AuditQuestion],
    status_code=200,
    guards=[enrolled, certified, of_collection],
    security=SECURED,
    operation_id="audit",
    summary="The sums of the heads that the hub holds, or the revs in those buckets whose sums differ",
    responses=answers(*NEEDS_TOKEN, *READS_BODY, WrongCollectionError, WrongRoleError, UnknownError),
)
async def audit(
    hub: Hub, request: Request[Collection, Bearer, Any], collection: str, data: AuditQuestion
) -> Wire[Audit]:
    entered, lane = request.user, lane_for(request.auth, request.user)
    held = await hub.store.audit(entered.collection, lane=lane)
    cursor, buckets = encode_cursor(held.cursor), buckets_of(held.sums)
    if not data.buckets:
        return Wire(Audit(cursor=cursor, buckets=buckets))
    revs = await hub.store.head_revs(
        entered.collection, data.buckets, lane=lane, after=data.after, limit=REVS_LIMIT + 1
    )
    return Wire(
        Audit(cursor=cursor, buckets=buckets, revs=tuple(revs[:REVS_LIMIT]), more=len(revs) > REVS_LIMIT)
    )
