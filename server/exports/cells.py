"""Tables on their way to a file: what a column is, and how cells stand in CSV and in a spreadsheet. Pure.

`pwa/src/exports` is the same in the browser; tests/vectors/exports.json holds the two together. docs/exports.md says
what each format holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from sync.revisions import Value

NOTICE = (
    "These records can identify people. Keep them encrypted, give them to nobody who does not need them, "
    "and delete them when they have served."
)
Cell: TypeAlias = str | int
"""Empty text where there is nothing."""
SheetCell: TypeAlias = str | int | float | None
"""As a spreadsheet has it: text, number or nothing, never a formula."""

# OWASP, CSV Injection: what a spreadsheet takes for the beginning of a formula, also in East Asian width. Apostrophes
# and spaces before it count as well: so reading can take away exactly what writing has put there.
_FORMULA = re.compile("[' ]*[=+\\-@\t\r\n\0＝＋－＠]")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
_QUOTED = re.compile(r'[",\r\n]')
# XML 1.0, section 2.2: what no file of a spreadsheet can hold.
_NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
# A double holds every number of so many digits exactly, and a spreadsheet shows no more.
_DIGITS = 15
_LONGEST_NAME = 31
_NUMERIC = {"decimal", "calculate"}


class Column(Struct, frozen=True, kw_only=True):
    """A column, and what the codebook says of it.

    type: as in XLSForm, and `week`. choices: names and labels. form, version: of each form that asks it, newest first.
    """

    name: str
    question: str = ""
    type: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hxl: str = ""
    form: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    note: str = ""


class Sheet(Struct, frozen=True, kw_only=True):
    """rows: a cell for each column. notice: stands before the header; records that can identify people have one."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    notice: str = ""


def csv_lines(sheet: Sheet, *, hxl: bool = False) -> Iterator[str]:
    """Without line ends (RFC 4180, but for the notice's line). hxl: with the row of hashtags after the header."""
    if sheet.notice:
        yield f"# {sheet.notice}"
    yield _csv_row([column.name for column in sheet.columns])
    if hxl:
        # What begins with # is no formula, and a tag is found only if nothing stands before it.
        yield ",".join(column.hxl for column in sheet.columns)
    for row in sheet.rows:
        yield _csv_row(row)


def spreadsheet(sheets: Sequence[Sheet]) -> list[tuple[str, Iterator[list[SheetCell]]]]:
    """The name of each sheet, as spreadsheets allow it, and its rows. Whole numbers and decimals are numbers."""
    names: dict[str, None] = {}
    for sheet in sheets:
        names[_sheet_name(sheet.name, [*names])] = None
    return [(name, _sheet_rows(sheet)) for name, sheet in zip(names, sheets, strict=True)]


def neutral(text: str) -> str:
    """With an apostrophe before it where a spreadsheet would take it for a formula; `typed` gives it back."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def typed(text: str) -> str:
    """What `neutral` was given."""
    bare = text.removeprefix("'")
    return bare if bare != text and neutral(bare) == text else text


def cell(value: Value) -> Cell:
    """The names of several answers stand with a space between them."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case _:
            return value


def _csv_row(cells: Sequence[Cell]) -> str:
    return ",".join(_csv_cell(each) for each in cells)


def _csv_cell(value: Cell) -> str:
    if isinstance(value, int) or not value:
        return str(value)
    text = neutral(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if _QUOTED.search(text) else text


def _sheet_rows(sheet: Sheet) -> Iterator[list[SheetCell]]:
    if sheet.notice:
        yield [sheet.notice]
    yield [column.name for column in sheet.columns]
    numeric = [column.type in _NUMERIC for column in sheet.columns]
    for row in sheet.rows:
        yield [_sheet_cell(each, number) for each, number in zip(row, numeric, strict=True)]


def _sheet_cell(value: Cell, numeric: bool) -> SheetCell:
    if isinstance(value, int):
        return value
    if not value:
        return None
    if numeric and _NUMBER.fullmatch(value) and len(re.sub("[-.]", "", value)) <= _DIGITS:
        return float(value) if "." in value else int(value)
    return _NOT_IN_XML.sub("\ufffd", value)


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    plain = _NOT_IN_A_NAME.sub("_", name)
    lower = {each.lower() for each in taken}
    number, tried = 1, plain[:_LONGEST_NAME]
    while tried.lower() in lower:
        number += 1
        tried = f"{plain[: _LONGEST_NAME - len(f'~{number}')]}~{number}"
    return tried
