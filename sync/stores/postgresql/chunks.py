"""Attachment chunks, and which heads name them."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import UnknownError
from sync.stores.expiring import CHUNKS_AT_ONCE
from sync.stores.postgresql.driver import Connection

# A head may name it before it is here: after a restore without it, the head is known, and never names it anew.
_KEEP = """
INSERT INTO chunks (collection, address, unnamed, content)
SELECT $1, $2, CASE WHEN NOT EXISTS (SELECT FROM naming WHERE collection = $1 AND address = $2) THEN $3::integer END, $4
ON CONFLICT (collection, address) DO UPDATE SET unnamed = excluded.unnamed WHERE chunks.unnamed IS NOT NULL
"""
_THERE = "SELECT 1 FROM chunks WHERE collection = $1 AND address = $2"
_CONTENT = "SELECT content FROM chunks WHERE collection = $1 AND address = $2"
_NAME = "INSERT INTO naming (collection, rev, address) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_NAMED = "UPDATE chunks SET unnamed = NULL WHERE collection = $1 AND address = $2"
_OF = "SELECT address FROM naming WHERE collection = $1 AND rev = $2"
_GONE = "DELETE FROM naming WHERE collection = $1 AND rev = $2"
_UNNAMED = """
UPDATE chunks SET unnamed = $3 WHERE collection = $1 AND address = $2 AND unnamed IS NULL
AND NOT EXISTS (SELECT 1 FROM naming WHERE naming.collection = $1 AND naming.address = $2)
"""

_NO_HEAD = """NOT EXISTS (
    SELECT FROM naming WHERE naming.collection = chunks.collection AND naming.address = chunks.address
)"""
_DUE = f"""
SELECT collection, address FROM chunks WHERE unnamed < $1 AND unnamed IS NOT NULL AND {_NO_HEAD} LIMIT $2
"""  # noqa: S608  # our own
_DROP = f"""
WITH gone AS (
    DELETE FROM chunks WHERE collection = $1 AND address = ANY ($2::bytea[]) AND unnamed < $3 AND {_NO_HEAD}
    RETURNING octet_length(content) AS size_bytes
)
SELECT coalesce(sum(size_bytes), 0)::bigint FROM gone
"""  # noqa: S608  # our own


async def put(collection: bytes, address: bytes, content: bytes, day: int, connection: Connection) -> int:
    """Once; again, its day counts anew unless a head names it. Returns the bytes that are new."""
    new = 0 if await there(collection, address, connection) else len(content)
    await connection.execute(_KEEP, collection, address, day, content)
    return new


async def there(collection: bytes, address: bytes, connection: Connection) -> bool:
    return await connection.fetchval(_THERE, collection, address) is not None


async def content(collection: bytes, address: bytes, connection: Connection) -> bytes:
    """Raises UnknownError."""
    held: bytes | None = await connection.fetchval(_CONTENT, collection, address)
    if held is None:
        raise UnknownError("no such chunk")
    return held


async def name(collection: bytes, rev: bytes, addresses: Iterable[bytes], connection: Connection) -> None:
    """A head that was stored needs them."""
    for address in addresses:
        await connection.execute(_NAME, collection, rev, address)
        await connection.execute(_NAMED, collection, address)


async def unname(collection: bytes, rev: bytes, day: int, connection: Connection) -> None:
    """It is no head any more."""
    addresses = await connection.fetch(_OF, collection, rev)
    await connection.execute(_GONE, collection, rev)
    for (address,) in addresses:
        await connection.execute(_UNNAMED, collection, address, day)


async def due(before: int, connection: Connection) -> dict[bytes, list[bytes]]:
    """Some of those that no head names since before a day, by collection; none where there are none."""
    found: dict[bytes, list[bytes]] = {}
    for collection, address in await connection.fetch(_DUE, before, CHUNKS_AT_ONCE):
        found.setdefault(collection, []).append(address)
    return found


async def drop(collection: bytes, addresses: list[bytes], before: int, connection: Connection) -> int:
    """Those of them that no head names still, since before a day. Returns their bytes.

    Whoever calls holds the collection's lock: a push that names one again is before this or after it, and then not
    stored.
    """
    freed: int = await connection.fetchval(_DROP, collection, addresses, before)
    return freed
