"""One collection, up and down. All of it is safe to repeat: places only save asking again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from msgspec import structs

from server.api.arrivals import believe, devices_in
from server.api.waiting import Waiters
from server.relaying.kept import Place
from server.relaying.line import Line
from sync import canonical
from sync.client.batches import FIRST_BYTES, LARGEST_BYTES, next_size
from sync.errors import EpochChangedError
from sync.exchange import (
    BYTES_LIMIT,
    PACKETS_LIMIT,
    REVISIONS_LIMIT,
    Changes,
    KeyPacket,
    Missing,
    Push,
    Pushed,
    Question,
    Refusal,
    decode_cursor,
    encode_cursor,
    packet_id,
)
from sync.identifiers import CollectionName, collection_id
from sync.revisions import Revision, rev_of
from sync.stores.interface import COMMON_LANE, Bearer, Collection, Store

_packets = msgspec.msgpack.Decoder(KeyPacket)
_revisions = msgspec.msgpack.Decoder(Revision)

Item = tuple[bytes, KeyPacket | Revision, int]
"""Name, content, bytes."""


@dataclass(kw_only=True)
class Carrying:
    """size: of a request, as the line carried the last ones."""

    store: Store
    line: Line
    waiters: Waiters
    day: int
    size: int = FIRST_BYTES

    async def up(self, name: CollectionName) -> int:
        """What is here and not above. Returns how many packets and revisions the hub above did not have."""
        keeper, collection = self.line.keeper, self._collection(name)
        gone = 0
        more = True
        while more:
            place = keeper.place(name)
            after = decode_cursor(place.up) if place.up else None
            try:
                page = await self.store.page(
                    collection, lane=None, after=after, limit=REVISIONS_LIMIT, size_bytes=BYTES_LIMIT
                )
            except EpochChangedError:
                # The store here was put back, or lost: up and down begin again, since it lacks what came down too.
                keeper.put(name, Place())
                continue
            lacking = await self._lacking(name, self._items(collection, page.packets, page.revisions))
            refused = await self._send(name, lacking)
            gone += len(lacking) - len(refused)
            again = place.up if place.up_again is None and _waits(refused) else place.up_again
            keeper.put(name, structs.replace(place, up=encode_cursor(page.cursor), up_again=again))
            more = page.more
            if not more and again is None and page.cursor.sequence > page.confirmed:
                await self.store.confirm(collection, page.cursor.sequence)
        return gone

    async def down(self, name: CollectionName) -> int:
        """What is new above. Returns how many packets and revisions were new here. Raises EpochChangedError."""
        keeper = self.line.keeper
        came = 0
        more = True
        while more:
            place = keeper.place(name)
            query: dict[str, str | int] = {"limit": REVISIONS_LIMIT, "bytes": self.size}
            if place.down:
                query["after"] = canonical.to_text(place.down)
            begun = time.monotonic()
            page = await self.line.ask(
                Changes, "GET", f"{self.line.collection_path(name)}/changes", query=query
            )
            if page.more:
                self.size = next_size(self.size, time.monotonic() - begun)
            stored, refused = await self._keep(name, page)
            came += stored
            again = place.down if place.down_again is None and _waits(refused) else place.down_again
            keeper.put(name, structs.replace(place, down=page.cursor, down_again=again))
            more = page.more and page.cursor != place.down
        return came

    async def _keep(self, name: CollectionName, page: Changes) -> tuple[int, Sequence[Refusal]]:
        """Judged as if a coordinator had brought it: packets are verified, and every rev is computed."""
        push = Push(packets=page.packets, revisions=page.revisions)
        if not push.packets and not push.revisions:
            return 0, ()
        programme = self.line.keeper.kept.programme
        collection = Collection(collection=self._collection(name), programme=programme, name=name)
        authors = await self.store.authors(programme, devices_in(push)) if push.packets else {}
        bearer = Bearer(
            programme=programme,
            device=self.line.keeper.kept.device,
            role="coordinator",
            lane=COMMON_LANE,
            provisional=False,
            revoked=False,
        )
        believed = await asyncio.to_thread(believe, push, collection, bearer, authors, day=self.day, quota=0)
        stored = await self.store.push(collection.collection, believed.arrival)
        self.waiters.wake(collection.collection, stored.lanes)
        return len(stored.stored), (*believed.refused, *stored.refused)

    def _items(self, collection: bytes, packets: Sequence[bytes], revisions: Sequence[bytes]) -> list[Item]:
        """Packets first, as a push takes them."""
        programme = self.line.keeper.kept.programme
        items: list[Item] = []
        for raw in packets:
            packet = _packets.decode(raw)
            items.append((packet_id(programme, collection, packet), packet, len(raw)))
        for raw in revisions:
            revision = _revisions.decode(raw)
            items.append((rev_of(collection, revision), revision, len(raw)))
        return items

    async def _lacking(self, name: CollectionName, items: list[Item]) -> list[Item]:
        """Of the items, those that the hub above neither holds nor knows as superseded: most came from there."""
        if not items:
            return []
        question = Question(revs=tuple(each for each, _, _ in items))
        path = f"{self.line.collection_path(name)}/missing"
        missing = set((await self.line.ask(Missing, "POST", path, body=question)).missing)
        return [item for item in items if item[0] in missing]

    async def _send(self, name: CollectionName, items: Sequence[Item]) -> list[Refusal]:
        refused: list[Refusal] = []
        at = 0
        while at < len(items):
            batch = self._batch(items[at:])
            push = Push(
                packets=tuple(each for _, each, _ in batch if isinstance(each, KeyPacket)),
                revisions=tuple(each for _, each, _ in batch if isinstance(each, Revision)),
            )
            begun = time.monotonic()
            path = f"{self.line.collection_path(name)}/changes"
            receipt = await self.line.ask(Pushed, "POST", path, body=push)
            if len(batch) > 1:
                self.size = next_size(sum(size for _, _, size in batch), time.monotonic() - begun)
            refused += receipt.refused
            at += len(batch)
        return refused

    def _batch(self, items: Sequence[Item]) -> list[Item]:
        """The front of them, at least one; below all limits of a push."""
        batch: list[Item] = []
        left = min(self.size, LARGEST_BYTES)
        for item in items[: min(REVISIONS_LIMIT, PACKETS_LIMIT)]:
            left -= item[2]
            if batch and left < 0:
                break
            batch.append(item)
        return batch

    def _collection(self, name: CollectionName) -> bytes:
        return collection_id(self.line.keeper.kept.programme, name)


def _waits(refused: Sequence[Refusal]) -> bool:
    """Whether it may be taken once more devices are known there, or their packets."""
    return any(each.why in ("bad-packet", "unknown-key") for each in refused)
