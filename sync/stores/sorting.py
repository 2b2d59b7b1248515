"""What a push comes to, whichever database is behind it: what is new, known or refused, and the rows of what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.errors import QuotaError
from sync.exchange import Refusal, Why
from sync.stores.interface import COMMON_LANE, Arrival, ArrivedPacket, ArrivedRevision

PACKET = 0
REVISION = 1

ENTRY_BYTES = 256
NAME_BYTES = 128
"""What an entry, and a superseded rev that was never here, take up for ever, in a backup or a lane."""

Row = tuple[bytes, int, bytes, int, bytes, bytes, bytes | None, int, bytes]
"""Collection, sequence, rev, kind, lane, key, record, day, content."""


@dataclass
class Sorting:
    """What the store holds of what a push names, and, once it is sorted, what becomes of each.

    bodiless: of what is known, that whose body went with its time. owners: of each key, owner and lane.
    gone: rev, lane and record of what is superseded. chunks: of those that are needed, those that are there.
    again: revisions that are known, with their lanes; what they supersede may not have counted when they first came.
    """

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
    again: list[tuple[bytes, ArrivedRevision]] = field(default_factory=list[tuple[bytes, ArrivedRevision]])

    def refuse(self, rev: bytes, why: Why) -> None:
        self.refused.append(Refusal(rev=rev, why=why))


def sort(arrival: Arrival, sorting: Sorting) -> None:
    """Packets first, so that a push may bring a key and what it opens."""
    _sort_packets(arrival, sorting)
    _sort_revisions(arrival, sorting)


def rows_of(collection: bytes, sequence: int, day: int, sorting: Sorting) -> list[Row]:
    """Rows of what is new, numbered from the one after `sequence` on."""
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


def sizes_of(rows: list[Row], never_had: Mapping[bytes, int]) -> dict[bytes, int]:
    """Bytes that a push adds, by lane, as they are kept: what goes gives as many back.

    never_had: of each lane, how many superseded revs were never here.
    """
    sizes: dict[bytes, int] = {lane: count * NAME_BYTES for lane, count in never_had.items() if count}
    for row in rows:
        lane, content = row[4], row[8]
        sizes[lane] = sizes.get(lane, 0) + ENTRY_BYTES + len(content)
    return sizes


def check_room(used: int, room: int | None) -> None:
    """Raises QuotaError."""
    if room is not None and used > room:
        raise QuotaError("the lane is full")


def _sort_packets(arrival: Arrival, sorting: Sorting) -> None:
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


def _sort_revisions(arrival: Arrival, sorting: Sorting) -> None:
    taken: list[tuple[bytes, ArrivedRevision]] = []
    for revision in arrival.revisions:
        owner = sorting.owners.get(revision.key) if arrival.quota is None else (b"", COMMON_LANE)
        if revision.rev in sorting.known_before:
            sorting.known.append(revision.rev)
            if arrival.quota is None and owner is not None and arrival.lane in (None, owner[1]):
                sorting.again.append((owner[1], revision))
        elif owner is None:
            sorting.refuse(revision.rev, "unknown-key")
        elif arrival.lane not in (None, owner[1]):
            sorting.refuse(revision.rev, "wrong-lane")
        elif revision.chunks and not _is_whole(revision, owner[1], sorting):
            sorting.refuse(revision.rev, "missing-chunks")
        else:
            sorting.known_before.add(revision.rev)
            sorting.stored.append(revision.rev)
            taken.append((owner[1], revision))
    if arrival.settles:
        sorting.gone.update(
            (rev, lane, revision.record)
            for lane, revision in (*taken, *sorting.again)
            for rev in revision.supersedes
        )
    # What is superseded already is not kept, and takes no number: whoever pulls has no use for it.
    sorting.revisions = [
        (lane, revision)
        for lane, revision in taken
        if not sorting.gone or (revision.rev, lane, revision.record) not in sorting.gone
    ]


def _is_whole(revision: ArrivedRevision, lane: bytes, sorting: Sorting) -> bool:
    """Whether its chunks are there; what is superseded already needs none."""
    return (revision.rev, lane, revision.record) in sorting.gone or sorting.chunks.issuperset(revision.chunks)
