"""What is there of all that pushes name, by one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.errors import UnknownError
from sync.exchange import Cursor
from sync.stores.interface import COMMON_LANE, Arrival
from sync.stores.postgresql.driver import Connection


def _each(table: str, column: str, asked: str) -> str:
    """What a table has of the ids in a parameter: by its index, one after the other, whatever a plan made while the
    table was empty takes for cheaper."""
    return f"""
FROM unnest({asked}::bytea[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM {table} WHERE {table}.collection = $1 AND {table}.{column} = asked.id OFFSET 0
) AS {table}"""  # noqa: S608  # our own


# A round trip costs more than most answers.
_LOOK = f"""
SELECT 0, mark, NULL::bytea, NULL::bytea, coalesce(current_setting('synchronous_standby_names', true), '') <> '',
    sequence, greatest(confirmed, backed_up), turn
FROM collections WHERE collection = $1
UNION ALL
SELECT 1, rev, NULL, NULL, content IS NULL AND superseded IS NULL, 0, 0, 0 {_each("entries", "rev", "$2")}
UNION ALL
SELECT 2, key, owner, lane, false, (
    SELECT number FROM numbers WHERE numbers.collection = $1 AND numbers.id = keys.lane
), 0, 0 {_each("keys", "key", "$3")}
UNION ALL
SELECT 3, numbers.id, NULL, NULL, false, number, 0, 0 {_each("numbers", "id", "$3")}
UNION ALL
(SELECT 4, NULL, NULL, NULL, false, number, 0, 0 FROM numbers WHERE collection = $1 ORDER BY number DESC LIMIT 1)
UNION ALL
SELECT 5, lane, NULL, NULL, false, used, 0, 0 {_each("held", "lane", "$4")}
UNION ALL
SELECT 6, rev, lane, record, false, 0, 0, 0 {_each("superseded", "rev", "$2")}
WHERE EXISTS (SELECT FROM superseded AS any_at_all WHERE any_at_all.collection = $1)
"""  # noqa: S608  # our own
_LOOK_FURTHER = f"""
UNION ALL
SELECT 6, rev, lane, record, false, 0, 0, 0 {_each("superseded", "rev", "$5")}
UNION ALL
SELECT 7, rev, NULL, record, content IS NOT NULL, (superseded IS NULL)::int, lane, 0 {_each("entries", "rev", "$5")}
UNION ALL
SELECT 8, address, NULL, NULL, false, 0, 0, 0 {_each("chunks", "address", "$6")}
"""

Replaced = tuple[bytes, bytes, bytes]
"""Rev, lane and record of what a revision supersedes."""


class Entry(NamedTuple):
    """An entry that somebody supersedes. lane: its number. is_head: it was not superseded before."""

    lane: int
    record: bytes
    has_body: bool
    is_head: bool


@dataclass
class Look:
    """What is there of all that pushes name; each push that is sorted adds what it will store.

    has_standbys: whether commits wait for another server. gone: what is superseded by what is there or comes;
    never_had: of that, what is kept as never having been here. chunks: those that are there. held: bytes, by lane.
    numbers: of lanes and keys; last_number: the highest in the collection. replaced: what the pushes supersede;
    entries: what is there, or comes, of that.
    """

    cursor: Cursor
    safe: int
    turn: int
    has_standbys: bool
    known: set[bytes] = field(default_factory=set[bytes])
    bodiless: set[bytes] = field(default_factory=set[bytes])
    owners: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict[bytes, tuple[bytes, bytes]])
    gone: set[Replaced] = field(default_factory=set[Replaced])
    never_had: set[Replaced] = field(default_factory=set[Replaced])
    replaced: set[bytes] = field(default_factory=set[bytes])
    entries: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    chunks: set[bytes] = field(default_factory=set[bytes])
    held: Counter[bytes] = field(default_factory=Counter[bytes])
    numbers: dict[bytes, int] = field(default_factory=dict[bytes, int])
    last_number: int = 0


async def look(collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection) -> Look:
    packets = [packet for arrival in arrivals for packet in arrival.packets]
    revisions = [revision for arrival in arrivals for revision in arrival.revisions]
    revs = [revision.rev for revision in revisions]
    replaced = {rev for revision in revisions for rev in revision.supersedes}
    chunks = {address for revision in revisions for address in revision.chunks}
    question = [
        [*(packet.id for packet in packets), *revs],
        list(
            {packet.key for packet in packets}
            | {packet.lane for packet in packets}
            | {revision.key for revision in revisions}
            | {COMMON_LANE}
        ),
        # A worker's: its own lane of contacts, or what all have elsewhere.
        list({arrival.lane or COMMON_LANE for arrival in arrivals if arrival.room is not None}),
    ]
    if replaced or chunks:
        rows = await connection.fetch(
            _LOOK + _LOOK_FURTHER, collection, *question, list(replaced), list(chunks)
        )
    else:
        rows = await connection.fetch(_LOOK, collection, *question)
    looked = _looked(rows, epoch)
    looked.replaced = replaced
    return looked


def _looked(rows: Iterable[Any], epoch: bytes) -> Look:
    """Raises UnknownError."""
    looks = [
        Look(Cursor(epoch=epoch, sequence=sequence, mark=mark), safe, turn, has_standbys)
        for what, mark, _, _, has_standbys, sequence, safe, turn in rows
        if what == 0
    ]
    if not looks:
        raise UnknownError("no such collection")
    seen = looks[0]
    for what, name, second, third, flag, number, lane, _ in rows:
        if what == 1:
            seen.known.add(name)
            if flag:
                seen.bodiless.add(name)
        elif what == 2:
            seen.owners[name] = (second, third)
            if number is not None:
                seen.numbers[third] = number
        elif what == 3:
            seen.numbers[name] = number
        elif what == 4:
            seen.last_number = number
        elif what == 5:
            seen.held[name] = number
        elif what == 6:
            seen.gone.add((name, second, third))
            seen.never_had.add((name, second, third))
        elif what == 7:
            seen.entries[name] = Entry(lane, third, has_body=flag, is_head=bool(number))
        elif what == 8:
            seen.chunks.add(name)
    return seen
