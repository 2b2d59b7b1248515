"""From the outbox to the hub, and out of the outbox only by a receipt that names it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct, structs

from sync import canonical
from sync.client.batches import FIRST_BYTES, next_size
from sync.client.layout import HeldKey, HeldRevision, Kind, Place, Quarantined, Queued
from sync.client.ledger import Ledger
from sync.client.pulling import (
    ask_for,
    check_goes_on,
    check_lasts,
    cursor_in,
    epoch_of,
    laid_aside,
    receipt_of,
)
from sync.client.session import Session
from sync.client.state import Batch
from sync.errors import MalformedError, TooLargeError
from sync.exchange import (
    QUESTION_LIMIT,
    REVISIONS_LIMIT,
    KeyPacket,
    Push,
    Pushed,
    Why,
    decode_cursor,
)
from sync.identifiers import CollectionName
from sync.revisions import Revision, heads_of, rev_of

_LOOK_AHEAD = 200
_encoder = msgspec.msgpack.Encoder()


class Sent(Struct, frozen=True, kw_only=True):
    """What became of a push. `stored` and `known` count revisions named by receipts; `waiting` those that are
    still in the outbox; `refused` those set aside, with the reason."""

    stored: int = 0
    known: int = 0
    waiting: int = 0
    refused: tuple[Quarantined, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """Is everything on the hub? Of the heads that are held, those that it lacks; queued: packets and heads that
    are in the outbox now and were not before."""

    held: int = 0
    missing: int = 0
    queued: int = 0


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that waits. number: in the outbox. content: None where the row is gone or is not what it was."""

    number: int
    queued: Queued
    content: KeyPacket | Revision | None
    size: int


@dataclass(kw_only=True)
class _Push:
    """One push of a collection, request after request."""

    ledger: Ledger
    session: Session
    name: CollectionName
    clock: Callable[[], float]
    now: int
    size: int = FIRST_BYTES
    most: int = REVISIONS_LIMIT
    stored: int = 0
    known: int = 0
    progress: Callable[[int], None] | None = None
    refused: list[Quarantined] = field(default_factory=list[Quarantined])
    sent_again: set[bytes] = field(default_factory=set[bytes])
    stuck: bool = False

    async def step(self) -> bool:
        """One request. False when nothing more can be done now."""
        items = await take(self.ledger, self.name, self.size, self.most)
        if not items:
            return False
        broken = [item for item in items if item.content is None]
        if broken:
            return await self._settle(broken, [set_aside(item, "changed-here") for item in broken])
        started = self.clock()
        try:
            receipt = await self._send(items)
        except (MalformedError, TooLargeError) as problem:
            return await self._isolate(items, problem.code)
        if len(items) > 1:
            self.size = next_size(sum(item.size for item in items), self.clock() - started)
        self.most = REVISIONS_LIMIT
        return await self._read(items, receipt)

    async def _send(self, items: Sequence[Item]) -> Pushed:
        packets = tuple(item.content for item in items if isinstance(item.content, KeyPacket))
        revisions = tuple(item.content for item in items if isinstance(item.content, Revision))
        path = f"collections/{canonical.to_text(self.ledger.collections[self.name])}/changes"
        return await self.session.ask(Pushed, "POST", path, body=Push(packets=packets, revisions=revisions))

    async def _isolate(self, items: Sequence[Item], why: str) -> bool:
        """The hub refused a request as a whole: half of it next time, until the one that it is about is alone."""
        if len(items) > 1:
            self.most = len(items) // 2
            return True
        self.most = REVISIONS_LIMIT
        return await self._settle(items, [set_aside(items[0], why)])

    async def _read(self, items: Sequence[Item], receipt: Pushed) -> bool:
        check_goes_on(self.ledger.places[self.name], receipt.before)
        stored, known = set(receipt.stored), set(receipt.known)
        refused: dict[bytes, Why] = {refusal.rev: refusal.why for refusal in receipt.refused}
        done = [item for item in items if item.queued.name in stored | known]
        self.stored += sum(1 for item in done if _is_revision(item) and item.queued.name in stored)
        self.known += sum(1 for item in done if _is_revision(item) and item.queued.name not in stored)
        wrong = [item for item in items if item.queued.name in refused.keys() - stored - known]
        aside = [
            set_aside(item, refused[item.queued.name])
            for item in wrong
            if not waits(refused[item.queued.name])
        ]
        batch, place = Batch(), self.ledger.places[self.name]
        await self._keep_receipt(batch, done, receipt)
        place = await self._again(batch, place, [item for item in wrong if waits(refused[item.queued.name])])
        place = _moved(place, receipt, may_read=not self.session.provisional)
        return await self._settle([*done, *wrong], aside, batch=batch, place=place)

    async def _keep_receipt(self, batch: Batch, done: Sequence[Item], given: Pushed) -> None:
        receipt = receipt_of(self.ledger, self.name, given, self.now)
        if receipt is None:
            return
        kept = set[bytes]()
        if receipt.by != "hub":
            # The hub's own word is worth more, and still true.
            rows = await self.ledger.revisions(self.name, [each.queued.name for each in done])
            kept = {row.rev for row in rows if row and row.receipt and row.receipt.by == "hub"}
        for item in done:
            if isinstance(item.content, Revision) and item.queued.name not in kept:
                held = HeldRevision(
                    collection=self.name, rev=item.queued.name, revision=item.content, receipt=receipt
                )
                self.ledger.put_revision(batch, held)

    async def _again(self, batch: Batch, place: Place, waits: Sequence[Item]) -> Place:
        """The hub has no packet for their key: the packets first, then the revisions, once; then they wait."""
        keys = {item.content.key for item in waits if isinstance(item.content, Revision)}
        for key in sorted(keys - self.sent_again):
            held = await self.ledger.key(self.name, key)
            queued = [] if held is None else queued_packets(self.ledger, held)
            place = self.ledger.queue(batch, place, queued)
        self.stuck = self.stuck or bool(keys & self.sent_again)
        self.sent_again |= keys
        return self.ledger.queue(batch, place, [item.queued for item in waits])

    async def _settle(
        self,
        gone: Sequence[Item],
        set_aside: Sequence[Quarantined],
        *,
        batch: Batch | None = None,
        place: Place | None = None,
    ) -> bool:
        """Takes `gone` out of the outbox in one transaction with what was set aside and where the cursor is."""
        batch, place = batch or Batch(), place or self.ledger.places[self.name]
        self.ledger.unqueue(batch, self.name, [item.number for item in gone])
        if set_aside:
            before = await self.ledger.quarantine(self.name)
            self.ledger.put_quarantined(batch, before, set_aside)
            self.refused += set_aside
        left = await self._first_left(place, {item.number for item in gone})
        await self.ledger.commit(batch, places=[structs.replace(place, first=left)])
        if self.progress and gone:
            self.progress(len(gone))
        # A receipt that names nothing that was sent: asking on would go on for ever.
        return bool(gone) and not self.stuck

    async def _first_left(self, place: Place, gone: set[int]) -> int:
        """The outbox begins at its first row that is still there."""
        for start in range(place.first, place.next, _LOOK_AHEAD):
            numbers = range(start, min(start + _LOOK_AHEAD, place.next))
            # What this very batch appends is not on the disk yet, but it is there.
            appended = self.ledger.places[self.name].next
            held = await self.ledger.queued(self.name, numbers)
            for number, queued in zip(numbers, held, strict=True):
                if number not in gone and (queued is not None or number >= appended):
                    return number
        return place.next


async def push(
    ledger: Ledger,
    session: Session,
    name: CollectionName,
    *,
    progress: Callable[[int], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    now: int,
) -> Sent:
    """Sends all that waits in a collection. progress: told how many items have left the outbox since. now:
    milliseconds since 1970; clock: seconds, for pauses.

    Raises EpochChangedError, also where the hub has lost what it said it had stored; any other ProblemError leaves the
    rest in the outbox.
    """
    await check_lasts(ledger, session, name)
    sending = _Push(ledger=ledger, session=session, name=name, clock=clock, now=now, progress=progress)
    while await sending.step():
        pass
    return Sent(
        stored=sending.stored,
        known=sending.known,
        waiting=await ledger.waiting(name),
        refused=tuple(sending.refused),
    )


async def turn(ledger: Ledger, session: Session, name: CollectionName) -> None:
    """After an EpochChangedError. Where this device has met the epoch before, a relay and its hub by turns, it goes on
    from there, and sends what is lacking; else from the start, with all that it holds."""
    place, epoch = ledger.places[name], await session.epoch()
    known = None if epoch == place.epoch else cursor_in(place, epoch)
    everything = await all_held(ledger, name)
    elsewhere = tuple(each for each in laid_aside(place) if epoch_of(each) != epoch)
    if known is None:
        # Of the same epoch the cursor is worth nothing any more: that database was put back by hand.
        anew = structs.replace(place, cursor=None, epoch=b"", elsewhere=elsewhere)
        await _queue_anew(ledger, anew, everything)
        return
    wanted = await _lacking(ledger, session, name, everything)
    wanted |= {each.name async for _, each in ledger.outbox(name)}
    wanted |= await _unreceipted(ledger, name, everything, epoch)
    going_on = structs.replace(place, cursor=known, epoch=epoch, elsewhere=elsewhere)
    await _queue_anew(ledger, going_on, [each for each in everything if each.name in wanted])


async def _queue_anew(ledger: Ledger, place: Place, items: Sequence[Queued]) -> None:
    """These, and nothing else, in one transaction with the place. A coordinator speaks of certificates first."""
    batch = Batch()
    ledger.unqueue(batch, place.collection, range(place.first, place.next))
    # What a receipt of the epoch before stored is asked for with all else that is held.
    place = structs.replace(place, first=place.next, safe=0, sent=b"")
    place = ledger.queue(batch, place, items)
    root = structs.replace(ledger.root, announce=ledger.root.role == "coordinator")
    await ledger.commit(batch, root=root, places=[place])


async def _unreceipted(
    ledger: Ledger, name: CollectionName, held: Sequence[Queued], epoch: bytes
) -> set[bytes]:
    """Of a worker's contacts, those that neither the hub nor whoever answers in this epoch ever named: once the hub
    has, they may be forgotten."""
    if name != "contacts" or ledger.root.role != "worker":
        return set()
    revs = [each.name for each in held if each.kind == "revision"]
    return {
        each.rev
        for each in await ledger.revisions(name, revs)
        if each is not None
        and (each.receipt is None or (each.receipt.by != "hub" and each.receipt.epoch != epoch))
    }


async def ask_missing(ledger: Ledger, session: Session, name: CollectionName) -> Asked:
    """Asks the hub for all packets and heads that are held, and queues again what it lacks."""
    everything = await all_held(ledger, name)
    lacking, queued = await queue_lacking(ledger, session, name, everything)
    revs = [each.name for each in everything if each.kind == "revision"]
    return Asked(held=len(revs), missing=sum(1 for rev in revs if rev in lacking), queued=queued)


async def queue_lacking(
    ledger: Ledger, session: Session, name: CollectionName, asked: Sequence[Queued]
) -> tuple[set[bytes], int]:
    """Of these, those that the hub lacks, and how many of them are queued now and were not before."""
    lacking = await _lacking(ledger, session, name, asked)
    waiting = {each.name async for _, each in ledger.outbox(name)}
    batch, again = Batch(), [each for each in asked if each.name in lacking - waiting]
    if again:
        place = ledger.queue(batch, ledger.places[name], again)
        await ledger.commit(batch, places=[place])
    return lacking, len(again)


async def _lacking(
    ledger: Ledger, session: Session, name: CollectionName, asked: Sequence[Queued]
) -> set[bytes]:
    """The names that whoever answers neither holds nor knows as superseded."""
    lacking: set[bytes] = set()
    for start in range(0, len(asked), QUESTION_LIMIT):
        names = tuple(each.name for each in asked[start : start + QUESTION_LIMIT])
        lacking |= set(await ask_for(ledger, session, name, names))
    return lacking


async def all_held(ledger: Ledger, name: CollectionName) -> list[Queued]:
    """Packets, then heads, as they would stand in the outbox; without what a hub refused."""
    packets: list[Queued] = []
    held: dict[bytes, Revision] = {}
    async for row in ledger.scan():
        match row:
            case HeldRevision() if row.collection == name:
                held[row.rev] = row.revision
            case HeldKey() if row.collection == name:
                packets += queued_packets(ledger, row)
            case _:
                pass
    set_aside = {item.name for item in (await ledger.quarantine(name)).items}
    revisions = [Queued(collection=name, kind="revision", name=rev) for rev in heads_of(held)]
    return [each for each in (*packets, *revisions) if each.name not in set_aside]


def queued_packets(ledger: Ledger, held: HeldKey) -> list[Queued]:
    return [
        Queued(
            collection=held.collection,
            kind="packet",
            name=ledger.packet_name(held.collection, packet),
            key=packet.key,
        )
        for packet in held.packets
    ]


async def take(
    ledger: Ledger, name: CollectionName, size_bytes: int, most: int, *, first: int = 0
) -> list[Item]:
    """The front of the outbox, or what comes from `first` on: at least one item, at most so many and so large."""
    place = ledger.places[name]
    taken: list[Item] = []
    total = 0
    for start in range(max(first, place.first), place.next, _LOOK_AHEAD):
        numbers = range(start, min(start + _LOOK_AHEAD, place.next))
        queued = await ledger.queued(name, numbers)
        there = [(n, q) for n, q in zip(numbers, queued, strict=True) if q is not None]
        for item in await _load(ledger, name, there):
            total += item.size
            if taken and (total > size_bytes or len(taken) >= most):
                return taken
            taken.append(item)
    return taken


async def _load(ledger: Ledger, name: CollectionName, queued: Sequence[tuple[int, Queued]]) -> list[Item]:
    revs = [each.name for _, each in queued if each.kind == "revision"]
    revisions = {held.rev: held for held in await ledger.revisions(name, revs) if held is not None}
    packets: dict[bytes, KeyPacket] = {}
    for key in {each.key for _, each in queued if each.kind == "packet"}:
        held = await ledger.key(name, key)
        packets |= {ledger.packet_name(name, packet): packet for packet in (held.packets if held else ())}
    items: list[Item] = []
    for number, each in queued:
        content: KeyPacket | Revision | None = packets.get(each.name)
        if each.kind == "revision":
            content = _unchanged(ledger, name, each, revisions.get(each.name))
        size = 0 if content is None else len(_encoder.encode(content))
        items.append(Item(number=number, queued=each, content=content, size=size))
    return items


def _unchanged(
    ledger: Ledger, name: CollectionName, queued: Queued, held: HeldRevision | None
) -> Revision | None:
    if held is None or rev_of(ledger.collections[name], held.revision) != queued.name:
        return None
    return held.revision


def _moved(place: Place, receipt: Pushed, *, may_read: bool) -> Place:
    """The pull cursor moves only if it stands exactly where this push began: else it would skip others'. Of a device
    that may not read yet it vouches for nothing, since it is shown to nobody."""
    begins = place.cursor == receipt.before
    if place.cursor is None:
        begins = decode_cursor(receipt.before).sequence == 0
    cursor = receipt.cursor if begins else place.cursor
    # Also what was there already: the receipt before, which said so, may have got lost.
    held = receipt.stored or receipt.known
    sent = held[-1] if held else place.sent
    return structs.replace(
        place,
        cursor=cursor,
        epoch=epoch_of(receipt.cursor),
        safe=receipt.safe,
        sent=b"" if begins and may_read else sent,
    )


def waits(why: Why) -> bool:
    """Whether it may be taken later, once what it needs is there."""
    return why in ("unknown-key", "missing-chunks")


def set_aside(item: Item, why: str) -> Quarantined:
    kind: Kind = item.queued.kind
    return Quarantined(name=item.queued.name, kind=kind, why=why)


def _is_revision(item: Item) -> bool:
    return item.queued.kind == "revision"
