"""`sojourn relay`: a hub on a small computer that hands on what it takes, whenever there is a line."""

from __future__ import annotations

import asyncio
import logging
import time

import click

from server import serving
from server.api import Hub
from server.app import create_app
from server.command.environment import settings
from server.command.vault import PlainCommand, counted
from server.errors import SettingsError
from server.relaying import Exchanged, begin, keepers, relays_of
from server.settings import PREFIX, Settings
from server.stores import open_store
from sync.errors import InviteError


@click.command(cls=PlainCommand)
@click.option("--invite", default="", help="The link of “coordinator invite --role relay”, the first time.")
@click.option("--upstream", default="", help="Where the hub answers, if not at the address of its invites.")
@click.option("--once", is_flag=True, help="Exchange once, without serving, and end.")
def relay(*, invite: str, upstream: str, once: bool) -> None:
    """Answer phones under the hub's own name, and hand on what they send when there is a line.

    SOJOURN_PUBLIC_URL is the hub's address, as phones know it. Nothing here can be read without the programme's
    keys. Safe to end at any moment, and to run twice.
    """
    given = settings()
    # No times, no addresses: nothing that says who was here when.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    _prepare(given, invite)
    if once:
        for exchanged in asyncio.run(_exchange(given, upstream)):
            click.echo(_told(exchanged))
        return
    serving.check_address(given.host, given.port)
    asyncio.run(_serve(given, upstream))


def _prepare(given: Settings, invite: str) -> None:
    """Raises InviteError, SettingsError."""
    if invite:
        begin(given.data, invite, now=int(time.time()))
    held = keepers(given.data)
    if not held:
        raise InviteError("not-relay")
    for each in held:
        if each.kept.invite.hub != given.public_url:
            why = f"is the hub's own address here, {each.kept.invite.hub}"
            raise SettingsError(f"{PREFIX}PUBLIC_URL", why)


async def _exchange(given: Settings, upstream: str) -> list[Exchanged]:
    store = await open_store(given)
    try:
        hub = Hub(store=store, origin=given.public_url, clock=time.time, receipt="relay")
        return [await each.exchange() for each in relays_of(given.data, hub, upstream)]
    finally:
        await store.close()


async def _serve(given: Settings, upstream: str) -> None:
    await (await open_store(given)).close()
    app = create_app(given, upstream=upstream)

    async def welcome() -> None:
        click.echo(f"A relay of {given.public_url} answers on port {given.port} (Ctrl+C ends it)")

    await serving.serve(app, given, welcome)


def _told(exchanged: Exchanged) -> str:
    if exchanged.provisional:
        return "No coordinator has let this relay in yet: it hands on nothing until then."
    told = f"{counted(exchanged.up, 'item', 'items')} handed on, {counted(exchanged.down, 'item', 'items')} came."
    if exchanged.refused:
        late = counted(
            exchanged.refused, "device came with an invite that was", "devices came with invites that were"
        )
        told += f" {late} used or over at the hub."
    if exchanged.out_here:
        out = counted(exchanged.out_here, "device is", "devices are")
        told += f" {out} put out here and not yet at the hub: a coordinator's next pull sees to it."
    return told
