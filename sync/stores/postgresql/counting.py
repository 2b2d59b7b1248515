"""Counts anew what is kept beside the entries: sums of heads, what each lane and personal backup takes up, and on which
day something last came under each content key."""

from __future__ import annotations

from functools import partial

from sync.errors import UnknownError
from sync.stores.counting import COLLECTIONS, COUNT_ANEW
from sync.stores.postgresql import auditing
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_collection

# A large collection takes its time, once.
_COUNT_SECONDS = 86_400
# Of one collection, what is said again of other rows.
DERIVED = (
    "UPDATE numbers SET day = NULL WHERE collection = $1",
    """
UPDATE numbers SET day = latest.day FROM (
    SELECT key, max(day) AS day FROM entries WHERE collection = $1 AND kind = 1 GROUP BY key
) AS latest
WHERE numbers.collection = $1 AND numbers.number = latest.key
""",
    """
UPDATE collections SET generation = (
    SELECT max(generation) FROM cards WHERE cards.programme = collections.programme
) WHERE collection = $1
""",
)
# Hubs may remember what was kept there.
_TURN = "UPDATE collections SET turn = turn + 1 WHERE collection = $1"


async def mend(address: str) -> None:
    """Beside running hubs, which store nothing in a collection while it is counted.

    address: `postgresql://…`. Raises UnavailableError.
    """
    database = await Database.open(address)
    try:
        for (collection,) in await database.read(lambda connection: connection.fetch(COLLECTIONS)):
            await database.write(partial(_count_anew, collection))
    finally:
        await database.close()


async def _count_anew(collection: bytes, connection: Connection) -> None:
    try:
        await lock_collection(collection, connection)
    except UnknownError:  # a personal backup that was deleted meanwhile
        return
    await auditing.count_anew(collection, connection)
    for statement in (*COUNT_ANEW, *DERIVED):
        await connection.execute(statement, collection, timeout=_COUNT_SECONDS)
    await connection.execute(_TURN, collection)
