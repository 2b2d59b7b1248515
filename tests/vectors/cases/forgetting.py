"""Vectors of forgetting: when a record may go from a device, and all the ways in which it may not."""

from __future__ import annotations

from typing import Any

from sync.forgetting import DAY_MILLISECONDS
from tests.vectors.cases.inputs import Case, Cases, seeded

EPOCH = seeded("epoch", 16)
NOW = 20_700 * DAY_MILLISECONDS
TODAY = 20_700
KEEP = 30


def forgetting_cases() -> Cases:
    old, older = KEEP + 1, 3 * KEEP + 1
    valid = [
        _case("older than its time by both clocks, and safe", [_receipt(old)]),
        _case("by the last millisecond", [{**_receipt(old), "at": NOW - KEEP * DAY_MILLISECONDS - 1}]),
        _case("every one of several heads", [_receipt(old), _receipt(older)]),
        _case("not safe, three times as old", [_receipt(older, sequence=11)]),
        _case("nobody said which number, three times as old", [_receipt(older, sequence=None)]),
        _case("a hub that says less than a week is believed a week", [_receipt(8)], keep_days=0),
    ]
    stays = [
        _case("just as old by the phone's clock", [{**_receipt(old), "at": NOW - KEEP * DAY_MILLISECONDS}]),
        _case("just as old by the hub's clock", [{**_receipt(old), "day": TODAY - KEEP}]),
        _case("the phone's clock is years ahead", [_receipt(1)], now=NOW + 3_650 * DAY_MILLISECONDS),
        _case("the hub's clock is years ahead", [_receipt(1)], day=TODAY + 3_650),
        _case("the phone's clock is back in 1970", [_receipt(old)], now=0),
        _case("the hub's clock is back in 1970", [_receipt(old)], day=0),
        _case("not safe yet", [_receipt(old, sequence=11)]),
        _case("not safe yet, three times as old", [_receipt(3 * KEEP, sequence=11)]),
        _case("only a relay has it", [_receipt(older, by="relay")]),
        _case("only a bundle's receipt names it", [_receipt(older, by="file")]),
        _case("in another epoch", [_receipt(older, epoch=seeded("another epoch", 16))]),
        _case("one head has no receipt", [_receipt(older), None]),
        _case("one head is young", [_receipt(older), _receipt(2)]),
        _case("nobody said the hub's day", [_receipt(older, day=None)]),
        _case("a hub that says less than a week", [_receipt(7)], keep_days=1),
        _case("no heads", []),
        _case("the hub said nothing", [_receipt(older)], told=None),
    ]
    return (
        "receipts of a record's heads, what the hub told last, the phone's clock now (milliseconds): valid, the"
        " record may go; invalid, it stays",
        valid,
        stays,
    )


def _receipt(days: int, **changes: Any) -> Case:
    """Got so many days ago, and safe."""
    given = {
        "by": "hub",
        "epoch": EPOCH,
        "at": NOW - days * DAY_MILLISECONDS,
        "day": TODAY - days,
        "sequence": 10,
    }
    return {**given, **changes}


def _case(why: str, receipts: list[Case | None], *, now: int = NOW, **changes: Any) -> Case:
    told: Case | None = {"epoch": EPOCH, "day": TODAY, "safe": 10, "keep_days": KEEP}
    told = None if "told" in changes else {**told, **changes}
    return {"why": why, "now": now, "told": told, "receipts": receipts}
