"""Once an hour: what the hub keeps no longer, goes."""

from __future__ import annotations

import asyncio
import logging

from server.api import Hub
from server.logs import told_of
from sync.backups import KEEP_MONTHS
from sync.errors import UnavailableError

log = logging.getLogger(__name__)

SECONDS = 3_600
SUPERSEDED_DAYS = 30
"""How long a body stays after it was replaced; its rev stays for ever."""

UNNAMED_DAYS = 30
"""How long a chunk stays that no head names: an upload may be cut off between its chunks and what names them."""


async def sweep_for_ever(hub: Hub, hub_keep_days: int | None) -> None:
    """hub_keep_days: of bodies; None keeps them for ever."""
    while True:
        try:
            await hub.store.expire(
                hub.day,
                packets_before=None if hub.keep_days is None else hub.day - hub.keep_days,
                bodies_before=None if hub_keep_days is None else hub.day - hub_keep_days,
                superseded_before=hub.day - SUPERSEDED_DAYS,
                chunks_before=hub.day - UNNAMED_DAYS,
                # Whole months: the one of the last use does not count, nor does this one.
                backups_before=hub.month - KEEP_MONTHS,
            )
        except UnavailableError:
            pass  # in an hour again
        except Exception as error:  # what is to go must not stay for ever because of one fault
            log.error("sweep-failed", extra={"told": told_of(error)})
        await asyncio.sleep(SECONDS)
