"""The buckets of a collection's heads: kept with every change of the heads, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sync.audit import MODULUS
from sync.errors import UnknownError
from sync.exchange import Cursor
from sync.stores.auditing import Shift
from sync.stores.counting import COLLECTIONS
from sync.stores.interface import Audited
from sync.stores.postgresql.driver import Connection, array, text_of


def keep(lanes: str, buckets: str, counts: str, totals: str, *, where: str = "") -> str:
    """The statement that adds to the buckets of the collection $1, with these values of its own."""
    return f"""
    INSERT INTO buckets (collection, lane, bucket, count, sum)
    SELECT $1::uuid, decode(lane, 'hex'), bucket, count, total FROM unnest(
        {array(lanes, "text")}, {array(buckets, "smallint")}, {array(counts, "bigint")}, {array(totals, "numeric")}
    ) AS shifted (lane, bucket, count, total)
    {where} ON CONFLICT (collection, lane, bucket)
    DO UPDATE SET count = buckets.count + excluded.count, sum = mod(buckets.sum + excluded.sum, {MODULUS})
    """  # noqa: S608  # our own


_KEEP = keep("$2", "$3", "$4", "$5")
_AUDIT = f"""
SELECT collections.sequence, collections.mark, bucket, sum(count)::bigint, mod(sum(sum), {MODULUS})
FROM collections LEFT JOIN buckets
ON buckets.collection = collections.collection AND ($2::bytea IS NULL OR buckets.lane = $2)
WHERE collections.collection = $1 GROUP BY collections.sequence, collections.mark, bucket
"""  # noqa: S608  # a number
_REVS = """
SELECT rev FROM entries
WHERE collection = $1 AND rev > $2 AND rev < $3 AND kind = 1 AND superseded IS NULL AND content IS NOT NULL
AND ($4::bytea IS NULL OR lane = (SELECT number FROM numbers WHERE collection = $1 AND id = $4))
ORDER BY rev LIMIT $5
"""
_HEADS = """
SELECT lane, rev FROM feed WHERE collection = $1 AND kind = 1 AND superseded IS NULL AND content IS NOT NULL
"""
# Of the tables of then.
_HEADS_BEFORE_NUMBERS = _HEADS.replace("feed", "entries")
_KEEP_BEFORE_NUMBERS = _KEEP.replace("uuid", "bytea")


def columns(rows: Sequence[tuple[bytes, int, int, int]]) -> tuple[str, str, str, str]:
    """The values that `keep` wants, of the rows of a Shift."""
    lanes, buckets, counts, totals = zip(*rows, strict=True)
    return text_of([lane.hex() for lane in lanes]), text_of(buckets), text_of(counts), text_of(totals)


async def shift(collection: bytes, by: Shift, connection: Connection) -> None:
    """Inside the transaction that changed the heads, and holds the collection."""
    await _keep(collection, by, _KEEP, connection)


async def audit(collection: bytes, lane: bytes | None, epoch: bytes, connection: Connection) -> Audited:
    """One statement, so that the sums and the cursor are of one moment. Raises UnknownError."""
    found = await connection.fetch(_AUDIT, collection, lane)
    if not found:
        raise UnknownError("no such collection")
    sequence, mark, *_ = found[0]
    sums = {bucket: (count, int(total)) for _, _, bucket, count, total in found if bucket is not None}
    return Audited(cursor=Cursor(epoch=epoch, sequence=sequence, mark=mark), sums=sums)


async def revs(
    collection: bytes,
    bounds: Sequence[tuple[bytes, bytes]],
    lane: bytes | None,
    limit: int,
    connection: Connection,
) -> list[bytes]:
    """Heads between these bounds, in order. The collection is there."""
    listed: list[bytes] = []
    for above, below in bounds:
        rows = await connection.fetch(_REVS, collection, above, below, lane, limit - len(listed))
        listed += [rev for (rev,) in rows]
        if len(listed) == limit:
            break
    return listed


async def count_all_anew(connection: Connection) -> None:
    for (collection,) in await connection.fetch(COLLECTIONS):
        await count_anew(collection, connection)


async def count_for_the_first_time(connection: Connection) -> None:
    """For a database from before there were buckets, with the rows of then."""
    for (collection,) in await connection.fetch(COLLECTIONS):
        await _count(collection, _HEADS_BEFORE_NUMBERS, _KEEP_BEFORE_NUMBERS, connection)


async def count_anew(collection: bytes, connection: Connection) -> None:
    """In the transaction that holds the collection."""
    await connection.execute("DELETE FROM buckets WHERE collection = $1", collection)
    await _count(collection, _HEADS, _KEEP, connection)


async def _count(collection: bytes, query: str, statement: str, connection: Connection) -> None:
    heads = Shift()
    async for lane, rev in connection.cursor(query, collection, prefetch=5_000):
        heads.come(lane, rev)
    await _keep(collection, heads, statement, connection)


async def _keep(collection: bytes, by: Shift, statement: str, connection: Connection) -> None:
    if rows := by.rows():
        await connection.execute(statement, collection, *columns(rows))
