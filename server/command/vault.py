"""How the commands of devices and coordinators open a state folder, wait for a hub, and say what went wrong."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from server.settings import PASSPHRASE
from sync.client import Around, Patience
from sync.crypto.passphrase import normalised
from sync.errors import (
    AlreadyFoundedError,
    BundleError,
    CardChangedError,
    EpochChangedError,
    InviteError,
    InviteExpiredError,
    InviteUsedError,
    MalformedError,
    OpeningError,
    QuotaError,
    RevokedError,
    StateBehindError,
    StateBusyError,
    StateDamagedError,
    StateExistsError,
    StateMissingError,
    SyncError,
    UnknownError,
    UnreachableError,
    WrongRoleError,
)

EXIT_CODES = """\b
Exit codes:
  0  done
  1  something else went wrong
  2  wrong use of the command
  3  done, but some of it was refused
  4  the hub was not reached: nothing is lost, run it again
  5  the passphrase does not open the folder
  6  the hub or the invite says no
  7  the folder is in use, missing, taken or damaged"""

T = TypeVar("T")
Command = Callable[..., Any]

_INVITES = {
    "not-an-invite": "This link holds no invite. Copy all of it, with what follows the “#”.",
    "expired": "The invite has expired. Ask for a new one.",
    "wrong-key": "This hub shows another key than the invite was made for. Ask for a new invite, in person.",
    "founding": "This invite makes a programme: use it with “sojourn coordinator init”.",
    "worker": "This invite is for a worker: use it with “sojourn device join”.",
    "relay": "This invite is for a relay: use it with “sojourn relay --invite”.",
    "not-relay": "This invite is not for a relay. A coordinator makes one: “sojourn coordinator invite --role relay”.",
    "not-https": "This hub is not on https: what is sent there could be read on the way. Nothing was sent.",
}
_BUNDLES = {
    "too-large": "This file is larger than a bundle can be. Nothing of it was taken.",
    "cut": "This file is not whole, or was changed on the way. Nothing of it was taken: carry it again.",
    "not-a-bundle": "This file is whole, but not what belongs here. Nothing of it was taken.",
    "bad-signature": "The device that this bundle names did not make it. Nothing of it was taken.",
    "unknown-programme": "This bundle is for a programme that this hub does not have. Nothing of it was taken.",
    "unknown-device": "This hub does not know the device that made this bundle. Nothing of it was taken.",
    "not-its-device": "This receipt is for another device. Nothing was changed.",
    "revoked": "The device that made this bundle was revoked. Nothing of it was taken; with --revoked it is, and "
    "replaces nothing that is here.",
}
_SENTENCES: dict[type[SyncError], tuple[str, int]] = {
    UnreachableError: (
        "The hub was not reached ({error.cause}). Everything is kept in the folder; run this again.",
        4,
    ),
    OpeningError: ("This passphrase does not open the folder.", 5),
    StateBusyError: ("Another sojourn command is using {error.folder}. Wait until it has ended.", 7),
    StateMissingError: (
        "There is no device in {error.folder}. Begin with “device join” or “coordinator init”.",
        7,
    ),
    StateExistsError: ("{error.folder} holds a device already. Nothing was changed; take another folder.", 7),
    StateDamagedError: ("{error.folder} cannot be used: {error.detail}. Nothing was deleted.", 7),
    StateBehindError: (
        "{error.folder} is an old copy: its device has gone on elsewhere. What it holds can still be sent; "
        "to add contacts, join with a new invite in a new folder.",
        7,
    ),
    InviteUsedError: ("The invite was used already, by another device. Ask for a new one.", 6),
    InviteExpiredError: (_INVITES["expired"], 6),
    AlreadyFoundedError: (
        "The programme has its keys already: somebody else used this invite. Tell the operator.",
        6,
    ),
    CardChangedError: (
        "Another coordinator changes the same thing at this moment. Nothing was lost; run this again.",
        6,
    ),
    EpochChangedError: (
        "This comes from another hub, or from one that was restored since. Nothing was changed; everything is kept.",
        6,
    ),
    RevokedError: ("This device was revoked. What was not sent yet is kept in the folder.", 6),
    QuotaError: ("The hub has no room left. Everything is kept in the folder; tell the operator.", 6),
    WrongRoleError: ("Not for this device: {error}.", 6),
    UnknownError: ("The hub does not know this: {error}.", 6),
    MalformedError: ("Not understood: {error}.", 1),
}


class PlainCommand(click.Command):
    """Says what happened, what was kept and what to do, with an exit code; a fault of ours keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SyncError as error:
            sentence, code = plainly(error)
            click.echo(f"Error: {sentence}", err=True)
            raise SystemExit(code) from error


class PlainGroup(PlainCommand, click.Group):
    """The same for commands that belong together."""


def plainly(error: SyncError) -> tuple[str, int]:
    """A sentence for people, and the exit code."""
    if isinstance(error, InviteError):
        return _INVITES.get(error.why, f"This invite cannot be used here: {error.why}."), 6
    if isinstance(error, BundleError):
        return _BUNDLES.get(error.why, f"This bundle cannot be taken: {error.why}. Nothing of it was."), 6
    otherwise = ("It failed: {error}. Everything is kept in the folder.", 1)
    sentence, code = _SENTENCES.get(type(error), otherwise)
    return sentence.format(error=error), code


def vault_options(command: Command) -> Command:
    """--state, --passphrase-file, --wait, --json."""

    @click.option(
        "--state",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder that holds the device, encrypted.",
    )
    @click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help=f"Its first line opens the folder; else {PASSPHRASE}, else a prompt.",
    )
    @click.option(
        "--wait",
        default=60.0,
        show_default=True,
        type=click.FloatRange(min=0),
        help="Seconds to go on trying when the hub does not answer.",
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for scripts.")
    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return command(*args, **kwargs)

    return wrapped


def passphrase(file: Path | None, *, new: bool = False) -> str:
    """From the file, the environment, or a prompt; asked for twice for a new folder."""
    if file is not None:
        given = file.read_text(encoding="utf-8").partition("\n")[0]
    elif PASSPHRASE in os.environ:
        given = os.environ[PASSPHRASE]
    else:
        given = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True)
    if not normalised(given):
        raise click.UsageError("The passphrase is empty.")
    return given


def around(wait: float) -> Around:
    """wait: seconds for each request with all its tries."""
    return Around(patience=Patience(seconds=wait), waiting=_say_waiting)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def tell(as_json: bool, told: dict[str, Any], *sentences: str) -> None:
    """One JSON object, or sentences for people."""
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for sentence in sentences:
        click.echo(sentence)


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where that is a terminal; total: None where it is not known before."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(title, total=total)
        yield lambda count: bar.advance(task, count)


def _say_waiting(cause: str, seconds: float) -> None:
    if sys.stderr.isatty():
        click.echo(f"The hub does not answer ({cause}). Trying again in {seconds:.0f} s.", err=True)
