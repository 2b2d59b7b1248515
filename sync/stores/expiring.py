"""What of a collection is due to go, whichever database it is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

AT_ONCE = 500
"""Rows a transaction: pushes go in between."""

CHUNKS_AT_ONCE = 20
"""As AT_ONCE, of chunks: a quarter of a megabyte each."""

LONGEST_GAP = 31
"""Days. A hub that did not run for longer, and a clock that jumped ahead, look alike."""


class Due(NamedTuple):
    """Of rows in order: the numbers that are due, where the next look begins, and whether it is to be at once."""

    sequences: list[int]
    reached: int
    swept: int
    more: bool


def lived_since(day: int, ran: Iterable[int]) -> int:
    """The day from which on the hub ran without a long gap. ran: the days up to `day` on which it ran, latest first.

    Only that much time has surely gone by, whatever the clock says: a day is one row, however far the clock jumps.
    """
    first = day
    for each in ran:
        if first - each > LONGEST_GAP:
            break
        first = each
    return first


def due_of(rows: list[tuple[int, int]], *, swept: int, reached: int, before: int, today: int) -> Due:
    """rows: number and day of arrival, in order of number, from the one after `reached` on, at most AT_ONCE. swept: up
    to which all is done.

    They arrived in order, so the first that is not due ends it. A day that is still to come was stamped by a clock
    that was wrong: it is passed over, and looked at again each time, with what comes after it.
    """
    sequences: list[int] = []
    for sequence, day in rows:
        if before <= day <= today:
            return Due(sequences, reached, swept, more=False)
        if day < before:
            sequences.append(sequence)
            if swept == reached:
                swept = sequence
        reached = sequence
    return Due(sequences, reached, swept, more=len(rows) == AT_ONCE)
