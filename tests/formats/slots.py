"""docs/formats.md, section 2: the header, and from what somebody types or holds to the slot that it opens."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import regex
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tests.formats.conventions import derived, unsealed
from tests.formats.messagepack import RefusedError, array, decode, labelled, natural, octets

SLOTS = 8
SLOT_BYTES = 92
KINDS = "open", "wipe"
IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}")
WHITE = regex.compile(r"\p{White_Space}+")
BETWEEN = regex.compile(
    r"[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff.\-–]|\p{Default_Ignorable_Code_Point}"
)
"""White space of ECMAScript first."""
ZEROS = 0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x0ED0, 0x1040, 0x1090, 0x17E0, 0xFF10
DIGITS = {zero + digit: str(digit) for zero in ZEROS for digit in range(10)}


@dataclass(frozen=True, kw_only=True)
class Header:
    salt: bytes
    memory_kib: int
    passes: int
    slots: list[bytes]


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a secret opened. kind: `open` or `wipe`."""

    number: int
    vault_key: bytes
    kind: str


def decode_header(encoded: bytes) -> Header:
    salt, memory_kib, passes, slots = array(labelled(decode(encoded), "sojourn/1/vault"), 4)
    header = Header(
        salt=octets(salt, 16),
        memory_kib=natural(memory_kib, 19_456),
        passes=natural(passes, 2),
        slots=[octets(slot, SLOT_BYTES) for slot in array(slots, SLOTS)],
    )
    if max(header.memory_kib, header.passes) >= 1 << 32:
        raise RefusedError("a cost that nobody can pay")
    return header


def open_slots(header: Header, slot_key: bytes) -> Slot:
    """Raises RefusedError where the secret is wrong."""
    opened = [slot for number in range(SLOTS) if (slot := _open_slot(header, slot_key, number)) is not None]
    if not opened:
        raise RefusedError("a wrong secret")
    return opened[0]


def slot_key_of_passphrase(header: Header, typed: str) -> bytes:
    return slot_key_of_normalised(header, normalised(suggested(typed)))


def slot_key_of_normalised(header: Header, passphrase: str) -> bytes:
    stretched = Argon2id(
        salt=header.salt, length=32, iterations=header.passes, lanes=1, memory_cost=header.memory_kib
    )
    return derived(stretched.derive(passphrase.encode()), "sojourn/1/slot-passphrase")


def slot_key_of_recovery_key(recovery_key: bytes) -> bytes:
    return derived(recovery_key, "sojourn/1/slot-recovery")


def slot_key_of_passkey(secret: bytes) -> bytes:
    return derived(secret, "sojourn/1/slot-passkey")


def suggested(typed: str) -> str:
    """A suggested passphrase in its one form; any other as it was typed."""
    digits = _digits(typed)
    if not (digits.isascii() and digits.isdigit() and len(digits) == 20):
        return typed
    groups = [digits[start : start + 5] for start in range(0, 20, 5)]
    return " ".join(groups) if _checked(groups) else typed


def normalised(passphrase: str) -> str:
    return WHITE.sub(" ", IGNORED.sub("", unicodedata.normalize("NFKC", passphrase))).strip(" ")


def recovery_key(typed: str) -> bytes:
    """20 bytes; raises RefusedError for what is no recovery key on paper."""
    digits = _digits(typed)
    groups = [digits[start : start + 6] for start in range(0, 60, 6)]
    if not (digits.isascii() and digits.isdigit() and len(digits) == 60 and _checked(groups)):
        raise RefusedError("no recovery key")
    numbers = [int(group[:5]) for group in groups]
    if max(numbers) >= 1 << 16:
        raise RefusedError("no recovery key")
    return b"".join(number.to_bytes(2) for number in numbers)


def check_digit(digits: str, group: int) -> str:
    """ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in (group % 10, *map(int, digits)):
        total = (product + digit) % 10 or 10
        product = 2 * total % 11
    return str((11 - product) % 10)


def _open_slot(header: Header, slot_key: bytes, number: int) -> Slot | None:
    try:
        content = unsealed(slot_key, header.slots[number], ["sojourn/1/slot", header.salt, number])
    except RefusedError:
        return None
    kind = content[32]
    if len(content) != 64 or kind >= len(KINDS) or any(content[33:]):
        return None
    return Slot(number=number, vault_key=content[:32], kind=KINDS[kind])


def _digits(typed: str) -> str:
    return BETWEEN.sub("", typed).translate(DIGITS)


def _checked(groups: list[str]) -> bool:
    return all(check_digit(group[:-1], number) == group[-1] for number, group in enumerate(groups))
