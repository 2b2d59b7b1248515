"""New revisions: content keys, packets, counters and outbox, all in one transaction with the revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from sync.client.layout import HeldKey, HeldRevision, Place, Queued
from sync.client.ledger import Ledger
from sync.client.reading import Keyring
from sync.client.state import Batch
from sync.client.trust import Trust, recipients
from sync.crypto import bodies, content_keys, packets
from sync.errors import StateDamagedError
from sync.exchange import KeyPacket
from sync.identifiers import CollectionName
from sync.merge import Head, successor, tombstone
from sync.revisions import Plaintext, Value, encode_plaintext, rev_of

AT_ONCE = 500
"""Revisions a transaction: enough to make the flush to disk cheap, few enough to lose little when cut."""


class Draft(Struct, frozen=True, kw_only=True):
    """A change to be written: of a new record when there are no heads. `deleted` writes a tombstone."""

    record: bytes
    changes: Mapping[str, Value]
    heads: tuple[Head, ...] = ()
    deleted: bool = False


async def write(
    ledger: Ledger, name: CollectionName, drafts: Sequence[Draft], *, week: str, trust: Trust | None = None
) -> list[bytes]:
    """The revs, in the order of the drafts; they are in the outbox.

    week: the ISO week, `2026-W10`. trust: whom it is sealed to, where that is not as it stands.
    Raises MalformedError for what no revision can hold; then nothing is written.
    """
    batch = Batch()
    trust = trust or ledger.trust
    place, key = await _current_key(ledger, trust, ledger.places[name], batch, week)
    revs: list[bytes] = []
    queued: list[Queued] = []
    for draft in drafts:
        if place.uses >= content_keys.REVISIONS_PER_KEY:
            place, key = _new_key(ledger, trust, ledger.queue(batch, place, queued), batch, week)
            queued = []
        held = _revision(ledger, name, draft, key, place.counter + 1)
        ledger.put_revision(batch, held)
        queued.append(Queued(collection=name, kind="revision", name=held.rev))
        revs.append(held.rev)
        place = structs.replace(place, counter=place.counter + 1, uses=place.uses + 1)
    place = ledger.queue(batch, place, queued)
    if name != "contacts":
        place = structs.replace(place, revs=tuple(sorted({*place.revs, *revs})))
    await ledger.commit(batch, places=[place])
    return revs


async def share(ledger: Ledger, name: CollectionName) -> int:
    """Seals this device's own content keys to whom they were not sealed yet. Returns how many packets.

    A packet that waits for somebody who reads no longer, above all for the programme's key of before, never leaves.
    """
    batch = Batch()
    place = ledger.places[name]
    wanted = recipients(ledger.trust, name, ledger.device)
    waiting = {queued.name: number async for number, queued in ledger.outbox(name)}
    count = 0
    for key_id in place.own_keys:
        key = await ledger.key(name, key_id)
        if key is not None:
            key = _without_waiting(ledger, batch, key, wanted, waiting)
        missing = {} if key is None else {who: to for who, to in wanted.items() if who not in key.sealed_to}
        if key is not None and missing:
            place = seal_to(ledger, batch, place, key, missing)
            count += len(missing)
    if batch.puts or batch.drops:
        await ledger.commit(batch, places=[place])
    return count


def _without_waiting(
    ledger: Ledger, batch: Batch, key: HeldKey, wanted: Mapping[bytes, bytes], waiting: Mapping[bytes, int]
) -> HeldKey:
    names = {packet: ledger.packet_name(key.collection, packet) for packet in key.packets}
    over = {packet for packet, name in names.items() if packet.recipient not in wanted and name in waiting}
    if not over:
        return key
    ledger.unqueue(batch, key.collection, [waiting[names[packet]] for packet in over])
    gone = {packet.recipient for packet in over}
    left = structs.replace(
        key,
        packets=tuple(packet for packet in key.packets if packet not in over),
        sealed_to=tuple(to for to in key.sealed_to if to not in gone),
    )
    ledger.put_key(batch, left)
    return left


async def share_members(ledger: Ledger) -> int:
    """Seals every content key of `members`, another coordinator's too, to the devices that cannot open it yet.

    Returns how many packets. What a revoked coordinator wrote is shown to nobody, so its keys stay where they are.
    """
    ring = Keyring(ledger, "members")
    held = await ledger.revisions("members", ledger.places["members"].revs)
    keys = {each.revision.key for each in held if each is not None}
    opened = [key for named in sorted(keys) if (key := await ring.get(named)) is not None]
    await ring.save()
    batch, place, count = Batch(), ledger.places["members"], 0
    for key in opened:
        if not key.verified or ledger.trust.standing(key.owner) != "certified":
            continue
        wanted = recipients(ledger.trust, "members", key.owner)
        missing = {who: to for who, to in wanted.items() if who not in _reached(ledger.trust, key)}
        if missing:
            place = seal_to(ledger, batch, place, key, missing)
            count += len(missing)
    await ledger.commit(batch, places=[place])
    return count


def seal_to(
    ledger: Ledger, batch: Batch, place: Place, key: HeldKey, missing: Mapping[bytes, bytes]
) -> Place:
    """A content key that this device can open, for more recipients (id → sealing key); into the outbox."""
    if key.content_key is None:
        raise StateDamagedError(ledger.state.folder, "a content key is gone")
    made = [_packet(ledger, key, recipient, to) for recipient, to in missing.items()]
    ledger.put_key(
        batch,
        structs.replace(key, packets=(*key.packets, *made), sealed_to=(*key.sealed_to, *missing)),
    )
    return ledger.queue(batch, place, [_queued_packet(ledger, place, packet) for packet in made])


async def _current_key(
    ledger: Ledger, trust: Trust, place: Place, batch: Batch, week: str
) -> tuple[Place, HeldKey]:
    """The key in use, or a new one: in another week, or when someone may read no longer what comes now.

    In `members` only for the second reason: there a new key costs every device a packet for every device.
    """
    wanted = recipients(trust, place.collection, ledger.device)
    key = None if place.key is None else await ledger.key(place.collection, place.key)
    if key is None or key.content_key is None or _is_over(trust, place, key, wanted, week):
        return _new_key(ledger, trust, place, batch, week)
    missing = {who: to for who, to in wanted.items() if who not in _reached(trust, key)}
    if missing:
        place = seal_to(ledger, batch, place, key, missing)
    return place, key


def _is_over(trust: Trust, place: Place, key: HeldKey, wanted: Mapping[bytes, bytes], week: str) -> bool:
    if not set(key.sealed_to) <= set(wanted):
        return True
    if place.collection != "members":
        return place.week != week
    reached = {*key.sealed_to, *(packet.recipient for packet in key.packets)}
    return any(trust.standing(who) == "revoked" for who in reached)


def _reached(trust: Trust, key: HeldKey) -> set[bytes]:
    """Who can open it: by this device's packets, or by those of another coordinator, who makes some in `members`
    alone; of one who was revoked nobody takes any."""
    if key.collection != "members":
        return set(key.sealed_to)
    others = (packet for packet in key.packets if trust.may_seal_for(packet.author, packet.owner))
    return {*key.sealed_to, *(packet.recipient for packet in others)}


def _new_key(ledger: Ledger, trust: Trust, place: Place, batch: Batch, week: str) -> tuple[Place, HeldKey]:
    content_key = content_keys.new_content_key()
    key = HeldKey(
        collection=place.collection,
        key=content_keys.key_id(content_key),
        content_key=content_key,
        owner=ledger.device,
        verified=True,
    )
    place = structs.replace(place, key=key.key, week=week, uses=0, own_keys=(*place.own_keys, key.key))
    wanted = recipients(trust, place.collection, ledger.device)
    return seal_to(ledger, batch, place, key, wanted), key


def _revision(ledger: Ledger, name: CollectionName, draft: Draft, key: HeldKey, counter: int) -> HeldRevision:
    if key.content_key is None:
        raise StateDamagedError(ledger.state.folder, "a content key is gone")
    if draft.deleted:
        supersedes, plaintext = tombstone(draft.heads, ledger.device, counter)
    else:
        supersedes, plaintext = successor(draft.heads, ledger.device, counter, draft.changes)
    collection = ledger.collections[name]
    revision = bodies.seal_body(
        key.content_key,
        collection,
        draft.record,
        supersedes,
        _content(ledger, draft, key, supersedes, plaintext),
        tombstone=draft.deleted,
    )
    return HeldRevision(collection=name, rev=rev_of(collection, revision), revision=revision)


def _content(
    ledger: Ledger,
    draft: Draft,
    key: HeldKey,
    supersedes: Sequence[bytes],
    plaintext: Plaintext,
) -> bytes:
    """In `members` and `admin` signed by this device."""
    content = encode_plaintext(plaintext)
    if key.collection == "contacts":
        return content
    return bodies.sign_content(
        ledger.signing_private,
        ledger.collections[key.collection],
        draft.record,
        supersedes,
        key=key.key,
        content=content,
        tombstone=draft.deleted,
    )


def _packet(ledger: Ledger, key: HeldKey, recipient: bytes, sealing_key: bytes) -> KeyPacket:
    if key.content_key is None:
        raise StateDamagedError(ledger.state.folder, "a content key is gone")
    return packets.seal_packet(
        key.content_key,
        ledger.root.programme,
        ledger.collections[key.collection],
        owner=key.owner,
        author=ledger.device,
        author_key=ledger.signing_private,
        recipient=recipient,
        sealing_key=sealing_key,
    )


def _queued_packet(ledger: Ledger, place: Place, packet: KeyPacket) -> Queued:
    name = ledger.packet_name(place.collection, packet)
    return Queued(collection=place.collection, kind="packet", name=name, key=packet.key)
