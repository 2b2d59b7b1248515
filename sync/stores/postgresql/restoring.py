"""After the server's own restore: another life of the database, so a new epoch, at which devices bring again what
they hold."""

from __future__ import annotations

import secrets

from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.migrate import migrate

_EPOCH = "UPDATE hub SET epoch = $1"
_SAFE = "UPDATE collections SET confirmed = sequence WHERE confirmed > sequence"


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
