"""Reads conditions and calculations as XLSForm writes them: XPath, as far as our forms have it.

Tightest first: `not()`, functions and brackets; unary `-`; `*` `div` `mod`; `+` `-`; comparisons, which cannot be
chained; `and`; `or`. All from the left, as in XPath 1.0. What XPath would turn into a truth value or a number by
itself (a bare field as a condition, a comparison as a number) is refused, so that nobody has to know those rules.
"""

from __future__ import annotations

import re
from typing import NoReturn, get_args

from server.forms.decimals import number_text
from server.forms.expressions import (
    And,
    Call,
    Column,
    Compare,
    Condition,
    Function,
    If,
    Node,
    Not,
    Operand,
    Operator,
    Or,
    Own,
    Ref,
    Selected,
)
from server.forms.moments import is_date

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\$\{[^}]*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"""
    r"""|(?P<sign><=|>=|!=|==|\.\.|[=<>(),.+*/|-])|(?P<word>[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_.-]+)?)"""
    r"""|(?P<other>\S))"""
)
_OPERATORS: tuple[Operator, ...] = get_args(Operator)
# How many arguments a function takes, at least and at most.
_ARGUMENTS: dict[Function, tuple[int, int]] = {
    "today": (0, 0),
    "count-selected": (1, 1),
    "string-length": (1, 1),
    "number": (1, 1),
    "int": (1, 1),
    "round": (1, 2),
    "concat": (1, 20),
    "coalesce": (2, 2),
    "sum": (1, 1),
    "count": (1, 1),
    "min": (1, 20),
    "max": (1, 20),
}
FUNCTIONS = ("selected", "not", "true", "false", "if", "date", *_ARGUMENTS)
# Far deeper than any form that people can answer; keeps a hostile file from exhausting the stack.
_DEEPEST = 30
_LONGEST = 400


class ExpressionError(ValueError):
    """Why an expression cannot be read; whoever knows the cell adds it."""


def parse_condition(text: str, *, columns: bool = False) -> Condition:
    """columns: whether a bare name stands for a column of the choices. Raises `ExpressionError`."""
    return _Parser(text, columns=columns).condition()


def parse_operand(text: str) -> Operand:
    """A calculation, or how often something is asked. Raises `ExpressionError`."""
    return _Parser(text, columns=False).operand()


class _Parser:
    def __init__(self, text: str, *, columns: bool) -> None:
        found = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)]
        if len(found) > _LONGEST:
            raise ExpressionError("it is too long: cut it into several calculations")
        self._tokens = found[::-1]
        self._columns = columns
        self._depth = 0

    def condition(self) -> Condition:
        return _condition(self._whole())

    def operand(self) -> Operand:
        return _operand(self._whole())

    def _whole(self) -> Node:
        node = self._any()
        if self._tokens:
            self._refuse()
        return node

    def _any(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError("there is too much inside each other")
        node = self._all()
        while self._take("word", "or"):
            node = Or(_condition(node), _condition(self._all()))
        self._depth -= 1
        return node

    def _all(self) -> Node:
        node = self._comparison()
        while self._take("word", "and"):
            node = And(_condition(node), _condition(self._comparison()))
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        for operator in _OPERATORS:
            if self._take("sign", operator):
                return Compare(operator, _operand(left), _operand(self._sum()))
        return left

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._one_of("sign", "+", "-"):
            node = Call(sign, (_operand(node), _operand(self._product())))
        return node

    def _product(self) -> Node:
        node = self._negated()
        while sign := self._one_of("sign", "*") or self._one_of("word", "div", "mod"):
            node = Call(sign, (_operand(node), _operand(self._negated())))
        return node

    def _negated(self) -> Node:
        negative = False
        while self._take("sign", "-"):
            negative = not negative
        node = self._primary()
        if not negative:
            return node
        return -node if isinstance(node, int) else Call("-", (0, _operand(node)))

    def _primary(self) -> Node:
        if not self._tokens:
            raise ExpressionError("it ends too early")
        kind, written = self._tokens[-1]
        match kind, written:
            case "field", _:
                node: Node = Ref(written[2:-1].strip())
            case "text", _:
                node = written[1:-1]
            case "number", _:
                node = _number(written)
            case "sign", ".":
                node = Own()
            case "sign", "(":
                return self._bracketed()
            case "word", _ if self._tokens[-2:-1] == [("sign", "(")]:
                return self._called()
            case "word", _ if self._columns:
                node = Column(written)
            case _:
                self._refuse()
        self._tokens.pop()
        return node

    def _bracketed(self) -> Node:
        self._tokens.pop()
        node = self._any()
        self._expect(")")
        return node

    def _called(self) -> Node:
        name = self._tokens.pop()[1]
        if name not in FUNCTIONS:
            raise ExpressionError(f"our forms have no function {name}(); they have {_listed()}")
        given = self._arguments()
        if name in _ARGUMENTS:
            return _call(name, given)
        match name, given:
            case (("true" | "false"), []):
                return Compare("=" if name == "true" else "!=", 1, 1)
            case "not", [condition]:
                return Not(_condition(condition))
            case "if", [condition, then, otherwise]:
                return If(_condition(condition), _operand(then), _operand(otherwise))
            case "date", [str(day)] if is_date(day):
                return day
            case "selected", [Ref() | Own() | Column() as field, str() | Ref() | Column() as choice]:
                return Selected(field, choice)
        raise ExpressionError(_TAKES[name])

    def _arguments(self) -> list[Node]:
        self._expect("(")
        given: list[Node] = []
        if self._take("sign", ")"):
            return given
        given.append(self._any())
        while self._take("sign", ","):
            given.append(self._any())
        self._expect(")")
        return given

    def _one_of(self, kind: str, *tokens: Function) -> Function | None:
        return next((token for token in tokens if self._take(kind, token)), None)

    def _take(self, kind: str, token: str) -> bool:
        if not self._tokens or self._tokens[-1] != (kind, token):
            return False
        self._tokens.pop()
        return True

    def _expect(self, sign: str) -> None:
        if not self._take("sign", sign):
            self._refuse()

    def _refuse(self) -> NoReturn:
        if not self._tokens:
            raise ExpressionError("it ends too early")
        raise ExpressionError(
            f"{self._tokens[-1][1]!r} is not understood here; there are and, or, = != < <= > >=, "
            f"+ - * div mod, {_listed()}, ${{field}}, . , 'text' and numbers"
        )


_TAKES = {
    "selected": "selected() takes a field and a choice: selected(${needs}, 'legal')",
    "not": "not() takes one condition: not(${paid} = 'yes')",
    "if": "if() takes a condition and two values: if(${paid} = 'yes', 1, 0)",
    "date": "date() takes a day written like date('2026-01-31')",
    "true": "true() takes nothing between its brackets",
    "false": "false() takes nothing between its brackets",
}


def _call(name: str, given: list[Node]) -> Call:
    function: Function = next(each for each in _ARGUMENTS if each == name)
    least, most = _ARGUMENTS[function]
    if not least <= len(given) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ExpressionError(f"{name}() takes {wanted} values")
    if name == "round" and len(given) == 2 and given[1] not in range(7):
        raise ExpressionError("round() takes a number of decimals from 0 to 6")
    return Call(function, tuple(_operand(each) for each in given))


def _number(written: str) -> int | str:
    value = float(written)
    if value > 2**53 - 1:
        raise ExpressionError(f"{written} is too large")
    return int(value) if value.is_integer() else number_text(value)


def _condition(node: Node) -> Condition:
    if isinstance(node, And | Or | Not | Compare | Selected):
        return node
    raise ExpressionError("a condition is needed there: compare the value, such as ${age} > 17")


def _operand(node: Node) -> Operand:
    if isinstance(node, And | Or | Not | Compare | Selected):
        raise ExpressionError("a value is needed there, not a condition: write if(condition, 'yes', 'no')")
    return node


def _listed() -> str:
    return ", ".join(f"{name}()" for name in FUNCTIONS)
