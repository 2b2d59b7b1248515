"""Whether values fit a form, as both sides check before anything is encrypted."""

from __future__ import annotations

import msgspec

from server.forms.evaluation import Relevance, holds
from server.forms.form import Field, Form, Value, Values, fields
from server.forms.weeks import is_week

# "A short note" is 280 characters (experience.md); nothing else in a contact needs more.
LONGEST_TEXT = 280
# Integers on the wire are unsigned and exact in every language (docs/protocol.md).
LARGEST_INTEGER = 2**53 - 1


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is stable, the interface makes a sentence of it; `args` are what the sentence needs.

    unknown-field · irrelevant · required · wrong-type · unknown-choice (choice) · repeated-choice (choice)
    · bad-week · bad-number (least, most) · too-long (most) · constraint (message)
    """

    field: str
    code: str
    args: dict[str, str | int] = {}


def validate(form: Form, values: Values) -> list[Problem]:
    """The problems, in the form's order, unknown fields last; at most one a field.

    A value for a field that is not relevant is a problem: `relevant_values` drops those first. None, an empty
    text and an empty list count as no value. What does not fit its field's type counts as no value in
    conditions. Values are the form's own: not `form` and `form_hash`, which a record adds.
    """
    given = {name: value for name, value in values.items() if not is_empty(value)}
    known = {field.name: field for field in fields(form)}
    unfit = {name: _unfit(form, field, given[name]) for name, field in known.items() if name in given}
    relevant = Relevance(form, {name: given[name] for name, problem in unfit.items() if problem is None})
    found = [_problem(field, given, unfit.get(name), relevant) for name, field in known.items()]
    unknown = [Problem(field=name, code="unknown-field") for name in sorted(set(values) - set(known))]
    return [problem for problem in found if problem] + unknown


def relevant_values(form: Form, values: Values) -> dict[str, Value]:
    """What is to be kept of what was answered: in the form's order, without what is empty or not relevant."""
    relevant = Relevance(form, values)
    kept = {field.name: relevant.value(field.name) for field in fields(form)}
    return {name: value for name, value in kept.items() if value is not None and not is_empty(value)}


def is_empty(value: Value | None) -> bool:
    return value is None or value in ("", [])


def choice_names(form: Form, field: Field) -> list[str]:
    return [choice.name for choice in form.choices[field.choices]]


def constraint_holds(field: Field, value: Value, relevant: Relevance) -> bool:
    return field.constraint is None or holds(field.constraint, relevant.value, value)


def _problem(field: Field, given: Values, unfit: Problem | None, relevant: Relevance) -> Problem | None:
    value = given.get(field.name)
    if value is None:
        missing = field.required and relevant(field.name)
        return Problem(field=field.name, code="required") if missing else None
    if not relevant(field.name):
        return Problem(field=field.name, code="irrelevant")
    if unfit or constraint_holds(field, value, relevant):
        return unfit
    args: dict[str, str | int] = {"message": field.constraint_message} if field.constraint_message else {}
    return Problem(field=field.name, code="constraint", args=args)


def _unfit(form: Form, field: Field, value: Value) -> Problem | None:
    """What is wrong with a value by its field's type alone. A decoded value may be anything."""
    match field.type, value:
        case "integer", int() if not isinstance(value, bool):
            return _unfit_number(field, value)
        case "text", str():
            return _unfit_text(field, value)
        case "select_one", str():
            return _unfit_choices(form, field, [value])
        case "select_multiple", list() if all(isinstance(each, str) for each in value):
            return _unfit_choices(form, field, value)
    return Problem(field=field.name, code="wrong-type")


def _unfit_number(field: Field, value: int) -> Problem | None:
    if 0 <= value <= LARGEST_INTEGER:
        return None
    return Problem(field=field.name, code="bad-number", args={"least": 0, "most": LARGEST_INTEGER})


def _unfit_text(field: Field, value: str) -> Problem | None:
    if field.appearance == "week" and not is_week(value):
        return Problem(field=field.name, code="bad-week")
    # Code points, as both languages can count them.
    if len(value) > LONGEST_TEXT:
        return Problem(field=field.name, code="too-long", args={"most": LONGEST_TEXT})
    return None


def _unfit_choices(form: Form, field: Field, chosen: list[str]) -> Problem | None:
    names = choice_names(form, field)
    for at, choice in enumerate(chosen):
        if choice not in names:
            return Problem(field=field.name, code="unknown-choice", args={"choice": choice})
        if choice in chosen[:at]:
            return Problem(field=field.name, code="repeated-choice", args={"choice": choice})
    return None
