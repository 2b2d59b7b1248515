"""Founding a programme; its card and its devices' certificates (docs/protocol.md sections 3 and 4)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from itertools import pairwise

from server.api.addresses import parse_id
from server.api.bearers import certified, enrolled, hands_on, of_programme
from server.api.hub import Hub
from server.api.limits import BODY_LIMIT, limited
from server.api.problems import LIMITED, NEEDS_TOKEN, READS_BODY, answers
from server.api.wire import SECURED, Body, Wire, get, post_only
from sync.enrolment import (
    Card,
    Certificate,
    Certificates,
    Founding,
    ProgrammeName,
    verify_card,
    verify_certificate,
    verify_own,
)
from sync.errors import (
    AlreadyFoundedError,
    BadSignatureError,
    CardChangedError,
    InviteExpiredError,
    MalformedError,
    UnknownError,
    WrongCollectionError,
    WrongRoleError,
)
from sync.stores.interface import Programme


@get(
    "/programmes/{programme:str}",
    guards=[limited],
    operation_id="programmeName",
    summary="What a programme is called, for whoever holds its invite",
    responses=answers(*LIMITED, UnknownError),
)
async def programme_name(hub: Hub, programme: str) -> Wire[ProgrammeName]:
    known = await hub.store.programme(parse_id(programme))
    return Wire(ProgrammeName(name=known.name, practice=known.practice))


@post_only(
    "/programmes/{programme:str}/founding",
    dto=Body[Founding],
    guards=[limited],
    operation_id="found",
    summary="Give a programme its first card and its first coordinator, once",
    responses=answers(
        *READS_BODY, *LIMITED, BadSignatureError, UnknownError, AlreadyFoundedError, InviteExpiredError
    ),
)
async def found(hub: Hub, programme: str, data: Founding) -> None:
    known = await hub.store.programme(parse_id(programme))
    if not hmac.compare_digest(known.claim_hash, hashlib.sha256(data.claim).digest()):
        raise UnknownError("no such invite")
    if known.card is None and known.expiry < hub.now:
        raise InviteExpiredError
    check_founding(data, known)
    await hub.store.found(data.card, data.certificate, day=hub.day)


@get(
    "/programmes/{programme:str}/certificates",
    guards=[enrolled, of_programme],
    security=SECURED,
    operation_id="certificates",
    summary="The card and every device's certificate",
    responses=answers(*NEEDS_TOKEN, WrongCollectionError, UnknownError),
)
async def certificates(hub: Hub, programme: str) -> Wire[Certificates]:
    known = await hub.store.programme(parse_id(programme))
    held = await hub.store.certificates(known.programme)
    return Wire(Certificates(card=known.card, cards=known.cards, certificates=tuple(held)))


@post_only(
    "/programmes/{programme:str}/certificates",
    dto=Body[Certificates],
    guards=[enrolled, of_programme, certified, hands_on],
    security=SECURED,
    operation_id="certify",
    summary="A newer card; devices let in, or revoked",
    # A new card comes with the certificate of every device that ever was, a kilobyte and a half each.
    request_max_body_size=BODY_LIMIT,
    responses=answers(
        *NEEDS_TOKEN,
        *READS_BODY,
        BadSignatureError,
        WrongCollectionError,
        WrongRoleError,
        UnknownError,
        CardChangedError,
    ),
)
async def certify(hub: Hub, programme: str, data: Certificates) -> None:
    known = await hub.store.programme(parse_id(programme))
    if known.card is None:
        raise UnknownError("the programme has no keys yet")
    cards = check_cards(data.chain, known.card)
    if cards and hub.receipt == "relay":
        # Two cards of one generation, at a hub and at a relay without a line, would part the programme's phones. For
        # whoever brings it this is a hub with an older card: all else goes on, and it comes from the hub.
        raise CardChangedError("a card comes from the hub")
    card = cards[-1] if cards else known.card
    if len({certificate.device for certificate in data.certificates}) < len(data.certificates):
        raise MalformedError("a device is named twice", field="$.certificates")
    # What is held was verified; under a new card's key nothing was yet.
    held = set() if cards else set(await hub.store.certificates(known.programme))
    offered = [certificate for certificate in data.certificates if certificate not in held]
    await asyncio.to_thread(check_certificates, offered, card)
    await hub.store.certify(known.programme, cards, list(data.certificates), after=known.card)
    hub.waiters.wake_all()


def check_founding(founding: Founding, programme: Programme) -> None:
    """Raises BadSignatureError, MalformedError."""
    card, certificate = founding.card, founding.certificate
    if (
        programme.programme not in (card.programme, certificate.programme)
        or card.programme != certificate.programme
    ):
        raise BadSignatureError("another programme's")
    if card.generation != 1:
        raise MalformedError("the first card has generation 1", field="$.card.generation")
    if certificate.role != "coordinator" or certificate.revoked:
        raise MalformedError("the first device is a coordinator", field="$.certificate.role")
    verify_card(card, card.signing_key)
    verify_certificate(certificate, card.signing_key)


def check_certificates(offered: Sequence[Certificate], card: Card) -> None:
    """A tenth of a millisecond each. Raises BadSignatureError."""
    for certificate in offered:
        if certificate.programme != card.programme:
            raise BadSignatureError
        verify_certificate(certificate, card.signing_key)


def check_cards(offered: Sequence[Card], held: Card) -> list[Card]:
    """Those that follow the one held, each signed by the one before and by itself.

    Raises BadSignatureError; CardChangedError where another follows, or followed, than the one offered.
    """
    if any(card.programme != held.programme for card in offered):
        raise BadSignatureError("another programme's")
    ordered = sorted(offered, key=lambda card: card.generation)
    if ordered and ordered[-1].generation <= held.generation and ordered[-1] != held:
        raise CardChangedError("another card is held")
    following = [card for card in ordered if card.generation > held.generation]
    for before, card in pairwise([held, *following]):
        verify_card(card, before.signing_key)
        verify_own(card)
    return following
