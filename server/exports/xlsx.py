"""Writes sheets as an .xlsx file: text is text, whatever it begins with, and numbers are numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # it ships no types

from server.exports.cells import Sheet, SheetCell, spreadsheet

MOST_ROWS = 1_048_576


class TooManyRowsError(ValueError):
    """More than a sheet of a spreadsheet can have: it would be cut when it is opened."""


def to_xlsx(sheets: Sequence[Sheet], progress: Callable[[int], None] = lambda _: None) -> bytes:
    """ECMA-376. progress: hears of each row. Raises `TooManyRowsError`."""
    # With the notice and the header.
    if any(len(sheet.rows) + 2 > MOST_ROWS for sheet in sheets):
        raise TooManyRowsError
    book = Workbook(write_only=True)
    book.properties.creator = "Sojourn"
    for name, rows in spreadsheet(sheets):
        sheet = book.create_sheet(name)

        def made(value: SheetCell) -> WriteOnlyCell | SheetCell:
            # openpyxl takes what begins with = for a formula, and #N/A for a fault.
            if not isinstance(value, str) or not value.startswith(("=", "#")):
                return value
            written = WriteOnlyCell(sheet, value)  # noqa: B023 - called in this turn of the loop
            written.data_type = "s"
            return written

        for row in rows:
            sheet.append([made(value) for value in row])
            progress(1)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
