"""Personal backups: one person's, with no account; all from the recovery key (docs/protocol.md section 4)."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from sync.crypto.derivation import derive
from sync.identifiers import CollectionId, Natural, Secret

RECOVERY_KEY_BYTES = 20
KEEP_MONTHS = 24
"""A backup that nobody uses is kept so long at the least."""


class BackupKeys(Struct, frozen=True, kw_only=True):
    """collection: where it is. token: lets in; the hub knows its hash. key: the content key, for all of it."""

    collection: CollectionId
    token: Secret
    key: Secret


class BackupOffer(Struct, frozen=True, kw_only=True):
    """Whether a hub takes new backups, and bytes for each."""

    offered: bool
    quota: Natural
    keep_months: Natural


class Backup(Struct, frozen=True, kw_only=True):
    """Bytes used and allowed; the month of last use, and the one before which it is not deleted (`2026-11`)."""

    used: Natural
    quota: Natural
    used_in: str
    kept_until: str


def backup_keys(recovery_key: bytes) -> BackupKeys:
    """From the 20 bytes of a recovery key. Raises ValueError for any other number of bytes."""
    if len(recovery_key) != RECOVERY_KEY_BYTES:
        raise ValueError("a recovery key has 20 bytes")
    return BackupKeys(
        collection=derive(recovery_key, "sojourn/1/backup-collection", 16),
        token=derive(recovery_key, "sojourn/1/backup-token"),
        key=derive(recovery_key, "sojourn/1/backup-key"),
    )


def recovery_digits(recovery_key: bytes) -> str:
    """Ten groups of six digits: see `digit_groups`."""
    if len(recovery_key) != RECOVERY_KEY_BYTES:
        raise ValueError("a recovery key has 20 bytes")
    return digit_groups(recovery_key)


def parse_recovery(digits: str) -> bytes:
    """The inverse of `recovery_digits`, whatever the spaces. Raises ValueError for a slip."""
    return parse_groups(digits, RECOVERY_KEY_BYTES)


def digit_groups(content: bytes) -> str:
    """Groups of six digits, joined by spaces: two bytes as a number in five digits, then a check digit."""
    numbers = [int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2)]
    return " ".join(f"{number:05}{check_digit(f'{number:05}', at)}" for at, number in enumerate(numbers))


def parse_groups(digits: str, size: int) -> bytes:
    """So many bytes of `digit_groups`, whatever the spaces. Raises ValueError for a slip."""
    joined = "".join(digits.split())
    groups = [joined[at : at + 6] for at in range(0, len(joined), 6)]
    if len(joined) != 3 * size or not (joined.isascii() and joined.isdigit()):
        raise ValueError(f"not {size // 2} groups of six digits")
    for at, group in enumerate(groups):
        if group[5] != check_digit(group[:5], at) or int(group[:5]) > 0xFFFF:
            raise ValueError(f"a slip in group {at + 1}")
    return b"".join(int(group[:5]).to_bytes(2, "big") for group in groups)


def check_digit(digits: str, group: int) -> str:
    """ISO/IEC 7064 MOD 11,10 over the group's number and its digits."""
    product = 10
    for digit in f"{group % 10}{digits}":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def month_of(day: int) -> int:
    """Months since 1970-01, of days since 1970-01-01."""
    which = date(1970, 1, 1) + timedelta(days=day)
    return (which.year - 1970) * 12 + which.month - 1


def month_text(month: int) -> str:
    """`2026-11`, of a number of months since 1970-01."""
    return f"{1970 + month // 12}-{month % 12 + 1:02}"
