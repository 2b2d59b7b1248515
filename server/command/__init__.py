"""The command line: `sojourn`. What goes wrong is one plain line and a status that scripts can test."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import Any

import click

from server.command.build import build
from server.command.export import export
from server.command.messages import messages
from server.command.programme import programme
from server.command.serve import serve
from server.errors import ServerError
from sync.errors import SyncError


class Group(click.Group):
    """Errors of ours are for people; anything else keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ServerError, SyncError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sojourn")
def main() -> None:
    """Rights information offline, and encrypted contact logs that sync to a hub that cannot read them."""


for command in (serve, build, export, programme, messages):
    main.add_command(command)

with contextlib.suppress(ModuleNotFoundError):
    main.add_command(import_module("server.command.coordinator").coordinator)
with contextlib.suppress(ModuleNotFoundError):
    main.add_command(import_module("server.command.device").device)
