"""`sojourn messages`: for translators."""

from __future__ import annotations

import click

from server.site import extract as extract_messages
from server.site import update as update_messages


@click.group()
def messages() -> None:
    """Templates and catalogs of what is to be translated."""


@messages.command()
def extract() -> None:
    """Collect what the source says now into the templates."""
    for domain, count in extract_messages().items():
        click.echo(f"{domain}: {count} messages")


@messages.command()
def update() -> None:
    """Bring every locale's catalogs up to date with the templates."""
    for catalog, missing in update_messages().items():
        click.echo(f"{catalog}: {missing} to translate")
