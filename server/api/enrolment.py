"""How devices enter a programme: invites and enrolments (docs/protocol.md section 4)."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from server.api.addresses import parse_id
from server.api.bearers import certified, coordinator, enrolled, hands_on, of_programme
from server.api.hub import Hub
from server.api.limits import limited
from server.api.problems import LIMITED, NEEDS_TOKEN, READS_BODY, answers
from server.api.wire import SECURED, Body, Wire, get, post, put_only
from sync import canonical
from sync.enrolment import (
    Enrolled,
    Enrolment,
    HeardDevices,
    InviteRegistration,
    OpenInvites,
    PendingEnrolments,
)
from sync.errors import (
    InviteExpiredError,
    InviteUsedError,
    UnknownError,
    WrongCollectionError,
    WrongRoleError,
)
from sync.identifiers import device_id

PROVISIONAL_DAYS = 90
"""How long a device may wait for its certificate: coordinators can be away for weeks."""


@put_only(
    "/programmes/{programme:str}/invites/{invite:str}",
    dto=Body[InviteRegistration],
    guards=[enrolled, of_programme, certified, coordinator],
    security=SECURED,
    operation_id="registerInvite",
    summary="Let in the device that will show this claim",
    responses=answers(
        *NEEDS_TOKEN, *READS_BODY, WrongCollectionError, WrongRoleError, UnknownError, InviteUsedError
    ),
)
async def register_invite(hub: Hub, programme: str, invite: str, data: InviteRegistration) -> None:
    hub.check_is_hub()
    await hub.store.register_invite(parse_id(programme), parse_id(invite), data)


@get(
    "/programmes/{programme:str}/invites",
    guards=[enrolled, of_programme, certified, hands_on],
    security=SECURED,
    operation_id="openInvites",
    summary="The invites that a device could still enter with, for a relay",
    responses=answers(*NEEDS_TOKEN, WrongCollectionError, WrongRoleError, UnknownError),
)
async def open_invites(hub: Hub, programme: str) -> Wire[OpenInvites]:
    held = await hub.store.open_invites(parse_id(programme), now=hub.now)
    return Wire(OpenInvites(invites=tuple(held)))


@post(
    "/programmes/{programme:str}/enrolments",
    dto=Body[Enrolment],
    guards=[limited],
    operation_id="enrol",
    summary="Enter a programme with an invite",
    responses=answers(*READS_BODY, *LIMITED, UnknownError, InviteUsedError, InviteExpiredError),
)
async def enrol(hub: Hub, programme: str, data: Enrolment) -> Wire[Enrolled]:
    known = await hub.store.programme(parse_id(programme))
    if known.card is None:
        raise UnknownError("the programme has no keys yet")
    token = secrets.token_bytes(32)
    device = device_id(data.signing_key)
    await hub.store.enrol(
        known.programme,
        data,
        device=device,
        claim_hash=hashlib.sha256(data.claim).digest(),
        token_hash=hashlib.sha256(token).digest(),
        last_day=hub.day + PROVISIONAL_DAYS,
        now=hub.now,
        day=hub.day,
    )
    if hub.enrolled is not None:
        await asyncio.to_thread(hub.enrolled, known.programme, data)
    certificates = tuple(await hub.store.certificates(known.programme))
    return Wire(
        Enrolled(
            device=device,
            token=canonical.to_text(token),
            card=known.card,
            certificates=certificates,
            cards=known.cards,
        )
    )


@get(
    "/programmes/{programme:str}/enrolments",
    guards=[enrolled, of_programme, certified, coordinator],
    security=SECURED,
    operation_id="pendingEnrolments",
    summary="The devices that wait for a certificate",
    responses=answers(*NEEDS_TOKEN, WrongCollectionError, WrongRoleError, UnknownError),
)
async def pending_enrolments(hub: Hub, programme: str) -> Wire[PendingEnrolments]:
    return Wire(PendingEnrolments(enrolments=tuple(await hub.store.pending(parse_id(programme)))))


@get(
    "/programmes/{programme:str}/devices",
    guards=[enrolled, of_programme, certified, coordinator],
    security=SECURED,
    operation_id="heardDevices",
    summary="The last day on which something came of each device",
    responses=answers(*NEEDS_TOKEN, WrongCollectionError, WrongRoleError, UnknownError),
)
async def heard_devices(hub: Hub, programme: str) -> Wire[HeardDevices]:
    return Wire(HeardDevices(devices=tuple(await hub.store.heard(parse_id(programme)))))
