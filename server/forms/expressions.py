"""Conditions and calculations as small trees, so that the browser evaluates them and never parses text.

As JSON a node is an array that begins with its name, a literal stands for itself:
`["and", ["selected", ["field", "needs"], "legal"], ["compare", ">=", ["own"], 1]]`. A literal with a point is
text in its one form: the wire has no floats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
Function = Literal[
    "+", "-", "*", "div", "mod",
    "today", "count-selected", "string-length", "number", "int", "round", "concat", "coalesce",
    "sum", "count", "min", "max",
]  # fmt: skip
# Those that may ask for a field of a repeat from outside it: all its answers at once.
AGGREGATES: frozenset[Function] = frozenset({"sum", "count", "min", "max"})


class Ref(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="field"):
    """`${name}`: the value of a field, empty where it is not answered or not relevant."""

    name: str


class Own(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="own"):
    """`.`: the value of the field whose constraint this is."""


class Column(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="column"):
    """A bare name in a choice filter: what the choice that is looked at has there."""

    name: str


class Call(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="call"):
    function: Function
    arguments: tuple[Operand, ...]


class If(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="if"):
    condition: Condition
    then: Operand
    otherwise: Operand


Operand = Ref | Own | Column | Call | If | str | int


class Compare(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="compare"):
    operator: Operator
    left: Operand
    right: Operand


class Selected(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="selected"):
    field: Ref | Own | Column
    choice: str | Ref | Column


class Not(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="not"):
    condition: Condition


class And(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="and"):
    left: Condition
    right: Condition


class Or(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="or"):
    left: Condition
    right: Condition


Condition = And | Or | Not | Compare | Selected
Node = Condition | Operand


def nodes(node: Node | None) -> Iterator[Node]:
    """The node and all within it, left to right."""
    if node is None:
        return
    yield node
    for inner in _inner(node):
        yield from nodes(inner)


def comparisons(node: Node | None) -> Iterator[Compare | Selected]:
    """The comparisons within, left to right."""
    for each in nodes(node):
        if isinstance(each, Compare | Selected):
            yield each


def references(node: Node | None) -> set[str]:
    """The names of the fields that are asked for, the own value (`.`) not counted."""
    return {each.name for each in nodes(node) if isinstance(each, Ref)}


def _inner(node: Node) -> tuple[Node, ...]:
    match node:
        case And(left, right) | Or(left, right) | Compare(_, left, right):
            return left, right
        case Not(condition):
            return (condition,)
        case Selected(field, choice):
            return field, choice
        case Call(_, arguments):
            return arguments
        case If(condition, then, otherwise):
            return condition, then, otherwise
        case _:
            return ()
