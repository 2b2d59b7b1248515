"""What lanes and content keys are called in the feed: a small number each, in every collection from 1 on. Beside it, of
a key, the last day on which a revision came under it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Set
from typing import NamedTuple

CREATE_COLLECTION = """
INSERT INTO collections (collection, programme, name, number)
SELECT ?, ?, ?, coalesce(max(number), 0) + 1 FROM collections
"""
NUMBER = "SELECT number FROM collections WHERE collection = ?"
# A join, and not IN, for which SQLite would go through all numbers of the collection.
_NUMBERS = """
WITH asked (id) AS (VALUES {}) SELECT id, number, day FROM asked CROSS JOIN numbers USING (id) WHERE collection = ?
"""
_LAST = "SELECT coalesce(max(number), 0) FROM numbers WHERE collection = ?"
_GIVE = "INSERT INTO numbers (collection, number, id) VALUES (?, ?, ?)"
_CAME = "UPDATE numbers SET day = ? WHERE collection = ? AND number = ?"
_NO_DAYS = "UPDATE numbers SET day = NULL WHERE collection = ?"
_COUNT_ANEW = """
UPDATE numbers SET day = latest.day FROM (
    SELECT collection, key, max(day) AS day FROM entries
    WHERE collection = ? AND kind = 1 GROUP BY collection, key
) AS latest
WHERE latest.collection = numbers.collection AND latest.key = numbers.number
"""
_IDS = """
WITH asked (number) AS (VALUES {}) SELECT number, id FROM asked CROSS JOIN numbers USING (number) WHERE collection = ?
"""
# What a damaged file names and does not have. No foreign key says it: two more look-ups for each row that is stored.
LOST = """
WITH named AS MATERIALIZED (SELECT DISTINCT collection, lane, key FROM entries NOT INDEXED)
SELECT collection, lane AS number FROM named UNION SELECT collection, key FROM named
EXCEPT SELECT collection, number FROM numbers
"""

# Whether a key opens a head that came since a day: its own day mostly tells that it does not. Where it may, its heads
# are among the latest of its owner's lane (a packet may be in another, of a device that has moved since); all are
# looked through only where revisions under other keys replaced all of its.
NEEDED = """
EXISTS (
    SELECT 1 FROM numbers AS needed
    WHERE needed.collection = {collection} AND needed.number = {key} AND needed.day >= {since} AND (
        SELECT 1 FROM entries AS body INDEXED BY entries_heads
        WHERE body.collection = {collection} AND body.lane = (
            SELECT lanes.number FROM collections
            CROSS JOIN keys ON keys.collection = collections.collection AND keys.key = needed.id
            CROSS JOIN numbers AS lanes ON lanes.collection = collections.number AND lanes.id = keys.lane
            WHERE collections.number = {collection}
        ) AND body.superseded IS NULL AND body.key = {key}
        AND body.kind = 1 AND body.content IS NOT NULL AND body.day >= {since}
        ORDER BY body.sequence DESC LIMIT 1
    ) IS NOT NULL
)"""


class Numbers(NamedTuple):
    """By id. days: of the keys under which something came, the last on which it did."""

    numbers: dict[bytes, int]
    days: dict[bytes, int]


def numbers_of(number: int, ids: Collection[bytes], connection: sqlite3.Connection) -> Numbers:
    """Those that have one. number: the collection's own. At most a push's: some thousands."""
    found = Numbers({}, {})
    if ids:
        marks = ",".join(["(?)"] * len(ids))
        for each, given, day in connection.execute(_NUMBERS.format(marks), (*ids, number)):
            found.numbers[each] = given
            if day is not None:
                found.days[each] = day
    return found


def give(number: int, ids: Set[bytes], held: dict[bytes, int], connection: sqlite3.Connection) -> None:
    """Numbers to those that have none, also in `held`. Inside the writer's transaction."""
    missing = sorted(ids - held.keys())
    if not missing:
        return
    (last,) = connection.execute(_LAST, (number,)).fetchone()
    given = {each: last + place for place, each in enumerate(missing, 1)}
    connection.executemany(_GIVE, [(number, new, each) for each, new in given.items()])
    held.update(given)


def came(number: int, keys: Iterable[bytes], day: int, held: Numbers, connection: sqlite3.Connection) -> None:
    """Revisions under keys, on a day: mostly not the first of that day. Inside the writer's transaction."""
    new = [key for key in keys if key not in held.days or held.days[key] < day]
    if new:
        connection.executemany(_CAME, [(day, number, held.numbers[key]) for key in new])


def count_days_anew(number: int, connection: sqlite3.Connection) -> None:
    """From the entries. number: the collection's own. Inside a transaction."""
    connection.execute(_NO_DAYS, (number,))
    connection.execute(_COUNT_ANEW, (number,))


def ids_of(number: int, numbers: Collection[int], connection: sqlite3.Connection) -> dict[int, bytes]:
    """What they stand for. number: the collection's own.

    One that a damaged file has lost is `bytes(16)`, as in `feed`.
    """
    if not numbers:
        return {}
    marks = ",".join(["(?)"] * len(numbers))
    found = connection.execute(_IDS.format(marks), (*numbers, number))
    return {**dict.fromkeys(numbers, bytes(16)), **dict(found.fetchall())}
