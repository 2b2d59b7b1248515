"""A table that somebody saved from a spreadsheet, as rows of text: its encoding and what stands between its cells."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from msgspec import Struct

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 50_000
SPACES = " \t\r\n\v\f\xa0\u2007\u202f\u3000\ufeff"
"""What Python and JavaScript both take off the ends of a text, named, since their own lists differ."""

_SEPARATORS = (",", ";", "\t")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
)
_TOLD = re.compile(r"sep=([,;\t])\r?\n")
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"')
_ENDS = re.compile(r"\r\n|\n|\r")
_RUNS = re.compile(f"[{SPACES}]+")


class UnreadableError(Exception):
    """A file that is no table of text. code: workbook · encoding · empty · quotes (row) · too-large (most)."""

    def __init__(self, code: str, number: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.number = number


class Row(NamedTuple):
    """number: as spreadsheets count, from 1."""

    number: int
    cells: list[str]


class Cells(Struct, frozen=True):
    """header: the first row that says something and is no remark. rows: those after it that are not empty."""

    separator: str
    header: list[str]
    rows: list[Row]


def read_cells(data: bytes) -> Cells:
    """UTF-8, or UTF-16 that says so, with commas, semicolons or tabs. Raises UnreadableError."""
    text = _decoded(data)
    told = _TOLD.match(text)
    start = told.end() if told else 0
    separator = told[1] if told else _separator(text)
    rows = [row for row in _rows(text, start, separator) if any(row.cells)]
    # The records that Sojourn gives away begin with a remark.
    while rows and rows[0].cells[0].startswith("#"):
        del rows[0]
    if not rows:
        raise UnreadableError("empty")
    return Cells(separator, rows[0].cells, rows[1:])


def folded(text: str) -> str:
    """By which names and labels are compared: however it was spaced or capitalised."""
    return _RUNS.sub(" ", unicodedata.normalize("NFC", text)).strip(" ").lower()


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise UnreadableError("too-large", MOST_BYTES)
    if data.startswith(_WORKBOOKS):
        raise UnreadableError("workbook")
    mark, encoding = next(each for each in _ENCODINGS if data.startswith(each[0]))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableError("encoding") from None
    # UTF-16 without its mark is valid UTF-8, full of these.
    if "\0" in text:
        raise UnreadableError("encoding")
    return text


def _separator(text: str) -> str:
    """What stands most often in the header, outside quotes; of as many the first."""
    lines = (line for line in _ENDS.split(text) if line.strip(SPACES) and not line.startswith(("#", '"#')))
    header = re.sub(r'"[^"]*("|$)', "", next(lines, ""))
    return max(_SEPARATORS, key=header.count)


def _rows(text: str, start: int, separator: str) -> list[Row]:
    plain = re.compile(f"[^{separator}\r\n]*")
    rows: list[Row] = []
    cells: list[str] = []
    at = start
    while at < len(text):
        quoted = text[at] == '"'
        found = (_QUOTED if quoted else plain).match(text, at)
        if found is None:
            raise UnreadableError("quotes", len(rows) + 1)
        cell = found[1].replace('""', '"') if quoted else found[0]
        cells.append(cell.strip(SPACES))
        at = found.end()
        if at < len(text) and text[at] == separator:
            at += 1
            if at < len(text):
                continue
            cells.append("")
        end = _ENDS.match(text, at)
        if end is None and at < len(text):
            raise UnreadableError("quotes", len(rows) + 1)
        rows.append(Row(len(rows) + 1, cells))
        if len(rows) > MOST_ROWS + 1:
            raise UnreadableError("too-large", MOST_ROWS)
        cells = []
        at = len(text) if end is None else end.end()
    return rows
