"""The vault's header: eight slots, each of which may hold the vault key under a secret; unused ones are random.

Opening always costs one Argon2id run and eight openings, whatever the secret and wherever its slot, so that
time tells nothing of how many slots are in use.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Meta, Struct, msgpack

from sync import canonical
from sync.crypto import aead
from sync.crypto.derivation import derive
from sync.crypto.passphrase import normalised
from sync.errors import MalformedError, OpeningError
from sync.identifiers import Id

SLOTS = 8
SLOT_SIZE = 92
SMALLEST_MEMORY_KIB = 19_456
SMALLEST_PASSES = 2
_KINDS: tuple[Literal["open", "wipe"], ...] = ("open", "wipe")
_FILL = bytes(31)


class Cost(Struct, frozen=True, kw_only=True):
    """What one guess costs (RFC 9106); the least here is OWASP's second choice for Argon2id."""

    memory_kib: Annotated[int, Meta(ge=SMALLEST_MEMORY_KIB, lt=2**32)] = 65_536
    passes: Annotated[int, Meta(ge=SMALLEST_PASSES, lt=2**32)] = 3


class VaultHeader(
    Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, tag="sojourn/1/vault"
):
    """One row, always rewritten whole. The cost is fixed for its life."""

    salt: Id
    memory_kib: Annotated[int, Meta(ge=SMALLEST_MEMORY_KIB, lt=2**32)]
    passes: Annotated[int, Meta(ge=SMALLEST_PASSES, lt=2**32)]
    slots: Annotated[
        tuple[Annotated[bytes, Meta(min_length=SLOT_SIZE, max_length=SLOT_SIZE)], ...],
        Meta(min_length=SLOTS, max_length=SLOTS),
    ]


class OpenedSlot(Struct, frozen=True, kw_only=True):
    """`kind`: `wipe` means that whoever typed this secret asked for the vault to be destroyed."""

    vault_key: bytes
    kind: Literal["open", "wipe"]
    number: int


_header_decoder = msgpack.Decoder(VaultHeader)


def new_header(cost: Cost) -> VaultHeader:
    """All eight slots unused."""
    return VaultHeader(
        salt=secrets.token_bytes(16),
        memory_kib=cost.memory_kib,
        passes=cost.passes,
        slots=tuple(secrets.token_bytes(SLOT_SIZE) for _ in range(SLOTS)),
    )


def encode_header(header: VaultHeader) -> bytes:
    return msgpack.encode(header)


def decode_header(raw: bytes) -> VaultHeader:
    """Raises MalformedError."""
    return canonical.decode(_header_decoder, raw)


def fill_slot(
    header: VaultHeader,
    number: int,
    slot_key: bytes,
    vault_key: bytes,
    kind: Literal["open", "wipe"] = "open",
) -> VaultHeader:
    """The header with the vault key in slot `number`, 0–7."""
    content = vault_key + bytes([_KINDS.index(kind)]) + _FILL
    slots = list(header.slots)
    slots[number] = aead.seal(slot_key, content, _slot_associated(header, number))
    return VaultHeader(
        salt=header.salt, memory_kib=header.memory_kib, passes=header.passes, slots=tuple(slots)
    )


def open_slots(header: VaultHeader, slot_key: bytes) -> OpenedSlot:
    """Tries all eight, always. Raises OpeningError when none opens."""
    opened: OpenedSlot | None = None
    for number, sealed in enumerate(header.slots):
        try:
            content = aead.open_sealed(slot_key, sealed, _slot_associated(header, number))
        except OpeningError:
            continue
        opened = opened or _read_slot(content, number)
    if opened is None:
        raise OpeningError
    return opened


def passphrase_slot_key(header: VaultHeader, passphrase: str) -> bytes:
    """One Argon2id run, one lane, then HKDF. Raises MalformedError for text that is not Unicode."""
    try:
        raw = normalised(passphrase).encode()
    except UnicodeEncodeError:
        raise MalformedError("text that is not Unicode") from None
    argon = Argon2id(
        salt=header.salt, length=32, iterations=header.passes, lanes=1, memory_cost=header.memory_kib
    )
    return derive(argon.derive(raw), "sojourn/1/slot-passphrase")


def recovery_slot_key(recovery_key: bytes) -> bytes:
    """From 160 random bits: nothing to slow down."""
    return derive(recovery_key, "sojourn/1/slot-recovery")


def passkey_slot_key(secret: bytes) -> bytes:
    """From the output of a passkey's PRF."""
    return derive(secret, "sojourn/1/slot-passkey")


def rows_key(vault_key: bytes) -> bytes:
    return derive(vault_key, "sojourn/1/rows")


def root_address(vault_key: bytes) -> bytes:
    """The row that holds the vault's root."""
    return derive(vault_key, "sojourn/1/root", 16)


def _slot_associated(header: VaultHeader, number: int) -> bytes:
    return canonical.encode(["sojourn/1/slot", header.salt, number])


def _read_slot(content: bytes, number: int) -> OpenedSlot:
    if len(content) != 64 or content[32] >= len(_KINDS) or content[33:] != _FILL:
        raise OpeningError
    return OpenedSlot(vault_key=content[:32], kind=_KINDS[content[32]], number=number)
