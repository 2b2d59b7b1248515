"""`sojourn backup`: all that a hub needs to go on elsewhere, in one file."""

from __future__ import annotations

import asyncio
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

import click

from server.command.environment import settings
from server.command.vault import counted, progress
from server.command.verify import Faults, verified
from server.settings import POSTGRESQL, Settings
from sync.errors import RestoreError
from sync.stores.sqlite.restoring import discard, restore, with_its_log
from sync.stores.sqlite.saving import note, save
from sync.stores.verifying import Verified

FILES = (
    "pack-key.pem",
    "pack-key.succession",
    "pack-editions.json",
    "operator.toml",
    "directory.toml",
    "duties.toml",
)
FOLDERS = ("indicators", "audio", "relay")
"""Of the data folder, what cannot be made anew from elsewhere."""

RESTORED = "sojourn.sqlite3"

ELSEWHERE = (
    "This hub's database is PostgreSQL's, which makes its own backups: restore one into another database, and name "
    "that with --restored. See “Backups” in docs/operating.md."
)


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--restored",
    metavar="ADDRESS",
    help="With PostgreSQL, instead of FILE: the database that a backup was restored into, postgresql://…",
)
def backup(file: Path | None, restored: str | None) -> None:
    """Write the hub's database and the operator's files to FILE, beside the running hub.

    FILE counts, and replaces what was there, only once it was restored into a folder of its own beside it and gone
    through as “sojourn verify” does: that takes the room of the database twice. Keep it as safe as the hub.

    With PostgreSQL the server makes the backup. With --restored a copy that was restored from it is gone through, and
    the hub told that phones may forget what is in it.
    """
    given = settings()
    if isinstance(given.database, str):
        _note(given.database, file, restored)
        return
    if file is None or restored is not None:
        raise click.UsageError("FILE is the backup to make; --restored is for a hub on PostgreSQL.")
    if not given.database.is_file():
        raise RestoreError(f"{given.database} is not there: which SOJOURN_DATA is the hub's?")
    _check_elsewhere(given, given.database, file)
    try:
        found = _make(given, given.database, file)
    except OSError as error:
        raise RestoreError(f"no backup was made, and the one before stays: {error}") from error
    # Only now: what a device forgets for it must not be lost with the power.
    note(given.database, file)
    click.echo(
        f"{file} is whole: it was restored beside itself, and {counted(found.entries, 'entry', 'entries')} and "
        f"{counted(found.chunks, 'chunk', 'chunks')} were read. It holds the key of the packs: keep it as safe as "
        "the hub, on another disk, in another place."
    )


def _note(database: str, file: Path | None, restored: str | None) -> None:
    """Raises RestoreError, UnavailableError."""
    if file is not None or restored is None or not restored.startswith(POSTGRESQL):
        raise click.UsageError(ELSEWHERE)
    # Here, since only who has PostgreSQL needs it.
    from sync.stores.postgresql import saving  # noqa: PLC0415

    faults = Faults()
    with progress("Reading it back", None) as advance:
        found, marks = asyncio.run(saving.gone_through(restored, faults.tell, advance))
    _check_whole(faults, found, "the restored database, so that nothing counts as backed up")
    asyncio.run(saving.note(database, restored, marks))
    click.echo(
        f"{counted(found.entries, 'entry', 'entries')} and {counted(found.chunks, 'chunk', 'chunks')} were read, and "
        "count as backed up: phones may forget by it what is older than keep_days. Keep the backup that was restored, "
        "on another disk, in another place, as safe as the hub."
    )


def _check_elsewhere(given: Settings, database: Path, file: Path) -> None:
    """Raises RestoreError: nothing that the hub has open may be replaced under it."""
    target, data = file.resolve(), given.data.resolve()
    if target in with_its_log(database.resolve()) or target.is_relative_to(data):
        raise RestoreError(f"{file} is the hub's own: FILE is to be outside {data}, best on another disk")


def _make(given: Settings, database: Path, file: Path) -> Verified:
    """Raises RestoreError, OSError."""
    beside = file.with_name(f".{file.name}.part")
    with ExitStack() as showing:
        bar = partial(progress, "Copying")
        try:
            save(
                database,
                beside,
                dict(kept_files(given.data)),
                lambda pages: showing.enter_context(bar(pages)),
            )
            showing.pop_all().close()
            found = _try_out(beside)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    sync_folder(file)
    return found


def kept_files(data: Path) -> Iterator[tuple[str, Path]]:
    """Those that are there, by their names inside the data folder."""
    folders = [path for folder in FOLDERS for path in sorted((data / folder).rglob("*"))]
    for path in (*(data / name for name in FILES), *folders):
        if path.is_file():
            yield path.relative_to(data).as_posix(), path


def _try_out(backup: Path) -> Verified:
    """Raises RestoreError."""
    with _scratch(backup) as folder:
        restored = folder / RESTORED
        restore(backup, restored)
        faults = Faults()
        with progress("Reading it back", None) as advance:
            found = asyncio.run(verified(restored, faults.tell, advance))
    _check_whole(faults, found, "the hub's database, so that no backup was made, and the one before stays")
    return found


def _check_whole(faults: Faults, found: Verified, outcome: str) -> None:
    """outcome: where faults were, and what is not done for it. Raises RestoreError."""
    # What can be counted anew is no reason to go without a backup.
    if not faults.are_counts:
        raise RestoreError(
            f"{counted(found.faults, 'fault', 'faults')} in {outcome}. "
            f"The first: {faults.first[0].detail}. “sojourn verify” says all, and what to do."
        )


@contextmanager
def _scratch(file: Path) -> Iterator[Path]:
    """Beside the file, on the same disk. Of what a command left that was cut off, the copies go first, no more."""
    prefix = f"{file.name}.restored-"
    for left in file.parent.glob(f"{glob.escape(prefix)}*"):
        with suppress(OSError):
            discard(left / RESTORED)
            left.rmdir()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=file.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sync_folder(file: Path) -> None:
    """So that the new name is on the disk too."""
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
