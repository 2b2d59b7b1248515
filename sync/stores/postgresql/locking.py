"""The two rows that writers wait for one another at, until the transaction ends."""

from __future__ import annotations

from sync.errors import UnknownError
from sync.stores.postgresql.driver import Connection

# NO KEY: what only refers to the row need not wait.
_PROGRAMME = "SELECT 1 FROM programmes WHERE programme = $1 FOR NO KEY UPDATE"
_COLLECTION = "SELECT sequence, confirmed FROM collections WHERE collection = $1 FOR NO KEY UPDATE"


async def lock_programme(programme: bytes, connection: Connection) -> None:
    """Raises UnknownError."""
    if await connection.fetchval(_PROGRAMME, programme) is None:
        raise UnknownError("no such programme")


async def lock_collection(collection: bytes, connection: Connection) -> tuple[int, int]:
    """Its last sequence number, and what is confirmed. Raises UnknownError.

    Numbers are given by who changes that row, and so holds it to the commit: nobody ever sees 7, and 6 later. Who
    changes what pushes look at, or remember, without a number (`feed`) counts `turn`.
    """
    found = await connection.fetchrow(_COLLECTION, collection)
    if found is None:
        raise UnknownError("no such collection")
    sequence, confirmed = found
    return sequence, confirmed
