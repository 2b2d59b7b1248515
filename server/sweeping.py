"""Once an hour: what the hub keeps no longer, goes."""

from __future__ import annotations

import asyncio

from server.api import Hub
from sync.errors import UnavailableError

SECONDS = 3_600


async def sweep_for_ever(hub: Hub, hub_keep_days: int | None) -> None:
    """hub_keep_days: of bodies; None keeps them for ever."""
    while True:
        try:
            if hub.keep_days is not None:
                bodies = None if hub_keep_days is None else hub.day - hub_keep_days
                await hub.store.expire(hub.day, packets_before=hub.day - hub.keep_days, bodies_before=bodies)
        except UnavailableError:
            pass  # in an hour again
        await asyncio.sleep(SECONDS)
