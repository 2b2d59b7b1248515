"""Writes sheets as an .xlsx file: text is text, whatever it begins with, and numbers are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # it ships no types

from server.exports.cells import Sheet, SheetCell, spreadsheet


def to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """ECMA-376. Raises ValueError for more rows than a sheet can have."""
    book = Workbook(write_only=True)
    book.properties.creator = "Sojourn"
    for name, rows in spreadsheet(sheets):
        sheet = book.create_sheet(name)

        def made(value: SheetCell) -> WriteOnlyCell | SheetCell:
            if not isinstance(value, str):
                return value
            written = WriteOnlyCell(sheet, value)  # noqa: B023 - called in this turn of the loop
            # openpyxl takes what begins with = for a formula, and #N/A for a fault.
            written.data_type = "s"
            return written

        for row in rows:
            sheet.append([made(value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
