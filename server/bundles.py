"""A bundle that somebody carried here, taken as if its device had come itself (docs/protocol.md section 6)."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from msgspec import msgpack

from server.api.arrivals import believe, check_size, devices_in
from server.api.bearers import may_enter
from sync import canonical
from sync.bundles import Bundle, Bundled, BundleReceipt, ReadBundle, read_bundle, verify_bundle
from sync.enrolment import Certificate, Enrolment, newer, verify_certificate
from sync.errors import BadSignatureError, BundleError, MalformedError, ProblemError, UnknownError
from sync.exchange import Pushed, ReadPush, encode_cursor, read_push
from sync.identifiers import DeviceId
from sync.stores.interface import Author, Bearer, Collection, Programme, Store

_certificate_decoder = msgpack.Decoder(Certificate)
_enrolment_decoder = msgpack.Decoder(Enrolment)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """`revoked`: the device was, and what it sent supersedes nothing."""

    receipt: BundleReceipt
    stored: int
    known: int
    refused: int
    revoked: bool


@dataclass(frozen=True, kw_only=True)
class _Arriving:
    """A bundle that is read, verified and judged as far as that goes before anything is stored."""

    bundle: Bundle
    programme: Programme
    certificate: Certificate | None
    enrolment: Enrolment | None
    pushes: list[tuple[Collection, ReadPush]]


async def import_bundle(
    store: Store,
    raw: bytes,
    *,
    now: int,
    day: int,
    take_revoked: bool,
    receipt: Literal["hub", "relay"] = "hub",
    enrolled: Callable[[bytes, Enrolment], None] | None = None,
) -> Imported:
    """Stores what a device of a programme here put in a file; safe to repeat.

    receipt: as which it is taken. enrolled: of a relay, keeps what is to go up of a device that came with an invite.
    Raises BundleError, or the ProblemError of an invite that lets nobody in; then nothing of it is stored.
    """
    read = read_bundle(raw)
    arriving = await _arriving(store, read, hands_on=enrolled is not None)
    revoked = arriving.certificate is not None and arriving.certificate.revoked
    if revoked and not take_revoked:
        raise BundleError("revoked")
    await _let_in(store, arriving, now=now, day=day)
    if enrolled is not None and arriving.enrolment is not None:
        await asyncio.to_thread(enrolled, arriving.bundle.programme, arriving.enrolment)
    bearer = await _bearer(store, arriving)
    receipts: list[tuple[Collection, Pushed]] = []
    for collection, push in arriving.pushes:
        receipts.append((collection, await _take(store, collection, bearer, push, day=day, receipt=receipt)))
    told = [pushed for _, pushed in receipts]
    return Imported(
        receipt=BundleReceipt(
            bundle=read.trailer,
            programme=arriving.bundle.programme,
            device=arriving.bundle.device,
            receipts=tuple(Bundled(each.collection, msgpack.encode(pushed)) for each, pushed in receipts),
        ),
        stored=sum(len(pushed.stored) for pushed in told),
        known=sum(len(pushed.known) for pushed in told),
        refused=sum(len(pushed.refused) for pushed in told),
        revoked=revoked,
    )


async def _arriving(store: Store, read: ReadBundle, *, hands_on: bool) -> _Arriving:
    """hands_on: at a relay, where an enrolment that is here may not be on its way up yet: it was cut off in between."""
    bundle = read.bundle
    try:
        programme = await store.programme(bundle.programme)
    except UnknownError:
        raise BundleError("unknown-programme") from None
    if programme.card is None:
        raise BundleError("unknown-programme")
    author = (await store.authors(bundle.programme, [bundle.device])).get(bundle.device)
    held = {each.device: each for each in await store.certificates(bundle.programme)}.get(bundle.device)
    try:
        offered = _certificate(bundle, programme.card.signing_key, held)
        is_new = author is None or (hands_on and held is None)
        enrolment = _enrolment(bundle) if is_new and offered is None else None
    except (MalformedError, BadSignatureError):
        raise BundleError("not-a-bundle") from None
    certificate = offered if offered is not None and newer(held, offered) else held
    verify_bundle(read, _signing_key(author, certificate, enrolment))
    bearer = _expected(bundle, certificate)
    pushes = [await _judged(store, each, bearer) for each in bundle.pushes]
    return _Arriving(
        bundle=bundle, programme=programme, certificate=certificate, enrolment=enrolment, pushes=pushes
    )


def _certificate(
    bundle: Bundle, programme_signing_key: bytes, held: Certificate | None
) -> Certificate | None:
    """None where it says nothing that counts here: a device that was away has one of the card before."""
    if bundle.certificate is None:
        return None
    certificate = canonical.decode(_certificate_decoder, bundle.certificate)
    try:
        verify_certificate(certificate, programme_signing_key)
    except BadSignatureError:
        if held is None:
            raise
        return None
    if (certificate.programme, certificate.device) != (bundle.programme, bundle.device):
        raise BadSignatureError
    return certificate


def _enrolment(bundle: Bundle) -> Enrolment | None:
    return None if bundle.enrolment is None else canonical.decode(_enrolment_decoder, bundle.enrolment)


def _signing_key(
    author: Author | None, certificate: Certificate | None, enrolment: Enrolment | None
) -> bytes:
    """The device's; `verify_bundle` compares it with the device's id. Raises BundleError."""
    for known in (certificate, author, enrolment):
        if known is not None:
            return known.signing_key
    raise BundleError("unknown-device")


def _expected(bundle: Bundle, certificate: Certificate | None) -> Bearer:
    """Who comes. Without a certificate, somebody who may only send contacts; the invite says to which lane."""
    return Bearer(
        programme=bundle.programme,
        device=bundle.device,
        role="worker" if certificate is None else certificate.role,
        lane=bytes(16) if certificate is None else certificate.lane,
        provisional=certificate is None,
        revoked=certificate is not None and certificate.revoked,
    )


async def _judged(store: Store, bundled: Bundled, bearer: Bearer) -> tuple[Collection, ReadPush]:
    """Raises BundleError for a message that the hub would refuse as a whole."""
    try:
        collection = await store.collection(bundled.collection)
        if collection.programme != bearer.programme:
            raise BundleError("unknown-programme")
        may_enter(bearer, collection)
        push = read_push(bundled.message, "msgpack", collection.programme, collection.collection)
        check_size(push.push)
    except ProblemError as problem:
        raise BundleError(problem.code) from None
    return collection, push


async def _let_in(store: Store, arriving: _Arriving, *, now: int, day: int) -> None:
    programme = arriving.bundle.programme
    if arriving.certificate is not None:
        await store.certify(programme, [], [arriving.certificate], after=arriving.programme.card)
    elif arriving.enrolment is not None:
        # The token goes nowhere, and is no longer good; the device asks for its own when it gets here.
        try:
            await store.enrol(
                programme,
                arriving.enrolment,
                device=arriving.bundle.device,
                claim_hash=hashlib.sha256(arriving.enrolment.claim).digest(),
                token_hash=secrets.token_bytes(32),
                last_day=day - 1,
                now=now,
                day=day,
            )
        except UnknownError:
            raise BundleError("unknown-device") from None


async def _bearer(store: Store, arriving: _Arriving) -> Bearer:
    bundle = arriving.bundle
    expected = _expected(bundle, arriving.certificate)
    if not expected.provisional:
        return expected
    author = (await store.authors(bundle.programme, [bundle.device]))[bundle.device]
    return Bearer(
        programme=bundle.programme,
        device=bundle.device,
        role=author.role,
        lane=author.lane,
        provisional=True,
        revoked=False,
    )


async def _take(
    store: Store,
    collection: Collection,
    bearer: Bearer,
    push: ReadPush,
    *,
    day: int,
    receipt: Literal["hub", "relay"],
) -> Pushed:
    devices: list[DeviceId] = devices_in(push.push)
    authors = await store.authors(collection.programme, devices) if devices else {}
    believed = believe(push.push, collection, bearer, authors, day=day, quota=0)
    arrival = believed.arrival
    if bearer.revoked:
        # It may not be in its owner's hands any more: nothing that it sends hides what was there.
        arrival = replace(arrival, lane=bearer.lane, settles=False)
    stored = await store.push(collection.collection, arrival)
    return Pushed(
        before=encode_cursor(stored.before),
        cursor=encode_cursor(stored.cursor),
        stored=tuple(stored.stored),
        known=tuple(stored.known),
        refused=(*push.refused, *believed.refused, *stored.refused),
        safe=stored.safe,
        receipt=receipt,
    )
