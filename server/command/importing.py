"""`sojourn coordinator import`: contacts that were made elsewhere, from a table."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import click

from server.command.contact_form import contact_form, sentence
from server.command.publishing import present_form, published_forms
from server.command.vault import around, counted, passphrase, progress, run, tell, vault_options
from server.forms import Form, Problem, fields, named, translate
from server.imports import MOST_BYTES, Cells, Column, Contact, Fault, Table, UnreadableError, read_cells
from server.imports import read_table as read
from sync.client import Coordinator
from sync.client.importing import Made, bring_in, fresh
from sync.client.members import forms, standing
from sync.client.reading import Record
from sync.errors import UnreachableError
from sync.revisions import Value

MOST_FAULTS = 200
"""Told one by one; whoever mends these sees the others the next time."""

_UNREADABLE = {
    "workbook": "This is a workbook. Save the sheet as CSV (UTF-8), and import that.",
    "encoding": "This is no text in UTF-8 or UTF-16. Save it as CSV (UTF-8).",
    "empty": "There is nothing in this file.",
    "quotes": "Row {number}: a quotation mark that is opened is not closed before the next cell.",
    "too-large": "This is too large: make several files of it, of at most 16 MiB and 50,000 rows.",
}
_ROW_FAULTS = {
    "no-column": "the row has more cells than the header",
    "bad-flag": "1 or 0 stands in a column of one choice",
    "same-row": "another row has the same id",
}
_LEFT = {
    "unknown": "no question is called so",
    "unclear": "several questions are called so",
    "again": "another column answers this question",
    "calculated": "the form calculates it",
}


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "version", help="The version of the form, or its hash; else the one of new contacts.")
@click.option("--write", is_flag=True, help="Bring the contacts in; without it, nothing is written.")
@click.option("--only-right", is_flag=True, help="Bring in the rows that are right, though others are not.")
@vault_options
def import_(
    *,
    file: Path,
    version: str | None,
    write: bool,
    only_right: bool,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Read contacts that were made elsewhere from FILE: CSV, with the form's names or labels in its first row.

    First it only says what it read, and what is wrong, by row and column. With --write the contacts are brought in,
    all or none, as contacts of this coordinator's own device. Run again with the same file, none comes twice.
    Free text is not looked through for what tells who somebody is: read it before.
    """
    words = passphrase(passphrase_file)
    cells = _cells(file)

    async def work() -> tuple[Form, Table, int, int | None]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            held = await opened.members()
            form = _form(held, standing(held, opened.ledger.trust, "form"), version)
            with progress("Reading", len(cells.rows)) as advance:
                table = read(_worded(form, held), cells, progress=advance)
            made = [_made(form, each) for each in table.contacts]
            if not write or (table.faults and not only_right):
                return form, table, len(made) - len(await fresh(opened, made)), None
            # What another coordinator brought in must not come twice.
            await _reached(opened.fetch())
            with progress("Writing", len(made)) as advance:
                count = await bring_in(opened, made, advance)
            await _reached(opened.push())
            return form, table, len(made) - count, count

    form, table, here, count = run(work())
    _tell_faults(table)
    told = {
        "form": {"form": form.id, "version": form.version, "hash": form.hash},
        "columns": [_column(each) for each in table.columns],
        "right": len(table.contacts),
        "faults": [_fault(each) for each in table.faults],
        "here": here,
        "written": count or 0,
    }
    tell(as_json, told, *_sentences(form, table, here), _outcome(table, count))
    if table.faults:
        raise SystemExit(3)


def _cells(file: Path) -> Cells:
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    try:
        return read_cells(data)
    except UnreadableError as error:
        raise click.ClickException(_UNREADABLE[error.code].format(number=error.number)) from error


def _form(held: list[Record], shown: list[Record], version: str | None) -> Form:
    if version is None:
        return present_form(held, shown)
    own = contact_form()
    known = {own.hash: own, **published_forms(held)}
    order = [known[each.text("form_hash")] for each in shown if each.text("form_hash") in known]
    named = [form for form in [*order, own] if version in {form.version, form.hash}]
    if not named:
        raise click.BadParameter("there is no such form: `form list` lists them", param_hint="--form")
    return named[0]


def _worded(form: Form, held: list[Record]) -> list[Form]:
    """As its coordinators wrote it, and as it reads in the other languages that they gave."""
    record = forms(held).get(form.hash)
    said: dict[str, dict[str, str]] = json.loads((record and record.text("texts")) or "{}")
    return [form, *(translate(form, texts.get) for texts in said.values())]


def _made(form: Form, contact: Contact) -> Made:
    fields: dict[str, Value] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in contact.values.items()
    }
    fields |= {"form": form.id, "form_hash": form.hash}
    return Made(identity=contact.identity, record=_record(contact.told), fields=fields)


def _record(told: str) -> bytes | None:
    """A row of Sojourn's own export names its record."""
    return bytes.fromhex(told) if len(told) == 32 and set(told) <= set("0123456789abcdef") else None


async def _reached(work: Awaitable[object]) -> None:
    try:
        await work
    except UnreachableError:
        click.echo("The hub was not reached: what was written waits in the folder.", err=True)


def _tell_faults(table: Table) -> None:
    for fault in table.faults[:MOST_FAULTS]:
        click.echo(_fault_line(table, fault), err=True)
    if len(table.faults) > MOST_FAULTS:
        click.echo(f"… and {len(table.faults) - MOST_FAULTS:,} more.", err=True)


def _fault_line(table: Table, fault: Fault) -> str:
    """`row 3, column B (people): a whole number from 0 to 9007199254740991`."""
    header = table.columns[fault.column - 1].header if 0 < fault.column <= len(table.columns) else fault.field
    where = f", column {_letters(fault.column)}" if fault.column else ", no column"
    named = f" ({header})" if header else ""
    problem = Problem(field="", code=fault.code, args=fault.args)
    return f"row {fault.row}{where}{named}: {_ROW_FAULTS.get(fault.code) or sentence(problem)}"


def _sentences(form: Form, table: Table, here: int) -> list[str]:
    answered = [each for each in table.columns if each.use != "left"]
    wrong = len({fault.row for fault in table.faults})
    told = [
        f"Form {form.id}, version {form.version}. Columns that were read: "
        f"{', '.join(each.header for each in answered) or 'none'}."
    ]
    told += [
        f"Left out: {each.header} ({_LEFT[each.why]})."
        for each in table.columns
        if each.use == "left" and each.header
    ]
    there = {named(each.key)[0] for each in answered}
    asked = [field.name for field in fields(form) if field.type != "calculate" and field.name not in there]
    if asked:
        told.append(f"Answered by no column: {', '.join(asked)}.")
    told.append(f"{counted(len(table.contacts), 'row is', 'rows are')} right.")
    if here:
        told.append(f"{here:,} of them {'is' if here == 1 else 'are'} here already.")
    if wrong:
        told.append(f"{counted(wrong, 'row is', 'rows are')} not right.")
    return told


def _outcome(table: Table, count: int | None) -> str:
    if count is not None:
        return f"{counted(count, 'contact', 'contacts')} brought in."
    if table.faults:
        return "Nothing was written: mend the rows, or give --only-right to bring in the others."
    return "Nothing was written yet: give --write to bring them in."


def _column(column: Column) -> dict[str, str]:
    parts = {"header": column.header, "use": column.use, "key": column.key, "choice": column.choice}
    return {name: value for name, value in {**parts, "why": column.why}.items() if value}


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "field": fault.field,
        "code": fault.code,
        "args": fault.args,
    }


def _letters(column: int) -> str:
    """As spreadsheets name it: A … Z, AA …"""
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)
