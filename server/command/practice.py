"""`sojourn serve --practice`: a programme to try things out, with a coordinator who lives in the data folder.

Everything goes through the hub's own API, as any device would do it; only whether the last invite is still
open is read from the store. Not for real contacts: the passphrase lies beside what it opens.
"""

from __future__ import annotations

import io
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import click
import segno

from server.command.programme import create_programme
from server.settings import Settings
from sync.client import Around, Coordinator, Patience
from sync.enrolment import Invite, invite_link, parse_invite
from sync.errors import MalformedError, UnreachableError
from sync.stores.interface import Store

NAME = "Practice"
DAYS = 365
"""Invites to a practice programme are for whoever opens the data folder, so they may last."""

PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Folder:
    """`SOJOURN_DATA/practice`; its files are readable by their owner only."""

    path: Path

    @property
    def coordinator(self) -> Path:
        return self.path / "coordinator"

    @property
    def passphrase_file(self) -> Path:
        return self.path / "passphrase"

    @property
    def founding(self) -> Path:
        """The founding invite, until the programme is founded."""
        return self.path / "founding-invite"

    @property
    def invite(self) -> Path:
        """The last worker's invite."""
        return self.path / "invite"

    def write(self, file: Path, text: str) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(f"{text}\n")

    def read(self, file: Path) -> str | None:
        return file.read_text("utf-8").strip() if file.exists() else None


async def practise(given: Settings, store: Store, now: int) -> None:
    """Says how to log a practice contact and how to see it come out. The hub must be answering already."""
    folder = Folder(given.data / "practice")
    try:
        async with await _coordinator(given, folder) as coordinator:
            await coordinator.fetch()
            invite = _kept_invite(folder)
            if invite is None or not await store.invite_is_open(invite.programme, invite.invite, now=now):
                invite = await coordinator.invite("worker", days=DAYS)
                folder.write(folder.invite, invite_link(invite))
    except UnreachableError as error:
        # The coordinator goes to the address that it was made for.
        raise click.ClickException(
            f"The practice coordinator in {folder.path} does not find its hub ({error.cause}): has the hub's "
            f"address changed? Remove that folder to begin a new practice programme at {given.public_url}."
        ) from error
    click.echo(explanation(invite_link(invite), folder, _program()))


async def _coordinator(given: Settings, folder: Folder) -> Coordinator:
    """The one who is there, or a new one with a programme of its own. Cut off, it goes on where it was."""
    around = Around(patience=Patience(seconds=PATIENCE_SECONDS))
    passphrase = folder.read(folder.passphrase_file)
    if passphrase is None:
        passphrase = secrets.token_urlsafe(24)
        folder.write(folder.passphrase_file, passphrase)
    link = folder.read(folder.founding)
    if link is None:
        if folder.coordinator.exists():
            return await Coordinator.open(folder.coordinator, passphrase, around)
        link = invite_link(await create_programme(given, NAME, DAYS, practice=True))
        folder.write(folder.founding, link)
    coordinator = await Coordinator.start(folder.coordinator, passphrase, link, around)
    folder.founding.unlink()
    return coordinator


def _kept_invite(folder: Folder) -> Invite | None:
    link = folder.read(folder.invite)
    try:
        return parse_invite(link) if link else None
    except MalformedError:
        return None


def explanation(link: str, folder: Folder, program: str) -> str:
    options = f"--state {folder.coordinator} --passphrase-file {folder.passphrase_file}"
    return f"""
{qr(link)}
Practice: open this invite in a browser, on this machine, and log a contact. It lets one device in.

  {link}

Then, in another terminal, let the device in and see what came out at the coordinator:

  {program} coordinator pull {options}
  {program} coordinator show {options}
"""


def qr(link: str) -> str:
    drawn = io.StringIO()
    segno.make(link, error="l").terminal(out=drawn, compact=True)
    return drawn.getvalue()


def _program() -> str:
    """How this command was called, so that in a checkout, too, what is shown can be typed as it stands."""
    return sys.argv[0] if Path(sys.argv[0]).name == "sojourn" else "sojourn"
