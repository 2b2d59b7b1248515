"""`sojourn coordinator export`: contacts as files, which can identify people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from msgspec import Struct

from server.command.form_languages import forms_in_language
from server.command.vault import around, counted, passphrase, progress, run, tell, vault_options
from server.exports import (
    MissingFieldsError,
    Sheet,
    TooManyRowsError,
    codebook_of,
    csv_lines,
    ctdc_sheet,
    form_ids,
    json_lines,
    json_names,
    record_sheet,
    submission_sheets,
    to_xlsx,
)
from server.forms import Form
from sync.client import Contact, Coordinator
from sync.errors import UnreachableError

FORMATS = ("jsonl", "csv", "xlsx", "ctdc", "submissions", "submissions-xlsx")
_TO_STDOUT = ("jsonl", "csv", "ctdc")


class _Files(Struct, frozen=True, kw_only=True):
    """beside: what is written next to the main file, by what is added to its name. count: of contacts in it."""

    main: bytes
    beside: Mapping[str, bytes]
    count: int


@click.command()
@click.option(
    "--format",
    "format_",
    required=True,
    type=click.Choice(FORMATS),
    help="ctdc: CTDC-shaped, of whom an authority has identified. submissions: as Kobo and ODK tools have them.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file, with the codebook beside it or in it; else stdout, without one.",
)
@click.option("--why", help="What the records are for; it is kept in the programme's log.")
@click.option("--practice", is_flag=True, help="Export a practice programme; every line says so.")
@click.option(
    "--form", "form_id", help="Of which form submissions are, where contacts are of several: its id."
)
@click.option("--language", default="en", show_default=True, help="Of the codebook, by its tag.")
@vault_options
def export(
    *,
    format_: str,
    output: Path | None,
    why: str | None,
    practice: bool,
    form_id: str | None,
    language: str,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Write the contacts that were fetched, exactly as typed. They can identify people.

    The programme's log keeps who exported, when and why, before anything is written. With --json and
    --output, prints one JSON object about the export.
    """
    if output is None and format_ not in _TO_STDOUT:
        raise click.UsageError(f"{format_} needs --output.")
    words = passphrase(passphrase_file)
    why = why or _ask_why()

    async def work() -> tuple[_Files, bool]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            _check_practice((await opened.status()).practice, practice=practice)
            contacts = (await opened.overview()).contacts
            known = forms_in_language(await opened.members(), language)
            made = _files(format_, contacts, known, form_id, practice=practice)
            await opened.log_export(why, {"format": format_, "count": made.count})
            try:
                await opened.push()
                return made, True
            except UnreachableError:
                return made, False

    made, logged = run(work())
    if output is None:
        click.echo(made.main, nl=False)
    else:
        written = {output: made.main}
        written |= {output.with_name(output.stem + added): held for added, held in made.beside.items()}
        for path, held in written.items():
            _write(path, held)
        tell(
            as_json,
            {
                "contacts": made.count,
                "output": str(output),
                "files": [str(path) for path in written],
                "logged_on_hub": logged,
            },
            f"{counted(made.count, 'contact', 'contacts')} written to {output}.",
            *(f"Beside it: {path}." for path in [*written][1:]),
        )
    if not logged:
        click.echo("The hub was not reached: the log of this export waits in the folder.", err=True)


def _files(
    format_: str, contacts: Sequence[Contact], known: Mapping[str, Form], form: str | None, *, practice: bool
) -> _Files:
    match format_:
        case "jsonl":
            names = json_names(contacts, known, practice=practice)
            return _Files(
                main=_text(json_lines(contacts, known, practice=practice)),
                beside={".codebook.csv": _csv(codebook_of([names], csv=False))},
                count=len(contacts),
            )
        case "csv" | "xlsx":
            return _tables([record_sheet(contacts, known, practice=practice)], xlsx=format_ == "xlsx")
        case "ctdc":
            try:
                return _tables([ctdc_sheet(contacts, known, practice=practice)], xlsx=False)
            except MissingFieldsError as error:
                raise click.UsageError(_missing(error)) from error
        case _:
            sheets = submission_sheets(contacts, known, _one_form(contacts, form), practice=practice)
            return _tables(sheets, xlsx=format_ == "submissions-xlsx")


def _tables(sheets: Sequence[Sheet], *, xlsx: bool) -> _Files:
    """The first one is the main file. The name of no sheet has a point in it, as the codebook's file has."""
    main, *others = sheets
    count, book = len(main.rows), codebook_of(sheets, csv=not xlsx)
    if xlsx:
        try:
            with progress("Writing", sum(len(each.rows) for each in sheets)) as advance:
                return _Files(main=to_xlsx([*sheets, book], advance), beside={}, count=count)
        except TooManyRowsError as error:
            raise click.UsageError("There are more rows than a spreadsheet can have. Take CSV.") from error
    beside = {f"-{each.name}.csv": _csv(each) for each in others}
    return _Files(main=_csv(main), beside={**beside, ".codebook.csv": _csv(book)}, count=count)


def _csv(sheet: Sheet) -> bytes:
    return _text(csv_lines(sheet))


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _one_form(contacts: Sequence[Contact], named: str | None) -> str:
    there = form_ids(contacts)
    if named is None and len(there) == 1:
        return there[0]
    if named not in there:
        told = ", ".join(there) or "none: there are no contacts"
        raise click.UsageError(f"Submissions are of one form. Name it with --form: {told}.")
    return named


def _missing(error: MissingFieldsError) -> str:
    forms = [
        f"{each.form}, {f'version {each.version}' if each.version else 'a version that is not here'}: "
        + ", ".join(each.fields)
        for each in error.missing
    ]
    return "\n  ".join(
        ["Nothing was exported. These forms do not ask what the CTDC-shaped table needs:", *forms]
    )


def _ask_why() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("Say what the records are for, with --why.")
    asked: str = click.prompt("What are the records for", err=True)
    return asked


def _check_practice(programme_practice: bool, *, practice: bool) -> None:
    if programme_practice and not practice:
        raise click.UsageError("This programme is for practice. Add --practice to export it all the same.")
    if practice and not programme_practice:
        raise click.UsageError("This programme is not for practice. Leave out --practice.")


def _write(path: Path, held: bytes) -> None:
    """Readable by its owner only."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_bytes(held)
