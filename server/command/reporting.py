"""`sojourn coordinator report`, `threshold`: what a programme may publish of its contacts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import click
from msgspec import to_builtins

from server.command.form_languages import forms_in_language
from server.command.report_words import Words, words_in
from server.command.vault import around, passphrase, run, tell, vault_options
from server.exports import (
    Labels,
    csv_lines,
    newest_first,
    report_sheets,
    report_table,
    tagged_table,
    to_xlsx,
)
from server.forms import Form, keys
from sync.client import Contact, Coordinator
from sync.client.publication import LOWEST_THRESHOLD, Publication, Question, weeks_of
from sync.client.reading import records
from sync.client.reporting import report as report_of
from sync.client.reporting import reports, set_threshold
from sync.client.reporting import threshold as threshold_of
from sync.errors import MalformedError, UnreachableError

FORMATS = ("text", "csv", "hxl", "xlsx")


@click.command()
@click.option("--period", required=True, help="A quarter that is over, as 2026-Q3.")
@click.option(
    "--format",
    "format_",
    default="text",
    show_default=True,
    type=click.Choice(FORMATS),
    help="hxl: CSV with a row of HXL hashtags.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; else stdout.")
@click.option("--language", default="en", show_default=True, help="Of what can be read in it, by its tag.")
@click.option("--incomplete", is_flag=True, help="Make it also without contacts whose key has not come yet.")
@vault_options
def report(
    *,
    period: str,
    language: str,
    incomplete: bool,
    format_: Literal["text", "csv", "hxl", "xlsx"],
    output: Path | None,
    state: Path,
    passphrase_file: Path | None,
    wait: float,
    as_json: bool,
) -> None:
    """Write the tables of a quarter, with small numbers hidden. Made once: asked again, it says the same.

    Contacts that come later are in no report, so make it when all phones have sent. What the hub has is pulled
    first; without the hub none is made. The programme's log keeps who made it and when.
    """
    _check(period)
    if format_ == "xlsx" and output is None and not as_json:
        raise click.UsageError("xlsx needs --output.")
    words = passphrase(passphrase_file)

    async def work() -> tuple[Publication, dict[str, Form], bool]:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            if (await opened.status()).practice:
                raise click.UsageError("This programme is for practice: made-up contacts are in no report.")
            await _pull_whole(opened, period, incomplete=incomplete)
            said = forms_in_language(await opened.members(), language)
            known = _forms_of((await opened.overview()).contacts, said)
            try:
                made = await report_of(opened, questions(list(known.values())), period)
            except MalformedError as fault:
                raise click.UsageError(f"{period} is not over yet.") from fault
            try:
                await opened.push()
                return made, known, True
            except UnreachableError:
                return made, known, False

    made, known, logged = run(work())
    if as_json:
        tell(as_json, {**to_builtins(made), "logged_on_hub": logged})
    else:
        held = _file(made, list(known.values()), words_in(language), format_)
        if output is None:
            click.echo(held, nl=False)
        else:
            output.write_bytes(held)
    if not logged:
        click.echo("The hub was not reached: the log of this report waits in the folder.", err=True)


@click.command()
@click.argument("number", type=click.IntRange(LOWEST_THRESHOLD, 1000), required=False)
@click.option("--why", default="", help="Why another number is needed; it is kept in the programme's log.")
@vault_options
def threshold(
    *, number: int | None, why: str, state: Path, passphrase_file: Path | None, wait: float, as_json: bool
) -> None:
    """Show below which NUMBER reports tell nothing, or set it for those not made yet.

    Reports that were made before stay as they are.
    """
    if number is not None and not why.strip():
        raise click.UsageError("Say with --why what another number is needed for.")
    words = passphrase(passphrase_file)

    async def work() -> int:
        async with await Coordinator.open(state, words, around(wait)) as opened:
            if number is not None:
                await set_threshold(opened, number, why)
                await opened.push()
            return threshold_of(await records(opened.ledger, "admin"), opened.ledger.trust)

    told = run(work())
    tell(as_json, {"threshold": told}, f"Numbers below {told} are hidden in reports.")


def questions(forms: Sequence[Form]) -> list[Question]:
    """As `questionsOf` in pwa/src/counts/questions.ts: of every version, in the order of the newest."""
    many: dict[str, bool] = {}
    choices: dict[str, dict[str, None]] = {}
    for form in newest_first(forms):
        # What stands in a repeat is answered any number of times: tables would count answers, not contacts.
        for _, field in keys(form, lambda _: 0):
            if field.type not in {"select_one", "select_multiple"}:
                continue
            many[field.name] = many.get(field.name, False) or field.type == "select_multiple"
            named = [choice.name for choice in form.choices.get(field.choices, ())]
            choices.setdefault(field.name, {}).update(dict.fromkeys(named))
    return [Question(name=name, many=many[name], choices=tuple(choices[name])) for name in many]


async def _pull_whole(opened: Coordinator, period: str, *, incomplete: bool) -> None:
    """A report is made once: from all that the hub has. Raises UnreachableError; not for one that was made."""
    try:
        await opened.fetch()
    except UnreachableError:
        if period not in reports(await records(opened.ledger, "admin"), opened.ledger.trust):
            raise
        return
    missing = (await opened.overview()).unreadable
    made = reports(await records(opened.ledger, "admin"), opened.ledger.trust)
    if missing and not incomplete and period not in made:
        raise click.UsageError(
            f"{missing} changes of contacts do not open, most often since their key has not come yet. Pull again "
            "later, or make the report without them with --incomplete."
        )


def _forms_of(contacts: Sequence[Contact], known: Mapping[str, Form]) -> dict[str, Form]:
    """Those that some contact was written in, by hash."""
    return {name: form for name, form in known.items() if name in {each.form_hash for each in contacts}}


def _file(made: Publication, forms: Sequence[Form], words: Words, format_: str) -> bytes:
    labels = words.labels(forms)
    match format_:
        case "csv":
            lines = csv_lines(report_table(made, labels))
        case "hxl":
            lines = csv_lines(tagged_table(made, labels), hxl=True)
        case "xlsx":
            return to_xlsx(report_sheets(made, labels, words.notices(made)))
        case _:
            lines = _text(made, labels, words)
    return "".join(f"{line}\n" for line in lines).encode()


def _text(made: Publication, labels: Labels, words: Words) -> Iterator[str]:
    first, *_, last = weeks_of(made.period)
    yield f"{made.period} ({first} – {last}): {words.total(made)}"
    yield from words.notices(made)
    for table in made.tables:
        yield from ("", labels.questions.get(table.question, table.question))
        for row in table.rows:
            told = words.hidden() if row.count is None else str(row.count)
            yield f"{told:>8}  {labels.answer(table.question, row.name)}"


def _check(period: str) -> None:
    try:
        weeks_of(period)
    except MalformedError as fault:
        raise click.BadParameter(
            "a quarter is a year and its number, as 2026-Q3", param_hint="--period"
        ) from fault
