"""What a device and a hub say to each other about a collection (docs/protocol.md section 2)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from sync import canonical
from sync.errors import MalformedError, TooLargeError
from sync.identifiers import DeviceId, Hash, Id, KeyId, Natural, Positive, RecipientId, Signature
from sync.revisions import (
    BODY_LIMIT,
    SUPERSEDES_LIMIT,
    SUPERSEDES_LIMIT_TOMBSTONE,
    Revision,
    UncheckedRevision,
    rev_of,
)

REVISIONS_LIMIT = 1_000
PACKETS_LIMIT = 2_000
BYTES_LIMIT = 4 * 1024 * 1024
WAIT_LIMIT_SECONDS = 25
QUESTION_LIMIT = 10_000
SEALED_LIMIT = 16 * 1024
"""A sealed content key is 1,168 bytes in suite 1; a later suite may need more."""

Why: TypeAlias = Literal[
    "unknown-key",
    "too-large",
    "malformed",
    "wrong-lane",
    "bad-packet",
    "missing-chunks",
    "too-many-superseded",
]
Encoding: TypeAlias = Literal["msgpack", "json"]
T = TypeVar("T")


class UncheckedPacket(Struct, frozen=True, kw_only=True):
    """A key packet of the right types, whatever their sizes: what a hub can still name when it refuses it."""

    key: bytes
    # As large as MessagePack can write, so that its name can be computed; JSON knows larger ones.
    suite: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    owner: bytes
    recipient: bytes
    author: bytes
    sealed: bytes
    signature: bytes


class KeyPacket(UncheckedPacket, frozen=True, kw_only=True):
    """A content key, sealed to one recipient.

    owner: the device whose key it is. author: the device that sealed and signed it; another than the owner
    only when a coordinator seals it again.
    """

    key: KeyId
    suite: Positive
    owner: DeviceId
    recipient: RecipientId
    author: DeviceId
    sealed: Annotated[bytes, Meta(min_length=1, max_length=SEALED_LIMIT)]
    signature: Signature


class Push(Struct, frozen=True, kw_only=True):
    """Packets are taken first. At most 1,000 revisions, 2,000 packets, 4 MiB."""

    packets: tuple[KeyPacket, ...] = ()
    revisions: tuple[Revision, ...] = ()


class Refusal(Struct, frozen=True, kw_only=True):
    """`rev` is a packet id where a packet was refused."""

    rev: Hash
    why: Why


class Pushed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A receipt. `stored` and `known` name revs and packet ids; `known` was there already.

    before, cursor: where the collection stood before this push, and stands after it. day: the hub's, since
    1970-01-01; older hubs say none. expired: of what is known, that whose body went with its time.
    """

    before: Annotated[bytes, Meta(min_length=32, max_length=32)]
    cursor: Annotated[bytes, Meta(min_length=32, max_length=32)]
    stored: tuple[Hash, ...]
    known: tuple[Hash, ...]
    refused: tuple[Refusal, ...]
    safe: Natural
    receipt: Literal["hub", "relay"]
    day: Natural | None = None
    expired: tuple[Hash, ...] = ()


class Changes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of a collection, oldest first, heads only. `more`: the next page is not empty.

    receipt: who answers. day: the hub's, since 1970-01-01. keep_days: how long a device keeps a contact that the
    hub has. Older hubs say neither; then nothing is forgotten. generation: of the programme's card, so that a device
    asks for a new one before it seals anything else.
    """

    cursor: Annotated[bytes, Meta(min_length=32, max_length=32)]
    more: bool
    packets: tuple[KeyPacket, ...]
    revisions: tuple[Revision, ...]
    safe: Natural
    receipt: Literal["hub", "relay"] = "hub"
    day: Natural | None = None
    keep_days: Natural | None = None
    generation: Natural | None = None


class Question(Struct, frozen=True, kw_only=True):
    """Is this on the hub? Revs or packet ids, at most 10,000."""

    revs: tuple[Hash, ...]


class Missing(Struct, frozen=True, kw_only=True):
    """Those that the hub neither holds nor knows as superseded, in the order asked."""

    missing: tuple[Hash, ...]


class Cursor(Struct, frozen=True, kw_only=True):
    """How far a device has read. Devices keep it as bytes and look only at the epoch.

    mark: the first 8 bytes of the rev (or packet id) at that sequence; eight zero bytes at sequence 0.
    """

    epoch: Id
    sequence: Natural
    mark: bytes


class Health(Struct, frozen=True, kw_only=True):
    """`epoch` says which life of the database answers; devices meet it in every cursor."""

    status: str
    epoch: Id


class ReadPush(Struct, frozen=True, kw_only=True):
    """A push as a hub has read it: what is well formed, and what is refused at once."""

    push: Push
    refused: tuple[Refusal, ...]


class _UncheckedPush(Struct, frozen=True, kw_only=True):
    packets: tuple[UncheckedPacket, ...] = ()
    revisions: tuple[UncheckedRevision, ...] = ()


def packet_message(programme: bytes, collection: bytes, packet: UncheckedPacket) -> bytes:
    """What the author of a packet signs."""
    return canonical.encode(["sojourn/1/packet", programme, collection, *_packet_parts(packet)])


def packet_id(programme: bytes, collection: bytes, packet: UncheckedPacket) -> bytes:
    """Names a packet in receipts and cursors; the signature is no part of it."""
    return canonical.digest(["sojourn/1/packet-id", programme, collection, *_packet_parts(packet)])


def encode_cursor(cursor: Cursor) -> bytes:
    return cursor.epoch + cursor.sequence.to_bytes(8, "big") + cursor.mark


def decode_cursor(raw: bytes) -> Cursor:
    """Raises MalformedError for anything but 32 bytes with a sequence below 2^53."""
    sequence = int.from_bytes(raw[16:24], "big")
    if len(raw) != 32 or sequence >= 2**53:
        raise MalformedError("not a cursor", field="$.cursor")
    return Cursor(epoch=raw[:16], sequence=sequence, mark=raw[24:])


def start_of(epoch: bytes) -> Cursor:
    """Where a collection stands before anything was stored."""
    return Cursor(epoch=epoch, sequence=0, mark=bytes(8))


def read_push(raw: bytes, encoding: Encoding, programme: bytes, collection: bytes) -> ReadPush:
    """Reads a push so that one bad item does not hold up the rest.

    What has the right types but breaks a constraint is refused by its rev or packet id. Raises
    MalformedError where even the types are wrong, and TooLargeError for too many items, whatever they are, before
    any of them is looked at. The size of the whole is the caller's to check, before it reads.
    """
    try:
        push = _decode(raw, encoding, Push)
    except MalformedError:
        unchecked = _decode(raw, encoding, _UncheckedPush)
    else:
        _check_count(push)
        return ReadPush(push=push, refused=())
    _check_count(unchecked)
    refused: list[Refusal] = []
    packets: list[KeyPacket] = []
    revisions: list[Revision] = []
    for packet in unchecked.packets:
        checked = _checked(packet, KeyPacket)
        if checked is None:
            refused.append(Refusal(rev=packet_id(programme, collection, packet), why="malformed"))
        else:
            packets.append(checked)
    for revision in unchecked.revisions:
        whole = _checked(revision, Revision)
        if whole is None:
            refused.append(Refusal(rev=rev_of(collection, revision), why=_why(revision)))
        else:
            revisions.append(whole)
    return ReadPush(push=Push(packets=tuple(packets), revisions=tuple(revisions)), refused=tuple(refused))


def _check_count(push: Push | _UncheckedPush) -> None:
    if len(push.revisions) > REVISIONS_LIMIT or len(push.packets) > PACKETS_LIMIT:
        raise TooLargeError(f"at most {REVISIONS_LIMIT} revisions and {PACKETS_LIMIT} packets")


def _packet_parts(packet: UncheckedPacket) -> list[canonical.Part]:
    return [packet.key, packet.suite, packet.owner, packet.recipient, packet.author, packet.sealed]


def _decode(raw: bytes, encoding: Encoding, kind: type[T]) -> T:
    try:
        if encoding == "json":
            return msgspec.json.decode(raw, type=kind)
        return msgspec.msgpack.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise canonical.malformed(error) from None


def _checked(item: Struct, kind: type[T]) -> T | None:
    """The same item as the stricter Struct, or nothing where it breaks a constraint."""
    parts: dict[str, Any] = msgspec.structs.asdict(item)
    try:
        return msgspec.convert(parts, type=kind)
    except msgspec.ValidationError:
        return None


def _why(revision: UncheckedRevision) -> Why:
    if len(revision.body) > BODY_LIMIT:
        return "too-large"
    limit = SUPERSEDES_LIMIT_TOMBSTONE if revision.tombstone else SUPERSEDES_LIMIT
    return "too-many-superseded" if len(revision.supersedes) > limit else "malformed"
