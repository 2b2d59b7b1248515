"""What a condition or a calculation means: XPath 1.0 as ODK uses it, as far as our subset reaches.

- The text of a value: nothing is `''`, a number its digits (at most six decimals), several choices their names
  with spaces between.
- The number of a text: an optional `-`, digits with at most one point, spaces around; of a date its days since
  1970-01-01, of a time its part of the day; else not a number, as `''` is.
- `=` and `!=` compare as numbers when either side is a number (a literal, an integer field that has a value, the
  result of arithmetic), else as texts. `<`, `<=`, `>`, `>=` always compare as numbers. With something that is not
  a number `!=` is true and every other comparison false.
- `selected(x, 'y')`: y is x, or one of x; of a choice's column the words between its spaces.
- Arithmetic is that of IEEE 754 doubles; what is divided by 0 is not a number. `int()` cuts, `round()` goes away
  from zero at halves. Sums, `min()` and `max()` pass over what is not answered; without any answer a sum is 0.
- A field that is not relevant has no value. A constraint is not asked of a field that has none.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.forms.decimals import number_text, rounded
from server.forms.expressions import (
    AGGREGATES,
    And,
    Call,
    Column,
    Compare,
    Condition,
    If,
    Not,
    Operand,
    Operator,
    Or,
    Own,
    Ref,
    Selected,
)
from server.forms.form import Value
from server.forms.moments import days_of, part_of_day

Result = Value | float | None
_COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_LARGEST_WHOLE = 2**53 - 1


def _none(_: str) -> Sequence[Value]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What names stand for. every: all answers to a field of a repeat. today: `2026-11-22`. own: of `.`."""

    value: Callable[[str], Value | None]
    every: Callable[[str], Sequence[Value]] = _none
    today: str = ""
    own: Value | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


def holds(condition: Condition, scope: Scope) -> bool:
    match condition:
        case And(left, right):
            return holds(left, scope) and holds(right, scope)
        case Or(left, right):
            return holds(left, scope) or holds(right, scope)
        case Not(inner):
            return not holds(inner, scope)
        case Selected(field=asked, choice=choice):
            value = result(asked, scope)
            if isinstance(asked, Column):
                value = text_of(value).split(" ")
            return text_of(result(choice, scope)) in (value if isinstance(value, list) else [value])
        case Compare(sign, left, right):
            return _compare(sign, result(left, scope), result(right, scope))


def result(operand: Operand, scope: Scope) -> Result:
    match operand:
        case Ref(name):
            return scope.value(name)
        case Own():
            return scope.own
        case Column(name):
            return scope.columns.get(name)
        case If(condition, then, otherwise):
            return result(then if holds(condition, scope) else otherwise, scope)
        case Call():
            return _called(operand, scope)
        case _:
            return operand


def as_value(found: Result) -> Value | None:
    """What a record keeps of a calculation: a whole number as one, all else as text; None for nothing."""
    if isinstance(found, int | float):
        number = rounded(number_of(found))
        return (
            int(number)
            if number.is_integer() and abs(number) <= _LARGEST_WHOLE
            else number_text(number) or None
        )
    return text_of(found) or None


def text_of(found: Result) -> str:
    if found is None:
        return ""
    if isinstance(found, list):
        return " ".join(found)
    return number_text(found) if isinstance(found, float) else str(found)


def number_of(found: Result) -> float:
    if isinstance(found, int | float):
        try:
            return float(found)
        except OverflowError:
            return math.nan
    text = text_of(found).strip(" \t\r\n")
    if _NUMBER.fullmatch(text):
        return float(text)
    day = days_of(text)
    moment = part_of_day(text) if day is None else float(day)
    return math.nan if moment is None else moment


def _compare(sign: Operator, left: Result, right: Result) -> bool:
    numbers = isinstance(left, int | float) or isinstance(right, int | float)
    if sign in {"=", "!="} and not numbers:
        return (text_of(left) == text_of(right)) == (sign == "=")
    return bool(_COMPARE[sign](number_of(left), number_of(right)))


def _called(call: Call, scope: Scope) -> Result:
    if call.function in AGGREGATES:
        return _aggregate(call, scope)
    given = [result(each, scope) for each in call.arguments]
    if call.function == "today":
        return scope.today
    if call.function in _FUNCTIONS:
        return _FUNCTIONS[call.function](given)
    return _reckon(call.function, number_of(given[0]), number_of(given[1]))


def _count_selected(given: Sequence[Result]) -> Result:
    return len(given[0]) if isinstance(given[0], list) else int(given[0] is not None)


def _cut(given: Sequence[Result]) -> Result:
    number = number_of(given[0])
    return float(math.trunc(number)) if math.isfinite(number) else number


def _round(given: Sequence[Result]) -> Result:
    places = given[1] if len(given) > 1 else 0
    return rounded(number_of(given[0]), places if isinstance(places, int) else 0)


_FUNCTIONS: Mapping[str, Callable[[Sequence[Result]], Result]] = {
    "count-selected": _count_selected,
    "string-length": lambda given: len(text_of(given[0])),
    "number": lambda given: number_of(given[0]),
    "int": _cut,
    "round": _round,
    "concat": lambda given: "".join(map(text_of, given)),
    "coalesce": lambda given: given[0] if text_of(given[0]) else given[1],
}


def _reckon(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _ if right == 0 or not math.isfinite(left):
            return math.nan
        case "div":
            return left / right
        case _:
            return math.fmod(left, right)


def _aggregate(call: Call, scope: Scope) -> Result:
    found = [each for argument in call.arguments for each in _all(argument, scope)]
    if call.function == "count":
        return len(found)
    numbers = [number for number in map(number_of, found) if not math.isnan(number)]
    if call.function == "sum":
        return _sum(numbers)
    if not numbers:
        return None
    return min(numbers) if call.function == "min" else max(numbers)


def _all(argument: Operand, scope: Scope) -> Iterable[Result]:
    if isinstance(argument, Ref):
        return scope.every(argument.name)
    found = result(argument, scope)
    return () if text_of(found) == "" else (found,)


def _sum(numbers: Sequence[float]) -> float:
    """From the left: Python's own sum() is exacter than JavaScript's."""
    total = 0.0
    for number in numbers:
        total += number
    return total
