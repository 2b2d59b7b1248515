"""What a hub keeps no longer: packets that no device may use any more, and bodies that are replaced or too old.

Each step is a transaction of at most AT_ONCE rows, and costs what is due, not what is there.
"""

from __future__ import annotations

import sqlite3

import msgspec

from sync.enrolment import Card
from sync.identifiers import sealing_key_id
from sync.stores import expiring
from sync.stores.auditing import Shift
from sync.stores.contents import has_body, recipient_of
from sync.stores.expiring import AT_ONCE, Due, due_of
from sync.stores.sqlite import auditing
from sync.stores.sqlite.numbering import NEEDED

_RAN = "INSERT OR IGNORE INTO days (day) VALUES (?)"
_DAYS = "SELECT day FROM days WHERE day <= ? ORDER BY day DESC"
_CONTACTS = "SELECT collection, programme FROM collections WHERE name = 'contacts' ORDER BY collection"
_BODIES_SWEPT = "SELECT number, bodies_swept, confirmed FROM collections WHERE collection = ?"
_PACKETS_SWEPT = "SELECT number, packets_swept, sequence FROM collections WHERE collection = ?"
_SWEEP_BODIES = "UPDATE collections SET bodies_swept = ? WHERE collection = ?"
_SWEEP_PACKETS = "UPDATE collections SET packets_swept = ? WHERE collection = ?"
_NEXT = """
SELECT sequence, day FROM entries INDEXED BY entries_order
WHERE collection = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
"""
_BODIES = """
SELECT sequence, entries.rowid, lanes.id, rev, superseded, content FROM entries INDEXED BY entries_order
CROSS JOIN numbers AS lanes ON lanes.collection = entries.collection AND lanes.number = entries.lane
WHERE entries.collection = ? AND sequence BETWEEN ? AND ? AND kind = 1 AND content IS NOT NULL
"""
_KEYS = """
SELECT sequence, key FROM entries INDEXED BY entries_order WHERE collection = ? AND sequence BETWEEN ? AND ?
"""
_IS_NEEDED = f"SELECT {NEEDED.format(collection='?1', key='?2', since='?3')}"
_PACKETS = """
SELECT rowid, content FROM entries INDEXED BY entries_packets
WHERE collection = ? AND key = ? AND kind = 0 AND content IS NOT NULL AND day < ?
"""
_SUPERSEDED = """
SELECT rowid FROM entries INDEXED BY entries_superseded
WHERE superseded < ? AND superseded IS NOT NULL AND content IS NOT NULL LIMIT ?
"""
_CARDS = "SELECT card FROM cards WHERE programme = ?"
_COLUMNS = "collection, sequence, rev, kind, lane, key, record, day, superseded"
_ROW = f"SELECT length(content), rowid, {_COLUMNS} FROM entries WHERE rowid = ?"  # noqa: S608  # our own
_DELETE = "DELETE FROM entries WHERE rowid = ?"
_FREE = """
UPDATE held SET used = used - ?1 WHERE collection = (SELECT collection FROM collections WHERE number = ?2)
AND lane = (SELECT id FROM numbers WHERE numbers.collection = ?2 AND number = ?3)
"""
_BACK = f"INSERT INTO entries (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # our own

_card = msgspec.msgpack.Decoder(Card)


def lived_since(day: int, connection: sqlite3.Connection) -> int:
    """Notes that the hub runs today, and returns the day from which on it ran without a long gap."""
    connection.execute(_RAN, (day,))
    return expiring.lived_since(day, (ran for (ran,) in connection.execute(_DAYS, (day,))))


def contacts(connection: sqlite3.Connection) -> list[tuple[bytes, bytes]]:
    """Each collection that something may go from for its age, with its programme."""
    return connection.execute(_CONTACTS).fetchall()


def drop_bodies(
    collection: bytes, reached: int | None, days: tuple[int, int], connection: sqlite3.Connection
) -> int | None:
    """Of contacts that arrived before a day and that a coordinator has; tombstones stay.

    days: that day, and today. Returns the number to go on from, None at the end.
    """
    number, swept, confirmed = connection.execute(_BODIES_SWEPT, (collection,)).fetchone()
    due = _due(number, (swept, confirmed), reached, days, connection)
    if due.sequences:
        wanted = set(due.sequences)
        shift = Shift()
        gone: list[tuple[int]] = []
        bounds = (number, due.sequences[0], due.sequences[-1])
        for sequence, row, lane, rev, superseded, content in connection.execute(_BODIES, bounds):
            if sequence in wanted and has_body(content):
                gone.append((row,))
                if superseded is None:
                    shift.go(lane, rev)
        _erase(gone, connection)
        auditing.shift(collection, shift, connection)
    if due.swept != swept:
        connection.execute(_SWEEP_BODIES, (due.swept, collection))
    return due.reached if due.more else None


def drop_packets(
    collection: bytes,
    programme: bytes,
    reached: int | None,
    days: tuple[int, int],
    connection: sqlite3.Connection,
) -> int | None:
    """To devices, of keys that open nothing that arrived since a day; what the programme itself opens stays.

    A key is looked at when something that came with it, a packet or a body, gets that old. Returns as `drop_bodies`.
    """
    number, swept, last = connection.execute(_PACKETS_SWEPT, (collection,)).fetchone()
    due = _due(number, (swept, last), reached, days, connection)
    if due.sequences:
        wanted = set(due.sequences)
        rows = connection.execute(_KEYS, (number, due.sequences[0], due.sequences[-1])).fetchall()
        keys = {key for sequence, key in rows if sequence in wanted}
        own = _own(programme, connection)
        gone: list[tuple[int]] = []
        for key in keys:
            (is_needed,) = connection.execute(_IS_NEEDED, (number, key, days[0])).fetchone()
            if not is_needed:
                packets = connection.execute(_PACKETS, (number, key, days[0]))
                gone += [(row,) for row, content in packets if recipient_of(content) not in (None, *own)]
        _erase(gone, connection)
    if due.swept != swept:
        connection.execute(_SWEEP_PACKETS, (due.swept, collection))
    return due.reached if due.more else None


def drop_superseded(before: int, connection: sqlite3.Connection) -> bool:
    """Bodies that were replaced before a day, in every collection. Returns whether there may be more."""
    gone = connection.execute(_SUPERSEDED, (before, AT_ONCE)).fetchall()
    _erase(gone, connection)
    return len(gone) == AT_ONCE


def _due(
    number: int,
    ends: tuple[int, int],
    reached: int | None,
    days: tuple[int, int],
    connection: sqlite3.Connection,
) -> Due:
    """number: the collection's own. ends: up to which all is done, and which may be looked at at most."""
    swept, last = ends
    start = swept if reached is None else reached
    before, today = days
    # Mostly nothing is due, and the first row says so.
    for limit in (1, AT_ONCE):
        rows = connection.execute(_NEXT, (number, start, last, limit)).fetchall()
        due = due_of(rows, swept=swept, reached=start, before=before, today=today)
        if due.reached == start:
            break
    return due


def _erase(rows: list[tuple[int]], connection: sqlite3.Connection) -> None:
    """Bodies are written over in the file, not only given free. The rows are taken out and put back without them: a
    row that shrinks in its place would leave its page all but empty for ever, since SQLite joins no pages then."""
    if rows:
        kept = [connection.execute(_ROW, row).fetchone() for row in rows]
        connection.execute("PRAGMA secure_delete = ON")
        connection.executemany(_DELETE, rows)
        connection.execute("PRAGMA secure_delete = OFF")
        connection.executemany(_BACK, [row[1:] for row in kept])
        connection.executemany(_FREE, [(row[0], row[2], row[6]) for row in kept])


def _own(programme: bytes, connection: sqlite3.Connection) -> set[bytes]:
    """The sealing key ids of every generation of its card."""
    cards = connection.execute(_CARDS, (programme,)).fetchall()
    return {sealing_key_id(_card.decode(card).sealing_key) for (card,) in cards}
