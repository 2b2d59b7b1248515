"""What of a push may be believed, before the store sorts it: signatures, owners, lanes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from sync.crypto import signing
from sync.errors import BadSignatureError, TooLargeError, WrongRoleError
from sync.exchange import BYTES_LIMIT, KeyPacket, Push, Refusal, packet_id, packet_message
from sync.identifiers import LaneId
from sync.revisions import rev_of
from sync.stores.contents import kept_of
from sync.stores.interface import (
    COMMON_LANE,
    Arrival,
    ArrivedPacket,
    ArrivedRevision,
    Author,
    Bearer,
    Collection,
)

CONTACT_BYTES = 1 << 16
"""Of a body: below it a contact has twice the room."""

_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, kw_only=True)
class Believed:
    """What goes to the store, and the packets that do not."""

    arrival: Arrival
    refused: list[Refusal]


def check_size(push: Push) -> int:
    """Bytes of what is sealed in it. Raises TooLargeError. The request as a whole was measured before it was read, its
    items counted after."""
    size_bytes = sum(len(revision.body) for revision in push.revisions)
    size_bytes += sum(len(packet.sealed) for packet in push.packets)
    if size_bytes > BYTES_LIMIT:
        raise TooLargeError(f"at most {BYTES_LIMIT} bytes")
    return size_bytes


def devices_in(push: Push) -> list[bytes]:
    """Those whose keys must be known to judge the packets."""
    return sorted({packet.owner for packet in push.packets} | {packet.author for packet in push.packets})


def believe(
    push: Push,
    collection: Collection,
    bearer: Bearer,
    authors: Mapping[bytes, Author],
    *,
    day: int,
    quota: int,
    device_quota: int | None = None,
    token: bytes | None = None,
) -> Believed:
    """Verifies every packet and computes every rev.

    A worker writes to its own lane of `contacts`; elsewhere it can only hand back what it holds, as a relay does
    everywhere. Chunks are for personal backups alone; quota: bytes of one. device_quota: bytes of a worker's lane;
    None where nobody is held to it. token: its hash, where the bearer is only presumed.
    """
    is_backup = collection.name == "backup"
    packets: list[ArrivedPacket] = []
    refused: list[Refusal] = []
    for packet in push.packets:
        name = packet_id(collection.programme, collection.collection, packet)
        try:
            lane = _lane_of(packet, collection, authors)
        except (BadSignatureError, WrongRoleError):
            refused.append(Refusal(rev=name, why="bad-packet"))
            continue
        packets.append(
            ArrivedPacket(
                id=name,
                key=packet.key,
                owner=packet.owner,
                lane=lane,
                own=packet.author == packet.owner,
                content=_encoder.encode(packet),
            )
        )
    revisions: list[ArrivedRevision] = []
    for revision in push.revisions:
        rev = rev_of(collection.collection, revision)
        if revision.chunks and not is_backup:
            refused.append(Refusal(rev=rev, why="malformed"))
            continue
        revisions.append(
            ArrivedRevision(
                rev=rev,
                record=revision.record,
                key=revision.key,
                supersedes=revision.supersedes,
                chunks=revision.chunks,
                content=kept_of(revision),
            )
        )
    arrival = Arrival(
        packets=packets,
        revisions=revisions,
        lane=lane_for(bearer, collection),
        settles=_settles(bearer, collection),
        quota=quota if is_backup else None,
        room=None if device_quota is None else _room(push, collection, bearer, device_quota),
        token=token,
        day=day,
    )
    return Believed(arrival=arrival, refused=refused)


def lane_for(bearer: Bearer, collection: Collection) -> LaneId | None:
    """The only lane that this device reads and writes here; None for all.

    A coordinator and a relay have all of them once there is a certificate: until then an invite is all that they
    have shown.
    """
    return bearer.lane if collection.name == "contacts" and not _has_all(bearer) else None


def _has_all(bearer: Bearer) -> bool:
    return bearer.role != "worker" and not bearer.provisional


def _room(push: Push, collection: Collection, bearer: Bearer, quota: int) -> int | None:
    """Bytes that the lane may hold with this push; None: any number.

    A coordinator hands back what a restored hub lost, and a relay what others sent: neither is held to it. Contacts,
    and the keys that they are under, are what the hub is there for: they have room where nothing else has it.
    """
    if collection.name == "backup" or _has_all(bearer):
        return None
    is_small = all(len(revision.body) < CONTACT_BYTES for revision in push.revisions)
    return 2 * quota if collection.name == "contacts" and is_small else quota


def _settles(bearer: Bearer, collection: Collection) -> bool:
    """Whether what comes may supersede. Not what a relay hands on: a stolen one could else hide what is here."""
    if bearer.role == "worker":
        return collection.name in ("contacts", "backup")
    return bearer.role == "coordinator"


def _lane_of(packet: KeyPacket, collection: Collection, authors: Mapping[bytes, Author]) -> LaneId:
    """The lane that a packet is in. Raises BadSignatureError, WrongRoleError.

    Its author is its owner, or a coordinator who sealed it again. Outside `contacts` only coordinators own
    keys, so that nothing can be written there under a worker's.
    """
    owner, author = authors.get(packet.owner), authors.get(packet.author)
    if owner is None or author is None:
        raise BadSignatureError("an unknown device")
    if owner.role == "relay" or (author != owner and author.role != "coordinator"):
        raise WrongRoleError
    if collection.name != "contacts" and owner.role != "coordinator":
        raise WrongRoleError
    message = packet_message(collection.programme, collection.collection, packet)
    signing.verify(author.signing_key, packet.signature, message)
    return owner.lane if collection.name == "contacts" else COMMON_LANE
