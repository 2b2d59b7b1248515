"""A programme's sheet: what has to be on paper to take the programme up again (docs/protocol.md section 3)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from sync.backups import digit_groups, parse_groups
from sync.crypto.signing import SigningPrivateKey
from sync.errors import MalformedError
from sync.identifiers import ProgrammeId, Secret

SHEET_BYTES = 16 + 32 + 32


class Sheet(Struct, frozen=True, kw_only=True):
    """number: the private one of the signing key, 32 bytes, big endian. Both secrets are of the newest generation."""

    programme: ProgrammeId
    number: Secret
    sealing_seed: Secret


def sheet_digits(sheet: Sheet) -> str:
    """Forty groups of six digits, joined by spaces."""
    return digit_groups(sheet.programme + sheet.number + sheet.sealing_seed)


def parse_sheet(digits: str) -> Sheet:
    """The inverse of `sheet_digits`, whatever the spaces. Raises ValueError for a slip."""
    content = parse_groups(digits, SHEET_BYTES)
    return Sheet(programme=content[:16], number=content[16:48], sealing_seed=content[48:])


def signing_key_of(sheet: Sheet) -> SigningPrivateKey:
    """Raises MalformedError for a number that is no private key of P-256."""
    try:
        return ec.derive_private_key(int.from_bytes(sheet.number, "big"), ec.SECP256R1())
    except ValueError:
        raise MalformedError("not a P-256 key") from None
