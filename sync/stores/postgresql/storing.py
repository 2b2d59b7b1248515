"""What pushes come to, written by one statement that holds only where nobody came between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, chain
from typing import Any

from sync.exchange import Cursor
from sync.stores.auditing import Shift
from sync.stores.contents import recipient_of
from sync.stores.postgresql import auditing
from sync.stores.postgresql.driver import Connection, text_of
from sync.stores.postgresql.locking import lock_collection
from sync.stores.postgresql.looking import Look, Replaced, each
from sync.stores.sorting import PACKET, Row

ASKED = 16
"""Revs of a push that came without a look."""
STATEMENTS = 128
"""Forms that are kept: which parts there are, and which values are sent once."""
COLUMNS = {
    "kind": "smallint",
    "lane": "integer",
    "key": "integer",
    "day": "integer",
    "recipient": "bytea",
    "superseded": "integer",
}
"""Those that rows often have in common, and their types."""
NO_RECORD = bytes(16)
NAMES_BYTES = 48
"""Of a rev and a record, before each content."""

# Parts of one statement, of which most pushes need the first four. {0} and so on: which value.
_ADVANCED = """
UPDATE collections SET sequence = {0}, mark = {1}, turn = turn + 1
WHERE collection = $1 AND turn = {2} RETURNING turn, greatest(confirmed, backed_up) AS safe
"""
# Without a look just before: nor is any of these revs there. The cursor too, should the database have been put back.
# And the tokens are of devices with these certificates, each asked for by its index.
_ADVANCED_UNLOOKED = f"""
UPDATE collections SET sequence = {{0}}, mark = {{1}}, turn = turn + 1
WHERE collection = $1 AND turn = {{2}} AND sequence = {{3}} AND mark = {{4}}
AND NOT EXISTS (SELECT {each("entries", "rev", "{5}")}) AND NOT EXISTS (SELECT {each("superseded", "rev", "{6}")})
AND NOT EXISTS (
    SELECT FROM unnest({{7}}::bytea[], {{8}}::bytea[]) AS shown (hash, certificate)
    WHERE shown.certificate IS DISTINCT FROM (
        SELECT certificates.certificate FROM tokens JOIN certificates USING (programme, device)
        WHERE tokens.hash = shown.hash AND NOT tokens.provisional
    )
)
RETURNING turn, greatest(confirmed, backed_up) AS safe
"""  # noqa: S608  # our own
# {1} is all that differs from row to row, one after the other, so that the server takes it in once: as columns it would
# be copied into arrays, out of them, and into a table for a while. A packet has no record.
_KEPT = """
INSERT INTO entries (collection, sequence, rev, record, content, {columns})
SELECT $1::uuid, {{0}}::bigint + given.number, substr({{1}}::bytea, given.start, 32),
    CASE WHEN {kind} = 1 THEN substr({{1}}::bytea, given.start + 32, 16) END,
    substr({{1}}::bytea, given.start + 48, given.length), {values}
FROM unnest({{2}}::text::integer[], {{3}}::text::integer[]{arrays})
    WITH ORDINALITY AS given (start, length, {given}number)
WHERE EXISTS (SELECT FROM advanced)
"""
_NUMBERED = """
INSERT INTO numbers (collection, number, id, day)
SELECT $1::uuid, * FROM unnest({0}::integer[], {1}::bytea[], {2}::integer[]) WHERE EXISTS (SELECT FROM advanced)
"""
_DATED = """
UPDATE numbers SET day = given.day FROM (
    SELECT $1::uuid AS collection, * FROM unnest({0}::integer[], {1}::integer[]) AS given (number, day) OFFSET 0
) AS given WHERE numbers.collection = given.collection AND numbers.number = given.number
AND (numbers.day IS NULL OR numbers.day < given.day) AND EXISTS (SELECT FROM advanced)
"""
_GROWN = """
INSERT INTO held (collection, lane, used)
SELECT $1::uuid, * FROM unnest({0}::bytea[], {1}::bigint[]) WHERE EXISTS (SELECT FROM advanced)
ON CONFLICT (collection, lane) DO UPDATE SET used = held.used + excluded.used
"""
_SHIFTED = auditing.keep("{0}", "{1}", "{2}", "{3}", where="WHERE EXISTS (SELECT FROM advanced)")
_OWNED = """
INSERT INTO keys (collection, key, owner, lane)
SELECT $1::uuid, * FROM unnest({0}::bytea[], {1}::bytea[], {2}::bytea[]) WHERE EXISTS (SELECT FROM advanced)
"""
# The collection in the list, and the OFFSET, which keeps the list together, leave the planner nothing but to find each
# by its rev, where it would else go through all of a collection that it takes for empty.
_SUPERSEDED = """
UPDATE entries SET superseded = gone.day FROM (
    SELECT $1::uuid AS collection, * FROM unnest({0}::bytea[], {1}::integer[]) AS given (rev, day) OFFSET 0
) AS gone WHERE entries.collection = gone.collection AND entries.rev = gone.rev AND EXISTS (SELECT FROM advanced)
"""
_NEVER_HAD = """
INSERT INTO superseded (collection, rev, lane, record)
SELECT $1::uuid, * FROM unnest({0}::bytea[], {1}::bytea[], {2}::bytea[]) WHERE EXISTS (SELECT FROM advanced)
"""


@dataclass
class Change:
    """What pushes come to, all together. before: where the collection stood. shown: certificates, by the hash of a
    token. numbered: lanes and keys that had no number. days: of keys whose last day it is. superseded: the day, by rev.
    grown: bytes, by lane; charged: of a backup."""

    before: Cursor
    shown: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    rows: list[Row] = field(default_factory=list[Row])
    numbered: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    days: dict[bytes, int] = field(default_factory=dict[bytes, int])
    owned: list[Replaced] = field(default_factory=list[Replaced])
    superseded: dict[bytes, int] = field(default_factory=dict[bytes, int])
    never_had: list[Replaced] = field(default_factory=list[Replaced])
    shift: Shift = field(default_factory=Shift)
    grown: Counter[bytes] = field(default_factory=Counter[bytes])
    charged: int = 0


async def store(collection: bytes, seen: Look, change: Change, connection: Connection) -> bool:
    """False: the collection is not any more what it was at the look, and nothing is stored. Else `seen` is what it is
    now."""
    parts: list[tuple[str, str, tuple[Any, ...]]] = [("advanced", *_advanced(seen, change))]
    if change.rows:
        parts.append(("kept", *_kept(seen, change)))
    if change.numbered:
        numbered = [(number, each, change.days.pop(each, None)) for number, each in change.numbered]
        parts.append(("numbered", _NUMBERED, tuple(zip(*numbered, strict=True))))
    if change.days:
        dated = ([seen.numbers[key] for key in change.days], list(change.days.values()))
        parts.append(("dated", _DATED, dated))
    if change.grown:
        parts.append(("grown", _GROWN, (list(change.grown.keys()), list(change.grown.values()))))
    if shifted := change.shift.rows():
        parts.append(("shifted", _SHIFTED, auditing.columns(shifted)))
    if change.owned:
        parts.append(("owned", _OWNED, tuple(zip(*change.owned, strict=True))))
    new = {row[2] for row in change.rows} if change.superseded else ()
    superseded = {rev: day for rev, day in change.superseded.items() if rev not in new}
    if superseded:
        parts.append(("superseding", _SUPERSEDED, (list(superseded.keys()), list(superseded.values()))))
    if change.never_had:
        parts.append(("never_had", _NEVER_HAD, tuple(zip(*change.never_had, strict=True))))
    if len(parts) == 1:
        if seen.has_standbys:
            # What is known may be on this server's disk alone, of a commit that nobody was told of. A lock is written
            # to the log, so that its end waits until the standbys have all that comes before.
            await lock_collection(collection, connection)
        return True
    values = [value for _, _, wanted in parts for value in wanted]
    statement = _statement(tuple((name, template, len(wanted)) for name, template, wanted in parts))
    row = await connection.fetchrow(statement, collection, *values)
    if row is None:
        return False
    seen.turn, seen.safe = row
    for lane in seen.held.keys() & change.grown.keys():
        seen.held[lane] += change.grown[lane]
    seen.lacks = seen.lacks or bool(change.never_had)
    return True


@lru_cache(maxsize=STATEMENTS)
def _statement(parts: tuple[tuple[str, str, int], ...]) -> str:
    """Of names and templates, each with how many values it wants."""
    steps: list[str] = []
    used = 1
    for name, template, wanted in parts:
        numbers = [f"${used + 1 + number}" for number in range(wanted)]
        steps.append(f"{name} AS ({template.format(*numbers)})")
        used += wanted
    return f"WITH {', '.join(steps)} SELECT turn, safe FROM advanced"  # noqa: S608  # our own


def _advanced(seen: Look, change: Change) -> tuple[str, tuple[Any, ...]]:
    """The part that holds only where the collection is what `seen` says, and its values."""
    values = (seen.cursor.sequence, seen.cursor.mark, seen.turn)
    if seen.is_fresh:
        return _ADVANCED, values
    revs = [row[2] for row in change.rows]
    # A push that comes again, whole, is found by a few; of any other the index of revs refuses the first that is there.
    some = revs if len(revs) <= ASKED else [*revs[:: len(revs) // ASKED], revs[-1]]
    before, shown = change.before, change.shown
    # An empty list takes the driver longer than none.
    asked = (some, revs if seen.lacks else None, list(shown.keys()) or None, list(shown.values()) or None)
    return _ADVANCED_UNLOOKED, (*values, before.sequence, before.mark, *asked)


def _kept(seen: Look, change: Change) -> tuple[str, tuple[Any, ...]]:
    """The part that stores the rows, and its values. A value that all of them have is sent once, and not in a column of
    a thousand: of what a phone sends, only names and contents differ."""
    _, sequences, revs, kinds, lanes, keys, records, days, contents = zip(*change.rows, strict=True)
    columns: dict[str, Sequence[Any]] = {
        "kind": kinds,
        "lane": [seen.numbers[lane] for lane in lanes],
        "key": [seen.numbers[key] for key in keys],
        "day": days,
        "recipient": [recipient_of(row[8]) if row[3] == PACKET else None for row in change.rows],
        "superseded": [change.superseded.get(rev) for rev in revs],
    }
    same = tuple(len(set(column)) == 1 for column in columns.values())
    values = [column[0] if once else column for once, column in zip(same, columns.values(), strict=True)]
    lengths = [len(content) for content in contents]
    starts = accumulate((NAMES_BYTES + length for length in lengths[:-1]), initial=1)
    named = [record or NO_RECORD for record in records]
    if set(map(len, revs)) != {32} or set(map(len, named)) != {16}:
        raise ValueError("a rev has 32 bytes, and a record 16")
    together = b"".join(chain.from_iterable(zip(revs, named, contents, strict=True)))
    return _kept_by(same), (sequences[0] - 1, together, text_of(starts), text_of(lengths), *values)


@lru_cache(maxsize=STATEMENTS)
def _kept_by(same: tuple[bool, ...]) -> str:
    """same: which columns have one value for all rows."""
    places = [f"{{{number}}}::{kind}" for number, kind in enumerate(COLUMNS.values(), 4)]
    varied = {name: f"{place}[]" for name, place, once in zip(COLUMNS, places, same, strict=True) if not once}
    selected = {
        name: place if once else f"given.{name}"
        for name, place, once in zip(COLUMNS, places, same, strict=True)
    }
    return _KEPT.format(
        columns=", ".join(COLUMNS),
        kind=selected["kind"],
        values=", ".join(selected.values()),
        arrays="".join(f", {array}" for array in varied.values()),
        given="".join(f"{name}, " for name in varied),
    )
