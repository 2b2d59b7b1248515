"""Push and pull (docs/protocol.md section 2)."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request
from litestar.params import Parameter
from msgspec import Struct

from server.api.addresses import parse_cursor
from server.api.arrivals import Believed, believe, check_size, devices_in, lane_for
from server.api.backups import check_takes
from server.api.bearers import (
    bearer_of,
    certified,
    enrolled,
    enrolled_for_a_push,
    enrolled_for_news,
    may_enter,
    nothing_new_of,
    of_collection,
    presumed_token_of,
)
from server.api.hub import Hub
from server.api.limits import BODY_LIMIT
from server.api.problems import NEEDS_TOKEN, READS_BODY, answers
from server.api.wire import SECURED, Body, Wire, encoding_of, get, post
from sync.errors import (
    EpochChangedError,
    MalformedError,
    NoBackupsError,
    PresumedError,
    QuotaError,
    TooLargeError,
    UnknownError,
    WrongCollectionError,
    WrongRoleError,
)
from sync.exchange import (
    BYTES_LIMIT,
    QUESTION_LIMIT,
    REVISIONS_LIMIT,
    WAIT_LIMIT_SECONDS,
    Changes,
    Cursor,
    Missing,
    Push,
    Pushed,
    Question,
    ReadPush,
    encode_cursor,
    read_push,
)
from sync.stores.interface import Bearer, Collection, Page, Stored

# When more wait than may: how soon to ask again.
RETRY_SECONDS = 5


class PushBody(Body[ReadPush]):
    """A push, read so that one bad item does not hold up the rest."""

    def decode_bytes(self, value: bytes) -> ReadPush:
        collection: Collection = self.asgi_connection.user
        return read_push(
            value, encoding_of(self.asgi_connection), collection.programme, collection.collection
        )

    @classmethod
    def documented(cls) -> Any:
        return Push


class PackedChanges(Struct, frozen=True, kw_only=True):
    """`Changes`, with packets and revisions as the store keeps them: MessagePack, spliced in as it is."""

    cursor: bytes
    more: bool
    packets: list[msgspec.Raw]
    revisions: list[msgspec.Raw]
    safe: int
    receipt: Literal["hub", "relay"] = "hub"
    day: int
    keep_days: int | None
    generation: int | None


@post(
    "/collections/{collection:str}/changes",
    dto=PushBody,
    status_code=200,
    guards=[enrolled_for_a_push, of_collection],
    security=SECURED,
    request_max_body_size=BODY_LIMIT,
    operation_id="push",
    summary="Hand over packets and revisions; what is stored is on the disk before the answer leaves",
    responses=answers(
        *NEEDS_TOKEN,
        *READS_BODY,
        WrongCollectionError,
        WrongRoleError,
        UnknownError,
        NoBackupsError,
        QuotaError,
    ),
)
async def push(request: Request[Collection, Bearer, Any], data: ReadPush) -> Wire[Pushed]:
    hub: Hub = request.app.state["hub"]
    entered, bearer = request.user, request.auth
    check_takes(hub, entered)
    try:
        believed, stored = await _store(hub, data.push, entered, bearer, presumed_token_of(request))
    except PresumedError:
        # Revoked, or certified anew, since it was asked for last.
        asked = await bearer_of(request)
        may_enter(asked, entered)
        believed, stored = await _store(hub, data.push, entered, asked)
    hub.waiters.wake(entered.collection, stored.lanes)
    return Wire(
        Pushed(
            before=encode_cursor(stored.before),
            cursor=encode_cursor(stored.cursor),
            stored=tuple(stored.stored),
            known=tuple(stored.known),
            refused=(*data.refused, *believed.refused, *stored.refused),
            safe=stored.safe,
            receipt=hub.receipt,
            day=hub.day,
            expired=tuple(stored.expired),
        )
    )


@get(
    "/collections/{collection:str}/changes",
    guards=[enrolled_for_news, certified, of_collection],
    security=SECURED,
    operation_id="pull",
    summary="What is new above a cursor, oldest first, heads only",
    responses=answers(
        *NEEDS_TOKEN, MalformedError, WrongCollectionError, WrongRoleError, UnknownError, EpochChangedError
    ),
)
async def pull(
    *,
    request: Request[Collection, Bearer, Any],
    after: Annotated[str | None, Parameter(description="a cursor; without one, from the start")] = None,
    limit: Annotated[int, Parameter(ge=1, le=REVISIONS_LIMIT)] = REVISIONS_LIMIT,
    size_bytes: Annotated[int, Parameter(query="bytes", ge=1, le=BYTES_LIMIT)] = BYTES_LIMIT,
    wait: Annotated[int, Parameter(ge=0, le=WAIT_LIMIT_SECONDS, description="seconds")] = 0,
) -> Wire[Changes]:
    hub: Hub = request.app.state["hub"]
    entered, bearer = request.user, request.auth
    nothing_new = nothing_new_of(request)
    if nothing_new is not None:
        await _confirm(hub, entered, bearer, nothing_new.cursor, nothing_new)
        return _packed(hub, nothing_new)
    cursor = parse_cursor(after) if after else None
    lane = lane_for(bearer, entered)

    async def page() -> Page:
        return await hub.store.page(
            entered.collection,
            lane=lane,
            after=cursor,
            limit=limit,
            size_bytes=size_bytes,
            since=hub.kept_since if entered.name == "contacts" and bearer.role != "coordinator" else None,
            recipient=bearer.device if _reads_its_own(bearer, entered) else None,
        )

    with hub.waiters.listen(entered.collection, lane) as news:
        found = await page()
        await _confirm(hub, entered, bearer, cursor, found)
        if wait and not (found.packets or found.revisions):
            if news is None:
                return _packed(hub, found, retry_after=RETRY_SECONDS)
            until = asyncio.get_running_loop().time() + wait
            card = found.generation
            # What woke may be nothing for this one: then there is time left.
            while not _has_news(found, card) and not hub.waiters.closed and await _heard(news, until):
                news.clear()
                # The token may have been revoked, or the certificate renewed, in the meantime.
                bearer = await bearer_of(request)
                may_enter(bearer, entered)
                lane = lane_for(bearer, entered)
                found = await page()
    return _packed(hub, found)


@post(
    "/collections/{collection:str}/missing",
    dto=Body[Question],
    status_code=200,
    guards=[enrolled, of_collection],
    security=SECURED,
    operation_id="missing",
    summary="Which of these revisions and packets the hub neither holds nor knows as superseded",
    responses=answers(*NEEDS_TOKEN, *READS_BODY, WrongCollectionError, WrongRoleError, UnknownError),
)
async def missing(
    hub: Hub, request: Request[Collection, Bearer, Any], collection: str, data: Question
) -> Wire[Missing]:
    if len(data.revs) > QUESTION_LIMIT:
        raise TooLargeError(f"at most {QUESTION_LIMIT} at once")
    entered, lane = request.user, lane_for(request.auth, request.user)
    lacking = await hub.store.missing(entered.collection, list(data.revs), lane=lane)
    return Wire(Missing(missing=tuple(lacking)))


def _reads_its_own(bearer: Bearer, collection: Collection) -> bool:
    """In `members` every device has a packet of every key; a coordinator sees to it, and so has to see them all."""
    return collection.name == "members" and bearer.role == "worker"


async def _store(
    hub: Hub, push: Push, collection: Collection, bearer: Bearer, token: bytes | None = None
) -> tuple[Believed, Stored]:
    """token: its hash, where the bearer is only presumed. Raises TooLargeError, QuotaError, PresumedError."""
    size_bytes = check_size(push)
    devices = devices_in(push)
    authors = await hub.store.authors(collection.programme, devices) if devices else {}
    judge = partial(
        believe,
        push,
        collection,
        bearer,
        authors,
        day=hub.day,
        quota=hub.backup_quota,
        device_quota=hub.device_quota,
        token=token,
    )
    believed = judge() if _is_quick(push, size_bytes) else await asyncio.to_thread(judge)
    return believed, await hub.store.push(collection.collection, believed.arrival)


def _is_quick(push: Push, size_bytes: int) -> bool:
    """Whether judging it takes less than the interpreter leaves to a thread before it is another's turn: in a thread of
    its own it would hold up others as long, and then wait for them."""
    seconds = 3e-6 * len(push.revisions) + 120e-6 * len(push.packets) + 1e-9 * size_bytes
    return seconds < sys.getswitchinterval()


async def _confirm(
    hub: Hub, collection: Collection, bearer: Bearer, cursor: Cursor | None, page: Page
) -> None:
    """A coordinator who asks for more holds what came before: the page was read, so the cursor is a true one."""
    # At a relay only what is at the hub above is safe, and the relay says so itself.
    if hub.receipt == "relay" or bearer.role != "coordinator":
        return
    if cursor is not None and cursor.sequence > page.confirmed:
        await hub.store.confirm(collection.collection, cursor.sequence)


def _has_news(page: Page, card: int | None) -> bool:
    """card: the generation that was held before. A new one is news too."""
    return bool(page.packets or page.revisions) or page.generation != card


async def _heard(news: asyncio.Event, until: float) -> bool:
    """until: by the loop's clock."""
    try:
        async with asyncio.timeout_at(until):
            return await news.wait()
    except TimeoutError:
        return False


def _packed(hub: Hub, page: Page, retry_after: int | None = None) -> Wire[Changes]:
    content: Any = PackedChanges(
        cursor=encode_cursor(page.cursor),
        more=page.more,
        packets=[msgspec.Raw(packet) for packet in page.packets],
        revisions=[msgspec.Raw(revision) for revision in page.revisions],
        safe=page.safe,
        receipt=hub.receipt,
        day=hub.day,
        keep_days=hub.keep_days,
        generation=page.generation,
    )
    return Wire(content, headers={"retry-after": str(retry_after)} if retry_after else None)
