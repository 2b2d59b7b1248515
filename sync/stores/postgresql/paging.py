"""What is read from the feed: packets and heads above a cursor."""

from __future__ import annotations

from operator import itemgetter

from sync.errors import EpochChangedError, UnknownError
from sync.exchange import Cursor, start_of
from sync.stores.contents import whole
from sync.stores.interface import Page
from sync.stores.postgresql.driver import Connection
from sync.stores.sorting import PACKET

_KIND = 6
# Of a collection's own row, from which alone is told who is up to date.
STAND = "sequence, mark, confirmed, greatest(confirmed, backed_up), generation"
# One statement sees one moment: where the collection stands, whose row has no kind, and what is in the page. The first
# row comes however large it is, and one more than there is room for: that there is more. What is kept is never larger
# than what travels, so that no row is left out that has room. A content key comes with the first row of it, and where
# the row before has another one. ROWS: each number is there once, and by itself the server would look for equals.
_PAGE = f"""
SELECT {STAND}, (SELECT rev FROM entries WHERE entries.collection = $1 AND entries.sequence = $2) AS record,
    NULL::smallint AS kind, NULL::integer AS key, NULL::bytea AS id, NULL::bytea AS content
FROM collections WHERE collection = $1
UNION ALL (
    SELECT sequence, rev, NULL, NULL, NULL, record, kind, key, CASE WHEN has_other_key THEN (
        SELECT id FROM numbers WHERE collection = $1 AND number = counted.key
    ) END, content
    FROM (
        SELECT *, sum(octet_length(content)) OVER page - octet_length(content) AS before, row_number() OVER page AS row,
            lag(key) OVER page IS DISTINCT FROM key AS has_other_key
        FROM (
            SELECT sequence, rev, kind, record, key, content FROM entries AS entry
            WHERE collection = $1 AND sequence > $2 AND superseded IS NULL AND content IS NOT NULL {{which}}
            ORDER BY sequence LIMIT $3
        ) AS wanted WINDOW page AS (ORDER BY sequence ROWS UNBOUNDED PRECEDING)
    ) AS counted
    WHERE before <= $4 OR row = 2 ORDER BY sequence
)
"""  # noqa: S608  # our own
_NUMBER = "(SELECT number FROM numbers WHERE collection = $1 AND id = {id})"
_LANE = f"AND lane = {_NUMBER.format(id='${lane}')}"
_RECIPIENT = "AND (kind = 1 OR recipient IS NULL OR recipient = ${recipient})"


def needed(row: str, since: str) -> str:
    """Whether a row's key opens a head that came since a day: its own day mostly tells that it does not. Where it may,
    its heads are among the latest of its owner's lane (a packet may be in another, of a device that has moved since);
    all are looked through only where revisions under other keys replaced all of its."""
    return f"""(
    SELECT (
        SELECT true FROM entries AS body
        WHERE body.collection = {row}.collection AND body.lane = (
            SELECT lanes.number FROM keys
            JOIN numbers AS lanes ON lanes.collection = keys.collection AND lanes.id = keys.lane
            WHERE keys.collection = {row}.collection AND keys.key = named.id
        ) AND body.superseded IS NULL AND body.key = {row}.key AND body.kind = 1 AND body.content IS NOT NULL
        AND body.day >= {since}
        ORDER BY body.sequence DESC LIMIT 1
    ) FROM numbers AS named
    WHERE named.collection = {row}.collection AND named.number = {row}.key AND named.day >= {since}
)"""  # noqa: S608  # our own


# A device gets nothing back that it is to forget: neither the bodies nor what would open them.
_SINCE = "AND (day >= ${since} OR (kind = 0 AND " + needed("entry", "${since}") + "))"
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
    which, values = _which(lane, since, recipient)
    bounds = (collection, start.sequence, limit + 1, size_bytes)
    rows = await connection.fetch(_PAGE.format(which=which), *bounds, *values)
    stand = next((row for row in rows if row[_KIND] is None), None)
    if stand is None:
        raise UnknownError("no such collection")
    last, mark, confirmed, safe, generation, rev_there, *_ = stand
    at_start = rev_there[:8] if rev_there else bytes(8)
    if (start.epoch, start.mark) != (epoch, at_start) or start.sequence > last:
        raise EpochChangedError
    entries = sorted((row for row in rows if row is not stand), key=itemgetter(0))
    packets: list[bytes] = []
    revisions: list[bytes] = []
    keys: dict[int, bytes] = {}
    end, left, more = (start.sequence, start.mark), size_bytes, len(entries) > limit
    for sequence, rev, _, _, _, record, kind, number, key, kept in entries[:limit]:
        if key is not None:
            keys[number] = key
        content = kept if kind == PACKET else whole(record, keys[number], kept)
        left -= len(content)
        if left < 0 and (packets or revisions):
            more = True
            break
        (packets if kind == PACKET else revisions).append(content)
        end = (sequence, rev[:8])
    sequence, mark = end if more else (last, mark)
    return Page(
        cursor=Cursor(epoch=epoch, sequence=sequence, mark=mark),
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
    """Conditions, and the values that they want from the fifth on."""
    conditions = ""
    values: list[bytes | int] = []
    if lane is not None:
        values.append(lane)
        conditions += _LANE.format(lane=4 + len(values))
    if since is not None:
        values.append(since)
        conditions += (_ALL_SINCE if lane is None else _SINCE).format(since=4 + len(values))
    if recipient is not None:
        values.append(recipient)
        conditions += _RECIPIENT.format(recipient=4 + len(values))
    return conditions, values
