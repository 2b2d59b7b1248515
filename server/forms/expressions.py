"""Conditions as a small tree, so that the browser evaluates them and never parses text.

As JSON a node is an array that begins with its name, a literal stands for itself:
`["and", ["selected", ["field", "needs"], "legal"], ["compare", ">=", ["own"], 1]]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


class Ref(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="field"):
    """`${name}`: the value of a field, empty where it is not answered or not relevant."""

    name: str


class Own(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="own"):
    """`.`: the value of the field whose constraint this is."""


Operand = Ref | Own | str | int


class Compare(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="compare"):
    operator: Operator
    left: Operand
    right: Operand


class Selected(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="selected"):
    field: Ref | Own
    choice: str


class Not(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="not"):
    condition: Condition


class And(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="and"):
    left: Condition
    right: Condition


class Or(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="or"):
    left: Condition
    right: Condition


Condition = And | Or | Not | Compare | Selected


def comparisons(condition: Condition) -> Iterator[Compare | Selected]:
    """The leaves of a condition, left to right."""
    match condition:
        case And(left, right) | Or(left, right):
            yield from comparisons(left)
            yield from comparisons(right)
        case Not(inner):
            yield from comparisons(inner)
        case Compare() | Selected():
            yield condition


def operands(leaf: Compare | Selected) -> tuple[Operand, ...]:
    return (leaf.left, leaf.right) if isinstance(leaf, Compare) else (leaf.field,)


def references(condition: Condition | None) -> set[str]:
    """The names of the fields that a condition asks for, its own value (`.`) not counted."""
    leaves = comparisons(condition) if condition else ()
    return {operand.name for leaf in leaves for operand in operands(leaf) if isinstance(operand, Ref)}
