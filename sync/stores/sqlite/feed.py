"""What is written to the feed: one push, inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from sync.errors import UnavailableError, UnknownError
from sync.exchange import Cursor
from sync.stores.auditing import Shift
from sync.stores.interface import Arrival, ArrivedRevision, Stored
from sync.stores.sorting import Row, Sorting, check_room, rows_of, sizes_of, sort
from sync.stores.sqlite import auditing, backups, numbering, tokens

# At once, since a statement costs more than most of what it finds. Last, whether any rev is superseded that never came.
_COLLECTION = """
SELECT number, sequence, max(confirmed, backed_up), (
    SELECT substr(rev, 1, 8) FROM entries
    WHERE entries.collection = collections.number AND entries.sequence = collections.sequence
), EXISTS (SELECT 1 FROM superseded WHERE superseded.collection = collections.collection)
FROM collections WHERE collection = ?
"""
_ADVANCE = "UPDATE collections SET sequence = ? WHERE collection = ?"
_CONFIRM = "UPDATE collections SET confirmed = ? WHERE collection = ? AND confirmed < ? AND sequence >= ?"
# A join of what is asked, and not IN, for which SQLite would first put all of it into a tree of its own.
_ASKED = "WITH asked ({column}) AS (VALUES {marks}) "
_KNOWN = """
SELECT rev, content IS NULL AND superseded IS NULL FROM asked CROSS JOIN entries USING (rev) WHERE collection = ?
"""
_KEYS = "SELECT key, owner, lane FROM asked CROSS JOIN keys USING (key) WHERE collection = ?"
_OWN = "INSERT INTO keys (collection, key, owner, lane) VALUES (?, ?, ?, ?)"
_GONE = "SELECT rev, lane, record FROM asked CROSS JOIN superseded USING (rev) WHERE collection = ?"
_ENTRY = """
INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# Asked first: RETURNING says of an expired body that it is there (SQLite 3.40).
_REPLACED = """
SELECT rowid, content IS NOT NULL FROM entries
WHERE collection = ? AND rev = ? AND lane = ? AND record = ? AND superseded IS NULL
"""
_SUPERSEDE = "UPDATE entries SET superseded = ? WHERE rowid = ?"
_NEVER_HAD = """
INSERT OR IGNORE INTO superseded (collection, rev, lane, record)
SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM entries WHERE collection = ?5 AND rev = ?2)
"""
_HELD = """
INSERT INTO held (collection, lane, used) VALUES (?, ?, ?)
ON CONFLICT (collection, lane) DO UPDATE SET used = used + excluded.used RETURNING used
"""
_CHUNKS = "SELECT address FROM asked CROSS JOIN chunks USING (address) WHERE collection = ?"


def push(
    collection: bytes,
    arrival: Arrival,
    epoch: bytes,
    connection: sqlite3.Connection,
    *,
    certificate: bytes | None = None,
) -> Stored:
    """Sorts a push and stores what is new. certificate: that `arrival.token` was shown with. Runs inside a transaction;
    raises UnknownError, QuotaError, PresumedError, and UnavailableError where the file has lost the entry that all
    cursors of now name."""
    if arrival.token is not None:
        tokens.check(arrival.token, certificate, arrival.day, connection)
    found = connection.execute(_COLLECTION, (collection,)).fetchone()
    if found is None:
        raise UnknownError("no such collection")
    number, sequence, safe, mark, lacks = found
    if mark is None and sequence:
        raise UnavailableError("the last entry of a collection is lost: `sojourn verify` says more")
    before = Cursor(epoch=epoch, sequence=sequence, mark=mark or bytes(8))
    sorting = _look_up((collection, number), arrival, connection, lacks=bool(lacks))
    sort(arrival, sorting)
    rows = rows_of(collection, sequence, arrival.day, sorting)
    if sorting.owned:
        connection.executemany(
            _OWN, [(collection, packet.key, packet.owner, packet.lane) for packet in sorting.owned]
        )
    numbers = _number(number, rows, sorting, arrival.day, connection)
    connection.executemany(_ENTRY, _numbered(number, rows, numbers))
    never_had: dict[bytes, int] = {}
    shift = Shift()
    shift.come_all((lane, revision.rev) for lane, revision in sorting.revisions)
    if arrival.settles:
        settled = [*sorting.revisions, *sorting.again]
        never_had = _supersede((collection, number), arrival.day, settled, shift, connection, numbers=numbers)
    auditing.shift(collection, shift, connection)
    if arrival.quota is not None:
        heads = [revision for _, revision in sorting.revisions]
        freed = backups.settle((collection, number), heads, arrival.day, connection)
        added = sum(sizes_of(rows, never_had).values())
        backups.charge(collection, added - freed, arrival.quota, connection)
    else:
        for lane, size_bytes in sizes_of(rows, never_had).items():
            (used,) = connection.execute(_HELD, (collection, lane, size_bytes)).fetchone()
            check_room(used, arrival.room if rows else None)
    cursor = before
    if rows:
        _, last, rev, *_ = rows[-1]
        connection.execute(_ADVANCE, (last, collection))
        cursor = Cursor(epoch=epoch, sequence=last, mark=rev[:8])
    return Stored(
        before=before,
        cursor=cursor,
        stored=sorting.stored,
        known=sorting.known,
        refused=sorting.refused,
        expired=[rev for rev in sorting.known if rev in sorting.bodiless],
        safe=safe,
        lanes=frozenset(row[4] for row in rows),
    )


def confirm(collection: bytes, sequence: int, connection: sqlite3.Connection) -> None:
    connection.execute(_CONFIRM, (sequence, collection, sequence, sequence))


def _look_up(
    which: tuple[bytes, int], arrival: Arrival, connection: sqlite3.Connection, *, lacks: bool
) -> Sorting:
    """which: the collection and its number. lacks: whether any rev is superseded that never came."""
    collection, number = which
    # In the order of the index, so that each of its pages is looked at once.
    revs = sorted(revision.rev for revision in arrival.revisions)
    names = [*(packet.id for packet in arrival.packets), *revs]
    known = _among(connection, "rev", names, _KNOWN, number)
    keys = {packet.key for packet in arrival.packets} | {revision.key for revision in arrival.revisions}
    owners = _among(connection, "key", keys, _KEYS, collection)
    gone = _among(connection, "rev", revs, _GONE, collection) if lacks else []
    return Sorting(
        known_before={rev for rev, _ in known},
        bodiless={rev for rev, is_gone in known if is_gone},
        owners={key: (owner, lane) for key, owner, lane in owners},
        gone={(rev, lane, record) for rev, lane, record in gone},
        chunks=_chunks(collection, arrival, connection),
    )


def _chunks(collection: bytes, arrival: Arrival, connection: sqlite3.Connection) -> set[bytes]:
    """Of those that are needed, those that are there."""
    return {
        address
        for revision in arrival.revisions
        if revision.chunks
        for (address,) in _among(connection, "address", revision.chunks, _CHUNKS, collection)
    }


# SQLite's own limit is 32,766 parameters since 3.32; a push holds at most some thousands.
def _among(
    connection: sqlite3.Connection, column: str, asked: Collection[bytes], sql: str, collection: bytes | int
) -> list[tuple[bytes, ...]]:
    if not asked:
        return []
    marks = ",".join(["(?)"] * len(asked))
    return connection.execute(
        _ASKED.format(column=column, marks=marks) + sql, (*asked, collection)
    ).fetchall()


def _number(
    number: int, rows: list[Row], sorting: Sorting, day: int, connection: sqlite3.Connection
) -> dict[bytes, int]:
    """Of each lane and key that is stored, and of the lanes of what is known; keys get their day. number: the
    collection's own."""
    stored = {row[4] for row in rows} | {row[5] for row in rows}
    held = numbering.numbers_of(number, stored | {lane for lane, _ in sorting.again}, connection)
    numbering.give(number, stored, held.numbers, connection)
    numbering.came(number, {revision.key for _, revision in sorting.revisions}, day, held, connection)
    return held.numbers


def _numbered(
    number: int, rows: list[Row], numbers: dict[bytes, int]
) -> list[tuple[int, int, bytes, int, int, int, bytes | None, int, bytes]]:
    """The rows as they are kept."""
    return [
        (number, sequence, rev, kind, numbers[lane], numbers[key], record, day, content)
        for _, sequence, rev, kind, lane, key, record, day, content in rows
    ]


def _supersede(
    which: tuple[bytes, int],
    day: int,
    revisions: list[tuple[bytes, ArrivedRevision]],
    shift: Shift,
    connection: sqlite3.Connection,
    *,
    numbers: dict[bytes, int],
) -> dict[bytes, int]:
    """Returns how many of the superseded were never here, by lane. which: the collection and its number; numbers: of
    the lanes; shift: learns which heads are none any more."""
    collection, number = which
    replaced = [(rev, lane, revision.record) for lane, revision in revisions for rev in revision.supersedes]
    for rev, lane, record in replaced:
        found = connection.execute(_REPLACED, (number, rev, numbers.get(lane), record)).fetchone()
        if found is not None:
            row, has_body = found
            connection.execute(_SUPERSEDE, (day, row))
            # An expired one has left the buckets already.
            if has_body:
                shift.go(lane, rev)
    return {
        lane: connection.executemany(
            _NEVER_HAD, [(collection, *each, number) for each in replaced if each[1] == lane]
        ).rowcount
        for lane in {lane for _, lane, _ in replaced}
    }
