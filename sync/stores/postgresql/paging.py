"""What is read from the feed: packets and heads above a cursor."""

from __future__ import annotations

from sync.errors import EpochChangedError, UnknownError
from sync.exchange import Cursor, start_of
from sync.stores.contents import whole
from sync.stores.interface import Page
from sync.stores.postgresql.driver import Connection
from sync.stores.sorting import PACKET

# Of a collection's own row, from which alone is told who is up to date.
STAND = """sequence, mark, confirmed, greatest(confirmed, backed_up),
    (SELECT max(generation) FROM cards WHERE cards.programme = collections.programme)"""
# One statement sees one moment.
_COLLECTION = f"""
SELECT {STAND},
    (SELECT rev FROM entries WHERE entries.collection = $1 AND entries.sequence = $2)
FROM collections WHERE collection = $1
"""  # noqa: S608  # our own
# Up to the number that the statement above saw. What was superseded or dropped since is not in the page, and what
# superseded it is in the next. The first row comes however large it is, and one more than there is room for: that
# there is more. What is kept is never larger than what travels, so that no row is left out that has room.
# A content key comes with the first row of it, and where the row before has another one.
_PAGE = """
SELECT sequence, rev, kind, record, key,
    CASE WHEN has_other_key THEN (SELECT id FROM numbers WHERE collection = $1 AND number = counted.key) END, content
FROM (
    SELECT *, sum(octet_length(content)) OVER page - octet_length(content) AS before, row_number() OVER page AS row,
        lag(key) OVER page IS DISTINCT FROM key AS has_other_key
    FROM (
        SELECT sequence, rev, kind, record, key, content FROM entries AS entry
        WHERE collection = $1 AND sequence > $2 AND sequence <= $3
        AND superseded IS NULL AND content IS NOT NULL {which}
        ORDER BY sequence LIMIT $4
    ) AS wanted WINDOW page AS (ORDER BY sequence)
) AS counted
WHERE before <= $5 OR row = 2 ORDER BY sequence
"""
_NUMBER = "(SELECT number FROM numbers WHERE collection = $1 AND id = {id})"
_LANE = f"AND lane = {_NUMBER.format(id='${lane}')}"
_RECIPIENT = "AND (kind = 1 OR recipient IS NULL OR recipient = ${recipient})"
# A device gets nothing back that it is to forget: neither the bodies nor what would open them.
_SINCE = """
AND (day >= ${since} OR (kind = 0 AND EXISTS (
    SELECT 1 FROM entries AS body
    WHERE body.collection = entry.collection AND body.key = entry.key AND body.kind = 1
    AND body.content IS NOT NULL AND body.superseded IS NULL AND body.day >= ${since}
)))
"""
_ALL_SINCE = "AND (kind = 0 OR day >= ${since})"
# One rev after the other, whatever a plan made while the table was empty takes for cheaper.
_HELD = f"""
SELECT rev FROM unnest($2::bytea[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT rev FROM entries WHERE collection = $1 AND rev = asked.id
    AND ($3::bytea IS NULL OR lane = {_NUMBER.format(id="$3")}) OFFSET 0
) AS entries WHERE NOT EXISTS (
    SELECT FROM naming LEFT JOIN chunks ON chunks.collection = $1 AND chunks.address = naming.address
    WHERE naming.collection = $1 AND naming.rev = entries.rev AND chunks.address IS NULL
)
UNION SELECT rev FROM superseded WHERE collection = $1 AND rev = ANY ($2) AND ($3::bytea IS NULL OR lane = $3)
"""  # noqa: S608  # our own


async def page(
    collection: bytes,
    after: Cursor | None,
    connection: Connection,
    *,
    lane: bytes | None,
    limit: int,
    size_bytes: int,
    since: int | None,
    recipient: bytes | None,
    epoch: bytes,
) -> Page:
    """Raises UnknownError, EpochChangedError."""
    start = after or start_of(epoch)
    found = await connection.fetchrow(_COLLECTION, collection, start.sequence)
    if found is None:
        raise UnknownError("no such collection")
    last, mark, confirmed, safe, generation, rev_there = found
    at_start = rev_there[:8] if rev_there else bytes(8)
    if (start.epoch, start.mark) != (epoch, at_start) or start.sequence > last:
        raise EpochChangedError
    packets: list[bytes] = []
    revisions: list[bytes] = []
    cursor, left, more = start, size_bytes, False
    if start.sequence < last:
        which, values = _which(lane, since, recipient)
        query = _PAGE.format(which=which)
        bounds = (collection, start.sequence, last, limit + 1, size_bytes)
        keys: dict[int, bytes] = {}
        for sequence, rev, kind, record, number, key, kept in await connection.fetch(query, *bounds, *values):
            if key is not None:
                keys[number] = key
            content = kept if kind == PACKET else whole(record, keys[number], kept)
            left -= len(content)
            if (left < 0 and cursor is not start) or len(packets) + len(revisions) == limit:
                more = True
                break
            (packets if kind == PACKET else revisions).append(content)
            cursor = Cursor(epoch=epoch, sequence=sequence, mark=rev[:8])
    return Page(
        cursor=cursor if more else Cursor(epoch=epoch, sequence=last, mark=mark),
        more=more,
        packets=packets,
        revisions=revisions,
        safe=safe,
        confirmed=confirmed,
        generation=generation,
    )


async def missing(
    collection: bytes, revs: list[bytes], lane: bytes | None, connection: Connection
) -> list[bytes]:
    """Neither held, with all chunks, nor superseded in the lane, in the order asked."""
    held = {rev for (rev,) in await connection.fetch(_HELD, collection, revs, lane)}
    return [rev for rev in revs if rev not in held]


def _which(lane: bytes | None, since: int | None, recipient: bytes | None) -> tuple[str, list[bytes | int]]:
    """Conditions, and the values that they want from the sixth on."""
    conditions = ""
    values: list[bytes | int] = []
    if lane is not None:
        values.append(lane)
        conditions += _LANE.format(lane=5 + len(values))
    if since is not None:
        values.append(since)
        conditions += (_ALL_SINCE if lane is None else _SINCE).format(since=5 + len(values))
    if recipient is not None:
        values.append(recipient)
        conditions += _RECIPIENT.format(recipient=5 + len(values))
    return conditions, values
