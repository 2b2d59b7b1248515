"""What waits, in a file that is carried to the hub, and the receipt file that comes back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct, structs

from sync.bundles import CONTENT_LIMIT, Bundle, Bundled, BundleReceipt, read_receipt
from sync.client.batches import LARGEST_BYTES
from sync.client.ledger import Ledger
from sync.client.pulling import check_epoch
from sync.client.sending import Item, Sent, set_aside, take, waits
from sync.client.state import Batch
from sync.enrolment import enrolment_of
from sync.errors import BundleError
from sync.exchange import REVISIONS_LIMIT, KeyPacket, Push, Pushed, Why
from sync.identifiers import CollectionName
from sync.revisions import Revision

# Labels, ids and lengths around the messages; an enrolment and a certificate are a few kilobytes.
_ROOM_BYTES = 64 * 1024
_encoder = msgspec.msgpack.Encoder()
_receipt_decoder = msgspec.msgpack.Decoder(Pushed)


class Packed(Struct, frozen=True, kw_only=True):
    """What went into a bundle. revisions: of contacts; left: those for which there was no room."""

    bundle: Bundle
    revisions: int
    left: int


async def make_bundle(ledger: Ledger, names: Sequence[CollectionName]) -> Packed:
    """Everything that waits, in pushes that the hub would take. Nothing leaves the outbox for it."""
    pushes: list[Bundled] = []
    room, count = CONTENT_LIMIT - _ROOM_BYTES, 0
    # Contacts last, as when sending.
    for name in sorted(names, key=lambda each: each == "contacts"):
        first = ledger.places[name].first
        while items := await take(ledger, name, LARGEST_BYTES, REVISIONS_LIMIT, first=first):
            message = _encoder.encode(_push(items))
            if len(message) > room:
                break
            room -= len(message)
            first = items[-1].number + 1
            pushes.append(Bundled(ledger.collections[name], message))
            count += sum(1 for each in items if name == "contacts" and isinstance(each.content, Revision))
    invite, own = ledger.root.invite, ledger.own_certificate
    enrolment = None
    if own is None and invite is not None:
        enrolment = _encoder.encode(enrolment_of(invite, ledger.signing_key, ledger.sealing_key))
    return Packed(
        bundle=Bundle(
            programme=ledger.root.programme,
            device=ledger.device,
            enrolment=enrolment,
            certificate=None if own is None else _encoder.encode(own),
            pushes=tuple(pushes),
        ),
        revisions=count,
        left=await ledger.waiting("contacts") - count,
    )


async def take_receipt(ledger: Ledger, raw: bytes) -> Sent:
    """Sets the states that a receipt file tells; safe to repeat. Returns what became of the contacts.

    No cursor moves. Raises BundleError (`not-its-device` for another's), and EpochChangedError where the hub's
    database is another than this device knows; then nothing is changed.
    """
    receipt = read_receipt(raw)
    if (receipt.device, receipt.programme) != (ledger.device, ledger.root.programme):
        raise BundleError("not-its-device")
    told = _by_collection(ledger, receipt)
    for name, pushed in told.items():
        for each in pushed:
            check_epoch(ledger.places[name], each.cursor)
    sent = Sent(waiting=await ledger.waiting("contacts"))
    for name, pushed in told.items():
        settled = await _settle(ledger, name, pushed)
        sent = settled if name == "contacts" else sent
    return sent


async def _settle(ledger: Ledger, name: CollectionName, receipts: Sequence[Pushed]) -> Sent:
    stored = {rev for each in receipts for rev in each.stored}
    known = {rev for each in receipts for rev in each.known} - stored
    why: dict[bytes, Why] = {refusal.rev: refusal.why for each in receipts for refusal in each.refused}
    place = ledger.places[name]
    gone: list[Item] = []
    first: int | None = None
    counts = {"stored": 0, "known": 0}
    wrong: list[Item] = []
    start = place.first
    while items := await take(ledger, name, LARGEST_BYTES, REVISIONS_LIMIT, first=start):
        start = items[-1].number + 1
        for item in items:
            rev = item.queued.name
            if rev in stored | known:
                gone.append(item)
                counts["stored" if rev in stored else "known"] += item.queued.kind == "revision"
            elif rev in why and not waits(why[rev]):
                gone.append(item)
                wrong.append(item)
            elif first is None:
                first = item.number
    batch = Batch()
    ledger.unqueue(batch, name, [item.number for item in gone])
    aside = [set_aside(item, why[item.queued.name]) for item in wrong]
    if aside:
        ledger.put_quarantined(batch, await ledger.quarantine(name), aside)
    left = place.next if first is None else first
    await ledger.commit(batch, places=[structs.replace(place, first=left)])
    return Sent(
        stored=counts["stored"],
        known=counts["known"],
        waiting=await ledger.waiting(name),
        refused=tuple(aside),
    )


def _push(items: Sequence[Item]) -> Push:
    """What is not what it was stays out; the next push to the hub sets it aside."""
    return Push(
        packets=tuple(item.content for item in items if isinstance(item.content, KeyPacket)),
        revisions=tuple(item.content for item in items if isinstance(item.content, Revision)),
    )


def _by_collection(ledger: Ledger, receipt: BundleReceipt) -> dict[CollectionName, list[Pushed]]:
    """Raises BundleError for what is no receipt, or of a collection that is none here."""
    names: dict[bytes, CollectionName] = {collection: name for name, collection in ledger.collections.items()}
    told: dict[CollectionName, list[Pushed]] = {}
    for each in receipt.receipts:
        try:
            told.setdefault(names[each.collection], []).append(_receipt_decoder.decode(each.message))
        except (KeyError, msgspec.DecodeError):
            raise BundleError("not-a-bundle") from None
    return told
