"""What lanes and content keys are called in the feed: a small number each, in every collection from 1 on."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Set

CREATE_COLLECTION = """
INSERT INTO collections (collection, programme, name, number)
SELECT ?, ?, ?, coalesce(max(number), 0) + 1 FROM collections
"""
NUMBER = "SELECT number FROM collections WHERE collection = ?"
# A join, and not IN, for which SQLite would go through all numbers of the collection.
_NUMBERS = """
WITH asked (id) AS (VALUES {}) SELECT id, number FROM asked CROSS JOIN numbers USING (id) WHERE collection = ?
"""
_LAST = "SELECT coalesce(max(number), 0) FROM numbers WHERE collection = ?"
_GIVE = "INSERT INTO numbers (collection, number, id) VALUES (?, ?, ?)"
_IDS = """
WITH asked (number) AS (VALUES {}) SELECT number, id FROM asked CROSS JOIN numbers USING (number) WHERE collection = ?
"""
# What a damaged file names and does not have. No foreign key says it: two more look-ups for each row that is stored.
LOST = """
WITH named AS MATERIALIZED (SELECT DISTINCT collection, lane, key FROM entries NOT INDEXED)
SELECT collection, lane AS number FROM named UNION SELECT collection, key FROM named
EXCEPT SELECT collection, number FROM numbers
"""


def numbers_of(number: int, ids: Collection[bytes], connection: sqlite3.Connection) -> dict[bytes, int]:
    """Those that have one, by id. number: the collection's own. At most a push's: some thousands."""
    if not ids:
        return {}
    marks = ",".join(["(?)"] * len(ids))
    return dict(connection.execute(_NUMBERS.format(marks), (*ids, number)).fetchall())


def give(number: int, ids: Set[bytes], held: dict[bytes, int], connection: sqlite3.Connection) -> None:
    """Numbers to those that have none, also in `held`. Inside the writer's transaction."""
    missing = sorted(ids - held.keys())
    if not missing:
        return
    (last,) = connection.execute(_LAST, (number,)).fetchone()
    given = {each: last + place for place, each in enumerate(missing, 1)}
    connection.executemany(_GIVE, [(number, new, each) for each, new in given.items()])
    held.update(given)


def ids_of(number: int, numbers: Collection[int], connection: sqlite3.Connection) -> dict[int, bytes]:
    """What they stand for. number: the collection's own.

    One that a damaged file has lost is `bytes(16)`, as in `feed`.
    """
    if not numbers:
        return {}
    marks = ",".join(["(?)"] * len(numbers))
    found = connection.execute(_IDS.format(marks), (*numbers, number))
    return {**dict.fromkeys(numbers, bytes(16)), **dict(found.fetchall())}
