"""A whole table read as contacts of one form: what every row says, what is wrong with it, and what tells it apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from server.forms import Form, Problem, Value, relevant_values, validate
from server.imports.answers import is_chosen, value_of
from server.imports.cells import Cells, Row
from server.imports.columns import Column, Wording, match

_RECORD = re.compile(r"[0-9a-f]{32}")


class Fault(Struct, frozen=True, kw_only=True):
    """column: counted from 1; 0 where no column answers the question. code, args: as of a `Problem`; or `no-column`:
    the row has more cells than the header; `bad-flag`: neither 1 nor 0; `same-row`: its id stands in a row above.
    """

    row: int
    column: int
    field: str
    code: str
    args: dict[str, str | int] = {}


class Contact(Struct, frozen=True, kw_only=True):
    """values: to be kept. told: the table's own id of the row. identity: the same whenever the same row is read."""

    row: int
    values: dict[str, Value]
    told: str
    identity: str


class Table(Struct, frozen=True, kw_only=True):
    """faults: by row. contacts: the rows that have none."""

    columns: list[Column]
    contacts: list[Contact]
    faults: list[Fault]


def read_table(
    forms: Sequence[Form],
    cells: Cells,
    today: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Table:
    """forms: one form, in its own language, then in others. today: `2026-11-22`, else by the clock."""
    reading = Reading(forms, cells.header, today)
    for row in cells.rows:
        reading.read(row)
        progress(1)
    return Table(columns=reading.columns, contacts=reading.contacts, faults=reading.faults)


class Reading:
    """Row after row, as much at a time as somebody has time for."""

    def __init__(self, forms: Sequence[Form], header: Sequence[str], today: str | None = None) -> None:
        self._wording = Wording(forms)
        self._today = today
        self._times: dict[str, int] = {}
        self._told: set[str] = set()
        self.columns = match(self._wording, header)
        self._where: dict[str, int] = {}
        for at, each in enumerate(self.columns, start=1):
            self._where.setdefault(each.key, at)
        self.contacts: list[Contact] = []
        self.faults: list[Fault] = []

    def read(self, row: Row) -> None:
        """Adds a contact, or faults."""
        values: dict[str, Value] = {}
        faults: list[Fault] = []
        told = ""
        for at, text in enumerate(row.cells, start=1):
            column = self.columns[at - 1] if at <= len(self.columns) else None
            code = ""
            if not text or (column and column.use == "left"):
                continue
            if column is None:
                code = "no-column"
            elif column.use == "row":
                told = _named(text)
                code = "same-row" if told in self._told else ""
                self._told.add(told)
            else:
                code = self._answer(column, text, values)
            if code:
                key = column.key if column else ""
                faults.append(Fault(row=row.number, column=at, field=key, code=code))
        form = self._wording.form
        faults += [self._fault(row, each) for each in validate(form, values, self._today)]
        if faults:
            self.faults += sorted(faults, key=lambda each: each.column)
            return
        kept = relevant_values(form, values, self._today)
        identity = self._identity(told, values)
        self.contacts.append(Contact(row=row.number, values=kept, told=told, identity=identity))

    def _answer(self, column: Column, text: str, values: dict[str, Value]) -> str:
        """What is wrong with the cell by itself; empty for nothing."""
        if column.use == "answer":
            values[column.key] = value_of(self._wording, self._wording.fields[column.key], text)
            return ""
        chosen = is_chosen(text)
        if chosen:
            before = values.get(column.key)
            values[column.key] = [*(before if isinstance(before, list) else []), column.choice]
        return "bad-flag" if chosen is None else ""

    def _fault(self, row: Row, problem: Problem) -> Fault:
        where = self._where.get(problem.field, 0)
        return Fault(row=row.number, column=where, field=problem.field, code=problem.code, args=problem.args)

    def _identity(self, told: str, values: Mapping[str, Value]) -> str:
        """The table's own name for the row; else what it says, and how many times above it in the table.

        Without what is calculated and without the form's version, so that another version of the form, or another
        day, makes no second contact of it.
        """
        form = self._wording.form.id
        if told:
            return _json([form, told])
        said = _json([form, sorted([key, value] for key, value in values.items())])
        times = self._times.get(said, 0) + 1
        self._times[said] = times
        return f"{said} {times}"


def _named(text: str) -> str:
    """As Sojourn writes it where it may be a record of its own, else as it stands, but for what ODK puts before it."""
    bare = text.removeprefix("uuid:")
    record = bare.replace("-", "").lower()
    return record if _RECORD.fullmatch(record) else bare


def _json(value: object) -> str:
    """As JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
