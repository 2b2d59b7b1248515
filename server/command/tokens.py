"""`sojourn tokens`: ends what devices show instead of signing, after somebody may have seen it."""

from __future__ import annotations

import asyncio

import click

from server.command.environment import settings
from server.command.vault import counted
from server.settings import Settings
from server.stores import named, open_held
from sync.canonical import from_text, to_text
from sync.errors import MalformedError, UnknownError
from sync.identifiers import ProgrammeId
from sync.stores.interface import Store

WHAT_NOW = (
    "Each device gets another by itself with its next request: for its certificate, or for its invite while it waits "
    "for one. What belongs to nobody's device any more, such as a relay that was revoked, gets none."
)

NONE = (
    "No token ended: {database} holds none of these. Is it the database that the hub uses? SOJOURN_DATA and "
    "SOJOURN_DATABASE have to be here as they are for the hub."
)


@click.group()
def tokens() -> None:
    """What a device shows to the hub for 30 days, once it has signed."""


@tokens.command()
@click.option("--programme", help="Only of this one: its name, or its id. All of them otherwise.")
def end(*, programme: str | None) -> None:
    """End the tokens of all devices at once, while the hub runs. For when a relay was stolen.

    Nothing else is needed on the devices. Tokens of personal backups stay: only a new recovery key ends one. Ends
    with 1 where there were none.
    """
    if programme is not None and not programme.strip():
        # As from a variable of the shell that is not set: that asks for one, and must not end all.
        raise click.UsageError(
            "--programme names none: give a name or an id, or leave it out for all of them."
        )
    given = settings()
    ended = asyncio.run(end_tokens(given, programme))
    if not ended:
        raise click.ClickException(NONE.format(database=named(given)))
    click.echo(f"{counted(ended, 'token', 'tokens')} ended. {WHAT_NOW}")
    click.echo(f"The database is {named(given)}.")


async def end_tokens(given: Settings, programme: str | None) -> int:
    """Works beside a running hub. Raises SettingsError, UnavailableError, UnknownError, click.UsageError."""
    store = await open_held(given)
    try:
        return await store.end_tokens(None if programme is None else await _named(store, programme))
    finally:
        await store.close()


async def _named(store: Store, name: str) -> ProgrammeId:
    """A name first: nobody chooses an id so that it reads like one."""
    found = await store.programmes_named(name)
    if len(found) > 1:
        ids = ", ".join(to_text(each) for each in found)
        raise click.UsageError(f"Several programmes are called that: give an id. There are {ids}.")
    if found:
        return found[0]
    try:
        return (await store.programme(from_text(name))).programme
    except (MalformedError, UnknownError):
        raise click.UsageError(f"There is no programme {name} on this hub.") from None
