"""A contact form, the only thing about it that a browser or a command line knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from server.forms.expressions import Condition, Operand

FieldType = Literal[
    "select_one", "select_multiple", "integer", "decimal", "date", "time", "text", "calculate",
    "note", "group", "repeat",
]  # fmt: skip
Value = str | int | list[str]
"""Of integer a whole number, of select_multiple a list, of a calculation a whole number or text, of all others
text. Nothing answered is no value at all."""
Values = Mapping[str, Value]
# A household, a journey's stages: more is another form. Kept small, so that a contact stays under 64 KiB.
MOST_REPEATS = 20


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`values`: the columns of the sheet that a choice filter asks for."""

    name: str
    label: str
    values: dict[str, str] = {}


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`choices` names one of the form's lists; `fields` are a group's or a repeat's; `repeat_count` says how often
    a repeat is asked, else people do."""

    type: FieldType
    name: str
    label: str
    hint: str = ""
    required: bool = False
    relevant: Condition | None = None
    constraint: Condition | None = None
    constraint_message: str = ""
    appearance: str = ""
    choices: str = ""
    choice_filter: Condition | None = None
    calculation: Operand | None = None
    repeat_count: Operand | None = None
    fields: tuple[Field, ...] = ()


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`hash` stands for the form in its source language: the same in every locale. `choices` are lists by
    name, so that a programme can put in its own. `fallback` holds the texts that have no translation."""

    id: str
    version: str
    title: str
    fields: tuple[Field, ...]
    choices: dict[str, tuple[Choice, ...]]
    hash: str = ""
    fallback: tuple[str, ...] = ()


def hashed(form: Form) -> Form:
    """With the SHA-256, in hex, of its canonical JSON: keys sorted, no spaces, no `hash`, no `fallback`."""
    bare = msgspec.structs.replace(form, hash="", fallback=())
    digest = hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()
    return msgspec.structs.replace(bare, hash=digest)


def walk(form: Form) -> Iterator[tuple[Field, tuple[Field, ...]]]:
    """Every field, note and group in order, each with the groups that it stands in, outermost first."""
    yield from _walk(form.fields, ())


def fields(form: Form) -> list[Field]:
    """What has a value, in order: neither groups nor notes; of a repeat each of its fields once."""
    return [field for field, _ in walk(form) if field.type not in {"group", "note", "repeat"}]


def key_of(name: str, at: int) -> str:
    """What a record calls an answer: `age`, and in a repeat, counted from 1, `age/2`."""
    return f"{name}/{at}" if at else name


def named(key: str) -> tuple[str, int]:
    """The field's name, and its place in the repeat, 0 outside; (key, 0) for what is no such key."""
    name, _, number = key.partition("/")
    if number in _PLACES:
        return name, int(number)
    return key, 0


def keys(form: Form, times: Callable[[Field], int]) -> Iterator[tuple[str, Field]]:
    """All that has a value, in order; a repeat's fields time by time. times: how often a repeat is there."""
    yield from _keys(form.fields, times, 0)


def all_keys(form: Form) -> dict[str, Field]:
    """In order, with every time that a repeat could be there: for the order of columns, and for labels."""
    return dict(keys(form, lambda _: MOST_REPEATS))


_PLACES = frozenset(str(at) for at in range(1, MOST_REPEATS + 1))


def _keys(inside: tuple[Field, ...], times: Callable[[Field], int], at: int) -> Iterator[tuple[str, Field]]:
    for field in inside:
        match field.type:
            case "note":
                continue
            case "group":
                yield from _keys(field.fields, times, at)
            case "repeat":
                for each in range(1, times(field) + 1):
                    yield from _keys(field.fields, times, each)
            case _:
                yield key_of(field.name, at), field


def _walk(inside: tuple[Field, ...], groups: tuple[Field, ...]) -> Iterator[tuple[Field, tuple[Field, ...]]]:
    for field in inside:
        yield field, groups
        yield from _walk(field.fields, (*groups, field))
