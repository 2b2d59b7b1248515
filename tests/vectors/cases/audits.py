"""Vectors of the sums of heads."""

from __future__ import annotations

from sync.audit import buckets_of, sums_of
from tests.vectors.cases.inputs import Case, Cases, seeded


def audit_cases() -> Cases:
    ordinary = [seeded(f"head {number}", 32) for number in range(200)]
    largest = b"\xff" * 32
    heads = {
        "none": [],
        "one": ordinary[:1],
        "two in different buckets": [b"\x00" * 32, largest],
        "two in one bucket, whose sum passes 2^256": [largest, b"\xff" * 31 + b"\x02"],
        "two in one bucket, whose sum is 1": [b"\x80" + bytes(31), b"\x80" + bytes(30) + b"\x01"],
        "two hundred": ordinary,
        "a few, the other way round": ordinary[7::-1],
    }
    valid: list[Case] = [
        {"name": name, "heads": revs, "buckets": [_bucket(*each) for each in _summed(revs)]}
        for name, revs in heads.items()
    ]
    return "Heads, and the buckets that are not empty: how many, and the sum modulo 2^256.", valid, []


def _summed(revs: list[bytes]) -> list[tuple[int, int, bytes]]:
    return [(each.bucket, each.count, each.sum) for each in buckets_of(sums_of(revs))]


def _bucket(bucket: int, count: int, total: bytes) -> Case:
    return {"bucket": bucket, "count": count, "sum": total}
