"""Reads an XLSForm into a `Form`; whatever our forms do not have is refused by sheet and cell.

Labels are written in one language: the others come from the catalogs, or for a programme's own form from columns such
as `label::Urdu (ur)`. What a survey may hold stands in `survey`, and for people in docs/forms.md.
"""

from __future__ import annotations

from pathlib import Path

from server.forms.checks import check_expressions
from server.forms.errors import Faults, FormError, Why
from server.forms.expressions import Column, nodes
from server.forms.form import Choice, Form, hashed
from server.forms.names import is_choice_name, is_field_name
from server.forms.parser import ExpressionError, parse_condition
from server.forms.sheets import Row, Workbook
from server.forms.survey import COLUMNS, Survey, not_a_name, shown

_CHOICES = ("list_name", "name", "label")
_SETTINGS = ("form_title", "form_id", "version")
Texts = dict[str, dict[str, str]]
"""By language tag: a text of the form → what stands for it."""


def parse_xlsform(path: Path) -> Form:
    """The form in its source language. Raises `FormError`."""
    return form_in(Workbook(path))


def parse_languages(book: Workbook, language: str) -> tuple[Form, str, Texts]:
    """A form with labels in several languages: as it is in the one of its plain labels, that one's tag, and what it
    says in the others. language: of the plain labels where the settings name none. Raises `FormError`.
    """
    form, own = form_in(book), book.default_language or language
    texts: Texts = {}
    for sheet, allowed in (("survey", COLUMNS), ("choices", (*_CHOICES, *_filtered_by(book)))):
        for row in book.rows(sheet, allowed):
            for column in row.columns:
                name, _, tag = column.partition("::")
                if tag and tag != own and row[name] and row[column]:
                    texts.setdefault(tag, {}).setdefault(row[name], row[column])
    return form, own, texts


def form_in(book: Workbook) -> Form:
    """Raises `FormError`, which names the first fault and holds the others."""
    faults = Faults()
    choices = _choices(book, faults)
    survey = Survey(book, choices, faults)
    identity: dict[str, str] = {}
    with faults.kept():
        identity = _settings(book)
    faults.tell()
    form = Form(
        id=identity["form_id"],
        version=identity["version"],
        title=identity["form_title"] or identity["form_id"],
        fields=survey.fields,
        choices={name: tuple(survey.choices[name]) for name in sorted(survey.lists)},
    )
    check_expressions(form, survey.rows, faults)
    faults.tell()
    book.check_with_pyxform()
    return hashed(form)


def _choices(book: Workbook, faults: Faults) -> dict[str, list[Choice]]:
    lists: dict[str, list[Choice]] = {}
    columns = _filtered_by(book)
    with faults.kept():
        for row in book.rows("choices", (*_CHOICES, *columns)):
            with faults.kept():
                _choice(row, columns, lists.setdefault(row["list_name"], []))
    return lists


def _choice(row: Row, columns: tuple[str, ...], known: list[Choice]) -> None:
    name = row["name"]
    if not is_field_name(row["list_name"]):
        row.refuse("list_name", not_a_name(row["list_name"]))
    if not is_choice_name(name):
        why = f"{name!r} is not a choice's name: letters, digits, _ . and -"
        row.refuse("name", Why(why, "bad-name" if name else "no-name", name=name))
    if any(choice.name == name for choice in known):
        row.refuse("name", Why(f"{name!r} is twice in the list {row['list_name']!r}", "same-name", name=name))
    label = shown(row, "label") or row.refuse("label", Why("a choice needs a label", "no-label"))
    known.append(
        Choice(name=name, label=label, values={column: row[column] for column in columns if row[column]})
    )


def _filtered_by(book: Workbook) -> tuple[str, ...]:
    """The columns of the choices that some filter asks for; what it cannot be read for is said with the survey."""
    found: set[str] = set()
    for cells in book.cells("survey"):
        try:
            condition = parse_condition(cells.get("choice_filter", "") or "", columns=True)
        except ExpressionError:
            continue
        found |= {each.name for each in nodes(condition) if isinstance(each, Column)}
    return tuple(sorted(found - {"name"}))


def _settings(book: Workbook) -> dict[str, str]:
    allowed = (*_SETTINGS, "default_language") if book.languages else _SETTINGS
    row = next(iter(book.rows("settings", allowed)), None)
    if row is None:
        why = Why("form_id and version are needed", "no-settings")
        raise FormError(book.path, "settings", why)
    for column in ("form_id", "version"):
        if not is_choice_name(row[column]):
            row.refuse(column, f"{row[column]!r} is not letters, digits, _ . and -, up to 64 of them")
    return {column: row[column] for column in _SETTINGS}
