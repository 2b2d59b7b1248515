"""What the expressions of a form may ask for: fields that exist, choices that exist, nothing in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.forms.errors import Faults, Why
from server.forms.expressions import (
    AGGREGATES,
    Call,
    Column,
    Compare,
    Node,
    Operand,
    Own,
    Ref,
    Selected,
    comparisons,
    nodes,
    references,
)
from server.forms.form import Field, Form, walk
from server.forms.sheets import Row

# Far longer than any form that people can answer; what is evaluated goes down such a chain.
_LONGEST_CHAIN = 60


def check_expressions(form: Form, rows: Mapping[str, Row], faults: Faults) -> None:
    """Keeps a fault for each cell with what could not be met or understood."""
    checks = _Checks(form)
    for field, _ in walk(form):
        for column, node in _expressions(field):
            if why := checks.fault(field, column, node):
                with faults.kept():
                    rows[field.name].refuse(column, why)
    if not faults.found:
        with faults.kept():
            _check_loops(form, rows)


def _expressions(field: Field) -> Iterator[tuple[str, Node]]:
    found: tuple[tuple[str, Node | None], ...] = (
        ("relevant", field.relevant),
        ("constraint", field.constraint),
        ("choice_filter", field.choice_filter),
        ("calculation", field.calculation),
        ("repeat_count", field.repeat_count),
    )
    return ((column, node) for column, node in found if node is not None)


class _Checks:
    def __init__(self, form: Form) -> None:
        self._form = form
        self._known = {field.name: field for field, _ in walk(form)}
        self._repeats = {
            field.name: next((each.name for each in groups if each.type == "repeat"), None)
            for field, groups in walk(form)
        }

    def fault(self, field: Field, column: str, node: Node) -> str | None:
        """Why an expression is refused; None when it is sound."""
        if column != "constraint" and any(isinstance(each, Own) for each in nodes(node)):
            return "'.' has a meaning in constraints only"
        return (
            next(self._faults_in_references(field, node), None)
            or next(self._faults_in_columns(field, node), None)
            or next(filter(None, (self._fault_in_leaf(leaf, field) for leaf in comparisons(node))), None)
        )

    def _faults_in_references(self, field: Field, node: Node) -> Iterator[str]:
        at_once = {
            id(argument)
            for each in nodes(node)
            if isinstance(each, Call) and each.function in AGGREGATES
            for argument in each.arguments
        }
        counted = {
            id(argument)
            for each in nodes(node)
            if isinstance(each, Call) and each.function == "count"
            for argument in each.arguments
        }
        for each in nodes(node):
            if isinstance(each, Ref):
                yield from self._faults_in_reference(
                    field, each.name, id(each) in at_once, id(each) in counted
                )

    def _faults_in_reference(self, field: Field, name: str, at_once: bool, counted: bool) -> Iterator[str]:
        asked = self._known.get(name)
        if asked is None or asked.type in {"note", "group"} or (asked.type == "repeat" and not counted):
            yield Why(f"there is no field {name!r} that can be answered", "unknown-question", name=name)
            return
        within = self._repeats[name]
        own = self._repeats[field.name]
        if asked.type == "repeat" and name in {own, field.name}:
            yield f"{name!r} cannot be counted inside itself"
        if within is None:
            return
        if own == within and at_once:
            yield f"inside {within!r}, {name!r} is one answer: ask for all of them outside it"
        if own != within and not at_once:
            yield f"{name!r} stands in the repeat {within!r}: ask for it there, or by sum(), count(), min(), max()"

    def _faults_in_columns(self, field: Field, node: Node) -> Iterator[str]:
        for each in nodes(node):
            if isinstance(each, Column) and each.name != "name":
                listed = self._form.choices.get(field.choices, ())
                if not any(each.name in choice.values for choice in listed):
                    yield f"no choice of the list {field.choices!r} has a column {each.name!r}"

    def _fault_in_leaf(self, leaf: Compare | Selected, field: Field) -> str | None:
        if isinstance(leaf, Selected):
            return self._fault_in_selected(leaf, field)
        return self._fault_in_side(leaf, leaf.left, leaf.right, field) or self._fault_in_side(
            leaf, leaf.right, leaf.left, field
        )

    def _fault_in_selected(self, leaf: Selected, field: Field) -> str | None:
        if isinstance(leaf.field, Column):
            return None
        asked = self._asked(leaf.field, field)
        if asked is None or not asked.choices:
            return "selected() is for select_one and select_multiple"
        return self._fault_in_choice(asked, leaf.choice) if isinstance(leaf.choice, str) else None

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
        why = f"there is no choice {name!r} in the list {asked.choices!r}"
        return Why(why, "unknown-choice", name=name, list=asked.choices)

    def _asked(self, operand: Operand, field: Field) -> Field | None:
        if isinstance(operand, Own):
            return field
        return self._known[operand.name] if isinstance(operand, Ref) else None


def _check_loops(form: Form, rows: Mapping[str, Row]) -> None:
    """A field that is asked, filtered or calculated depending on itself would never be, or flicker."""
    needs = {
        field.name: {
            *(
                name
                for column, node in _expressions(field)
                if column != "constraint"
                for name in references(node)
            ),
            *(group.name for group in groups[-1:]),
        }
        for field, groups in walk(form)
    }
    deep: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = (*path[path.index(name) :], name)
            _refuse(form, rows, circle, f"it depends on itself: {' → '.join(circle)}")
        if name not in deep:
            for need in sorted(needs[name]):
                visit(need, (*path, name))
            deep[name] = 1 + max((deep[need] for need in needs[name]), default=0)
            if deep[name] > _LONGEST_CHAIN:
                _refuse(form, rows, (name, *path), "what it depends on depends on too much else")

    for name in needs:
        visit(name, ())


def _refuse(form: Form, rows: Mapping[str, Row], names: tuple[str, ...], why: str) -> None:
    """At the first of these fields that depends on anything."""
    known = {field.name: field for field, _ in walk(form)}
    found = [
        (name, column) for name in names for column, _ in _expressions(known[name]) if column != "constraint"
    ]
    name, column = found[0]
    rows[name].refuse(column, why)
