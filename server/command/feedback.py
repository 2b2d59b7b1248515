"""`sojourn feedback`: what readers said of pages, as counts; the hub knows no more."""

from __future__ import annotations

import asyncio

import click
from rich.console import Console
from rich.table import Table

from server.api.feedback import ANSWERS, Count, counts_of
from server.command.environment import settings
from server.settings import Settings
from server.stores import open_held


@click.command()
@click.option("--locale", help="Only of this language, for example km.")
def feedback(locale: str | None) -> None:
    """How many readers found each page clear, hard, too long or not true where they are.

    Answers come only from people who pressed Send; they say nothing about those who did not.
    """
    counts = [
        count for count in asyncio.run(_read(settings())) if locale is None or count.feedback.locale == locale
    ]
    if not counts:
        click.echo("Nobody has sent an answer yet.")
        return
    table = Table("locale", "page", *ANSWERS)
    for tag, slug in sorted({(count.feedback.locale, count.feedback.slug) for count in counts}):
        said = {
            count.feedback.answer: count.count
            for count in counts
            if (count.feedback.locale, count.feedback.slug) == (tag, slug)
        }
        table.add_row(tag, slug, *(str(said.get(answer, 0)) for answer in ANSWERS))
    Console().print(table)


async def _read(given: Settings) -> list[Count]:
    store = await open_held(given)
    try:
        return counts_of(await store.counts())
    finally:
        await store.close()
