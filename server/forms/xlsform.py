"""Reads an XLSForm into a `Form`; whatever our forms do not have is refused by sheet and cell.

Labels are written in one language: the others come from the catalogs. Appearances: `week` (an ISO week that
the app fills in), `multiline`, `minimal` (a long list, to be searched), `later` (a choice that is asked again, alone,
after the meeting), `field-list`, and `compact` (a group that is closed until somebody opens it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from server.forms.checks import check_conditions
from server.forms.errors import FormError
from server.forms.expressions import Condition
from server.forms.form import Choice, Field, FieldType, Form, hashed
from server.forms.parser import ExpressionError, parse_condition
from server.forms.sheets import Row, Workbook

_SURVEY = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "appearance",
)  # fmt: skip
_CHOICES = ("list_name", "name", "label")
_SETTINGS = ("form_title", "form_id", "version")
_APPEARANCES: dict[str, set[str]] = {
    "select_one": {"later", "minimal"},
    "select_multiple": {"later", "minimal"},
    "text": {"week", "multiline"},
    "group": {"field-list", "compact"},
}
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_CHOICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# Every record says which form it answers in fields of these names (docs/protocol.md).
_RESERVED = {"form", "form_hash"}
Texts = dict[str, dict[str, str]]
"""By language tag: a text of the form → what stands for it."""
_REQUIRED = {
    "": False,
    "no": False,
    "false": False,
    "false()": False,
    "yes": True,
    "true": True,
    "true()": True,
}
_SELECTS: dict[str, FieldType] = {"select_one": "select_one", "select_multiple": "select_multiple"}
_PLAIN: dict[str, FieldType] = {
    "integer": "integer",
    "text": "text",
    "note": "note",
    "begin_group": "group",
    "begin group": "group",
}


def parse_xlsform(path: Path) -> Form:
    """The form in its source language. Raises `FormError`."""
    return form_in(Workbook(path))


def parse_languages(path: Path, language: str) -> tuple[Form, str, Texts]:
    """A form with labels in several languages: as it is in the one of its plain labels, that one's tag, and what it
    says in the others. language: of the plain labels where the settings name none. Raises `FormError`.
    """
    book = Workbook(path, languages=True)
    form, own = form_in(book), book.default_language or language
    texts: Texts = {}
    for sheet, allowed in (("survey", _SURVEY), ("choices", _CHOICES)):
        for row in book.rows(sheet, allowed):
            for column in row.columns:
                name, _, tag = column.partition("::")
                if tag and tag != own and row[name] and row[column]:
                    texts.setdefault(tag, {}).setdefault(row[name], row[column])
    return form, own, texts


def form_in(book: Workbook) -> Form:
    """Raises `FormError`."""
    choices = _choices(book)
    survey = _Survey(book, choices)
    identity = _settings(book)
    form = Form(
        id=identity["form_id"],
        version=identity["version"],
        title=identity["form_title"] or identity["form_id"],
        fields=survey.fields,
        choices={name: tuple(choices[name]) for name in sorted(survey.lists)},
    )
    check_conditions(form, survey.rows)
    book.check_with_pyxform()
    return hashed(form)


class _Survey:
    """The survey sheet; `rows` remembers where each field was written."""

    def __init__(self, book: Workbook, choices: dict[str, list[Choice]]) -> None:
        self.rows: dict[str, Row] = {}
        self.lists: set[str] = set()
        self._choices = choices
        lines = list(book.rows("survey", _SURVEY))[::-1]
        if not lines:
            raise FormError(book.path, "survey", "there are no fields")
        self.fields = tuple(self._inside(lines, None))

    def _inside(self, lines: list[Row], group: Row | None) -> Iterator[Field]:
        """The fields up to the end of a group, or of the sheet; takes their rows from the end of `lines`."""
        while lines:
            row = lines.pop()
            if row["type"] in {"end_group", "end group"}:
                if group is None:
                    row.refuse(
                        "type", "there is no open group to end: take the row out, or begin one above it"
                    )
                return
            yield self._field(row, lines)
        if group is not None:
            group.refuse("type", "the group has no end_group: write one after its last field")

    def _field(self, row: Row, lines: list[Row]) -> Field:
        kind, choices = self._type(row)
        appearance = row["appearance"]
        known = sorted(_APPEARANCES.get(kind, set()))
        if appearance and appearance not in known:
            what = f"there are {', '.join(known)}" if known else "leave the cell empty"
            row.refuse("appearance", f"a {kind} has no appearance {appearance!r}: {what}")
        return Field(
            type=kind,
            name=self._name(row),
            label=row["label"] or row.refuse("label", "a field needs a label"),
            hint=row["hint"],
            required=self._required(row, kind),
            relevant=_condition(row, "relevant"),
            constraint=self._constraint(row, kind),
            constraint_message=row["constraint_message"],
            appearance=appearance,
            choices=choices,
            fields=tuple(self._inside(lines, row)) if kind == "group" else (),
        )

    def _type(self, row: Row) -> tuple[FieldType, str]:
        """The type, and the name of its list of choices."""
        words = row["type"].split(" ")
        if len(words) == 2 and words[0] in _SELECTS:
            return _SELECTS[words[0]], self._list(row, words[1])
        if row["type"] not in _PLAIN:
            known = ", ".join([*_PLAIN, *(f"{select} LIST" for select in _SELECTS)])
            row.refuse("type", f"our forms have no type {row['type']!r}: there are {known}")
        return _PLAIN[row["type"]], ""

    def _list(self, row: Row, name: str) -> str:
        if name not in self._choices:
            known = f"there are {', '.join(self._choices)}" if self._choices else "it is empty"
            row.refuse("type", f"there is no list {name!r} on the sheet choices: {known}")
        self.lists.add(name)
        return name

    def _name(self, row: Row) -> str:
        name = row["name"]
        if not _FIELD_NAME.fullmatch(name):
            row.refuse("name", f"{name!r} is not a name: a letter, then up to 63 letters, digits and _")
        if name in _RESERVED:
            row.refuse("name", f"{name!r} is used by every record: choose another name")
        if name in self.rows:
            row.refuse("name", f"{name!r} is also the name of row {self.rows[name].number}")
        self.rows[name] = row
        return name

    def _required(self, row: Row, kind: FieldType) -> bool:
        required = _REQUIRED.get(row["required"].lower())
        if required is None:
            row.refuse(
                "required", f"{row['required']!r} is neither yes nor no: write one of them, or nothing"
            )
        if required and kind in {"note", "group"}:
            row.refuse("required", f"a {kind} cannot be required: nobody answers it")
        return required

    def _constraint(self, row: Row, kind: FieldType) -> Condition | None:
        for column in ("constraint", "constraint_message"):
            if row[column] and kind in {"note", "group"}:
                row.refuse(column, f"a {kind} has no value to constrain")
        if row["constraint_message"] and not row["constraint"]:
            row.refuse("constraint_message", "there is no constraint to explain")
        return _condition(row, "constraint")


def _condition(row: Row, column: str) -> Condition | None:
    try:
        return parse_condition(row[column]) if row[column] else None
    except ExpressionError as fault:
        row.refuse(column, str(fault))


def _choices(book: Workbook) -> dict[str, list[Choice]]:
    lists: dict[str, list[Choice]] = {}
    for row in book.rows("choices", _CHOICES):
        name, known = row["name"], lists.setdefault(row["list_name"], [])
        if not _FIELD_NAME.fullmatch(row["list_name"]):
            row.refuse(
                "list_name",
                f"{row['list_name']!r} is not a name: a letter, then up to 63 letters, digits and _",
            )
        if not _CHOICE_NAME.fullmatch(name):
            row.refuse("name", f"{name!r} is not a choice's name: letters, digits, _ . and -")
        if any(choice.name == name for choice in known):
            row.refuse("name", f"{name!r} is twice in the list {row['list_name']!r}")
        known.append(Choice(name=name, label=row["label"] or row.refuse("label", "a choice needs a label")))
    return lists


def _settings(book: Workbook) -> Row:
    allowed = (*_SETTINGS, "default_language") if book.languages else _SETTINGS
    row = next(iter(book.rows("settings", allowed)), None)
    if row is None:
        raise FormError(book.path, "settings", "form_id and version are needed")
    for column in ("form_id", "version"):
        if not _CHOICE_NAME.fullmatch(row[column]):
            row.refuse(column, f"{row[column]!r} is not letters, digits, _ . and -, up to 64 of them")
    return row
