"""A relay beside its server: an exchange whenever something arrived here, and at the latest every minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from server.api import Hub
from server.relaying.exchanging import Relay
from server.relaying.kept import Keeper, keepers
from server.relaying.passing import Passing
from sync.client import Patience
from sync.client.hub import Hub as HubClient
from sync.client.retry import delay
from sync.enrolment import Enrolment
from sync.errors import SyncError
from sync.identifiers import COLLECTIONS, collection_id

SECONDS = 60.0
PATIENCE_SECONDS = 120.0
"""For one request with its tries: a line that comes and goes is asked again with the next exchange."""

_log = logging.getLogger("sojourn.relay")


def relays_of(data: Path, hub: Hub, upstream: str) -> list[Relay]:
    """One for each programme. upstream: where the hub above answers; empty for the address of the invites."""
    return [_relay(keeper, hub, upstream) for keeper in keepers(data)]


async def relaying(relays: Sequence[Relay]) -> None:
    """For ever; whatever goes wrong with one is tried again."""
    await asyncio.gather(*(_for_ever(relay) for relay in relays))


async def _for_ever(relay: Relay) -> None:
    """A relay that answered "taken" and handed nothing on any more would be found out weeks later."""
    while True:
        try:
            await _by_turns(relay)
        except Exception as error:  # the outermost edge of this task: the server beside it goes on
            _log.warning("The handing on ended, and begins anew: %s", type(error).__name__)
            await asyncio.sleep(SECONDS)


def enrolling(data: Path) -> Callable[[bytes, Enrolment], None]:
    """For `Hub.enrolled`: what goes up of a device that came with an invite, on the disk."""
    held = {each.kept.programme: each for each in keepers(data)}

    def enrolled(programme: bytes, enrolment: Enrolment) -> None:
        if programme in held:
            held[programme].add_enrolment(enrolment)

    return enrolled


def passing_for(data: Path, above: str) -> Passing:
    """above: where the hub above answers."""
    return Passing(
        above, [collection_id(each.kept.programme, name) for each in keepers(data) for name in COLLECTIONS]
    )


def _relay(keeper: Keeper, hub: Hub, upstream: str) -> Relay:
    patience = Patience(seconds=PATIENCE_SECONDS)
    return Relay(
        keeper=keeper, hub=hub, above=HubClient(upstream or keeper.kept.invite.hub, patience=patience)
    )


async def _by_turns(relay: Relay) -> None:
    failures, said, out = 0, "", 0
    while True:
        with ExitStack() as listening:
            programme = relay.keeper.kept.programme
            heard = [
                event
                for name in COLLECTIONS
                if (
                    event := listening.enter_context(
                        relay.hub.waiters.listen(collection_id(programme, name), None)
                    )
                )
                is not None
            ]
            cause = await _attempt(relay)
            if relay.out_here != out:
                out = relay.out_here
                _log.warning("%d put out here and not yet at the hub.", out)
            failures = failures + 1 if cause else 0
            # Once, when it changes: a relay without a line for weeks fills no disk with it.
            if cause != said:
                _log.warning("%s", cause or "The hub is reached again.")
                said = cause
            if cause:
                await asyncio.sleep(delay(failures, 0.5))
            else:
                await _news(heard)


async def _attempt(relay: Relay) -> str:
    """What went wrong, in words without an address; empty where nothing did."""
    try:
        exchanged = await relay.exchange()
    except SyncError as error:
        return f"Nothing was handed on: {error}"
    except Exception as error:  # the outermost edge of this task: the server beside it goes on
        return f"Nothing was handed on: {type(error).__name__}"
    return "No coordinator has let this relay in yet." if exchanged.provisional else ""


async def _news(heard: Sequence[asyncio.Event]) -> None:
    if not heard:
        # As many as may wait here do so already.
        await asyncio.sleep(SECONDS)
        return
    waiting = [asyncio.ensure_future(each.wait()) for each in heard]
    try:
        await asyncio.wait(waiting, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
