"""The form that contacts of a headless device fit, and what is wrong with lines that do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec
from msgspec import Struct

from server.forms import Form, Problem, Value, parse_xlsform, relevant_values, validate
from server.site.places import find_places
from sync.revisions import Value as Kept

_SENTENCES = {
    "not-json": "this is not JSON",
    "not-an-object": "this is not an object of field names and values",
    "unknown-field": "the form has no such field",
    "irrelevant": "the form does not ask this, given the other answers",
    "required": "an answer is needed",
    "wrong-type": "this kind of field has no such value",
    "unknown-choice": "“{choice}” is not one of the choices",
    "repeated-choice": "“{choice}” is there twice",
    "bad-week": "a week is written like 2026-W10",
    "bad-date": "a day is written like 2026-03-07",
    "bad-time": "a time is written like 14:05",
    "bad-decimal": "a number from 0, written like 12.5",
    "calculated": "the form calculates this, and comes to something else",
    "bad-number": "a whole number from {least} to {most}",
    "too-long": "at most {most} characters",
    "constraint": "the form does not allow this value",
}


class Line(Struct, frozen=True, kw_only=True):
    """A line of input, counted from 1: a contact, or what is wrong with it (a few problems for one line)."""

    number: int
    contact: Mapping[str, Kept] = {}
    problems: tuple[Problem, ...] = ()


def contact_form() -> Form:
    """The hub's own. Raises FormError."""
    return parse_xlsform(find_places().content / "forms" / "contact.xlsx")


def read_lines(form: Form, source: BinaryIO) -> Iterator[Line]:
    """JSON lines, validated one by one; empty lines are passed over."""
    for number, raw in enumerate(source, start=1):
        if raw.strip():
            yield _line(form, number, raw)


def sentence(problem: Problem) -> str:
    """What is wrong, for people: `age: an answer is needed`."""
    message = problem.args.get("message")
    told = str(message) if message else _SENTENCES.get(problem.code, problem.code).format(**problem.args)
    return f"{problem.field}: {told}" if problem.field else told


def _line(form: Form, number: int, raw: bytes) -> Line:
    try:
        values: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Line(number=number, problems=(Problem(field="", code="not-json"),))
    if not isinstance(values, dict):
        return Line(number=number, problems=(Problem(field="", code="not-an-object"),))
    problems = tuple(validate(form, values))
    if problems:
        return Line(number=number, problems=problems)
    return Line(number=number, contact=_contact(form, values))


def _contact(form: Form, values: Mapping[str, Value | None]) -> dict[str, Kept]:
    """What was answered, exactly, and what the form calculates, with its id and hash."""
    answered = {name: value for name, value in values.items() if value is not None}
    kept: dict[str, Kept] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in relevant_values(form, answered).items()
    }
    return {**kept, "form": form.id, "form_hash": form.hash}
