"""Writes sheets as an .xlsx file (ECMA-376, part 1): text is text, whatever it begins with, and numbers are numbers.

In memory alone. The libraries for it write every sheet to a temporary file first, in clear, and not where the person
said: docs/decisions/libraries.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from server.exports.cells import Sheet, SheetCell, spreadsheet

MOST_ROWS = 1_048_576
MOST_UNITS = 32_767
"""Of UTF-16 in a cell: Excel calls a file with more of them damaged."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


class TooManyRowsError(ValueError):
    """More than a sheet of a spreadsheet can have: it would be cut when it is opened."""


def to_xlsx(sheets: Sequence[Sheet], progress: Callable[[int], None] = lambda _: None) -> bytes:
    """progress: hears of each row. Raises `TooManyRowsError`."""
    # With the notice and the header.
    if any(len(sheet.rows) + 2 > MOST_ROWS for sheet in sheets):
        raise TooManyRowsError
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        names: list[str] = []
        for number, (name, rows) in enumerate(spreadsheet(sheets), start=1):
            _write(archive, f"xl/worksheets/sheet{number}.xml", _sheet(rows, progress))
            names.append(name)
        for path, text in _frame(names):
            _write(archive, path, [text])
    return out.getvalue()


def _write(archive: ZipFile, path: str, parts: Iterable[str]) -> None:
    """Without the time at which it was made."""
    entry = ZipInfo(path)
    entry.compress_type = ZIP_DEFLATED
    with archive.open(entry, "w") as file:
        file.write(_HEAD.encode())
        for part in parts:
            file.write(part.encode())


def _sheet(rows: Iterable[Sequence[SheetCell]], progress: Callable[[int], None]) -> Iterator[str]:
    yield f'<worksheet xmlns="{_MAIN}"><sheetData>'
    letters: list[str] = []
    for number, row in enumerate(rows, start=1):
        letters += [_letters(at) for at in range(len(letters), len(row))]
        cells = (_cell(f"{letter}{number}", value) for letter, value in zip(letters, row, strict=False))
        yield f'<row r="{number}">{"".join(cells)}</row>'
        progress(1)
    yield "</sheetData></worksheet>"


def _cell(place: str, value: SheetCell) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    # A line end as it was typed: XML makes "\n" of it otherwise.
    text = escape(_cut(value), {"\r": "&#13;"})
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cut(text: str) -> str:
    if len(text) * 2 <= MOST_UNITS:
        return text
    return text.encode("utf-16-le")[: MOST_UNITS * 2].decode("utf-16-le", "ignore")


def _letters(at: int) -> str:
    """Of a column, counted from 0: A to Z, then AA."""
    before, last = divmod(at, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What says which sheets there are."""
    numbered = list(enumerate(names, start=1))
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{kinds}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations([("worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered]),
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'
