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

# A round trip costs more than most answers.
_LOOK = """
SELECT 0, mark, NULL::bytea, NULL::bytea, coalesce(current_setting('synchronous_standby_names', true), '') <> '',
    sequence, greatest(confirmed, backed_up), turn
FROM collections WHERE collection = $1
UNION ALL
SELECT 1, rev, NULL, NULL, content IS NULL AND superseded IS NULL, 0, 0, 0
FROM entries WHERE collection = $1 AND rev = ANY ($2)
UNION ALL
SELECT 2, key, owner, lane, false, 0, 0, 0 FROM keys WHERE collection = $1 AND key = ANY ($3)
UNION ALL
SELECT 3, lane, NULL, NULL, false, used, 0, 0 FROM held WHERE collection = $1 AND lane = ANY ($4)
UNION ALL
SELECT 4, rev, lane, record, false, 0, 0, 0 FROM superseded WHERE collection = $1 AND rev = ANY ($5)
"""
_LOOK_FURTHER = """
UNION ALL
SELECT 5, rev, lane, record, content IS NOT NULL, (superseded IS NULL)::int, 0, 0
FROM entries WHERE collection = $1 AND rev = ANY ($6)
UNION ALL
SELECT 6, address, NULL, NULL, false, 0, 0, 0 FROM chunks WHERE collection = $1 AND address = ANY ($7)
"""

Replaced = tuple[bytes, bytes, bytes]
"""Rev, lane and record of what a revision supersedes."""


class Entry(NamedTuple):
    """An entry that somebody supersedes. is_head: it was not superseded before."""

    lane: bytes
    record: bytes
    has_body: bool
    is_head: bool


@dataclass
class Look:
    """What is there of all that pushes name; each push that is sorted adds what it will store.

    has_standbys: whether commits wait for another server. gone: what is superseded by what is there or comes;
    never_had: of that, what is kept as never having been here. chunks: those that are there. held: bytes, by lane.
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
    entries: dict[bytes, Entry] = field(default_factory=dict[bytes, Entry])
    chunks: set[bytes] = field(default_factory=set[bytes])
    held: Counter[bytes] = field(default_factory=Counter[bytes])


async def look(collection: bytes, arrivals: list[Arrival], epoch: bytes, connection: Connection) -> Look:
    packets = [packet for arrival in arrivals for packet in arrival.packets]
    revisions = [revision for arrival in arrivals for revision in arrival.revisions]
    revs = [revision.rev for revision in revisions]
    replaced = {rev for revision in revisions for rev in revision.supersedes}
    chunks = {address for revision in revisions for address in revision.chunks}
    question = [
        [*(packet.id for packet in packets), *revs],
        list({packet.key for packet in packets} | {revision.key for revision in revisions}),
        # A worker's: its own lane of contacts, or what all have elsewhere.
        list({arrival.lane or COMMON_LANE for arrival in arrivals if arrival.room is not None}),
        [*revs, *replaced],
    ]
    if replaced or chunks:
        rows = await connection.fetch(
            _LOOK + _LOOK_FURTHER, collection, *question, list(replaced), list(chunks)
        )
    else:
        rows = await connection.fetch(_LOOK, collection, *question)
    return _looked(rows, epoch)


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
    for what, name, second, third, flag, number, _, _ in rows:
        if what == 1:
            seen.known.add(name)
            if flag:
                seen.bodiless.add(name)
        elif what == 2:
            seen.owners[name] = (second, third)
        elif what == 3:
            seen.held[name] = number
        elif what == 4:
            seen.gone.add((name, second, third))
            seen.never_had.add((name, second, third))
        elif what == 5:
            seen.entries[name] = Entry(second, third, has_body=flag, is_head=bool(number))
        elif what == 6:
            seen.chunks.add(name)
    return seen
