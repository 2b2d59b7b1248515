"""`sojourn coordinator import`: contacts that were made elsewhere, from a table."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeAlias

import click

from server.command.contact_form import contact_form, sentence
from server.command.publishing import present_form, published_forms
from server.command.vault import around, counted, passphrase, progress, run, tell, vault_options
from server.forms import Form, Problem, all_keys, fields, named, translate
from server.imports import (
    MOST_BYTES,
    Cells,
    Column,
    Contact,
    Fault,
    Finding,
    Table,
    UnreadableError,
    read_cells,
    revealing,
)
from server.imports import read_table as read
from sync.client import Coordinator
from sync.client.importing import Made, bring_in, fresh
from sync.client.members import forms, standing
from sync.client.reading import Record
from sync.errors import UnreachableError
from sync.revisions import Value

Revealed: TypeAlias = tuple[int, str, Finding]
"""In which row, and to which question."""

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
_REVEALED = {
    "name": "like a name",
    "number": "like a telephone or other number",
    "address": "like an address",
    "birth": "like a date of birth",
}


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "version", help="The version of the form, or its hash; else the one of new contacts.")
@click.option("--write", is_flag=True, help="Bring the contacts in; without it, nothing is written.")
@click.option("--only-right", is_flag=True, help="Bring in the rows that are right, though others are not.")
@click.option(
    "--text-as-it-is", is_flag=True, help="Bring in what may tell who somebody is, as it stands there."
)
@vault_options
def import_(
    *,
    file: Path,
    version: str | None,
    write: bool,
    only_right: bool,
    text_as_it_is: bool,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Read contacts that were made elsewhere from FILE: CSV, with the form's names or labels in its first row.

    First it only says what it read, and what is wrong, by row and column. With --write the contacts are brought in,
    all or none, as contacts of this coordinator's own device. Run again with the same file, none comes twice.
    Free text that may tell who somebody is, as far as a program can see it, is told by row and column too, and with
    --write keeps all out, unless it is to stay as it is.
    """
    words = passphrase(passphrase_file)
    cells = _cells(file)

    async def work() -> tuple[Form, Table, list[Revealed], int, int | None]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            held = await opened.members()
            form = _form(held, standing(held, opened.ledger.trust, "form"), version)
            with progress("Reading", len(cells.rows)) as advance:
                table = read(_worded(form, held), cells, progress=advance)
            made = [_made(form, each) for each in table.contacts]
            told = _revealed(form, table)
            if not write or (table.faults and not only_right) or (told and not text_as_it_is):
                return form, table, told, len(made) - len(await fresh(opened, made)), None
            # What another coordinator brought in must not come twice.
            await _reached(opened.fetch())
            with progress("Writing", len(made)) as advance:
                count = await bring_in(opened, made, advance)
            await _reached(opened.push())
            return form, table, told, len(made) - count, count

    form, table, revealed, here, count = run(work())
    _tell_faults(table)
    _tell_revealed(table, revealed)
    told = {
        "form": {"form": form.id, "version": form.version, "hash": form.hash},
        "columns": [_column(each) for each in table.columns],
        "right": len(table.contacts),
        "faults": [_fault(each) for each in table.faults],
        "revealed": [_revealed_told(each) for each in revealed],
        "here": here,
        "written": count or 0,
    }
    outcome = _outcome(
        count,
        faulty=bool(table.faults) and not only_right,
        telling=bool(revealed) and not text_as_it_is,
    )
    tell(as_json, told, *_sentences(form, table, here), outcome)
    if table.faults or (write and count is None):
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


def _revealed(form: Form, table: Table) -> list[Revealed]:
    """What the free text of the right rows may tell, as far as it can be seen."""
    free = {
        key for key, field in all_keys(form).items() if field.type == "text" and field.appearance != "week"
    }
    return [
        (contact.row, key, finding)
        for contact in table.contacts
        for key, value in contact.values.items()
        if key in free and isinstance(value, str)
        for finding in revealing(value)
    ]


def _tell_revealed(table: Table, revealed: list[Revealed]) -> None:
    for row, key, finding in revealed[:MOST_FAULTS]:
        at = next(at for at, each in enumerate(table.columns, start=1) if each.key == key)
        where = f"row {row}, column {_letters(at)} ({table.columns[at - 1].header})"
        click.echo(f"{where}: {_REVEALED[finding.kind]}: “{finding.text}”", err=True)
    if len(revealed) > MOST_FAULTS:
        click.echo(f"… and {len(revealed) - MOST_FAULTS:,} more.", err=True)


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


def _outcome(count: int | None, *, faulty: bool, telling: bool) -> str:
    if count is not None:
        return f"{counted(count, 'contact', 'contacts')} brought in."
    if faulty:
        return "Nothing was written: mend the rows, or give --only-right to bring in the others."
    if telling:
        return (
            "Nothing was written: the text may tell who somebody is. Change it, or give --text-as-it-is to bring it "
            "in as it stands there."
        )
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


def _revealed_told(revealed: Revealed) -> dict[str, Any]:
    row, key, finding = revealed
    return {"row": row, "field": key, "kind": finding.kind, "text": finding.text}


def _letters(column: int) -> str:
    """As spreadsheets name it: A … Z, AA …"""
    before, last = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)
