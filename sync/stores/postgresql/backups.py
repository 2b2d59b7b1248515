"""Personal backups: whose token opens which, what they take up, and their end."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from sync.backups import month_of
from sync.errors import NoBackupsError, QuotaError, UnknownError, WrongTokenError
from sync.stores.erasing import TABLES
from sync.stores.interface import COMMON_LANE, NO_PROGRAMME, ArrivedRevision, Bearer, HeldBackup
from sync.stores.postgresql import chunks
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection, lock_programme

_COUNT = "SELECT count(*) FROM backups"
_CREATE_COLLECTION = "INSERT INTO collections (collection, programme, name) VALUES ($1, $2, 'backup')"
_CREATE = "INSERT INTO backups (collection, token_hash, month) VALUES ($1, $2, $3)"
_TAKEN = """
SELECT EXISTS (SELECT 1 FROM collections WHERE collection = $1)
    OR EXISTS (SELECT 1 FROM backups WHERE token_hash = $2) OR EXISTS (SELECT 1 FROM tokens WHERE hash = $2)
"""
_BACKUP = "SELECT token_hash, used, month FROM backups WHERE collection = $1"
_OPENED = "SELECT collection, month FROM backups WHERE token_hash = $1"
# The hub's last day, by its own word: a clock that fell behind does not make a use look old.
_LAST_DAY = "SELECT day FROM days ORDER BY day DESC LIMIT 1"
_UNUSED = "SELECT collection FROM backups WHERE month < $1 ORDER BY month"
# Asked again where it goes: a use that comes first is waited for, and counts.
_GO = "DELETE FROM backups WHERE collection = $1 AND month < $2 RETURNING collection"
_USE = "UPDATE backups SET month = $2 WHERE collection = $1 AND month < $2"
_CHARGE = "UPDATE backups SET used = used + $2 WHERE collection = $1 RETURNING used"
# Of what is superseded in this very lane and record, not of whatever a revision names.
_BODY = """
SELECT octet_length(content) FROM entries
WHERE collection = $1 AND rev = $2 AND superseded IS NOT NULL AND content IS NOT NULL
"""
_DROP = "UPDATE entries SET content = NULL WHERE collection = $1 AND rev = $2"


async def create(
    collection: bytes, token_hash: bytes, most: int, month: int, connection: Connection
) -> HeldBackup:
    """First come, first served; again with the same token, the one there is.

    Raises WrongTokenError where either stands for something else, NoBackupsError where there are so many.
    """
    await lock_programme(NO_PROGRAMME, connection)
    try:
        return await backup(collection, token_hash, connection)
    except UnknownError:
        pass
    if await connection.fetchval(_TAKEN, collection, token_hash):
        raise WrongTokenError
    if await connection.fetchval(_COUNT) >= most:
        raise NoBackupsError
    await connection.execute(_CREATE_COLLECTION, collection, NO_PROGRAMME)
    used_in = await _latest(month, connection)
    await connection.execute(_CREATE, collection, token_hash, used_in)
    return HeldBackup(used=0, month=used_in)


async def backup(collection: bytes, token_hash: bytes, connection: Connection) -> HeldBackup:
    """Raises UnknownError, WrongTokenError."""
    found = await connection.fetchrow(_BACKUP, collection)
    if found is None:
        raise UnknownError("no such backup")
    held_hash, used, month = found
    if not hmac.compare_digest(held_hash, token_hash):
        raise WrongTokenError
    return HeldBackup(used=used, month=month)


async def bearer(token_hash: bytes, connection: Connection) -> Bearer:
    """Raises WrongTokenError."""
    found = await connection.fetchrow(_OPENED, token_hash)
    if found is None:
        raise WrongTokenError
    return Bearer(
        programme=NO_PROGRAMME,
        device=bytes(16),
        role="worker",
        lane=COMMON_LANE,
        provisional=False,
        revoked=False,
        backup=found[0],
        used_in=found[1],
    )


async def use(collection: bytes, month: int, connection: Connection) -> None:
    await connection.execute(_USE, collection, await _latest(month, connection))


async def charge(collection: bytes, size_bytes: int, quota: int, connection: Connection) -> None:
    """Counts what was stored, or freed (below zero). Raises QuotaError, which undoes what the caller stored."""
    used = await connection.fetchval(_CHARGE, collection, size_bytes)
    if size_bytes > 0 and used > quota:
        raise QuotaError("the backup is full")


async def settle(
    collection: bytes, heads: Sequence[ArrivedRevision], day: int, connection: Connection
) -> int:
    """After a push: the new heads name their chunks, and what they supersede names none and loses its body.

    Returns the bytes that this gives back.
    """
    freed = 0
    for head in heads:
        await chunks.name(collection, head.rev, head.chunks, connection)
    for rev in {rev for head in heads for rev in head.supersedes}:
        size_bytes = await connection.fetchval(_BODY, collection, rev)
        if size_bytes is not None:
            freed += size_bytes
            await connection.execute(_DROP, collection, rev)
            await chunks.unname(collection, rev, day, connection)
    return freed


async def put_chunk(
    collection: bytes, address: bytes, content: bytes, connection: Connection, *, quota: int, day: int
) -> None:
    """Raises UnknownError, QuotaError."""
    await lock_collection(collection, connection)
    if await connection.fetchrow(_BACKUP, collection) is None:
        raise UnknownError("no such backup")
    new = await chunks.put(collection, address, content, day, connection)
    await charge(collection, new, quota, connection)


async def delete(collection: bytes, token_hash: bytes, connection: Connection) -> None:
    """All of it. The server writes over what it held when it needs the room. Raises UnknownError, WrongTokenError."""
    await lock_collection(collection, connection)
    await backup(collection, token_hash, connection)
    await _erase(collection, connection)


async def drop_chunks(collection: bytes, addresses: list[bytes], before: int, connection: Connection) -> None:
    """Those of them that no head names still, since before a day, and their room."""
    try:
        await lock_collection(collection, connection)
    except UnknownError:  # deleted meanwhile, with its chunks
        return
    await connection.execute(
        _CHARGE, collection, -await chunks.drop(collection, addresses, before, connection)
    )


async def unused(before: int, connection: Connection) -> list[bytes]:
    """Those that were last used before a month."""
    return [collection for (collection,) in await connection.fetch(_UNUSED, before)]


async def drop_unused(collection: bytes, before: int, connection: Connection) -> None:
    """All of it, where it was still last used before a month."""
    try:
        await lock_collection(collection, connection)
    except UnknownError:  # deleted meanwhile
        return
    if await connection.fetchval(_GO, collection, before) is not None:
        await _erase(collection, connection)


async def _latest(month: int, connection: Connection) -> int:
    last = await connection.fetchval(_LAST_DAY)
    return month if last is None else max(month, month_of(last))


async def _erase(collection: bytes, connection: Connection) -> None:
    for table in TABLES:
        await connection.execute(f"DELETE FROM {table} WHERE collection = $1", collection)  # noqa: S608  # our own names
