"""Everything that a headless device knows, over its rows: who it is, whom it trusts, how far it is, what it holds.

No network here. Each method that changes something fills a `Batch`; `commit` writes it and only then takes
the new values over, so that memory never runs ahead of the disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from sync.client.layout import (
    HeldCertificates,
    HeldKey,
    HeldRevision,
    Place,
    Quarantine,
    Quarantined,
    Queued,
    Root,
    Row,
)
from sync.client.state import Batch, State
from sync.client.trust import Trust
from sync.crypto import sealing, signing
from sync.enrolment import Certificate
from sync.errors import MalformedError, StateDamagedError
from sync.exchange import KeyPacket, packet_id
from sync.identifiers import (
    COLLECTIONS,
    CollectionName,
    SealingKey,
    SigningKey,
    collection_id,
    device_id,
    sealing_key_id,
)

T = TypeVar("T", bound=Struct)

_encoder = msgspec.msgpack.Encoder()
_row_decoder = msgspec.msgpack.Decoder(Row)


class Ledger:
    """Loaded by `load`. `places` has each collection by name."""

    def __init__(
        self, state: State, root: Root, certificates: Sequence[Certificate], places: list[Place]
    ) -> None:
        self.state = state
        self.root = root
        self.certificates = {certificate.device: certificate for certificate in certificates}
        self.places = {place.collection: place for place in places}
        self.signing_private = signing.private_from_bytes(root.signing_key)
        self.signing_key: SigningKey = signing.public_key(self.signing_private)
        self.sealing_key: SealingKey = sealing.public_key(root.sealing_seed)
        self.device = device_id(self.signing_key)
        self.collections: dict[CollectionName, bytes] = {
            name: collection_id(root.programme, name) for name in COLLECTIONS
        }

    @property
    def trust(self) -> Trust:
        """Only once there is a card: the enrolment gives it before anything can be written."""
        if self.root.card is None:
            raise StateDamagedError(self.state.folder, "not enrolled")
        return Trust(card=self.root.card, certificates=self.certificates)

    @property
    def own_certificate(self) -> Certificate | None:
        return self.certificates.get(self.device)

    def seeds(self) -> dict[bytes, bytes]:
        """The sealing seeds that this device can open packets with, by recipient id."""
        programme = {
            sealing_key_id(sealing.public_key(secret.sealing_seed)): secret.sealing_seed
            for secret in self.root.secrets
        }
        return {self.device: self.root.sealing_seed, **programme}

    # Reading

    async def key(self, name: CollectionName, key: bytes) -> HeldKey | None:
        return await self._get(HeldKey, "key", name, key)

    async def revisions(self, name: CollectionName, revs: Sequence[bytes]) -> list[HeldRevision | None]:
        return await self._get_all(HeldRevision, [("revision", name, rev) for rev in revs])

    async def queued(self, name: CollectionName, numbers: Sequence[int]) -> list[Queued | None]:
        return await self._get_all(Queued, [("outbox", name, number) for number in numbers])

    async def quarantine(self, name: CollectionName) -> Quarantine:
        return await self._get(Quarantine, "quarantine", name) or Quarantine(collection=name)

    async def waiting(self, name: CollectionName) -> int:
        """Revisions that no receipt has named yet."""
        return sum([1 async for _, each in self.outbox(name) if each.kind == "revision"])

    async def outbox(self, name: CollectionName) -> AsyncIterator[tuple[int, Queued]]:
        """What no receipt has named yet, in order, with its number."""
        place = self.places[name]
        for start in range(place.first, place.next, 1_000):
            numbers = range(start, min(start + 1_000, place.next))
            for number, each in zip(numbers, await self.queued(name, numbers), strict=True):
                if each is not None:
                    yield number, each

    async def scan(self) -> AsyncIterator[Row]:
        """Every row, in no order."""
        async for content in self.state.scan():
            try:
                yield _row_decoder.decode(content)
            except msgspec.DecodeError:
                self.state.damaged += 1

    # Writing

    def put_root(self, batch: Batch, root: Root) -> None:
        batch.put(self.state.root, _encoder.encode(root))

    def put_certificates(self, batch: Batch, certificates: Iterable[Certificate]) -> None:
        held = HeldCertificates(certificates=tuple(certificates))
        batch.put(self.state.address("certificates"), _encoder.encode(held))

    def put_place(self, batch: Batch, place: Place) -> None:
        batch.put(self.state.address("place", place.collection), _encoder.encode(place))

    def put_key(self, batch: Batch, key: HeldKey) -> None:
        batch.put(self.state.address("key", key.collection, key.key), _encoder.encode(key))

    def put_revision(self, batch: Batch, held: HeldRevision) -> None:
        batch.put(self.state.address("revision", held.collection, held.rev), _encoder.encode(held))

    def forget(
        self, batch: Batch, name: CollectionName, revs: Iterable[bytes], keys: Iterable[bytes]
    ) -> None:
        for rev in revs:
            batch.drop(self.state.address("revision", name, rev))
        for key in keys:
            batch.drop(self.state.address("key", name, key))

    def put_quarantined(self, batch: Batch, before: Quarantine, items: Sequence[Quarantined]) -> None:
        after = structs.replace(before, items=(*before.items, *items))
        batch.put(self.state.address("quarantine", before.collection), _encoder.encode(after))

    def queue(self, batch: Batch, place: Place, items: Iterable[Queued]) -> Place:
        """At the end of the outbox. Returns the place as it is then, not yet put."""
        number = place.next
        for number, item in enumerate(items, start=place.next):
            batch.put(self.state.address("outbox", place.collection, number), _encoder.encode(item))
            place = structs.replace(place, next=number + 1)
        return place

    def unqueue(self, batch: Batch, name: CollectionName, numbers: Iterable[int]) -> None:
        for number in numbers:
            batch.drop(self.state.address("outbox", name, number))

    async def commit(
        self,
        batch: Batch,
        *,
        root: Root | None = None,
        places: Sequence[Place] = (),
        certificates: Iterable[Certificate] | None = None,
    ) -> None:
        """Writes the batch and what is named here, in one transaction, and takes it over."""
        if root is not None:
            self.put_root(batch, root)
        for place in places:
            self.put_place(batch, place)
        held = None if certificates is None else {each.device: each for each in certificates}
        if held is not None:
            self.put_certificates(batch, held.values())
        await self.state.commit(batch)
        self.root = root or self.root
        self.places |= {place.collection: place for place in places}
        self.certificates = self.certificates if held is None else held

    def packet_name(self, name: CollectionName, packet: KeyPacket) -> bytes:
        return packet_id(self.root.programme, self.collections[name], packet)

    async def _get(self, kind: type[T], *name: str | bytes | int) -> T | None:
        return (await self._get_all(kind, [name]))[0]

    async def _get_all(self, kind: type[T], names: Sequence[tuple[str | bytes | int, ...]]) -> list[T | None]:
        addresses = [self.state.address(*name) for name in names]
        return [self._decode(kind, content) for content in await self.state.get_all(addresses)]

    def _decode(self, kind: type[T], content: bytes | None) -> T | None:
        return None if content is None else _decode(self.state, kind, content)


async def load(state: State) -> Ledger:
    """Raises StateDamagedError."""
    names = [("certificates",), *(("place", name) for name in COLLECTIONS)]
    addresses = [state.root, *(state.address(*name) for name in names)]
    root, held, *places = await state.get_all(addresses)
    if root is None:
        raise StateDamagedError(state.folder, "the root row is gone")
    certificates = HeldCertificates() if held is None else _decode(state, HeldCertificates, held)
    return Ledger(
        state,
        _decode(state, Root, root),
        certificates.certificates,
        [
            Place(collection=name) if place is None else _decode(state, Place, place)
            for name, place in zip(COLLECTIONS, places, strict=True)
        ],
    )


def encode_root(root: Root) -> bytes:
    return _encoder.encode(root)


def _decode(state: State, kind: type[T], content: bytes) -> T:
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.DecodeError, MalformedError):
        raise StateDamagedError(state.folder, "a row does not hold what it should") from None
