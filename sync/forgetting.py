"""When a device forgets what is safe with the programme (docs/protocol.md section 2, "Forgetting")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

LEAST_KEEP_DAYS = 7
"""Nobody signs what a hub says of it, so no device believes less."""

DAY_MILLISECONDS = 86_400_000
WITHOUT_SAFE = 3
"""Times as long where no coordinator has confirmed it."""


class Receipt(Struct, frozen=True, kw_only=True):
    """at: when it was got, by the device's clock (milliseconds since 1970); day: by the clock of whoever gave it
    (days since 1970). sequence: at or above the revision's own; None where nobody said."""

    by: Literal["hub", "relay", "file"]
    epoch: bytes
    at: int
    day: int | None = None
    sequence: int | None = None


class Told(Struct, frozen=True, kw_only=True):
    """What the hub itself, not a relay, last said: its day (days since 1970), `safe`, and the days of keeping."""

    epoch: bytes
    day: int
    safe: int
    keep_days: int


def kept_days(told: Told) -> int:
    """How long a contact stays on this device once it is safe, whatever less a hub says."""
    return max(told.keep_days, LEAST_KEEP_DAYS)


def may_forget(receipts: Sequence[Receipt | None], told: Told | None, now: int) -> bool:
    """Whether a record may go, by the receipts of all its heads; None: of one that has none. now: milliseconds.

    Both clocks must say that the time is over, so that one alone, however wrong, never makes it so.
    """
    return told is not None and bool(receipts) and all(_is_over(receipt, told, now) for receipt in receipts)


def _is_over(receipt: Receipt | None, told: Told, now: int) -> bool:
    if receipt is None or receipt.by != "hub" or receipt.epoch != told.epoch or receipt.day is None:
        return False
    is_safe = receipt.sequence is not None and receipt.sequence <= told.safe
    days = kept_days(told) * (1 if is_safe else WITHOUT_SAFE)
    return now - receipt.at > days * DAY_MILLISECONDS and told.day - receipt.day > days
