"""`sojourn bundle`: what an operator does with files that were carried here, where there is no line."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import click

from server.api.hub import DAY_SECONDS
from server.bundles import Imported, import_bundle
from server.command.environment import settings
from server.command.files import read_whole, write_whole
from server.command.vault import EXIT_CODES, PlainGroup, counted
from server.relaying import enrolling, keepers
from server.stores import open_held
from sync.bundles import write_receipt


@click.group(cls=PlainGroup, epilog=EXIT_CODES)
def bundle() -> None:
    """Contacts in a file, from a device that cannot reach this hub."""


@bundle.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--revoked", is_flag=True, help="Take it also from a device that was revoked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for scripts.")
def import_(file: Path, *, revoked: bool, as_json: bool) -> None:
    """Store what is in FILE, beside a running hub too, and write FILE.receipt to carry back. Safe to repeat."""
    imported = asyncio.run(_import(read_whole(file), take_revoked=revoked))
    receipt = file.with_name(f"{file.name}.receipt")
    try:
        write_whole(receipt, write_receipt(imported.receipt))
    except OSError as error:
        raise click.ClickException(
            f"{error}. What is in the file is stored; it has no receipt yet. Make room, or copy the file to a disk "
            "that can be written, and run this again."
        ) from error
    if as_json:
        told = {"stored": imported.stored, "known": imported.known, "refused": imported.refused}
        click.echo(json.dumps({**told, "revoked": imported.revoked, "receipt": str(receipt)}))
    else:
        new = counted(imported.stored, "item is new", "items are new")
        click.echo(f"{new}, {imported.known:,} the hub had already, {imported.refused:,} it refused.")
        if imported.revoked:
            click.echo("This device was revoked: what it sent replaces nothing that was here.")
        click.echo(f"The receipt is {receipt}: carry it back to the device.")
    if imported.refused:
        raise SystemExit(3)


async def _import(raw: bytes, *, take_revoked: bool) -> Imported:
    given = settings()
    store = await open_held(given)
    now = int(time.time())
    is_relay = bool(keepers(given.data))
    try:
        return await import_bundle(
            store,
            raw,
            now=now,
            day=now // DAY_SECONDS,
            take_revoked=take_revoked,
            receipt="relay" if is_relay else "hub",
            enrolled=enrolling(given.data) if is_relay else None,
        )
    finally:
        await store.close()
