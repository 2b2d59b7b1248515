"""What is written to the feed: one push, inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.errors import UnknownError
from sync.exchange import Cursor, Refusal, Why
from sync.stores.interface import COMMON_LANE, Arrival, ArrivedPacket, ArrivedRevision, Stored
from sync.stores.sqlite import backups
from sync.stores.sqlite.cursors import cursor_at

PACKET = 0
REVISION = 1

_COLLECTION = "SELECT sequence, confirmed FROM collections WHERE collection = ?"
_ADVANCE = "UPDATE collections SET sequence = ? WHERE collection = ?"
_CONFIRM = "UPDATE collections SET confirmed = ? WHERE collection = ? AND confirmed < ? AND sequence >= ?"
_KNOWN = (
    "SELECT rev, content IS NULL AND superseded IS NULL FROM entries WHERE collection = ? AND rev IN ({})"
)
_KEYS = "SELECT key, owner, lane FROM keys WHERE collection = ? AND key IN ({})"
_OWN = "INSERT INTO keys (collection, key, owner, lane) VALUES (?, ?, ?, ?)"
_GONE = "SELECT rev, lane, record FROM superseded WHERE collection = ? AND rev IN ({})"
_ENTRY = """
INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, content)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SUPERSEDE = """
UPDATE entries SET superseded = ?
WHERE collection = ? AND rev = ? AND lane = ? AND record = ? AND superseded IS NULL
"""
_NEVER_HAD = """
INSERT OR IGNORE INTO superseded (collection, rev, lane, record)
SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM entries WHERE collection = ?1 AND rev = ?2)
"""
_CHUNKS = "SELECT address FROM chunks WHERE collection = ? AND address IN ({})"
ENTRY_BYTES = 256
NAME_BYTES = 128
"""What an entry, and a superseded rev that was never here, take up for ever: charged to a backup's quota."""

Row = tuple[bytes, int, bytes, int, bytes, bytes, bytes | None, int, bytes]


@dataclass
class _Sorting:
    """A push while it is sorted into what is new, known and refused."""

    known_before: set[bytes]
    bodiless: set[bytes]
    owners: dict[bytes, tuple[bytes, bytes]]
    gone: set[tuple[bytes, bytes, bytes]]
    chunks: set[bytes]
    stored: list[bytes] = field(default_factory=list[bytes])
    known: list[bytes] = field(default_factory=list[bytes])
    refused: list[Refusal] = field(default_factory=list[Refusal])
    owned: list[ArrivedPacket] = field(default_factory=list[ArrivedPacket])
    packets: list[ArrivedPacket] = field(default_factory=list[ArrivedPacket])
    revisions: list[tuple[bytes, ArrivedRevision]] = field(
        default_factory=list[tuple[bytes, ArrivedRevision]]
    )

    def refuse(self, rev: bytes, why: Why) -> None:
        self.refused.append(Refusal(rev=rev, why=why))


def push(collection: bytes, arrival: Arrival, epoch: bytes, connection: sqlite3.Connection) -> Stored:
    """Sorts a push and stores what is new. Runs inside a transaction; raises UnknownError."""
    found = connection.execute(_COLLECTION, (collection,)).fetchone()
    if found is None:
        raise UnknownError("no such collection")
    sequence, confirmed = found
    before = cursor_at(connection, epoch, collection, sequence)
    sorting = _look_up(collection, arrival, connection)
    _sort_packets(arrival, sorting)
    _sort_revisions(arrival, sorting)
    rows = _rows(collection, sequence, arrival.day, sorting)
    connection.executemany(
        _OWN, [(collection, packet.key, packet.owner, packet.lane) for packet in sorting.owned]
    )
    connection.executemany(_ENTRY, rows)
    never_had = 0
    if arrival.settles:
        never_had = _supersede(collection, arrival.day, sorting.revisions, connection)
    if arrival.quota is not None:
        heads = [revision for _, revision in sorting.revisions]
        freed = backups.settle(collection, heads, arrival.day, connection)
        added = sum(len(revision.content) + ENTRY_BYTES for revision in heads) + never_had * NAME_BYTES
        backups.charge(collection, added - freed, arrival.quota, connection)
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
        safe=confirmed,
        lanes=frozenset(row[4] for row in rows),
    )


def confirm(collection: bytes, sequence: int, connection: sqlite3.Connection) -> None:
    connection.execute(_CONFIRM, (sequence, collection, sequence, sequence))


def _look_up(collection: bytes, arrival: Arrival, connection: sqlite3.Connection) -> _Sorting:
    revs = [revision.rev for revision in arrival.revisions]
    names = [*(packet.id for packet in arrival.packets), *revs]
    known = _among(connection, _KNOWN, collection, names)
    keys = {packet.key for packet in arrival.packets} | {revision.key for revision in arrival.revisions}
    return _Sorting(
        known_before={rev for rev, _ in known},
        bodiless={rev for rev, is_gone in known if is_gone},
        owners={key: (owner, lane) for key, owner, lane in _among(connection, _KEYS, collection, keys)},
        gone={(rev, lane, record) for rev, lane, record in _among(connection, _GONE, collection, revs)},
        chunks=_chunks(collection, arrival, connection),
    )


def _chunks(collection: bytes, arrival: Arrival, connection: sqlite3.Connection) -> set[bytes]:
    """Of those that are needed, those that are there."""
    return {
        address
        for revision in arrival.revisions
        if revision.chunks
        for (address,) in _among(connection, _CHUNKS, collection, revision.chunks)
    }


# SQLite's own limit is 32,766 parameters since 3.32; a push holds at most some thousands.
def _among(
    connection: sqlite3.Connection, sql: str, collection: bytes, values: Iterable[bytes]
) -> list[tuple[bytes, ...]]:
    listed = list(values)
    return connection.execute(sql.format(",".join("?" * len(listed))), (collection, *listed)).fetchall()


def _sort_packets(arrival: Arrival, sorting: _Sorting) -> None:
    for packet in arrival.packets:
        owner = sorting.owners.get(packet.key)
        if packet.id in sorting.known_before:
            sorting.known.append(packet.id)
        elif arrival.lane not in (None, packet.lane):
            sorting.refuse(packet.id, "wrong-lane")
        elif owner is not None and owner[0] != packet.owner:
            sorting.refuse(packet.id, "bad-packet")
        else:
            if owner is None and packet.own:
                sorting.owners[packet.key] = (packet.owner, packet.lane)
                sorting.owned.append(packet)
            sorting.known_before.add(packet.id)
            sorting.packets.append(packet)
            sorting.stored.append(packet.id)


def _sort_revisions(arrival: Arrival, sorting: _Sorting) -> None:
    taken: list[tuple[bytes, ArrivedRevision]] = []
    for revision in arrival.revisions:
        owner = sorting.owners.get(revision.key) if arrival.quota is None else (b"", COMMON_LANE)
        if revision.rev in sorting.known_before:
            sorting.known.append(revision.rev)
        elif owner is None:
            sorting.refuse(revision.rev, "unknown-key")
        elif arrival.lane not in (None, owner[1]):
            sorting.refuse(revision.rev, "wrong-lane")
        elif not _is_whole(revision, owner[1], sorting):
            sorting.refuse(revision.rev, "missing-chunks")
        else:
            sorting.known_before.add(revision.rev)
            sorting.stored.append(revision.rev)
            taken.append((owner[1], revision))
    if arrival.settles:
        sorting.gone.update(
            (rev, lane, revision.record) for lane, revision in taken for rev in revision.supersedes
        )
    # What is superseded already is not kept, and takes no number: whoever pulls has no use for it.
    sorting.revisions = [
        (lane, revision)
        for lane, revision in taken
        if (revision.rev, lane, revision.record) not in sorting.gone
    ]


def _is_whole(revision: ArrivedRevision, lane: bytes, sorting: _Sorting) -> bool:
    """Whether its chunks are there; what is superseded already needs none."""
    return (revision.rev, lane, revision.record) in sorting.gone or sorting.chunks.issuperset(revision.chunks)


def _rows(collection: bytes, sequence: int, day: int, sorting: _Sorting) -> list[Row]:
    packets: list[Row] = [
        (collection, number, packet.id, PACKET, packet.lane, packet.key, None, day, packet.content)
        for number, packet in enumerate(sorting.packets, sequence + 1)
    ]
    revisions: list[Row] = [
        (
            collection,
            number,
            revision.rev,
            REVISION,
            lane,
            revision.key,
            revision.record,
            day,
            revision.content,
        )
        for number, (lane, revision) in enumerate(sorting.revisions, sequence + len(packets) + 1)
    ]
    return packets + revisions


def _supersede(
    collection: bytes,
    day: int,
    revisions: list[tuple[bytes, ArrivedRevision]],
    connection: sqlite3.Connection,
) -> int:
    """Returns how many of the superseded were never here."""
    replaced = [(rev, lane, revision.record) for lane, revision in revisions for rev in revision.supersedes]
    connection.executemany(_SUPERSEDE, [(day, collection, *which) for which in replaced])
    return connection.executemany(_NEVER_HAD, [(collection, *which) for which in replaced]).rowcount
