"""`sojourn export`: the pages as a folder that opens from a memory card."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from server.command.environment import settings
from server.site import export as export_site


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write all pages into FOLDER, with no need of a hub: for a memory card, an object store, any web server."""
    console = Console(stderr=True)
    with console.status("Exporting") as status:
        count = export_site(settings(), folder, lambda name: status.update(f"Exporting: {name}"))
    click.echo(f"{count} files in {folder}: open {folder / 'index.html'}")
