"""Goes through all that a hub keeps: whether it still is what was stored, and hangs together.

Reads alone, row by row, at one moment of the database; what has to be compared at the end lies in a temporary file.
It finds accidents (a bad disk, a copy that was cut, a mistake of ours), not a hub that lies.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

import msgspec

from sync.crypto import signing
from sync.enrolment import Card, Certificate, verify_card, verify_certificate, verify_own
from sync.errors import BadSignatureError, MalformedError
from sync.exchange import KeyPacket, packet_id, packet_message
from sync.identifiers import collection_id, device_id
from sync.revisions import Revision, rev_of
from sync.stores.auditing import Shift
from sync.stores.contents import whole
from sync.stores.interface import NO_PROGRAMME
from sync.stores.sorting import ENTRY_BYTES, NAME_BYTES, PACKET

Kind = Literal["disk", "entry", "order", "superseded", "safe", "signature", "chunk", "count", "room"]
Spoiled = tuple[bytes, int | bytes]
COUNTED: frozenset[Kind] = frozenset({"count", "room"})
"""Faults of what can be counted anew from the rest, which is whole."""

_PROGRAMMES = "SELECT programme, name FROM programmes WHERE programme <> $1 ORDER BY programme"
_CARDS = "SELECT generation, card FROM cards WHERE programme = $1 ORDER BY generation"
_CERTIFICATES = (
    "SELECT device, n, revoked, certificate FROM certificates WHERE programme = $1 ORDER BY device"
)
_ENROLLED = "SELECT device, signing_key FROM enrolments WHERE programme = $1"
_COLLECTIONS = """
SELECT collection, programme, name, sequence, confirmed, backed_up FROM collections WHERE programme = $1
ORDER BY collection
"""
_ENTRIES = """
SELECT feed.sequence, rev, kind, feed.lane, feed.key, record, superseded, content, keys.lane, feed.day
FROM feed LEFT JOIN keys ON keys.collection = feed.collection AND keys.key = feed.key
WHERE feed.collection = $1 ORDER BY feed.sequence
"""
_SUPERSEDED = "SELECT rev, lane, record FROM superseded WHERE collection = $1 ORDER BY rev, lane, record"
_HEADS = """
SELECT lane, rev FROM feed
WHERE collection = $1 AND kind = 1 AND superseded IS NULL AND content IS NOT NULL ORDER BY lane, sequence
"""
_COUNTING = """
SELECT sequence, record, lane, rev FROM feed
WHERE collection = $1 AND kind = 1 AND superseded IS NULL AND content IS NOT NULL ORDER BY sequence
"""
_BUCKETS = """
SELECT lane, bucket, count, sum FROM buckets WHERE collection = $1 AND count <> 0 ORDER BY lane, bucket
"""
_HELD = """
SELECT lane, used FROM held WHERE collection = $1 UNION ALL SELECT NULL, used FROM backups WHERE collection = $1
"""
_LATEST = "SELECT key, day FROM latest WHERE collection = $1"
_CHUNKS = "SELECT address, unnamed, content FROM chunks WHERE collection = $1 ORDER BY address"
_NAMING = """
SELECT naming.rev, naming.address, chunks.address IS NOT NULL, EXISTS (
    SELECT 1 FROM feed WHERE feed.collection = naming.collection AND feed.rev = naming.rev
) FROM naming LEFT JOIN chunks ON chunks.collection = naming.collection AND chunks.address = naming.address
WHERE naming.collection = $1 ORDER BY naming.rev, naming.address
"""

# Of one collection, on the disk: what held revisions supersede, what counts as superseded, of which records a body has
# gone, whose list went with it, and the sums that are kept and not there, or there and not kept.
_SCRATCH = """
CREATE TABLE named (record BLOB, lane BLOB, rev BLOB, PRIMARY KEY (record, lane, rev)) WITHOUT ROWID;
CREATE TABLE gone (record BLOB, lane BLOB, rev BLOB, sequence INTEGER);
CREATE TABLE bodiless (record BLOB, lane BLOB, rev BLOB, PRIMARY KEY (record, lane, rev)) WITHOUT ROWID;
CREATE TABLE sums (lane BLOB, bucket INTEGER, sum TEXT, PRIMARY KEY (lane, bucket, sum)) WITHOUT ROWID;
"""
_HIDDEN = """
SELECT sequence FROM gone WHERE NOT EXISTS (
    SELECT 1 FROM named WHERE named.record = gone.record AND named.lane = gone.lane AND named.rev = gone.rev
) AND NOT EXISTS (
    SELECT 1 FROM bodiless
    WHERE bodiless.record = gone.record AND bodiless.lane = gone.lane AND bodiless.rev <> gone.rev
) ORDER BY sequence
"""

_WRONG_SUMS = "SELECT 1 FROM sums LIMIT 1"
_REPLACED = """
SELECT 1 FROM named WHERE record = ? AND lane = ? AND rev = ?
AND EXISTS (SELECT 1 FROM sums WHERE sums.lane = named.lane AND bucket = ?)
"""

_NOT_STORED = "its content is not what was stored"
_OTHER_KEY = "its row names another key than its content"
_OTHER_RECORD = "its row names another record or key than its content"
_MISSING = "its content is missing"
_SPOILED = (_NOT_STORED, _OTHER_KEY, _OTHER_RECORD, _MISSING)

_revision = msgspec.msgpack.Decoder(Revision)
_packet = msgspec.msgpack.Decoder(KeyPacket)
_card = msgspec.msgpack.Decoder(Card)
_certificate = msgspec.msgpack.Decoder(Certificate)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`detail` is a sentence for whoever runs the hub: where, and what is wrong there.

    spoiled: what is not what was stored, and is of use to nobody: the collection, and the number of an entry or the
    address of a chunk.
    """

    kind: Kind
    detail: str
    spoiled: Spoiled | None = None


class UnreadableError(Exception):
    """The database does not give a row that is there; its word is the message."""


class Reader(Protocol):
    """One moment of a database. Columns and rows are the same in all stores."""

    def rows(self, query: str, *values: Any) -> AsyncIterator[tuple[Any, ...]]:
        """Few at a time. Raises UnreadableError."""
        ...

    def own_faults(self) -> AsyncIterator[tuple[Kind, str]]:
        """What the database itself finds wrong with its pages and references, in its words, and what only this store
        keeps. Raises UnreadableError."""
        ...


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Counts of what was gone through."""

    entries: int
    chunks: int
    faults: int


@dataclass(frozen=True)
class _Place:
    """A collection. `where` names it in sentences; confirmed: the number up to which a coordinator has it;
    signing_keys: of all devices that the hub knows, by device."""

    collection: bytes
    programme: bytes
    name: str
    last: int
    confirmed: int
    where: str
    signing_keys: dict[bytes, bytes]

    def holder(self, lane: bytes) -> bytes | None:
        """Who is charged for what is in a lane: the lane, or (None) the personal backup."""
        return None if self.name == "backup" else lane

    def lets_go(self, sequence: int) -> bool:
        """Whether a body that nothing replaced can have gone for its age: of a contact that a coordinator has."""
        return self.name == "contacts" and sequence <= self.confirmed


async def verify(reader: Reader, tell: Callable[[Fault], None], advance: Callable[[int], None]) -> Verified:
    """tell: each fault as it is found; advance: how many more entries and chunks were looked at. Never raises for
    what is in the database: whatever cannot be read is a fault too."""
    verification = _Verification(reader, tell, advance)
    await verification.all()
    return Verified(entries=verification.entries, chunks=verification.chunks, faults=verification.faults)


class _Verification:
    def __init__(self, reader: Reader, tell: Callable[[Fault], None], advance: Callable[[int], None]) -> None:
        self._reader = reader
        self._tell = tell
        self._advance = advance
        self.entries = self.chunks = self.faults = 0

    async def all(self) -> None:
        try:
            async for kind, detail in self._reader.own_faults():
                self._fault(kind, detail)
            programmes = [row async for row in self._reader.rows(_PROGRAMMES, NO_PROGRAMME)]
        except UnreadableError as error:
            self._fault("disk", str(error))
            return
        for programme, name in [*programmes, (NO_PROGRAMME, "")]:
            try:
                keys = await self._devices(programme, f"“{name}”")
                places = [
                    _Place(row[0], row[1], row[2], row[3], row[4], _where(row, name), keys)
                    async for row in self._collections(programme, name)
                ]
            except UnreadableError as error:
                self._fault("disk", f"“{name}”: {error}")
                continue
            for place in places:
                await self._collection(place)

    async def _collections(self, programme: bytes, name: str) -> AsyncIterator[tuple[Any, ...]]:
        async for row in self._reader.rows(_COLLECTIONS, programme):
            collection, _, kind, sequence, *safe = row
            if kind != "backup" and collection_id(programme, kind) != collection:
                self._fault("entry", f"{_where(row, name)}: its id is not that of its programme")
            if max(safe) > sequence:
                self._fault(
                    "safe", f"{_where(row, name)}: counts as safe up to {max(safe)}, and ends at {sequence}"
                )
            yield row

    async def _devices(self, programme: bytes, where: str) -> dict[bytes, bytes]:
        """Checks cards and certificates; the signing keys of the devices."""
        newest: Card | None = None
        signing_keys: list[bytes] = []
        async for generation, raw in self._reader.rows(_CARDS, programme):
            card = _read(_card, raw)
            if not _is_good(card, partial(_check_card, card, programme, newest)):
                self._fault("signature", f"{where}: its card of generation {generation} does not verify")
            newest = card or newest
            if card is not None:
                signing_keys.append(card.signing_key)
        keys: dict[bytes, bytes] = {}
        async for device, signing_key in self._reader.rows(_ENROLLED, programme):
            keys[device] = signing_key
            if device_id(signing_key) != device:
                self._fault("signature", f"{where}: device {device.hex()} has another key than its id says")
        async for device, n, revoked, raw in self._reader.rows(_CERTIFICATES, programme):
            read = _read(_certificate, raw)
            if (
                read is None
                or (read.programme, read.device, read.n, read.revoked)
                != (programme, device, n, bool(revoked))
                # At a relay, who was put out there stays so below a hub that had another card by then.
                or not any(
                    _is_good(read, partial(verify_certificate, read, key))
                    for key in (signing_keys[::-1] if read.revoked else signing_keys[-1:])
                )
            ):
                self._fault("signature", f"{where}: the certificate of device {device.hex()} does not verify")
            if read is not None:
                keys[device] = read.signing_key
        return keys

    async def _collection(self, place: _Place) -> None:
        with closing(sqlite3.connect("", isolation_level=None)) as scratch:
            scratch.executescript(_SCRATCH)
            scratch.execute("BEGIN")
            sizes: Counter[bytes | None] = Counter()
            try:
                await self._entries(place, scratch, sizes)
                async for rev, lane, record in self._reader.rows(_SUPERSEDED, place.collection):
                    scratch.execute("INSERT INTO gone VALUES (?, ?, ?, NULL)", (record, lane, rev))
                    sizes[place.holder(lane)] += NAME_BYTES
                await self._buckets(place, scratch)
                await self._chunks(place, sizes)
                await self._room(place, sizes)
            except UnreadableError as error:
                self._fault("disk", f"{place.where}: {error}")
                return
            for (sequence,) in scratch.execute(_HIDDEN):
                which = "a revision that is not here" if sequence is None else f"number {sequence}"
                self._fault(
                    "superseded", f"{place.where}: {which} counts as replaced, and nothing here replaces it"
                )

    async def _entries(
        self, place: _Place, scratch: sqlite3.Connection, sizes: Counter[bytes | None]
    ) -> None:
        last = 0
        days: dict[bytes, int] = {}
        async for row in self._reader.rows(_ENTRIES, place.collection):
            sequence = row[0]
            if sequence != last + 1:
                self._fault("order", f"{place.where}: numbers {last + 1} to {sequence - 1} are missing")
            last = sequence
            sizes[place.holder(row[3])] += ENTRY_BYTES + len(row[7] or b"")
            if row[2] != PACKET:
                days[row[4]] = max(row[9], days.get(row[4], row[9]))
            for why in self._entry(place, row, scratch):
                spoiled = (place.collection, sequence) if why in _SPOILED else None
                self._fault("entry", f"{place.where}, number {sequence}: {why}", spoiled)
            self.entries += 1
            self._advance(1)
        if last != place.last:
            self._fault("order", f"{place.where}: ends at number {last} instead of {place.last}")
        if days != {key: day async for key, day in self._reader.rows(_LATEST, place.collection)}:
            self._fault(
                "count", f"{place.where}: the last days of its keys are not those of what came under them"
            )

    def _entry(self, place: _Place, row: tuple[Any, ...], scratch: sqlite3.Connection) -> Iterable[str]:
        sequence, rev, kind, lane, key, record, superseded, content, key_lane, _ = row
        if kind == PACKET:
            if content is not None:
                yield from _packet_faults(place, rev, key, content)
            return
        if place.name != "backup" and key_lane != lane:
            yield "its key is missing here, or belongs to somebody else"
        if superseded is not None:
            scratch.execute("INSERT INTO gone VALUES (?, ?, ?, ?)", (record, lane, rev, sequence))
        if content is None:
            scratch.execute("INSERT OR IGNORE INTO bodiless VALUES (?, ?, ?)", (record, lane, rev))
            if superseded is None and not place.lets_go(sequence):
                yield _MISSING
            return
        read = _read(_revision, whole(record or b"", key, content))
        if read is None or rev_of(place.collection, read) != rev:
            yield _NOT_STORED
            return
        if (read.record, read.key) != (record, key):
            yield _OTHER_RECORD
        scratch.executemany(
            "INSERT OR IGNORE INTO named VALUES (?, ?, ?)", [(record, lane, each) for each in read.supersedes]
        )

    async def _buckets(self, place: _Place, scratch: sqlite3.Connection) -> None:
        """Those that were kept with every push, against the heads that are there: a lane at a time."""
        async for *which, total in self._reader.rows(_BUCKETS, place.collection):
            _cancel(scratch, (*which, int.from_bytes(total) if isinstance(total, bytes) else int(total)))
        lane, sums = b"", Shift()
        async for of, rev in self._reader.rows(_HEADS, place.collection):
            if of != lane:
                _cancel(scratch, *sums.rows())
                lane, sums = of, Shift()
            sums.come(of, rev)
        _cancel(scratch, *sums.rows())
        if scratch.execute(_WRONG_SUMS).fetchone() is not None:
            self._fault("count", f"{place.where}: its sums are not those of what counts there")
            await self._replaced(place, scratch)

    async def _replaced(self, place: _Place, scratch: sqlite3.Connection) -> None:
        """Heads that something here replaces. With right sums that is how a relay hands them on; with wrong ones the
        hub may have forgotten that they are replaced, and counting anew would leave them so for good."""
        async for sequence, *which, rev in self._reader.rows(_COUNTING, place.collection):
            if scratch.execute(_REPLACED, (*which, rev, rev[0])).fetchone() is not None:
                self._fault(
                    "superseded", f"{place.where}: number {sequence} counts, and something here replaces it"
                )

    async def _chunks(self, place: _Place, sizes: Counter[bytes | None]) -> None:
        if place.name != "backup":
            return
        async for address, _, content in self._reader.rows(_CHUNKS, place.collection):
            if hashlib.sha256(content).digest() != address:
                spoiled = (place.collection, address)
                self._fault("chunk", f"{place.where}: chunk {address.hex()} is not what was stored", spoiled)
            sizes[None] += len(content)
            self.chunks += 1
            self._advance(1)
        async for _, address, has_chunk, has_entry in self._reader.rows(_NAMING, place.collection):
            if not has_chunk or not has_entry:
                self._fault("chunk", f"{place.where}: chunk {address.hex()} is needed, and is not here")

    async def _room(self, place: _Place, sizes: Counter[bytes | None]) -> None:
        """What was kept with every push, against what is there: by lane, or of a personal backup."""
        kept: dict[bytes | None, int] = {}
        async for lane, used in self._reader.rows(_HELD, place.collection):
            kept[lane] = used
        for lane in sorted(sizes.keys() | kept.keys(), key=lambda lane: lane or b""):
            used, there = kept.get(lane, 0), sizes[lane]
            if used != there:
                whose = place.where if lane is None else f"{place.where}, lane {lane.hex()}"
                self._fault("room", f"{whose}: {used} bytes count as taken, and {there} are")

    def _fault(self, kind: Kind, detail: str, spoiled: Spoiled | None = None) -> None:
        self.faults += 1
        self._tell(Fault(kind=kind, detail=detail, spoiled=spoiled))


def _cancel(scratch: sqlite3.Connection, *rows: tuple[Any, ...]) -> None:
    """What comes a second time goes: only what differs stays."""
    for lane, bucket, count, total in rows:
        which = (lane, bucket, f"{count} {total}")
        if scratch.execute("DELETE FROM sums WHERE lane = ? AND bucket = ? AND sum = ?", which).rowcount == 0:
            scratch.execute("INSERT INTO sums VALUES (?, ?, ?)", which)


def _where(row: tuple[Any, ...], programme: str) -> str:
    return f"personal backup {row[0].hex()}" if row[2] == "backup" else f"{row[2]} of “{programme}”"


def _packet_faults(place: _Place, rev: bytes, key: bytes, content: bytes) -> Iterable[str]:
    packet = _read(_packet, content)
    if packet is None or packet_id(place.programme, place.collection, packet) != rev:
        yield _NOT_STORED
        return
    if packet.key != key:
        yield _OTHER_KEY
    author = place.signing_keys.get(packet.author)
    if author is None:
        yield f"it is of device {packet.author.hex()}, which the hub does not know"
        return
    message = packet_message(place.programme, place.collection, packet)
    if not _is_good(packet, partial(signing.verify, author, packet.signature, message)):
        yield "its signature does not verify"


def _check_card(card: Card, programme: bytes, before: Card | None) -> None:
    """Raises BadSignatureError."""
    if card.programme != programme:
        raise BadSignatureError
    if before is None:
        verify_card(card, card.signing_key)
        return
    verify_card(card, before.signing_key)
    verify_own(card)


def _read(decoder: Any, raw: bytes) -> Any:
    """None for what is not understood."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, MalformedError):
        return None


def _is_good(read: object, check: Callable[[], object]) -> bool:
    if read is None:
        return False
    try:
        check()
    except (BadSignatureError, MalformedError):
        return False
    return True
