"""After the server's own restore: another life of the database, so a new epoch, at which devices bring again what
they hold."""

from __future__ import annotations

import secrets
import time

from sync.backups import month_of
from sync.stores.contents import today_of
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.migrate import migrate

_EPOCH = "UPDATE hub SET epoch = $1"
# Nothing counts as safe beyond what is here.
_SAFE = """
UPDATE collections SET confirmed = least(confirmed, sequence), backed_up = least(backed_up, sequence)
"""
# What was used, or sent again, after the copy was made is not in it: the time counts anew.
_USED = "UPDATE backups SET month = $1 WHERE month < $1"
_UNNAMED = "UPDATE chunks SET unnamed = $1 WHERE unnamed < $1 AND unnamed IS NOT NULL"


async def begin_anew(address: str) -> None:
    """address: `postgresql://…`; no hub may use it meanwhile. Raises UnavailableError."""
    database = await Database.open(address)
    try:
        await database.write(_begin_anew)
    finally:
        await database.close()


async def _begin_anew(connection: Connection) -> None:
    await migrate(connection)
    await connection.execute(_EPOCH, secrets.token_bytes(16))
    await connection.execute(_SAFE)
    today = today_of(time.time())
    await connection.execute(_USED, month_of(today))
    await connection.execute(_UNNAMED, today)
