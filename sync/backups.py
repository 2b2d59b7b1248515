"""Personal backups: one person's, with no account; all from the recovery key (docs/protocol.md section 4)."""

from __future__ import annotations

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


def month_text(month: int) -> str:
    """`2026-11`, of a number of months since 1970-01."""
    return f"{1970 + month // 12}-{month % 12 + 1:02}"
