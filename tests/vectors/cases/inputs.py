"""What every vector is made of: keys, ids and bytes that look random and are always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from sync import identifiers, revisions
from sync.crypto import sealing, signing

Case = dict[str, Any]
Cases = tuple[str, list[Case], list[Case]]
"""Description, valid and invalid ones."""
Fields = Mapping[str, Sequence[tuple[revisions.Value, bytes, int]]]


def seeded(label: str, size: int) -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_256(f"sojourn vectors: {label}".encode()).digest(size)


def signing_key(label: str) -> signing.SigningPrivateKey:
    return ec.derive_private_key(int.from_bytes(seeded(label, 31), "big") + 1, ec.SECP256R1())


PROGRAMME = seeded("programme", 16)
CONTACTS = identifiers.collection_id(PROGRAMME, "contacts")
MEMBERS = identifiers.collection_id(PROGRAMME, "members")
ADMIN = identifiers.collection_id(PROGRAMME, "admin")
RECORD = seeded("record", 16)
CONTENT_KEY = seeded("content key", 32)
PROGRAMME_SEED = bytes(range(32))
PROGRAMME_SEALING_KEY = sealing.public_key(PROGRAMME_SEED)
PROGRAMME_SIGNING = signing_key("programme")
PHONE_SIGNING = signing_key("phone")
PHONE_SEED = seeded("phone sealing", 32)
PHONE_SIGNING_KEY = signing.public_key(PHONE_SIGNING)
PHONE_SEALING_KEY = sealing.public_key(PHONE_SEED)
PHONE = identifiers.device_id(PHONE_SIGNING_KEY)
OTHER = seeded("other phone", 16)
LANE = seeded("lane", 16)
REV_A, REV_B, REV_C = sorted(seeded(f"rev {name}", 32) for name in "abc")
