"""`sojourn programme`: what an operator does so that a group of workers and coordinators can begin."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from datetime import UTC, datetime

import click

from server.command.environment import settings
from server.settings import Settings
from server.stores import open_store
from sync.canonical import to_text
from sync.enrolment import NO_KEY_YET, Invite, claim_of, invite_link
from sync.identifiers import new_id

NAME_LIMIT = 200
DAY_SECONDS = 86_400


@click.group()
def programme() -> None:
    """A programme: a group of workers and coordinators with one key, which the hub never has."""


@programme.command()
@click.argument("name")
@click.option("--practice", is_flag=True, help="For training: marked on every screen, kept out of exports.")
@click.option(
    "--days", default=14, show_default=True, type=click.IntRange(1, 365), help="How long the link is good."
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def create(name: str, days: int, *, practice: bool, as_json: bool) -> None:
    """Make a programme and print the link with which its first coordinator makes its key.

    The link works once. Whoever opens it first holds the programme: hand it over in person.
    """
    if not name.strip() or len(name) > NAME_LIMIT:
        raise click.BadParameter(f"between 1 and {NAME_LIMIT} characters", param_hint="NAME")
    invite = asyncio.run(create_programme(settings(), name.strip(), days, practice=practice))
    link = invite_link(invite)
    if as_json:
        told = {"programme": to_text(invite.programme), "link": link, "expires": invite.expiry}
        click.echo(json.dumps(told))
        return
    click.echo(
        f"The programme “{name.strip()}” is made. Its first coordinator opens this link, once:\n\n  {link}\n"
    )
    click.echo(f"or runs\n\n  sojourn coordinator init --invite '{link}' --state FOLDER\n")
    click.echo(f"It is good until {datetime.fromtimestamp(invite.expiry, UTC):%Y-%m-%d}.")


async def create_programme(given: Settings, name: str, days: int, *, practice: bool) -> Invite:
    """Works beside a running hub. Raises UnavailableError."""
    invite = Invite(
        hub=given.public_url,
        invite=new_id(),
        programme=new_id(),
        signing_key_hash=NO_KEY_YET,
        role="coordinator",
        expiry=int(time.time()) + days * DAY_SECONDS,
        secret=secrets.token_bytes(32),
    )
    store = await open_store(given)
    try:
        await store.create_programme(
            invite.programme,
            name,
            practice=practice,
            claim_hash=hashlib.sha256(claim_of(invite.secret)).digest(),
            expiry=invite.expiry,
        )
    finally:
        await store.close()
    return invite
