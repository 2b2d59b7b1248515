"""What the conditions of a form may ask for: fields that exist, choices that exist, nothing in a circle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from server.forms.expressions import (
    Compare,
    Operand,
    Own,
    Ref,
    Selected,
    comparisons,
    operands,
    references,
)
from server.forms.form import Field, Form, fields, walk
from server.forms.sheets import Row

Column = Literal["relevant", "constraint"]


def check_conditions(form: Form, rows: Mapping[str, Row]) -> None:
    """Raises `FormError` at the cell of the condition that could not be met or understood."""
    checks = _Checks(form)
    for field, _ in walk(form):
        columns: tuple[Column, ...] = ("relevant", "constraint")
        for column in columns:
            condition = field.relevant if column == "relevant" else field.constraint
            for leaf in comparisons(condition) if condition else ():
                if why := checks.fault(field, column, leaf):
                    rows[field.name].refuse(column, why)
    _check_loops(form, rows)


class _Checks:
    def __init__(self, form: Form) -> None:
        self._form = form
        self._known = {field.name: field for field in fields(form)}

    def fault(self, field: Field, column: Column, leaf: Compare | Selected) -> str | None:
        """Why a comparison is refused; None when it is sound."""
        for operand in operands(leaf):
            if isinstance(operand, Own) and column == "relevant":
                return "'.' has a meaning in constraints only"
            if isinstance(operand, Ref) and operand.name not in self._known:
                return f"there is no field {operand.name!r} that can be answered"
        if isinstance(leaf, Selected):
            return self._fault_in_selected(leaf, self._asked(leaf.field, field))
        return self._fault_in_side(leaf, leaf.left, leaf.right, field) or self._fault_in_side(
            leaf, leaf.right, leaf.left, field
        )

    def _fault_in_selected(self, leaf: Selected, asked: Field | None) -> str | None:
        if asked is None or not asked.choices:
            return "selected() is for select_one and select_multiple"
        return self._fault_in_choice(asked, leaf.choice)

    def _fault_in_side(self, leaf: Compare, side: Operand, other: Operand, field: Field) -> str | None:
        asked = self._asked(side, field)
        if asked is None or not asked.choices or other == "":
            return None
        if asked.type == "select_multiple" or leaf.operator not in {"=", "!="}:
            return f"ask for the choices of {asked.name!r} by selected()"
        return self._fault_in_choice(asked, other) if isinstance(other, str) else None

    def _fault_in_choice(self, asked: Field, name: str) -> str | None:
        if any(choice.name == name for choice in self._form.choices[asked.choices]):
            return None
        return f"there is no choice {name!r} in the list {asked.choices!r}"

    def _asked(self, operand: Operand, field: Field) -> Field | None:
        if isinstance(operand, Own):
            return field
        return self._known[operand.name] if isinstance(operand, Ref) else None


def _check_loops(form: Form, rows: Mapping[str, Row]) -> None:
    """A field that is asked only depending on itself would never be asked, or flicker."""
    needs = {
        field.name: references(field.relevant) | {group.name for group in groups[-1:]}
        for field, groups in walk(form)
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = (*path[path.index(name) :], name)
            at = next(each for each in circle if rows[each]["relevant"])
            rows[at].refuse("relevant", f"it depends on itself: {' → '.join(circle)}")
        if name not in done:
            for need in sorted(needs[name]):
                visit(need, (*path, name))
            done.add(name)

    for name in needs:
        visit(name, ())
