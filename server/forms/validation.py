"""Whether values fit a form, as both sides check before anything is encrypted."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from server.forms.decimals import is_decimal
from server.forms.evaluation import holds
from server.forms.form import Field, Form, Value, Values, keys
from server.forms.moments import is_date, is_time
from server.forms.relevance import LONGEST_TEXT, Relevance, answered_times, is_empty
from server.forms.weeks import is_week

# Integers on the wire are unsigned and exact in every language (docs/protocol.md).
LARGEST_INTEGER = 2**53 - 1


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is stable, the interface makes a sentence of it; `args` are what the sentence needs.

    unknown-field · irrelevant · required · wrong-type · unknown-choice (choice) · repeated-choice (choice)
    · bad-week · bad-date · bad-time · bad-decimal · bad-number (least, most) · too-long (most) · calculated
    · constraint (message). `field` as in a record: in a repeat `age/2`.
    """

    field: str
    code: str
    args: dict[str, str | int] = {}


def validate(form: Form, values: Values, today: str | None = None) -> list[Problem]:
    """The problems, in the form's order, unknown fields last; at most one a field.

    A value for a field that is not relevant is a problem: `relevant_values` drops those first. None, an empty
    text and an empty list count as no value. What does not fit its field's type counts as no value in
    conditions. Values are the form's own: not `form` and `form_hash`, which a record adds. today: `2026-11-22`,
    else by the clock.
    """
    given = {name: value for name, value in values.items() if not is_empty(value)}
    known = dict(keys(form, lambda repeat: answered_times(repeat, given)))
    unfit = {key: _unfit(form, field, given[key]) for key, field in known.items() if key in given}
    relevant = Relevance(form, {key: given[key] for key, problem in unfit.items() if problem is None}, today)
    # A repeat that was cut short by another answer still holds what is to be pointed out.
    there = dict.fromkeys(values, 1)
    asked = dict(keys(form, lambda each: max(relevant.times(each), answered_times(each, there))))
    found = [_problem(key, field, given, unfit.get(key), relevant) for key, field in asked.items()]
    unknown = [Problem(field=name, code="unknown-field") for name in sorted(set(values) - set(asked))]
    return [problem for problem in found if problem] + unknown


def relevant_values(form: Form, values: Values, today: str | None = None) -> dict[str, Value]:
    """What is to be kept of what was answered: in the form's order, without what is empty or not relevant, and with
    what the form calculates.

    What is left out can leave out more, as where it was all that a time of a repeat had: until nothing changes.
    """
    relevant = Relevance(form, values, today)
    asked = {key: (field, relevant.value(key)) for key, field in keys(form, relevant.times)}
    kept = {key: value for key, (_, value) in asked.items() if value is not None and not is_empty(value)}
    answers = {key: value for key, value in kept.items() if asked[key][0].type != "calculate"}
    return kept if answers == values else relevant_values(form, answers, today)


def choice_names(form: Form, field: Field) -> list[str]:
    return [choice.name for choice in form.choices[field.choices]]


def constraint_holds(key: str, field: Field, value: Value, relevant: Relevance) -> bool:
    return field.constraint is None or holds(field.constraint, relevant.scope(key, value))


def _problem(
    key: str, field: Field, given: Values, unfit: Problem | None, relevant: Relevance
) -> Problem | None:
    value = given.get(key)
    if value is None:
        missing = field.required and relevant(key)
        return Problem(field=key, code="required") if missing else None
    if not relevant(key):
        return Problem(field=key, code="irrelevant")
    if unfit:
        return msgspec.structs.replace(unfit, field=key)
    admitted = relevant.value(key)
    if admitted != value:
        return _unadmitted(key, field, value, admitted)
    if constraint_holds(key, field, value, relevant):
        return None
    args: dict[str, str | int] = {"message": field.constraint_message} if field.constraint_message else {}
    return Problem(field=key, code="constraint", args=args)


def _unadmitted(key: str, field: Field, value: Value, admitted: Value | None) -> Problem:
    """Not what the form calculates, or a choice that its filter keeps out."""
    if field.type == "calculate":
        return Problem(field=key, code="calculated")
    left = admitted if isinstance(admitted, list) else []
    chosen = value if isinstance(value, list) else [value]
    first = next(str(each) for each in chosen if each not in left)
    return Problem(field=key, code="unknown-choice", args={"choice": first})


def _unfit(form: Form, field: Field, value: Value) -> Problem | None:
    """What is wrong with a value by its field's type alone. A decoded value may be anything."""
    match field.type, value:
        case "integer", int() if not isinstance(value, bool):
            return _unfit_number(field, value)
        case "calculate", int() if not isinstance(value, bool):
            return None
        case (("text" | "date" | "time" | "decimal" | "calculate"), str()):
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
    kind = "week" if field.appearance == "week" else field.type
    if kind in _FITS and not _FITS[kind](value):
        return Problem(field=field.name, code=f"bad-{kind}")
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


_FITS: dict[str, Callable[[str], bool]] = {
    "week": is_week,
    "date": is_date,
    "time": is_time,
    "decimal": is_decimal,
}
