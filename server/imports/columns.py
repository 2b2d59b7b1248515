"""Which column of a table answers which question: by a field's name, by its path as ODK and Kobo write it, or by what
the form shows, in one of its languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from server.forms import Field, Form
from server.forms.form import MOST_REPEATS, all_keys, key_of, walk
from server.imports.cells import folded

Use: TypeAlias = Literal["answer", "choice", "row", "left"]
Why: TypeAlias = Literal["", "unknown", "calculated", "again", "unclear"]
ROW_NAMES = ("_record", "_uuid", "meta/instanceid", "meta-instanceid", "instanceid", "key")
"""What tells rows apart, where a table has it: Sojourn's own exports, Kobo, ODK. The first that is there counts."""


class Column(Struct, frozen=True, kw_only=True):
    """use: an answer; one choice of several, as 1 or 0; what tells rows apart; or left out, and why: no question is
    called so, the form calculates it, another column answers it, or several questions are called so."""

    header: str
    use: Use
    key: str = ""
    choice: str = ""
    why: Why = ""


class Wording:
    """What a form's questions and choices are called, by what is written in a table. forms: one form in each of its
    languages."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.form = forms[0]
        self.fields = all_keys(self.form)
        self._names: dict[str, str] = {}
        self._labels: dict[str, set[str]] = {}
        named = list(_names(self.form))
        # As it is written before how it is folded: two names may differ by a capital.
        for name, key in [*named, *((folded(name), key) for name, key in named)]:
            self._names.setdefault(name, key)
        for form in forms:
            for label, key in _labels(form):
                self._labels.setdefault(label, set()).add(key)
        self._choices = {name: _choices(forms, name) for name in self.form.choices}

    def key(self, header: str) -> str | None:
        """Of a question; nothing for none, empty for several."""
        found = self._names.get(header) or self._names.get(folded(header))
        if found is not None:
            return found
        labelled = self._labels.get(folded(header), set())
        return next(iter(labelled)) if len(labelled) == 1 else "" if labelled else None

    def choice(self, field: Field, text: str) -> str | None:
        """Its name, of what somebody wrote: the name itself, or a label that is of no other."""
        names, labels = self._choices[field.choices]
        if text in names:
            return text
        labelled = labels.get(folded(text), set())
        return next(iter(labelled)) if len(labelled) == 1 else None


def match(wording: Wording, header: Sequence[str]) -> list[Column]:
    """A column for each, in order."""
    found = [_column(wording, each) for each in header]
    answered: set[str] = set()
    rows = [folded(each.header) for each in found if each.use == "row"]
    told = next((name for name in ROW_NAMES if name in rows), "")
    whole = {each.key for each in found if each.use == "answer"}
    for at, each in enumerate(found):
        where = f"{each.key} {each.choice}"
        is_again = where in answered or (each.use == "choice" and each.key in whole)
        if each.use in {"answer", "choice"}:
            answered.add(where)
        if is_again or (each.use == "row" and (folded(each.header) != told or told in answered)):
            found[at] = Column(header=each.header, use="left", why="again")
        elif each.use == "row":
            answered.add(told)
    return found


def _column(wording: Wording, header: str) -> Column:
    key = wording.key(header)
    if key:
        calculated = wording.fields[key].type == "calculate"
        return Column(
            header=header,
            use="left" if calculated else "answer",
            key="" if calculated else key,
            why="calculated" if calculated else "",
        )
    if folded(header) in ROW_NAMES:
        return Column(header=header, use="row")
    for at in (at for at in reversed(range(len(header))) if header[at] == "/"):
        asked = wording.key(header[:at])
        field = wording.fields.get(asked or "")
        choice = field and field.type == "select_multiple" and wording.choice(field, header[at + 1 :].strip())
        if asked and choice:
            return Column(header=header, use="choice", key=asked, choice=choice)
    return Column(header=header, use="left", why="unknown" if key is None else "unclear")


def _names(form: Form) -> Iterator[tuple[str, str]]:
    for field, groups in walk(form):
        if field.type in {"note", "group", "repeat"}:
            continue
        path = [*(group.name for group in groups), field.name]
        for at in _times(groups):
            for separator in ("/", "-"):
                yield key_of(separator.join(path), at), key_of(field.name, at)
            yield key_of(field.name, at), key_of(field.name, at)


def _labels(form: Form) -> Iterator[tuple[str, str]]:
    for field, groups in walk(form):
        if field.type not in {"note", "group", "repeat"} and field.label:
            for at in _times(groups):
                label = f"{field.label} {at}" if at else field.label
                yield folded(label), key_of(field.name, at)


def _times(groups: Sequence[Field]) -> range:
    """0 outside of a repeat."""
    return range(1, MOST_REPEATS + 1) if any(each.type == "repeat" for each in groups) else range(1)


def _choices(forms: Sequence[Form], name: str) -> tuple[set[str], Mapping[str, set[str]]]:
    labels: dict[str, set[str]] = {}
    for form in forms:
        for choice in form.choices.get(name, ()):
            labels.setdefault(folded(choice.label), set()).add(choice.name)
    for choice in forms[0].choices[name]:
        labels.setdefault(folded(choice.name), {choice.name})
    return {choice.name for choice in forms[0].choices[name]}, labels
