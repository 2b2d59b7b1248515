"""`sojourn translations`: how far they are, out to translators and back, and what was read out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from server.site.back_translations import load_back, translated_in, unknown_in, write_back
from server.site.catalogs import DOMAINS, Key
from server.site.exchange import Import, export_catalogs, find_locale, import_catalogs
from server.site.minor import load_minor
from server.site.places import find_places
from server.site.reading_back import parse_answers, questions, take_answers
from server.site.translation_states import CatalogState, LocaleState, states
from server.site.updating import load_template, up_to_date

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def translations() -> None:
    """How far each translation is, and its way to translators and back."""


@translations.command(name="list")
@click.option("--locale", "tag", help="Only this language, by its tag: lo, zh-Hans.")
@click.option("--missing", is_flag=True, help="Each message that is not shown in translation.")
def list_states(tag: str | None, missing: bool) -> None:
    """What is translated, read back and reviewed, counted anew from the files."""
    places = find_places()
    tags = None if tag is None else [find_locale(places, tag).tag]
    found = states(places, tags)
    if missing:
        for state in found:
            _show_waiting(state)
        return
    console = Console(highlight=False)
    console.print(_translated_table(found))
    console.print(_read_table(found))


@translations.command(name="export")
@click.argument("locale")
@click.argument("folder", type=FOLDER)
def export_files(locale: str, folder: Path) -> None:
    """Write app.po, content.po and glossary.po of LOCALE into FOLDER, for Poedit or Weblate."""
    places = find_places()
    for name, waiting in export_catalogs(places, find_locale(places, locale), folder).items():
        click.echo(f"{folder / name}.po: {waiting} to translate")


@translations.command(name="import")
@click.argument("locale")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--skip-faulty", is_flag=True, help="Leave out what has a fault, and take the rest.")
def import_files(locale: str, files: tuple[Path, ...], skip_faulty: bool) -> None:
    """Take translations of LOCALE back from PO files: all that is new and whole, or nothing."""
    places = find_places()
    done = import_catalogs(places, find_locale(places, locale), files, skip_faulty=skip_faulty)
    for one in done:
        _show_import(one)


@translations.command()
@click.argument("locale")
@click.option("--to", "questions_to", type=NEW, help="Write what is to be read back, as JSON lines.")
@click.option("--from", "answers_from", type=FILE, help="Take what was read back, as JSON.")
def back(locale: str, questions_to: Path | None, answers_from: Path | None) -> None:
    """Bring back.po of LOCALE up to date: what holds is kept, the rest is empty, to be filled in."""
    places = find_places()
    tag = find_locale(places, locale).tag
    edits = load_minor(places.translations)
    catalogs = {
        domain: up_to_date(places, tag, domain, load_template(places, domain), edits) for domain in DOMAINS
    }
    translated, found = translated_in(catalogs), load_back(places.translations, tag, edits)
    if answers_from is not None:
        taken = take_answers(answers_from, parse_answers(answers_from), translated, found)
        found = taken.found
        click.echo(f"{taken.count} taken")
        _show_strangers(taken.strangers)
    _show_dropped(unknown_in(found, translated))
    write_back(places.translations, tag, translated, found)
    left = questions(translated, found)
    if questions_to is not None:
        questions_to.write_bytes(msgspec.json.Encoder().encode_lines(left))
    # One that stands in two places is read once.
    whole = len({one.hash for one in translated.values()})
    click.echo(f"{tag}: {len(left)} of {whole} to be read back")


def _translated_table(found: Iterable[LocaleState]) -> Table:
    columns = ("Messages", "Translated", "Missing", "Outdated", "Fuzzy")
    return _table(
        "What is translated",
        columns,
        {
            (state.locale.tag, one.domain): (
                one.messages,
                one.translated,
                one.count("missing"),
                one.count("outdated"),
                one.count("fuzzy"),
            )
            for state in found
            for one in state.catalogs
        },
    )


def _read_table(found: Iterable[LocaleState]) -> Table:
    columns = ("Read back", "Outdated", "Missing", "Reviewed", "Outdated", "Not")
    return _table(
        "What was read back, and the pages that a native speaker has reviewed",
        columns,
        {
            (state.locale.tag, one.domain): (
                one.read_back,
                one.back_outdated,
                one.back_missing,
                *_reviews(state, one),
            )
            for state in found
            for one in state.catalogs
        },
    )


def _reviews(state: LocaleState, catalog: CatalogState) -> tuple[int | str, ...]:
    """Reviews are of pages, whose words are in the content."""
    if catalog.domain == "app":
        return ("", "", "")
    return state.reviewed, state.review_outdated, state.not_reviewed


def _table(
    title: str, columns: Iterable[str], rows: Mapping[tuple[str, str], tuple[int | str, ...]]
) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("Language", no_wrap=True)
    table.add_column("Catalog", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    last = ""
    for (tag, domain), figures in rows.items():
        table.add_row("" if tag == last else tag, domain, *(str(figure) for figure in figures))
        last = tag
    return table


def _show_waiting(state: LocaleState) -> None:
    for catalog in state.catalogs:
        for one in catalog.waiting:
            click.echo(f"{state.locale.tag} {catalog.domain} {one.state}: {_named(one.key)}")
            for label, text in (("", one.comment), ("was: ", one.former)):
                if text:
                    click.echo(f"    {label}{text}")
    for key in state.back_unknown:
        click.echo(f"{state.locale.tag} back of no message: {_named(key)}")


def _show_import(one: Import) -> None:
    click.echo(
        f"{one.path}: {one.taken} taken into {one.domain}, {one.unchanged} as they were, "
        f"{one.fuzzy} unfinished (fuzzy), {len(one.unknown)} unknown"
    )
    if one.empty:
        click.echo(f"    {one.empty} have no translation in the file; ours stay")
    for message in one.unknown:
        name = message.id if isinstance(message.id, str) else message.id[0]
        click.echo(f"    line {message.lineno}: not in the English as it stands: “{name}”")
    for fault in one.faulty:
        click.echo(f"    line {fault.line}: left out: {fault}")


def _show_strangers(ids: Iterable[str]) -> None:
    for one in ids:
        click.echo(f"    of no translation that there is now: {one}")


def _show_dropped(keys: Iterable[Key]) -> None:
    for key in keys:
        click.echo(f"    dropped, it is no longer translated: {_named(key)}")


def _named(key: Key) -> str:
    context, text = key
    return f"“{text}” ({context})" if context else f"“{text}”"
