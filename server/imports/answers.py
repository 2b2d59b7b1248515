"""What a cell answers: text as a record holds it. What fits no form stays as it was written, for `validate` to name."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from server.exports.cells import typed
from server.forms import Field, Value, week_of
from server.forms.moments import is_date
from server.imports.cells import SPACES
from server.imports.columns import Wording

# Zero in each script whose digits pwa/src/i18n/digits.ts knows.
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xED0, 0x1040, 0x1090, 0x17E0, 0xFF10)
_DIGITS = {zero + digit: 0x30 + digit for zero in _ZEROS for digit in range(10)}
_INTEGER = re.compile(r"0*([0-9]{1,16})(?:\.0+)?")
_DECIMAL = re.compile(r"0*([0-9]+)(?:[.,]([0-9]+))?")
# Whether a comma before three figures groups thousands nobody can say.
_UNCLEAR = re.compile(r"[0-9]+,[0-9]{3}")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9.]+(?:Z|[+-][0-9:]+)?)?")
_WEEK = re.compile(r"([0-9]{4})-?[wW]([0-9]{1,2})")
_BETWEEN = (re.compile("[;|\n]"), re.compile("[;|\n,]"), re.compile("[;|\n,]? "))
_YES = {"1", "true", "yes", "x"}
_NO = {"0", "false", "no"}


def value_of(wording: Wording, field: Field, text: str) -> Value:
    """Of a cell that is not empty."""
    if field.type == "select_one":
        return wording.choice(field, text) or text
    if field.type == "select_multiple":
        return _several(wording, field, text)
    kind = "week" if field.appearance == "week" else field.type
    return _READ[kind](text) if kind in _READ else text


def is_chosen(text: str) -> bool | None:
    """Of a column that is one choice's; nothing for what says neither."""
    said = _plain(text).lower()
    return True if said in _YES else False if said in _NO else None


def _plain(text: str) -> str:
    return text.translate(_DIGITS)


def _several(wording: Wording, field: Field, text: str) -> list[str]:
    """One, or several with semicolons, bars, commas or spaces between: the first reading in which all are known."""
    readings = [[text], *(_parts(between, text) for between in _BETWEEN)]
    for parts in readings:
        found = [wording.choice(field, each) for each in parts]
        if all(found):
            return [each for each in found if each]
    parts = next((each for each in readings if len(each) > 1), [text])
    return [wording.choice(field, each) or each for each in parts]


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    return [part for each in between.split(text) if (part := each.strip(SPACES))]


def _integer(text: str) -> Value:
    number = _INTEGER.fullmatch(_plain(text))
    return int(number[1]) if number else text


def _decimal(text: str) -> Value:
    typed = _plain(text)
    found = _DECIMAL.fullmatch(typed)
    if found is None or _UNCLEAR.fullmatch(typed):
        return text
    places = (found[2] or "").rstrip("0")
    return f"{found[1]}.{places}" if places else found[1]


def _date(text: str) -> Value:
    day = _DAY.fullmatch(_plain(text))
    return day[1] if day else text


def _time(text: str) -> Value:
    time = _TIME.fullmatch(_plain(text))
    return f"{time[1]:0>2}:{time[2]}" if time else text


def _week(text: str) -> Value:
    """An ISO week, also from a day: what is nearer than a week is not kept."""
    typed = _plain(text)
    day = _DAY.fullmatch(typed)
    if day and is_date(day[1]):
        return week_of(datetime.date.fromisoformat(day[1]))
    week = _WEEK.fullmatch(typed)
    return f"{week[1]}-W{week[2]:0>2}" if week else text


_READ: dict[str, Callable[[str], Value]] = {
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "week": _week,
    "text": typed,
}
