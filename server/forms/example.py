"""Made-up contacts that fit a form: for training and tests."""

from __future__ import annotations

import datetime
from random import Random

from server.forms.evaluation import Relevance
from server.forms.expressions import comparisons, operands
from server.forms.form import Field, Form, Value, fields
from server.forms.validation import LARGEST_INTEGER, choice_names, constraint_holds, relevant_values, validate
from server.forms.weeks import week_of

# Nothing in them could be taken for a person, a place or a number.
_WORDS = ("asked", "answered", "waiting", "papers", "pay", "travel", "work", "home", "later", "again")
# A form whose constraints cannot be met by so many tries is not one that people could fill in.
_TRIES = 200
# Optional fields are left empty now and then, as people do.
_ANSWERED = 0.8
_FIRST_WEEK = datetime.date(2026, 1, 5)


def example(form: Form, seed: int, number: int) -> list[dict[str, Value]]:
    """The same for the same form, seed and number. Raises `ValueError` when the form's constraints resist."""
    random = Random(seed)  # noqa: S311 - varied examples, no secrets
    return [_contact(form, random) for _ in range(number)]


def _contact(form: Form, random: Random) -> dict[str, Value]:
    for _ in range(_TRIES):
        values: dict[str, Value] = {}
        for field in fields(form):
            if field.required or random.random() < _ANSWERED:
                _answer(form, field, values, random)
        kept = relevant_values(form, values)
        if not validate(form, kept):
            return kept
    raise ValueError(f"no example of the form {form.id} could be made")


def _answer(form: Form, field: Field, values: dict[str, Value], random: Random) -> None:
    for _ in range(_TRIES):
        value = _value(form, field, random)
        if constraint_holds(field, value, Relevance(form, values)):
            values[field.name] = value
            return


def _value(form: Form, field: Field, random: Random) -> Value:
    match field.type:
        case "select_one":
            return random.choice(choice_names(form, field))
        case "select_multiple":
            names = choice_names(form, field)
            return sorted(random.sample(names, random.randint(1, min(4, len(names)))), key=names.index)
        case "integer":
            return random.choice([random.randint(0, 12), *_near_constraint(field)])
        case _ if field.appearance == "week":
            return week_of(_FIRST_WEEK + datetime.timedelta(weeks=random.randrange(52)))
        case _:
            return " ".join(random.sample(_WORDS, random.randint(2, 5)))


def _near_constraint(field: Field) -> list[int]:
    """The numbers that a constraint names, and their neighbours: where its limits are."""
    leaves = comparisons(field.constraint) if field.constraint else ()
    named = [operand for leaf in leaves for operand in operands(leaf) if isinstance(operand, int)]
    around = [number + step for number in named for step in (-1, 0, 1)]
    return [number for number in around if 0 <= number <= LARGEST_INTEGER]
