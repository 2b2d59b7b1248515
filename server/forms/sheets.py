"""The cells of an XLSForm's sheets, each knowing where it stands; the only place that speaks to pyxform."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import msgspec
from pyxform.builder import create_survey_element_from_dict  # type: ignore[import-untyped]  # it ships no types
from pyxform.errors import PyXFormError  # type: ignore[import-untyped]  # it ships no types
from pyxform.xls2json import workbook_to_json  # type: ignore[import-untyped]  # it ships no types
from pyxform.xls2json_backends import get_xlsform  # type: ignore[import-untyped]  # it ships no types

from server.forms.errors import FormError, Why

# What pyxform would read and our forms do not have.
_REFUSED_SHEETS = {"external_choices", "entities", "osm", "cascades"}
# As ODK writes languages: `label::Urdu (ur)`, or the tag alone.
_SHOWN = re.compile(r"(label|hint|constraint_message)::(.+)")
_LANGUAGE = re.compile(r"(?:.*\()?([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)?")


class Row(msgspec.Struct, frozen=True):
    """One row with its cells by column; `number` counts from one, as spreadsheets do."""

    path: Path
    sheet: str
    number: int
    columns: tuple[str, ...]
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell's text, every run of spaces one space; empty for an empty cell."""
        return " ".join(self.cells.get(column, "").split())

    def where(self, column: str) -> str:
        at = self.columns.index(column) if column in self.columns else 0
        return f"{self.sheet}!{_letters(at)}{self.number}"

    def refuse(self, column: str, why: str) -> NoReturn:
        raise FormError(self.path, self.where(column), why)


class Workbook:
    """What pyxform reads: .xlsx, .xls, .csv, .md. In .csv and .md a sheet's rows count from its header.

    languages: whether labels may stand in several, in columns such as `label::Urdu (ur)`; they are read as
    `label::ur`, those of the settings' `default_language` as `label`. data: the file's bytes, where it was not
    saved, and its kind, `.xlsx`.
    """

    def __init__(
        self, path: Path, *, languages: bool = False, data: bytes | None = None, kind: str | None = None
    ) -> None:
        self.path = path
        self.languages = languages
        if data is None and path.suffix.lower() == ".csv":
            data, kind = path.read_bytes(), ".csv"
        try:
            # Excel writes a mark before a text in UTF-8, and pyxform takes it for a part of the first sheet's name.
            self.data = get_xlsform(path if data is None else data.removeprefix(codecs.BOM_UTF8), kind)
        except (PyXFormError, UnicodeDecodeError) as fault:
            why = f"cannot be read: {fault}; save it anew as .xlsx"
            raise FormError(path, "", Why(why, "unreadable")) from fault
        except (KeyError, TypeError) as fault:
            # What pyxform does with cells before the first sheet of a .csv, and with a sheet that it does not know.
            why = "the first column names the sheets, and they are survey, choices and settings only"
            raise FormError(path, "", why) from fault
        for sheet in self.data.sheet_names or ():
            if sheet.lower() in _REFUSED_SHEETS:
                raise FormError(path, sheet, "our forms have the sheets survey, choices and settings only")

    @property
    def default_language(self) -> str | None:
        """The tag of the language that the labels without one are in, where the settings say it."""
        rows = self.data.settings if self.languages else ()
        named = str(rows[0].get("default_language", "")) if rows else ""
        found = _LANGUAGE.fullmatch(named.strip())
        return found[1] if found else None

    def cells(self, sheet: str) -> Iterator[Mapping[str, str]]:
        """The rows as they were written, unchecked."""
        yield from getattr(self.data, sheet) or ()

    def rows(self, sheet: str, allowed: tuple[str, ...]) -> Iterator[Row]:
        """The rows that are not empty. A column that is not allowed is refused, even an empty one."""
        headers = getattr(self.data, f"{sheet}_header") or [{}]
        written = tuple(str(column) for column in headers[0])
        columns = tuple(self._column(column, written) for column in written)
        header = Row(self.path, sheet, 1, columns, {})
        for column in columns:
            if self.languages and "::" in column and column.partition("::")[0] in allowed:
                if not _LANGUAGE.fullmatch(column.partition("::")[2]):
                    why = f"write the language's tag in brackets: {column} (ur)"
                    header.refuse(column, Why(why, "no-language", name=column))
            elif column and column not in allowed:
                why = f"the column {column!r} is not one of {', '.join(allowed)}"
                header.refuse(column, Why(why, "unknown-column", name=column))
        for number, cells in enumerate(getattr(self.data, sheet) or (), 2):
            if cells:
                read = {self._column(str(column), written): text for column, text in cells.items()}
                yield Row(self.path, sheet, number, columns, read)

    def _column(self, column: str, written: tuple[str, ...]) -> str:
        found = _SHOWN.fullmatch(column) if self.languages else None
        language = _LANGUAGE.fullmatch(found[2]) if found else None
        if found is None or language is None:
            return column
        is_plain = language[1] == self.default_language and found[1] not in written
        return found[1] if is_plain else f"{found[1]}::{language[1]}"

    def check_with_pyxform(self) -> None:
        """What ODK's own tools would refuse is no XLSForm, even where we would understand it."""
        try:
            form = workbook_to_json(self.data, fallback_form_name="form", warnings=[])
            create_survey_element_from_dict(form).to_xml(validate=False)
        except PyXFormError as fault:
            raise FormError(self.path, "", f"is no XLSForm, as pyxform reads it: {fault}") from fault


def _letters(at: int) -> str:
    """A column's name, counting from 0: A … Z, AA …"""
    before, last = divmod(at, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
