"""Days and times of day as text, `2026-11-22` and `14:05`, and the numbers that conditions compare."""

from __future__ import annotations

import datetime
import re

# A date that somebody remembers; fixing the centuries keeps two calendars out of odd corners.
_DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_FIRST = datetime.date(1970, 1, 1).toordinal()
_MINUTES = 24 * 60


def is_date(text: str) -> bool:
    return days_of(text) is not None


def is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None


def days_of(text: str) -> int | None:
    """Days since 1970-01-01, the number that XForms gives a date."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text).toordinal() - _FIRST
    except ValueError:
        return None


def part_of_day(text: str) -> float | None:
    """0 at midnight, a half at noon."""
    found = _TIME.fullmatch(text)
    return (int(found[1]) * 60 + int(found[2])) / _MINUTES if found else None


def today() -> str:
    """By the calendar of whoever asks."""
    return datetime.datetime.now().astimezone().date().isoformat()
