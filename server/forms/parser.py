"""Reads a condition as XLSForm writes it: `and`, `or`, `not()`, comparisons, `selected()`, literals, fields.

`and` binds tighter than `or`; both from the left, as in XPath 1.0. Whole numbers only. What XPath would turn
into a truth value (a bare field, a number) is refused, so that nobody has to know those rules.
"""

from __future__ import annotations

import re
from typing import get_args

from server.forms.expressions import And, Compare, Condition, Not, Operand, Operator, Or, Own, Ref, Selected

_TOKEN = re.compile(
    r"""\s*(?:(?P<field>\$\{[^}]*\})|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?[0-9]+(?![0-9.]))"""
    r"""|(?P<sign><=|>=|!=|[=<>(),.])|(?P<word>[A-Za-z_][A-Za-z0-9_-]*)|(?P<other>\S))"""
)
_OPERATORS = get_args(Operator)
# Far deeper than any form that people can answer; keeps a hostile file from exhausting the stack.
_DEEPEST = 30


class ExpressionError(ValueError):
    """Why a condition cannot be read; whoever knows the cell adds it."""


def parse_condition(text: str) -> Condition:
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        found = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)]
        self._tokens = found[::-1]
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._any()
        if self._tokens:
            raise self._fault()
        return condition

    def _any(self) -> Condition:
        condition = self._all()
        while self._take("word", "or"):
            condition = Or(condition, self._all())
        return condition

    def _all(self) -> Condition:
        condition = self._one()
        while self._take("word", "and"):
            condition = And(condition, self._one())
        return condition

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionError("too many conditions inside each other")
        condition = self._bracketed() or self._comparison()
        self._depth -= 1
        return condition

    def _bracketed(self) -> Condition | None:
        if self._take("sign", "("):
            condition = self._any()
            self._expect(")")
            return condition
        if self._take("word", "not"):
            self._expect("(")
            condition = self._any()
            self._expect(")")
            return Not(condition)
        if self._take("word", "selected"):
            return self._selected()
        return None

    def _selected(self) -> Selected:
        self._expect("(")
        field = self._operand()
        self._expect(",")
        choice = self._operand()
        self._expect(")")
        if isinstance(field, str | int) or not isinstance(choice, str):
            raise ExpressionError("selected() takes a field and a choice: selected(${needs}, 'legal')")
        return Selected(field, choice)

    def _comparison(self) -> Compare:
        left = self._operand()
        for operator in _OPERATORS:
            if self._take("sign", operator):
                return Compare(operator, left, self._operand())
        raise self._fault()

    def _operand(self) -> Operand:
        match self._tokens[-1:]:
            case [("field", written)]:
                operand: Operand = Ref(written[2:-1].strip())
            case [("text", written)]:
                operand = written[1:-1]
            case [("number", written)]:
                operand = int(written)
            case [("sign", ".")]:
                operand = Own()
            case _:
                raise self._fault()
        self._tokens.pop()
        return operand

    def _take(self, kind: str, token: str) -> bool:
        if not self._tokens or self._tokens[-1] != (kind, token):
            return False
        self._tokens.pop()
        return True

    def _expect(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise self._fault()

    def _fault(self) -> ExpressionError:
        if not self._tokens:
            return ExpressionError("the condition ends too early")
        return ExpressionError(
            f"{self._tokens[-1][1]!r} is not understood here; a condition has and, or, not(), "
            "= != < <= > >=, selected(), ${field}, . , 'text' and whole numbers"
        )
