"""`sojourn build`: pages and packs from content, translations and the operator's files."""

from __future__ import annotations

import click
from rich.console import Console

from server.command.environment import settings
from server.site import build as build_site


@click.command()
def build() -> None:
    """Render every page and pack of every locale into the data folder."""
    console = Console(stderr=True)
    with console.status("Building the site") as status:
        report = build_site(settings(), lambda name: status.update(f"Building the site: {name}"))
    locales = ", ".join(report.numbers)
    made = "Made" if report.fresh else "Nothing has changed:"
    click.echo(f"{made} {len(report.pages)} pages in {len(report.numbers)} locales ({locales})")
