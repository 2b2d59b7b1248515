"""`sojourn form`: a contact form from a spreadsheet, with no hub and no programme."""

from __future__ import annotations

from pathlib import Path

import click

from server.command.vault import EXIT_CODES, PlainGroup
from server.forms import FormError, read_sheet
from server.forms.pointing import pointed_out

_POINTED = {
    "name": "may hold a name",
    "number": "may hold a telephone number or another address to reach somebody",
    "address": "may hold an address",
    "document": "may hold the number of a document",
    "birth": "may hold a date of birth",
    "day": "holds an exact date",
    "text": "is free text, in which anything may be written",
}


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def form() -> None:
    """Contact forms from spreadsheets (XLSForm)."""


@form.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, help="Of labels that do not say their language.")
def convert(file: Path, language: str) -> None:
    """Print the form in FILE (XLSForm as .xlsx or .csv) as our JSON, or all that is wrong with it, cell by cell.

    Says of each question that could tell who somebody is why it looks so.
    """
    try:
        read = read_sheet(file.name, file.read_bytes(), language)
    except FormError as fault:
        raise click.ClickException("\n".join(_line(each) for each in (fault, *fault.also))) from fault
    for each in pointed_out(read):
        click.echo(f"{each.field} {_POINTED[each.why]}.", err=True)
    click.echo(read.content)


def _line(fault: FormError) -> str:
    return f"{fault.where}: {fault.why}" if fault.where else fault.why
