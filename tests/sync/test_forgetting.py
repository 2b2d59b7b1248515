"""The rule of forgetting: no one clock and no one word makes a device forget."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.forgetting import DAY_MILLISECONDS, LEAST_KEEP_DAYS, Receipt, Told, may_forget
from tests.vectors import make

EPOCH = bytes(16)
DAYS = st.integers(0, 60_000)


@given(day=DAYS, kept=st.integers(0, 400), phone=DAYS, keep=st.integers(0, 400), safe=st.integers(0, 20))
def test_with_a_right_clock_at_the_hub_the_phones_may_say_anything(
    day: int, kept: int, phone: int, keep: int, safe: int
) -> None:
    receipt = Receipt(by="hub", epoch=EPOCH, at=1_000 * DAY_MILLISECONDS, day=day, sequence=10)
    told = Told(epoch=EPOCH, day=day + kept, safe=safe, keep_days=keep)
    if may_forget([receipt], told, phone * DAY_MILLISECONDS):
        assert kept > max(keep, LEAST_KEEP_DAYS)
        assert safe >= 10 or kept > 3 * keep


@given(at=DAYS, kept=st.integers(0, 400), hub=DAYS, keep=st.integers(0, 400), safe=st.integers(0, 20))
def test_with_a_right_clock_on_the_phone_the_hubs_may_say_anything(
    at: int, kept: int, hub: int, keep: int, safe: int
) -> None:
    receipt = Receipt(by="hub", epoch=EPOCH, at=at * DAY_MILLISECONDS, day=1_000, sequence=10)
    told = Told(epoch=EPOCH, day=hub, safe=safe, keep_days=keep)
    if may_forget([receipt], told, (at + kept) * DAY_MILLISECONDS):
        assert kept > max(keep, LEAST_KEEP_DAYS)
        assert safe >= 10 or kept > 3 * keep


@given(st.data())
def test_one_head_that_is_not_the_hubs_keeps_them_all(data: st.DataObject) -> None:
    good = Receipt(by="hub", epoch=EPOCH, at=0, day=0, sequence=1)
    told = Told(epoch=EPOCH, day=50_000, safe=9, keep_days=7)
    receipts: list[Receipt | None] = [good] * data.draw(st.integers(1, 5))
    assert may_forget(receipts, told, 50_000 * DAY_MILLISECONDS)
    others = (
        None,
        Receipt(by="relay", epoch=EPOCH, at=0, day=0),
        Receipt(by="file", epoch=EPOCH, at=0, day=0),
    )
    receipts.insert(data.draw(st.integers(0, len(receipts))), data.draw(st.sampled_from(others)))
    assert not may_forget(receipts, told, 50_000 * DAY_MILLISECONDS)


def _judged(case: dict[str, Any]) -> bool:
    receipts = [None if each is None else Receipt(**_with_epoch(each)) for each in case["receipts"]]
    told = None if case["told"] is None else Told(**_with_epoch(case["told"]))
    return may_forget(receipts, told, case["now"])


def _with_epoch(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "epoch": bytes.fromhex(fields["epoch"])}


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_the_vectors(kind: str) -> None:
    content = json.loads((make.HERE / "forgetting.json").read_text("utf-8"))
    for case in content[kind]:
        assert _judged(case) == (kind == "valid"), case["why"]
