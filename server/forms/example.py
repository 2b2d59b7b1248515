"""Made-up contacts that fit a form: for training and tests."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

from server.forms.decimals import number_text
from server.forms.expressions import nodes
from server.forms.form import Field, Form, Value, keys
from server.forms.moments import days_of, today
from server.forms.relevance import Relevance
from server.forms.validation import LARGEST_INTEGER, constraint_holds, relevant_values, validate
from server.forms.weeks import week_of

# Nothing in them could be taken for a person, a place or a number.
_WORDS = ("asked", "answered", "waiting", "papers", "pay", "travel", "work", "home", "later", "again")
# A form whose constraints cannot be met by so many tries is not one that people could fill in.
_TRIES = 200
# Optional fields are left empty now and then, as people do.
_ANSWERED = 0.8
_FIRST_WEEK = datetime.date(2026, 1, 5)
_EPOCH = datetime.date(1970, 1, 1)
# How often a repeat is there at most.
_MOST_TIMES = 3


def example(form: Form, seed: int, number: int) -> list[dict[str, Value]]:
    """The same for the same form, seed and number. Raises `ValueError` when the form's constraints resist."""
    random = Random(seed)  # noqa: S311 - varied examples, no secrets
    return [_contact(form, random) for _ in range(number)]


def _contact(form: Form, random: Random) -> dict[str, Value]:
    for _ in range(_TRIES):
        values: dict[str, Value] = {}
        asked = _asked(form, random.randint(0, _MOST_TIMES))
        for key, field in asked:
            if field.type != "calculate" and (field.required or random.random() < _ANSWERED):
                _answer(form, key, field, values, random)
        kept = relevant_values(form, values)
        if not validate(form, kept):
            return kept
    raise ValueError(f"no example of the form {form.id} could be made")


def _asked(form: Form, times: int) -> list[tuple[str, Field]]:
    return list(keys(form, lambda _: times))


def _answer(form: Form, key: str, field: Field, values: dict[str, Value], random: Random) -> None:
    for _ in range(_TRIES):
        relevant = Relevance(form, values)
        value = _value(
            field, [choice.name for choice in relevant.choices(key)] if field.choices else [], random
        )
        if value is not None and constraint_holds(key, field, value, relevant):
            values[key] = value
            return


def _value(field: Field, names: list[str], random: Random) -> Value | None:
    """names: of the choices that there are just then; without any there is no answer."""
    makes: dict[str, Callable[[], Value | None]] = {
        "select_one": lambda: random.choice(names) if names else None,
        "select_multiple": lambda: _some(names, random),
        "integer": lambda: random.choice([random.randint(0, 12), *_near_constraint(field)]),
        "decimal": lambda: number_text(random.choice([random.randint(0, 120), *_near_constraint(field)]) / 8),
        "date": lambda: _day(random.randrange(-400, 400)),
        "time": lambda: f"{random.randrange(24):02}:{random.randrange(60):02}",
        "week": lambda: week_of(_FIRST_WEEK + datetime.timedelta(weeks=random.randrange(52))),
        "text": lambda: " ".join(random.sample(_WORDS, random.randint(2, 5))),
    }
    return makes["week" if field.appearance == "week" else field.type]()


def _some(names: list[str], random: Random) -> list[str] | None:
    chosen = random.sample(names, random.randint(min(1, len(names)), min(4, len(names))))
    return sorted(chosen, key=names.index) or None


def _day(after: int) -> str:
    """So many days after today."""
    return (_EPOCH + datetime.timedelta(days=(days_of(today()) or 0) + after)).isoformat()


def _near_constraint(field: Field) -> list[int]:
    """The numbers that a constraint names, and their neighbours: where its limits are."""
    named = [each for each in nodes(field.constraint) if isinstance(each, int)]
    around = [number + step for number in named for step in (-1, 0, 1)]
    return [number for number in around if 0 <= number <= LARGEST_INTEGER]
