"""`sojourn migrate`: a hub's SQLite file into the PostgreSQL database that its settings name."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from server.command.environment import settings
from server.command.vault import counted, progress


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def migrate(file: Path | None) -> None:
    """Copy FILE, or the hub's own file in the data folder, into the empty database of SOJOURN_DATABASE.

    End the hub first. What was written is read back and compared before anything counts. FILE is
    kept, and marked: no hub and no command goes on with it, but “sojourn restore --replace”, to go back.
    """
    given = settings()
    if not isinstance(given.database, str):
        raise click.UsageError("SOJOURN_DATABASE names the database to move to: postgresql://…")
    # Here, since only who has PostgreSQL needs it.
    from sync.stores.moving import move  # noqa: PLC0415

    with ExitStack() as showing:
        bar = partial(progress, "Copying, and reading back")
        origin = file or given.data / "sojourn.sqlite3"
        moved = asyncio.run(move(origin, given.database, lambda rows: showing.enter_context(bar(rows))))
    programmes = counted(moved.programmes, "programme", "programmes")
    backups = counted(moved.backups, "personal backup", "personal backups")
    click.echo(
        f"{programmes}, {backups} and {moved.entries:,} entries are there, all the same as in the file; "
        f"{moved.heads:,} of them count now."
    )
    click.echo(
        "Start the hub with this SOJOURN_DATABASE, and set it for every command too. Keep the file as a copy: it is "
        "marked, and no hub starts on it again."
    )
