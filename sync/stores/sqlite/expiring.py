"""What a hub keeps no longer: packets that no device may use any more, and bodies where the operator wants it so."""

from __future__ import annotations

import sqlite3

import msgspec

from sync.enrolment import Card
from sync.identifiers import sealing_key_id
from sync.stores.auditing import Shift
from sync.stores.contents import has_body, recipient_of
from sync.stores.sqlite import auditing

AT_ONCE = 500
"""Rows a transaction: pushes go in between."""

LONGEST_GAP = 31
"""Days. A hub that did not run for longer, and a clock that jumped ahead, look alike."""

_RAN = "INSERT OR IGNORE INTO days (day) VALUES (?)"
_DAYS = "SELECT day FROM days WHERE day <= ? ORDER BY day DESC"
_BODIES = """
SELECT entries.rowid, entries.content, collection, lane, rev, superseded
FROM entries JOIN collections USING (collection)
WHERE entries.rowid > ? AND collections.name = 'contacts' AND kind = 1 AND content IS NOT NULL
AND day < ? AND entries.sequence <= collections.confirmed
ORDER BY entries.rowid LIMIT ?
"""
_PACKETS = """
SELECT entry.rowid, entry.content, collections.programme FROM entries AS entry JOIN collections USING (collection)
WHERE entry.rowid > ?1 AND collections.name = 'contacts' AND entry.kind = 0 AND entry.content IS NOT NULL
AND entry.day < ?2 AND NOT EXISTS (
    SELECT 1 FROM entries AS body INDEXED BY entries_key
    WHERE body.collection = entry.collection AND body.key = entry.key AND body.kind = 1
    AND body.content IS NOT NULL AND body.superseded IS NULL AND body.day >= ?2
)
ORDER BY entry.rowid LIMIT ?3
"""
_CARDS = "SELECT card FROM cards WHERE programme = ?"
_DROP = "UPDATE entries SET content = NULL WHERE rowid = ?"

_card = msgspec.msgpack.Decoder(Card)


def lived_since(day: int, connection: sqlite3.Connection) -> int:
    """Notes that the hub runs today, and returns the day from which on it ran without a long gap.

    Only that much time has surely gone by, whatever the clock says: a day is one row, however far the clock jumps.
    """
    connection.execute(_RAN, (day,))
    first = day
    for (ran,) in connection.execute(_DAYS, (day,)):
        if first - ran > LONGEST_GAP:
            break
        first = ran
    return first


def drop_bodies(after: int, before_day: int, connection: sqlite3.Connection) -> int | None:
    """Of contacts that arrived before a day and that a coordinator has; tombstones stay. From a row number on.

    Returns the last row that was looked at, None at the end.
    """
    found = connection.execute(_BODIES, (after, before_day, AT_ONCE)).fetchall()
    shifts: dict[bytes, Shift] = {}
    for row, content, collection, lane, rev, superseded in found:
        if has_body(content):
            connection.execute(_DROP, (row,))
            if superseded is None:
                shifts.setdefault(collection, Shift()).go(lane, rev)
    for collection, by in shifts.items():
        auditing.shift(collection, by, connection)
    return found[-1][0] if found else None


def drop_packets(after: int, before_day: int, connection: sqlite3.Connection) -> int | None:
    """To devices, of keys that open nothing that arrived since a day; what the programme itself opens stays.

    Returns the last row that was looked at, None at the end.
    """
    found = connection.execute(_PACKETS, (after, before_day, AT_ONCE)).fetchall()
    programmes = {programme: _own(programme, connection) for _, _, programme in found}
    gone = [
        (row,)
        for row, content, programme in found
        if recipient_of(content) not in (None, *programmes[programme])
    ]
    connection.executemany(_DROP, gone)
    return found[-1][0] if found else None


def _own(programme: bytes, connection: sqlite3.Connection) -> set[bytes]:
    """The sealing key ids of every generation of its card."""
    cards = connection.execute(_CARDS, (programme,)).fetchall()
    return {sealing_key_id(_card.decode(card).sealing_key) for (card,) in cards}
