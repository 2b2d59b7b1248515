"""Whether two sides that keep everything hold the same heads, told from 256 sums (docs/protocol.md section 2).

It finds accidents. A hub that lies can make its sums fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from sync.identifiers import Hash, Natural

BUCKETS = 256
MODULUS = 1 << 256
REVS_LIMIT = 10_000
"""Revs in one answer of the second question."""

Number: TypeAlias = Annotated[int, Meta(ge=0, lt=BUCKETS)]
Sums: TypeAlias = Mapping[int, tuple[int, int]]
"""By first byte of the rev: how many heads, and the sum of their revs as big-endian numbers, modulo 2^256."""


class Bucket(Struct, frozen=True, kw_only=True):
    """The heads whose rev begins with this byte. sum: big-endian."""

    bucket: Number
    count: Natural
    sum: Hash


class AuditQuestion(Struct, frozen=True, kw_only=True):
    """No buckets: what are the sums? With buckets: the revs in these, from the one after `after` on."""

    buckets: Annotated[tuple[Number, ...], Meta(max_length=BUCKETS)] = ()
    after: Hash | None = None


class Audit(Struct, frozen=True, kw_only=True):
    """cursor: where the collection stands; sums of another moment need not fit. buckets: those that are not empty, in
    order. revs: in order; more: there are more of them."""

    cursor: Annotated[bytes, Meta(min_length=32, max_length=32)]
    buckets: tuple[Bucket, ...] = ()
    revs: tuple[Hash, ...] = ()
    more: bool = False


def sums_of(heads: Iterable[bytes]) -> dict[int, tuple[int, int]]:
    """Of revs, each once."""
    sums: dict[int, tuple[int, int]] = {}
    for rev in heads:
        count, total = sums.get(rev[0], (0, 0))
        sums[rev[0]] = (count + 1, (total + int.from_bytes(rev)) % MODULUS)
    return sums


def buckets_of(sums: Sums) -> tuple[Bucket, ...]:
    """As they travel; one without heads does not."""
    return tuple(
        Bucket(bucket=bucket, count=count, sum=total.to_bytes(32))
        for bucket, (count, total) in sorted(sums.items())
        if count
    )


def differing(ours: Iterable[Bucket], theirs: Iterable[Bucket]) -> list[int]:
    """The buckets that are not the same on both sides, in order."""
    return sorted({bucket.bucket for bucket in set(ours) ^ set(theirs)})
