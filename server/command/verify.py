"""`sojourn verify`: whether all that a hub keeps is still what was stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import click

from server.command.environment import settings
from server.command.vault import counted, progress
from sync.stores import verifying
from sync.stores.sqlite import counting
from sync.stores.sqlite.verifying import reading
from sync.stores.verifying import COUNTED, Fault, Kind, Spoiled, Verified

SHOWN = 50
"""Faults that are printed; the rest is counted."""

WHAT_TO_DO: dict[Kind, str] = {
    "disk": "The disk or the file is damaged. End the hub, copy the data folder elsewhere as it is, look at the disk, "
    "and restore the last backup (sojourn restore). Devices send again what came since.",
    "entry": "What is damaged is answered to nobody as something else: devices refuse it. Restore the last backup, or, "
    "where none is whole, a copy of the database with --damaged: devices and coordinators send again what they hold.",
    "order": "Part of a collection is gone. Restore the last backup: devices and coordinators send again what they "
    "hold.",
    "superseded": "Something may be hidden that still counts, or count although it was replaced. Restore the last "
    "backup, or ask whoever makes this program.",
    "safe": "Phones may forget too early. Restore the last backup at once, or end the hub until you have.",
    "signature": "Somebody changed the database, or it is damaged. Restore the last backup; coordinators tell cards "
    "and certificates again.",
    "chunk": "A picture of somebody's own backup is damaged. After a restore, with --damaged where no backup is whole, "
    "the phone that has it still sends it again by itself.",
    "count": "The sums by which hubs compare what they hold are wrong: they ask for more than they need.",
    "room": "A worker, or somebody's own backup, is told too early or too late that there is no room left.",
}

MEND = (
    "Once nothing else is wrong, sojourn verify --mend counts it anew. Tell whoever makes this program, too."
)


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for scripts.")
@click.option("--mend", is_flag=True, help="Count sums and sizes anew where these alone are wrong.")
def verify(file: Path | None, *, as_json: bool, mend: bool) -> None:
    """Go through the hub's database, or through FILE, a backup of one; the hub may run meanwhile.

    Every entry's hash, the order, what counts as replaced, sums and sizes, every packet's signature, every chunk.
    Changes nothing without --mend. Ends with 1 where something is wrong, and says what and what to do.
    """
    if mend and file is not None:
        raise click.UsageError(
            "--mend is for the hub's own database: a backup is mended when it is restored."
        )
    given = file or settings().database
    faults, found = _gone_through(given)
    if mend and found.faults and faults.are_counts:
        _mend(given)
        click.echo("Sums and sizes were wrong, and are counted anew.", err=True)
        faults, found = _gone_through(given)
    if as_json:
        named = [{"kind": fault.kind, "detail": fault.detail} for fault in faults.first]
        click.echo(
            json.dumps(
                {"entries": found.entries, "chunks": found.chunks, "faults": found.faults, "found": named}
            )
        )
    else:
        _say(found, faults)
    if found.faults:
        raise SystemExit(1)


@dataclass
class Faults:
    """The first of those that were told, every kind of them, and all that is spoiled."""

    first: list[Fault] = field(default_factory=list[Fault])
    kinds: dict[Kind, None] = field(default_factory=dict[Kind, None])
    spoiled: list[Spoiled] = field(default_factory=list[Spoiled])

    def tell(self, fault: Fault) -> None:
        self.kinds[fault.kind] = None
        if fault.spoiled is not None:
            self.spoiled.append(fault.spoiled)
        if len(self.first) < SHOWN:
            self.first.append(fault)

    @property
    def are_counts(self) -> bool:
        """Whether all that is wrong can be counted anew from what is whole."""
        return self.kinds.keys() <= COUNTED

    def say(self, count: int) -> None:
        """On stderr, with what to do."""
        for fault in self.first:
            click.echo(f"Wrong: {fault.detail}", err=True)
        if count > len(self.first):
            click.echo(f"And {count - len(self.first):,} more.", err=True)
        for kind in self.kinds:
            click.echo(WHAT_TO_DO[kind], err=True)
        if self.kinds.keys() & COUNTED:
            click.echo(MEND, err=True)


def _gone_through(database: Path | str) -> tuple[Faults, Verified]:
    """Raises UnavailableError."""
    faults = Faults()
    with progress("Reading", None) as advance:
        return faults, asyncio.run(verified(database, faults.tell, advance))


def _mend(database: Path | str) -> None:
    """Raises UnavailableError."""
    if isinstance(database, Path):
        counting.mend(database)
        return
    # Here, since only who has PostgreSQL needs it.
    from sync.stores.postgresql.counting import mend  # noqa: PLC0415

    asyncio.run(mend(database))


def _say(found: Verified, faults: Faults) -> None:
    click.echo(
        f"{counted(found.entries, 'entry', 'entries')} and {counted(found.chunks, 'chunk', 'chunks')} were read."
    )
    if found.faults:
        faults.say(found.faults)
    else:
        click.echo("All of it is as it was stored.")


async def verified(
    database: Path | str, tell: Callable[[Fault], None], advance: Callable[[int], None]
) -> Verified:
    """Raises UnavailableError."""
    if isinstance(database, Path):
        with reading(database) as reader:
            return await verifying.verify(reader, tell, advance)
    # Here, since only who has PostgreSQL needs it.
    from sync.stores.postgresql.verifying import reading as reading_postgresql  # noqa: PLC0415

    async with reading_postgresql(database) as other:
        return await verifying.verify(other, tell, advance)
