"""A contact form, the only thing about it that a browser or a command line knows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from server.forms.expressions import Condition

FieldType = Literal["select_one", "select_multiple", "integer", "text", "note", "group"]
Value = str | int | list[str]
"""Of text and select_one, of integer, of select_multiple. Nothing answered is no value at all."""
Values = Mapping[str, Value]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    label: str


class Field(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`choices` names one of the form's lists; `fields` are a group's."""

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
    """What can be answered, in order: neither groups nor notes."""
    return [field for field, _ in walk(form) if field.type not in {"group", "note"}]


def _walk(inside: tuple[Field, ...], groups: tuple[Field, ...]) -> Iterator[tuple[Field, tuple[Field, ...]]]:
    for field in inside:
        yield field, groups
        yield from _walk(field.fields, (*groups, field))
