"""What each column of an export is: its question, in the language chosen, its choices, the form and version. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from server.exports.cells import Column, Sheet

_NEUTRALISED = "A cell that a spreadsheet could take for a formula has ' before it."
_TYPED = {"text", "calculate"}
_COLUMNS = tuple(
    Column(name=name)
    for name in ("sheet", "column", "question", "type", "choices", "hxl", "form", "version", "note")
)


def codebook_of(sheets: Sequence[Sheet], *, csv: bool) -> Sheet:
    """A row for each column of each sheet. csv: the sheets are written as CSV, where formulas are made harmless."""
    return Sheet(
        name="codebook",
        columns=_COLUMNS,
        rows=[_row(sheet, column, csv=csv) for sheet in sheets for column in sheet.columns],
    )


def _row(sheet: Sheet, column: Column, *, csv: bool) -> list[str]:
    # What no form that is here asks can be anything.
    could_be = column.type in _TYPED or not (column.type or column.note)
    neutralised = _NEUTRALISED if csv and could_be else ""
    return [
        sheet.name,
        column.name,
        column.question,
        column.type,
        "; ".join(f"{name} = {label}" for name, label in column.choices),
        column.hxl,
        "; ".join(column.form),
        "; ".join(column.version),
        " ".join(part for part in (column.note, neutralised) if part),
    ]
