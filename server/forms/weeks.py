"""ISO weeks, `2026-W47`: as near as a contact says when it was."""

from __future__ import annotations

import datetime
import re

# A contact is of this century; fixing it keeps the two sides' calendars out of odd corners.
_WEEK = re.compile(r"(20[0-9]{2})-W([0-9]{2})")


def is_week(text: str) -> bool:
    found = _WEEK.fullmatch(text)
    if found is None:
        return False
    year, week = int(found[1]), int(found[2])
    # 28 December is always in the last week of its year.
    return 1 <= week <= datetime.date(year, 12, 28).isocalendar().week


def week_of(day: datetime.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
