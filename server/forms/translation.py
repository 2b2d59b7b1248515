"""A form in another language: labels, hints and messages; names and structure stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from server.forms.form import Choice, Field, Form, walk

Translate = Callable[[str], str | None]
"""Gives a text in the other language; None where nobody has translated it."""

_Shown = TypeVar("_Shown", Field, Choice)
_SHOWN = ("label", "hint", "constraint_message")


def texts(form: Form) -> Iterator[str]:
    """All that is shown, in order, each once."""
    shown = [form.title]
    for field, _ in walk(form):
        shown += [field.label, field.hint, field.constraint_message]
    shown += [choice.label for choices in form.choices.values() for choice in choices]
    yield from dict.fromkeys(text for text in shown if text)


def translate(form: Form, gettext: Translate) -> Form:
    """The same form, same hash; what has no translation stays as it is and is named in `fallback`."""
    known = {text: gettext(text) for text in texts(form)}
    fallback = tuple(text for text, translation in known.items() if translation is None)

    def say(text: str) -> str:
        return known.get(text) or text

    return msgspec.structs.replace(
        form,
        title=say(form.title),
        fields=tuple(_field(field, say) for field in form.fields),
        choices={
            name: tuple(_shown(choice, say) for choice in choices) for name, choices in form.choices.items()
        },
        fallback=fallback,
    )


def _field(field: Field, say: Callable[[str], str]) -> Field:
    inside = tuple(_field(each, say) for each in field.fields)
    return msgspec.structs.replace(_shown(field, say), fields=inside)


def _shown(item: _Shown, say: Callable[[str], str]) -> _Shown:
    said = {name: say(getattr(item, name)) for name in _SHOWN if hasattr(item, name)}
    return msgspec.structs.replace(item, **said)
