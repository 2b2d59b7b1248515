"""What a condition means: XPath 1.0 as ODK uses it, as far as our subset reaches.

- The text of a value: nothing is `''`, a number its digits, several choices their names with spaces between.
- The number of a text: an optional `-`, digits with at most one point, spaces around; else not a number, as
  `''` is.
- `=` and `!=` compare as numbers when either side is a number (a literal, or an integer field that has a
  value), else as texts. `<`, `<=`, `>`, `>=` always compare as numbers. With something that is not a number
  `!=` is true and every other comparison false.
- `selected(x, 'y')`: y is x, or one of x.
- A field that is not relevant has no value. A constraint is not asked of a field that has none.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping

from server.forms.expressions import And, Compare, Condition, Not, Operand, Operator, Or, Own, Ref, Selected
from server.forms.form import Field, Form, Value, Values, walk

Lookup = Callable[[str], Value | None]
_COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def holds(condition: Condition, lookup: Lookup, own: Value | None = None) -> bool:
    match condition:
        case And(left, right):
            return holds(left, lookup, own) and holds(right, lookup, own)
        case Or(left, right):
            return holds(left, lookup, own) or holds(right, lookup, own)
        case Not(inner):
            return not holds(inner, lookup, own)
        case Selected(field, choice):
            value = _value(field, lookup, own)
            return choice in (value if isinstance(value, list) else [value])
        case Compare(sign, left, right):
            return _compare(sign, _value(left, lookup, own), _value(right, lookup, own))


class Relevance:
    """Which fields are asked, given what was answered. Loops were refused when the form was read."""

    def __init__(self, form: Form, values: Values) -> None:
        self._values = values
        self._fields: Mapping[str, tuple[Field, ...]] = {
            field.name: (*groups, field) for field, groups in walk(form)
        }
        self._known: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        if name not in self._known:
            self._known[name] = all(
                each.relevant is None or holds(each.relevant, self.value) for each in self._fields[name]
            )
        return self._known[name]

    def value(self, name: str) -> Value | None:
        """What `${name}` stands for."""
        value = self._values.get(name)
        return value if value is not None and self(name) else None


def _value(operand: Operand, lookup: Lookup, own: Value | None) -> Value | None:
    match operand:
        case Ref(name):
            return lookup(name)
        case Own():
            return own
        case _:
            return operand


def _compare(sign: Operator, left: Value | None, right: Value | None) -> bool:
    if sign in {"=", "!="} and not isinstance(left, int) and not isinstance(right, int):
        return (_text(left) == _text(right)) == (sign == "=")
    return bool(_COMPARE[sign](_number(left), _number(right)))


def _text(value: Value | None) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(value)


def _number(value: Value | None) -> float:
    if isinstance(value, int):
        return value
    text = _text(value).strip(" \t\r\n")
    return float(text) if _NUMBER.fullmatch(text) else math.nan
