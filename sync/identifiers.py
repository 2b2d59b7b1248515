"""The sizes of everything that has one, and how identifiers are made (docs/protocol.md, "Bytes")."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from sync import canonical

Id: TypeAlias = Annotated[bytes, Meta(min_length=16, max_length=16)]
Hash: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]

ProgrammeId: TypeAlias = Id
CollectionId: TypeAlias = Id
RecordId: TypeAlias = Id
DeviceId: TypeAlias = Id
LaneId: TypeAlias = Id
KeyId: TypeAlias = Id
InviteId: TypeAlias = Id
RecipientId: TypeAlias = Id
"""A device's id, or the id of a programme's sealing key."""

Rev: TypeAlias = Hash
PacketId: TypeAlias = Hash
Secret: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature: TypeAlias = Annotated[bytes, Meta(min_length=64, max_length=64)]
SigningKey: TypeAlias = Annotated[bytes, Meta(min_length=65, max_length=65)]
SealingKey: TypeAlias = Annotated[bytes, Meta(min_length=1216, max_length=1216)]

LIMIT = 2**53
"""Integers stay below it: JavaScript holds no larger ones exactly."""
Natural: TypeAlias = Annotated[int, Meta(ge=0, lt=LIMIT)]
Positive: TypeAlias = Annotated[int, Meta(ge=1, lt=LIMIT)]

Role: TypeAlias = Literal["worker", "coordinator", "relay"]
"""A relay hands on what it can read none of: nothing is ever sealed to it."""
CollectionName: TypeAlias = Literal["contacts", "members", "admin"]
COLLECTIONS: tuple[CollectionName, ...] = ("contacts", "members", "admin")


def new_id() -> bytes:
    """16 random bytes: never ordered by time, which would tell when."""
    return secrets.token_bytes(16)


def collection_id(programme: bytes, name: CollectionName) -> bytes:
    return canonical.digest(["sojourn/1/collection", programme, name])[:16]


def device_id(signing_key: bytes) -> bytes:
    """From the public key as an uncompressed point, 65 bytes."""
    return hashlib.sha256(signing_key).digest()[:16]


def sealing_key_id(sealing_key: bytes) -> bytes:
    """The `recipient` that stands for a programme's sealing key."""
    return hashlib.sha256(sealing_key).digest()[:16]
