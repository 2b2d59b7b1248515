"""`sojourn restore`: a hub goes on from a backup, as another life of itself."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePosixPath

import click

from server.command.backup import FILES, FOLDERS, sync_folder
from server.command.environment import settings
from server.command.files import write_whole, write_whole_from
from server.command.vault import counted, progress
from server.command.verify import Faults, verified
from server.errors import AddressError
from server.serving import check_address
from server.settings import Settings
from sync.errors import RestoreError
from sync.stores.sqlite import counting, restoring
from sync.stores.verifying import Verified

WHAT_NOW = (
    "Start the hub (sojourn serve). Every phone sends again, by itself, what it still holds, the next time it has a "
    "connection. Ask every coordinator to connect soon: they tell the hub again who was put out since the backup, "
    "and until one of them has, who was put out can still read. Then make a backup."
)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Also where there is a database: it is kept under another name."
)
@click.option("--damaged", is_flag=True, help="Also where something in FILE is wrong: better than nothing.")
def restore(file: Path | None, *, replace: bool, damaged: bool) -> None:
    """Put the database and the operator's files from FILE in place. End the hub first.

    With PostgreSQL, restore the database by its own means, and then run this without FILE: the hub has to know that
    it is another one than before, or devices would take for kept what is gone.
    """
    given = settings()
    try:
        check_address(given.host, given.port)
    except AddressError as error:
        raise RestoreError(f"something listens at {error.host}:{error.port}: end the hub first") from error
    if isinstance(given.database, str):
        _begin_anew(given.database, file)
        return
    if file is None:
        raise click.UsageError("FILE is the backup to restore.")
    database = given.database
    if database.exists() and not replace:
        raise RestoreError(
            f"{database} is there already. To put the backup in its place, run this again with --replace: the "
            "database of now is kept beside it, under another name."
        )
    restoring.check_unused(database)
    try:
        _put_in_place(file, database, damaged=damaged)
        _put_files(file, given)
    except OSError as error:
        raise RestoreError(f"{error}: nothing else was changed") from error
    click.echo(WHAT_NOW)


def _put_in_place(file: Path, database: Path, *, damaged: bool) -> None:
    """Raises RestoreError, OSError."""
    database.parent.mkdir(parents=True, exist_ok=True)
    beside = database.with_name(f".{database.name}.part")
    restoring.discard(beside)
    try:
        found = _restore(file, beside, damaged=damaged)
        aside = _put_aside(database)
        beside.replace(database)
    finally:
        restoring.discard(beside)
    sync_folder(database)
    click.echo(f"{database} is restored: {counted(found.entries, 'entry', 'entries')}.")
    if aside is not None:
        click.echo(f"What was there is {aside}: delete it once all is well.")


def _restore(file: Path, target: Path, *, damaged: bool) -> Verified:
    """Raises RestoreError."""
    faults = Faults()
    with progress("Restoring, and reading it back", None) as advance:
        restoring.restore(file, target)
        found = asyncio.run(verified(target, faults.tell, advance))
    for fault in faults.first:
        click.echo(f"Wrong: {fault.detail}", err=True)
    if faults.are_counts:
        if found.faults:
            counting.mend(target)
            click.echo("Sums and sizes were wrong, and are counted anew.", err=True)
        return found
    if not damaged:
        raise RestoreError(
            f"{counted(found.faults, 'fault', 'faults')} in {file}; nothing was changed. Take an older backup if "
            "there is one; with --damaged this one is taken, without what is spoiled."
        )
    if not restoring.leave_out(target, faults.spoiled):
        click.echo("What is spoiled could not be left out: nobody can send it again.", err=True)
    return found


def _put_aside(database: Path) -> Path | None:
    """The name under which what was there is kept. It keeps its own too until another takes its place: with none
    there, a hub that starts after a power cut would make an empty one."""
    if not database.exists():
        return None
    number = 1
    while (aside := database.with_name(f"{database.name}.replaced-{number}")).exists():
        number += 1
    try:
        aside.hardlink_to(database)
    except OSError:  # a file system without links
        write_whole_from(database, aside)
    # A log is left only of a damaged one: the new one may not find it.
    for path in restoring.with_its_log(database):
        if path != database and path.exists():
            path.rename(path.with_name(aside.name + path.name.removeprefix(database.name)))
    sync_folder(database)
    return aside


def _put_files(file: Path, given: Settings) -> None:
    """What is missing in the data folder; what is there stays, and the backup's lies beside it."""
    for name, content in restoring.files_in(file):
        path = PurePosixPath(name)
        if name not in FILES and (path.parts[0] not in FOLDERS or ".." in path.parts):
            continue
        target = given.data / path
        if target.exists() and target.read_bytes() == content:
            continue
        if target.exists():
            target = target.with_name(f"{target.name}.from-backup")
            click.echo(
                f"{given.data / path} is there and is another: it stays, and the backup's is {target}."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content)


def _begin_anew(address: str, file: Path | None) -> None:
    if file is not None:
        raise click.UsageError(
            "This hub's database is PostgreSQL's: restore it there, and run this without FILE."
        )
    # Here, since only who has PostgreSQL needs it.
    from sync.stores.postgresql.restoring import begin_anew  # noqa: PLC0415

    asyncio.run(begin_anew(address))
    click.echo(f"The hub knows now that its database was restored. {WHAT_NOW}")
