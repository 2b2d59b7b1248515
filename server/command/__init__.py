"""The command line: `sojourn`. What goes wrong is one plain line and a status that scripts can test."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import Any

import click

from server.errors import ServerError
from sync.errors import SyncError

COMMANDS = (
    "backup",
    "build",
    "bundle",
    "coordinator",
    "device",
    "export",
    "feedback",
    "form",
    "messages",
    "migrate",
    "programme",
    "relay",
    "restore",
    "serve",
    "tokens",
    "translations",
    "verify",
)

OF_THE_DISK = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EISDIR,
        errno.ENOENT,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)
"""What the system says of a file or folder that somebody named, or of the disk that it is on: no fault of ours."""


class Group(click.Group):
    """Commands by the name of their module, imported when asked for: a hub starts without what only builds need.

    Errors of ours, and of the disk, are for people; anything else keeps its traceback.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"server.command.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ServerError, SyncError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno not in OF_THE_DISK:
                raise
            # Where the disk is full no file is named.
            named = [str(each) for each in (error.filename, error.strerror) if each]
            raise click.ClickException(": ".join(named)) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sojourn")
def main() -> None:
    """Rights information offline, and encrypted contact logs that sync to a hub that cannot read them."""
