"""Expressions of forms, drawn at random but always the same: Python says what they give, the browser must agree."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from server.forms.evaluation import Scope, as_value, holds, result
from server.forms.expressions import Condition, Operand
from server.forms.form import Value
from tests.vectors.cases.inputs import Case, Cases

_NUMBER_OF_CASES = 250
_TODAY = "2026-11-22"
_VALUES: tuple[Value, ...] = (
    0, 1, 3, 17, 100, 2**53 - 1, "", "0.1", "0.2", "2.5", "0.0078125", "1000000.000001", "x", "yes", " 7 ",
    "2026-11-22", "2024-02-29", "2023-02-29", "1899-12-31", "00:00", "14:05", "23:59", "24:00", "អ", "🙂🙂",
    ["a"], ["a", "yes"], ["1"],
)  # fmt: skip
_NAMES = ("a", "b", "c")
_SIGNS = ("+", "-", "*", "div", "mod")
_UNARY = ("count-selected", "string-length", "number", "int")
# What arithmetic leaves of 1.1 is whole only once it is rounded; several choices become text.
BY_HAND: tuple[Case, ...] = (
    {"values": {"a": "1.1"}, "every": [], "operand": ["call", "*", [["field", "a"], 10]], "value": 11},
    {"values": {"a": ["a", "yes"]}, "every": [], "operand": ["field", "a"], "value": "a yes"},
    {"values": {"a": []}, "every": [], "operand": ["field", "a"], "value": None},
)


def form_reckoning_cases() -> Cases:
    random = Random("form reckoning")
    found = [*BY_HAND, *(_case(random) for _ in range(_NUMBER_OF_CASES))]
    return (
        "Expressions of forms with what they give. `values`: of the fields a, b and c; `every`: of a field of a "
        f"repeat, r. today() is {_TODAY}. `holds` of conditions, `value` of operands: null for nothing.",
        found,
        [],
    )


def _case(random: Random) -> Case:
    values = {name: random.choice(_VALUES) for name in _NAMES if random.random() < 0.8}
    every = [random.choice(_VALUES) for _ in range(random.randrange(4))]
    scope = Scope(
        value=values.get, every=lambda name: every if name == "r" else _listed(values.get(name)), today=_TODAY
    )
    given: Case = {"values": values, "every": every}
    if random.random() < 0.5:
        condition = _condition(random, 2)
        return {**given, "condition": condition, "holds": holds(msgspec.convert(condition, Condition), scope)}
    operand = _operand(random, 3)
    found = as_value(result(msgspec.convert(operand, Operand), scope))
    return {**given, "operand": operand, "value": found}


def _listed(value: Value | None) -> list[Value]:
    return [] if value is None else [value]


def _condition(random: Random, deep: int) -> Any:
    match random.randrange(6) if deep else 0:
        case 1:
            return [random.choice(("and", "or")), _condition(random, deep - 1), _condition(random, deep - 1)]
        case 2:
            return ["not", _condition(random, deep - 1)]
        case 3:
            return ["selected", ["field", random.choice(_NAMES)], random.choice(("a", "yes", "1"))]
        case _:
            sign = random.choice(("=", "!=", "<", "<=", ">", ">="))
            return ["compare", sign, _operand(random, deep), _operand(random, deep)]


def _operand(random: Random, deep: int) -> Any:
    def inner() -> Any:
        return _operand(random, deep - 1)

    kinds: list[Callable[[], Any]] = [
        lambda: random.choice([each for each in _VALUES if not isinstance(each, list)]),
        lambda: ["field", random.choice(_NAMES)],
        lambda: ["call", random.choice(_SIGNS), [inner(), inner()]],
        lambda: ["call", random.choice(_SIGNS), [inner(), inner()]],
        lambda: ["call", random.choice(_UNARY), [inner()]],
        lambda: ["if", _condition(random, deep - 1), inner(), inner()],
        lambda: [
            "call",
            random.choice(("sum", "count", "min", "max")),
            [["field", random.choice(("a", "r"))]],
        ],
        lambda: ["call", random.choice(("concat", "coalesce")), [inner(), inner()]],
        lambda: ["call", "round", [inner(), random.randrange(7)]],
        lambda: ["call", "today", []],
    ]
    return random.choice(kinds if deep else kinds[:2])()
