"""What a transaction does to the buckets of a collection, whichever database keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from sync.audit import BUCKETS, MODULUS


class Shift:
    """Heads that come and go; written once, at the end."""

    def __init__(self) -> None:
        self._by: dict[tuple[bytes, int], list[int]] = {}

    def come(self, lane: bytes, rev: bytes) -> None:
        self._add(lane, rev, 1)

    def come_all(self, heads: Iterable[tuple[bytes, bytes]]) -> None:
        """Lane and rev of each; for many."""
        by: dict[tuple[bytes, int], list[bytes]] = {}
        for lane, rev in heads:
            by.setdefault((lane, rev[0]), []).append(rev)
        for which, revs in by.items():
            kept = self._by.setdefault(which, [0, 0])
            kept[0] += len(revs)
            kept[1] += sum(map(int.from_bytes, revs))

    def go(self, lane: bytes, rev: bytes) -> None:
        self._add(lane, rev, -1)

    def rows(self) -> list[tuple[bytes, int, int, int]]:
        """Lane, bucket, how many more heads (or fewer, below zero), and what the sum grows by (below 2^256)."""
        return [
            (lane, bucket, count, total % MODULUS)
            for (lane, bucket), (count, total) in sorted(self._by.items())
        ]

    def _add(self, lane: bytes, rev: bytes, sign: int) -> None:
        total = sign * int.from_bytes(rev)
        kept = self._by.setdefault((lane, rev[0]), [0, 0])
        kept[0] += sign
        kept[1] += total


def bounds_of(buckets: Iterable[int], after: bytes | None) -> list[tuple[bytes, bytes]]:
    """What is above the first and below the second, for each bucket that is not done with `after`."""
    above = after or b""
    return [
        (max(bytes([bucket]), above), bytes([bucket + 1]) if bucket < BUCKETS - 1 else b"\xff" * 33)
        for bucket in sorted(set(buckets))
        if bucket >= (above[0] if above else 0)
    ]
