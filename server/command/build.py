"""`sojourn build`: pages and packs from content, translations and the operator's files."""

from __future__ import annotations

import click
from rich.console import Console

from server.command.environment import settings
from server.settings import Settings
from server.site import BuildReport
from server.site import build as build_site


@click.command()
def build() -> None:
    """Render every page and pack of every locale into the data folder."""
    report = build_shown(settings())
    locales = ", ".join(report.numbers)
    made = "Made" if report.fresh else "Nothing has changed:"
    click.echo(f"{made} {len(report.pages)} pages in {len(report.numbers)} locales ({locales})")


def build_shown(given: Settings) -> BuildReport:
    """Builds what is not up to date, and says on stderr what is being written. Raises SiteError."""
    console = Console(stderr=True)
    with console.status("Building the site") as status:
        return build_site(given, lambda name: status.update(f"Building the site: {name}"))
