"""What is there of all that pushes name, by one question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.errors import UnknownError
from sync.exchange import Cursor
from sync.stores.interface import COMMON_LANE, Arrival
from sync.stores.postgresql.driver import Connection


def each(table: str, column: str, asked: str) -> str:
    """What a table has of the ids in a parameter: by its index, one after the other, whatever a plan made while the
    table was empty takes for cheaper."""
    return f"""
FROM unnest({asked}::bytea[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM {table} WHERE {table}.collection = $1 AND {table}.{column} = asked.id OFFSET 0
) AS {table}"""  # noqa: S608  # our own


# A round trip costs more than most answers.
_LOOK = f"""
SELECT 0, mark, NULL::bytea, (SELECT lane FROM superseded WHERE collection = $1 LIMIT 1),
    coalesce(current_setting('synchronous_standby_names', true), '') <> '',
    sequence, greatest(confirmed, backed_up), turn
FROM collections WHERE collection = $1
UNION ALL
SELECT 1, rev, NULL, NULL, content IS NULL AND superseded IS NULL, 0, 0, 0 {each("entries", "rev", "$2")}
UNION ALL
SELECT 2, key, owner, lane, false, (
    SELECT number FROM numbers WHERE numbers.collection = $1 AND numbers.id = keys.lane
), 0, 0 {each("keys", "key", "$3")}
UNION ALL
SELECT 3, numbers.id, NULL, NULL, day IS NOT NULL, number, coalesce(day, 0), 0 {each("numbers", "id", "$3")}
UNION ALL
(SELECT 4, NULL, NULL, NULL, false, number, 0, 0 FROM numbers WHERE collection = $1 ORDER BY number DESC LIMIT 1)
UNION ALL
SELECT 5, lane, NULL, NULL, false, used, 0, 0 {each("held", "lane", "$4")}
UNION ALL
SELECT 6, rev, lane, record, false, 0, 0, 0 {each("superseded", "rev", "$2")}
WHERE EXISTS (SELECT FROM superseded AS any_at_all WHERE any_at_all.collection = $1)
"""  # noqa: S608  # our own
_LOOK_FURTHER = f"""
UNION ALL
SELECT 6, rev, lane, record, false, 0, 0, 0 {each("superseded", "rev", "$5")}
UNION ALL
SELECT 7, rev, NULL, record, content IS NOT NULL, (superseded IS NULL)::int, lane, 0 {each("entries", "rev", "$5")}
UNION ALL
SELECT 8, address, NULL, NULL, false, 0, 0, 0 {each("chunks", "address", "$6")}
"""

WARY = 8
"""Looks. Where processes take turns at a collection, or what comes is known, what is sent in vain costs more."""


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
    numbers: of lanes and keys; last_number: the highest in the collection. days: of keys, the last on which something
    came under them. replaced: what the pushes supersede; entries: what is there, or comes, of that. lacks: whether any
    rev counts as superseded that never was here.

    is_fresh: not what an earlier push left. wary: how many looks have to find that nobody came between before what is
    left is relied on.
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
    held: dict[bytes, int] = field(default_factory=dict[bytes, int])
    numbers: dict[bytes, int] = field(default_factory=dict[bytes, int])
    days: dict[bytes, int] = field(default_factory=dict[bytes, int])
    last_number: int = 0
    lacks: bool = False
    is_fresh: bool = True
    wary: int = 0

    def follow(self, left: Look | None) -> None:
        """Takes over what an earlier push left of the collection, where nobody came between."""
        if left is None:
            return
        if (left.turn, left.cursor) != (self.turn, self.cursor):
            self.wary = WARY
            return
        self.wary = max(left.wary - 1, 0)
        left.owners.update(self.owners)
        left.held.update(self.held)
        left.numbers.update(self.numbers)
        left.days.update(self.days)
        self.owners, self.held = left.owners, left.held
        self.numbers, self.days = left.numbers, left.days

    def left(self) -> Look:
        """What stays true of the collection after a push, until somebody else changes it."""
        return Look(
            self.cursor,
            self.safe,
            self.turn,
            self.has_standbys,
            owners=self.owners,
            held=self.held,
            numbers=self.numbers,
            days=self.days,
            last_number=self.last_number,
            lacks=self.lacks,
            is_fresh=False,
            wary=self.wary,
        )

    def answers(self, arrival: Arrival) -> bool:
        """Whether it says all that a push needs to know, but for whether its revisions are there. One that supersedes,
        or names packets or chunks, has more to ask."""
        return (
            not arrival.packets
            and arrival.quota is None
            and (arrival.room is None or (arrival.lane or COMMON_LANE) in self.held)
            and not any(revision.supersedes or revision.chunks for revision in arrival.revisions)
            and all(map(self._knows, {revision.key for revision in arrival.revisions}))
        )

    def _knows(self, key: bytes) -> bool:
        owner = self.owners.get(key)
        return owner is not None and key in self.numbers and owner[1] in self.numbers


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
    for lane in question[2]:
        looked.held.setdefault(lane, 0)
    return looked


def _looked(rows: Iterable[Any], epoch: bytes) -> Look:
    """Raises UnknownError."""
    looks = [
        Look(
            Cursor(epoch=epoch, sequence=sequence, mark=mark),
            safe,
            turn,
            has_standbys,
            lacks=never_here is not None,
        )
        for what, mark, _, never_here, has_standbys, sequence, safe, turn in rows
        if what == 0
    ]
    if not looks:
        raise UnknownError("no such collection")
    seen = looks[0]
    seen.days = {name: day for what, name, _, _, has_day, _, day, _ in rows if what == 3 and has_day}
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
