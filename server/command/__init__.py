"""The command line: `sojourn`. What goes wrong is one plain line and a status that scripts can test."""

from __future__ import annotations

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


class Group(click.Group):
    """Commands by the name of their module, imported when asked for: a hub starts without what only builds need.

    Errors of ours are for people; anything else keeps its traceback.
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


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sojourn")
def main() -> None:
    """Rights information offline, and encrypted contact logs that sync to a hub that cannot read them."""
