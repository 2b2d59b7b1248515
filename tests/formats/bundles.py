"""docs/formats.md, section 6: a bundle and its receipt, from the file to their messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from tests.formats.conventions import id_of, verify
from tests.formats.messagepack import RefusedError, Value, array, decode, labelled, octets, struct
from tests.formats.records import Packet, Revision, packet_of, revision_of

LARGEST = 67_108_864
SIGNATURE = 64
TRAILER = 32


@dataclass(frozen=True, kw_only=True)
class Push:
    collection: bytes
    packets: list[Packet]
    revisions: list[Revision]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """enrolment, certificate: Structs as maps."""

    trailer: bytes
    programme: bytes
    device: bytes
    enrolment: Mapping[str, Value] | None
    certificate: Mapping[str, Value] | None
    pushes: list[Push]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """receipts: collections, and Pushed as maps."""

    bundle: bytes
    programme: bytes
    device: bytes
    receipts: list[tuple[bytes, Mapping[str, Value]]]


def read_bundle(file: bytes, signing_key: bytes | None = None) -> Bundle:
    """signing_key: the device's, where the bundle has neither enrolment nor certificate, or another is expected.

    Raises RefusedError unless the trailer, the signature and the device's id are right.
    """
    signed, trailer = _checked(file, SIGNATURE)
    content, signature = signed[:-SIGNATURE], signed[-SIGNATURE:]
    elements = array(labelled(decode(content), "sojourn/1/bundle"), 5)
    programme, device, enrolment, certificate, pushes = elements
    bundle = Bundle(
        trailer=trailer,
        programme=octets(programme, 16),
        device=octets(device, 16),
        enrolment=None if enrolment is None else _map(enrolment),
        certificate=None if certificate is None else _map(certificate),
        pushes=[_push(octets(collection, 16), _map(push)) for collection, push in map(_pair, array(pushes))],
    )
    own = bundle.certificate or bundle.enrolment or {}
    key = signing_key or octets(own.get("signing_key"), 65)
    if id_of(key) != bundle.device:
        raise RefusedError("another device's key")
    verify(key, signature, ["sojourn/1/bundle-signed", sha256(content).digest()])
    return bundle


def read_receipt(file: bytes) -> Receipt:
    content, _ = _checked(file, 0)
    elements = array(labelled(decode(content), "sojourn/1/bundle-receipt"), 4)
    bundle, programme, device, receipts = elements
    return Receipt(
        bundle=octets(bundle, 32),
        programme=octets(programme, 16),
        device=octets(device, 16),
        receipts=[
            (octets(collection, 16), _map(pushed)) for collection, pushed in map(_pair, array(receipts))
        ],
    )


def _checked(file: bytes, signature: int) -> tuple[bytes, bytes]:
    """What stands before the trailer, and the trailer."""
    before, trailer = file[:-TRAILER], file[-TRAILER:]
    if not signature < len(before) <= LARGEST + signature or sha256(before).digest() != trailer:
        raise RefusedError("cut, or changed")
    return before, trailer


def _push(collection: bytes, push: Mapping[str, Value]) -> Push:
    return Push(
        collection=collection,
        packets=[packet_of(each) for each in array(push.get("packets", []))],
        revisions=[revision_of(each) for each in array(push.get("revisions", []))],
    )


def _map(value: Value) -> Mapping[str, Value]:
    return struct(decode(octets(value)))


def _pair(value: Value) -> tuple[Value, Value]:
    first, second = array(value, 2)
    return first, second
