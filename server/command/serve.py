"""`sojourn serve`: the hub."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import click
from litestar import Litestar

from server import serving
from server.api import Hub
from server.app import create_app
from server.command.environment import settings
from server.logs import log_in_lines
from server.settings import Settings
from server.stores import open_store

log = logging.getLogger(__name__)


@click.command()
@click.option("--practice", is_flag=True, help="With a programme to try things out, and an invite to it.")
@click.option("--no-build", is_flag=True, help="Serve the site as it lies there.")
def serve(*, practice: bool, no_build: bool) -> None:
    """Build what has changed, then serve pages to readers and the API to devices."""
    given = settings()
    serving.check_address(given.host, given.port)
    if not no_build:
        _build_apart()
    log_in_lines()
    asyncio.run(_serve(given, practice=practice))


def _build_apart() -> None:
    """In a process of its own: a build takes ten times the memory of a hub, and Python gives none of it back."""
    program = "from server.command import main; main()"
    built = subprocess.run([sys.executable, "-c", program, "build"], stdout=subprocess.DEVNULL, check=False)  # noqa: S603
    if built.returncode != 0:
        # It has said why, in one plain line.
        sys.exit(built.returncode)


async def _serve(given: Settings, *, practice: bool) -> None:
    # Opened once before the server is there, so that a database that cannot be used is a plain error.
    await (await open_store(given)).close()
    app = create_app(given)
    stop = _metrics(app, given)
    try:
        await serving.serve(app, given, partial(_welcome, app, given, practice=practice))
    finally:
        stop()
    log.info("ended")


def _metrics(app: Litestar, given: Settings) -> Callable[[], None]:
    if not given.metrics_port:
        return lambda: None
    # Here, since only who asks for them needs it.
    from server.metrics import serve_metrics  # noqa: PLC0415

    return serve_metrics(given, lambda: app.state.get("hub"))


async def _welcome(app: Litestar, given: Settings, *, practice: bool) -> None:
    click.echo(f"Sojourn is at {given.public_url} (Ctrl+C ends it)")
    log.info("started")
    if practice:
        from server.command.practice import practise  # noqa: PLC0415  # a client's worth of imports

        hub: Hub = app.state.hub
        await practise(given, hub.store, hub.now)
