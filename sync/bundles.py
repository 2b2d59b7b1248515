"""Bundles: push messages in a file, and the receipts that come back in one (docs/protocol.md section 6)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, msgpack

from sync import canonical
from sync.crypto import signing
from sync.errors import BadSignatureError, BundleError, MalformedError
from sync.identifiers import CollectionId, DeviceId, Hash, ProgrammeId, SigningKey, device_id

CONTENT_LIMIT = 64 * 1024 * 1024
"""A phone holds the file in memory, as does the hub."""

_SIGNATURE = 64
_TRAILER = 32

T = TypeVar("T", bound=Struct)
Content = Annotated[bytes, Meta(min_length=1)]


class Bundled(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One message of a collection: in a bundle a `Push`, in a receipt file a `Pushed`, as MessagePack."""

    collection: CollectionId
    message: Content


class Bundle(
    Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, tag="sojourn/1/bundle"
):
    """What a device would have told the hub, in the order in which it is to be taken.

    enrolment: an `Enrolment` as MessagePack, until the device has a certificate; certificate: its own.
    """

    programme: ProgrammeId
    device: DeviceId
    enrolment: Content | None
    certificate: Content | None
    pushes: tuple[Bundled, ...]


class BundleReceipt(
    Struct,
    frozen=True,
    kw_only=True,
    array_like=True,
    forbid_unknown_fields=True,
    tag="sojourn/1/bundle-receipt",
):
    """What became of a bundle, push by push. bundle: its trailer."""

    bundle: Hash
    programme: ProgrammeId
    device: DeviceId
    receipts: tuple[Bundled, ...]


class ReadBundle(Struct, frozen=True, kw_only=True):
    """Whole, and not verified yet."""

    bundle: Bundle
    content: bytes
    signature: bytes
    trailer: bytes


_bundle_decoder = msgpack.Decoder(Bundle)
_receipt_decoder = msgpack.Decoder(BundleReceipt)


def write_bundle(private: signing.SigningPrivateKey, bundle: Bundle) -> bytes:
    """The whole file. Raises BundleError where it would be too large."""
    content = msgpack.encode(bundle)
    if len(content) > CONTENT_LIMIT:
        raise BundleError("too-large")
    return _with_trailer(content + signing.sign(private, _signed_message(content)))


def read_bundle(raw: bytes) -> ReadBundle:
    """Raises BundleError: `too-large`, `cut` (or changed), `not-a-bundle`."""
    if len(raw) > CONTENT_LIMIT + _SIGNATURE + _TRAILER:
        raise BundleError("too-large")
    body = _without_trailer(raw)
    content, signature = body[:-_SIGNATURE], body[-_SIGNATURE:]
    return ReadBundle(
        bundle=_decode(_bundle_decoder, content),
        content=content,
        signature=signature,
        trailer=raw[-_TRAILER:],
    )


def verify_bundle(read: ReadBundle, signing_key: SigningKey) -> None:
    """Whether the device that it names made it. Raises BundleError."""
    if device_id(signing_key) != read.bundle.device:
        raise BundleError("bad-signature")
    try:
        signing.verify(signing_key, read.signature, _signed_message(read.content))
    except BadSignatureError:
        raise BundleError("bad-signature") from None


def write_receipt(receipt: BundleReceipt) -> bytes:
    return _with_trailer(msgpack.encode(receipt))


def read_receipt(raw: bytes) -> BundleReceipt:
    """Raises BundleError. Nothing proves who wrote it: believe it no more than a relay."""
    if len(raw) > CONTENT_LIMIT + _TRAILER:
        raise BundleError("too-large")
    return _decode(_receipt_decoder, _without_trailer(raw))


def _signed_message(content: bytes) -> bytes:
    return canonical.encode(["sojourn/1/bundle-signed", hashlib.sha256(content).digest()])


def _with_trailer(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def _without_trailer(raw: bytes) -> bytes:
    body, trailer = raw[:-_TRAILER], raw[-_TRAILER:]
    if not hmac.compare_digest(hashlib.sha256(body).digest(), trailer):
        raise BundleError("cut")
    return body


def _decode(decoder: msgpack.Decoder[T], content: bytes) -> T:
    try:
        return canonical.decode(decoder, content)
    except MalformedError:
        raise BundleError("not-a-bundle") from None
