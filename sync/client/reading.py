"""Opening what is held: content keys from packets, plaintexts from revisions, and whose they are."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from sync.client.layout import HeldKey, HeldRevision
from sync.client.ledger import Ledger
from sync.client.state import Batch
from sync.client.trust import Trust
from sync.crypto import bodies, packets
from sync.errors import BadSignatureError, MalformedError, OpeningError
from sync.exchange import KeyPacket
from sync.identifiers import CollectionName
from sync.merge import Head, Merged, head_of, merge, stamps_of
from sync.revisions import Plaintext, Revision, Value, decode_plaintext, heads_of


class Opened(Struct, frozen=True, kw_only=True):
    """A revision that was opened. owner: of its content key. verified: a certified device signed for the key."""

    record: bytes
    owner: bytes
    verified: bool
    head: Head


class Record(Struct, frozen=True, kw_only=True):
    """A record of `members` or `admin`, merged. authors: of its heads."""

    record: bytes
    heads: tuple[Head, ...]
    keys: tuple[bytes, ...]
    authors: tuple[bytes, ...]
    merged: Merged

    def text(self, name: str) -> str:
        """The field's value where it is one text, else nothing."""
        value = self.value(name)
        return value if isinstance(value, str) else ""

    def value(self, name: str) -> Value:
        """Nothing where there is none, or where several are undecided."""
        alternatives = self.merged.fields.get(name, ())
        return alternatives[0].value if len(alternatives) == 1 else None


class Keyring:
    """The content keys of a collection, opened once and then kept."""

    def __init__(self, ledger: Ledger, name: CollectionName) -> None:
        self._ledger = ledger
        self._name: CollectionName = name
        self._keys: dict[bytes, HeldKey | None] = {}
        self._batch = Batch()

    async def get(self, key: bytes) -> HeldKey | None:
        """Nothing for a key of which no packet is held that this device can open."""
        if key not in self._keys:
            self._keys[key] = await self._open(key)
        return self._keys[key]

    async def save(self) -> None:
        """Keeps what was opened, so that the next time costs no HPKE."""
        await self._ledger.commit(self._batch)
        self._batch = Batch()

    async def _open(self, key: bytes) -> HeldKey | None:
        held = await self._ledger.key(self._name, key)
        if held is None or (held.content_key is not None and held.verified):
            return held
        opened = open_key(self._ledger, self._name, held)
        if opened is not None and opened != held:
            self._ledger.put_key(self._batch, opened)
        return opened


def open_key(ledger: Ledger, name: CollectionName, held: HeldKey) -> HeldKey | None:
    """By the first packet that opens, of those that verify first."""
    seeds = ledger.seeds()
    ours = [packet for packet in held.packets if packet.recipient in seeds]
    trusted = {id(packet) for packet in ours if _verifies(ledger, name, packet)}
    for packet in sorted(ours, key=lambda each: id(each) not in trusted):
        try:
            content_key = packets.open_packet(
                packet, ledger.root.programme, ledger.collections[name], seeds[packet.recipient]
            )
        except OpeningError:
            continue
        verified = id(packet) in trusted
        return structs.replace(held, content_key=content_key, owner=packet.owner, verified=verified)
    return held if held.content_key is not None else None


def open_revision(ledger: Ledger, held: HeldRevision, key: HeldKey) -> Opened:
    """Raises OpeningError, also for what was signed by nobody who may; MalformedError for a wrong plaintext."""
    if key.content_key is None:
        raise OpeningError
    collection = ledger.collections[held.collection]
    content = bodies.open_body(key.content_key, collection, held.revision)
    if held.collection == "contacts":
        plaintext = decode_plaintext(content)
        # A lane's devices hold its keys: nobody else can have written here, whatever the plaintext says,
        # of its author or of those before.
        stamped = {plaintext.author, *(stamp.device for stamp in plaintext.past)}
        if not all(_shares_lane(ledger.trust, key.owner, device) for device in stamped):
            raise OpeningError
    else:
        plaintext = _signed(ledger, held, content)
    head = head_of(held.rev, held.revision, plaintext)
    return Opened(record=held.revision.record, owner=key.owner, verified=key.verified, head=head)


async def records(ledger: Ledger, name: CollectionName) -> list[Record]:
    """Every record of `members` or `admin` that can be opened, in order of id."""
    ring = Keyring(ledger, name)
    opened: dict[bytes, tuple[Revision, Head]] = {}
    for each in await ledger.revisions(name, ledger.places[name].revs):
        key = None if each is None else await ring.get(each.revision.key)
        if each is None or key is None:
            continue
        try:
            opened[each.rev] = each.revision, open_revision(ledger, each, key).head
        except (OpeningError, MalformedError):
            continue
    await ring.save()
    # Only what a coordinator signed supersedes: else a worker, or the hub, could hide what stands here. Nor does
    # what one signed who had been revoked by then: it stands alone, or not at all.
    late = {rev for rev, (_, head) in opened.items() if name == "members" and _is_late(ledger.trust, head)}
    stand = {revision.record for rev, (revision, _) in opened.items() if rev not in late}
    heads: dict[bytes, list[tuple[bytes, Head]]] = {}
    for rev in heads_of(
        {
            rev: revision
            for rev, (revision, _) in opened.items()
            if rev not in late or revision.record not in stand
        }
    ):
        revision, head = opened[rev]
        heads.setdefault(revision.record, []).append((revision.key, head))
    return [_record(record, heads[record]) for record in sorted(heads)]


async def counters(ledger: Ledger, name: CollectionName) -> dict[bytes, int]:
    """The highest counter seen of each author in `members` or `admin`."""
    ring = Keyring(ledger, name)
    seen: dict[bytes, int] = {}
    for each in await ledger.revisions(name, ledger.places[name].revs):
        key = None if each is None else await ring.get(each.revision.key)
        if each is None or key is None:
            continue
        try:
            head = open_revision(ledger, each, key).head
        except (OpeningError, MalformedError):
            continue
        for stamp in stamps_of(head).values():
            seen[stamp.device] = max(stamp.counter, seen.get(stamp.device, 0))
    await ring.save()
    return seen


def of_type(held: Iterable[Record], kind: str) -> list[Record]:
    return [record for record in held if record.value("type") == kind and not record.merged.deleted]


def _is_late(trust: Trust, head: Head) -> bool:
    """After the last that is accepted of its author."""
    certificate = trust.certificates.get(head.plaintext.author)
    if certificate is None or not certificate.revoked:
        return False
    return head.plaintext.counter > certificate.last_counter


def _record(record: bytes, held: list[tuple[bytes, Head]]) -> Record:
    heads = tuple(head for _, head in held)
    return Record(
        record=record,
        heads=heads,
        keys=tuple(sorted({key for key, _ in held})),
        authors=tuple(sorted({head.plaintext.author for head in heads})),
        merged=merge(heads),
    )


def _shares_lane(trust: Trust, owner: bytes, device: bytes) -> bool:
    lane = trust.lane(owner)
    return device == owner or (lane is not None and lane == trust.lane(device))


def _verifies(ledger: Ledger, name: CollectionName, packet: KeyPacket) -> bool:
    trust: Trust = ledger.trust
    author = trust.certificates.get(packet.author)
    if author is None or packet.owner not in trust.certificates:
        return False
    if not trust.may_seal_for(packet.author, packet.owner):
        return False
    try:
        packets.verify_packet(packet, ledger.root.programme, ledger.collections[name], author.signing_key)
    except BadSignatureError:
        return False
    return True


def _signed(ledger: Ledger, held: HeldRevision, content: bytes) -> Plaintext:
    """The plaintext of `members` or `admin`, which a coordinator must have signed."""
    signed = bodies.read_signed(content)
    plaintext = decode_plaintext(signed.content)
    author = ledger.certificates.get(plaintext.author)
    if author is None or author.role != "coordinator":
        raise OpeningError
    try:
        bodies.verify_signed(signed, author.signing_key, ledger.collections[held.collection], held.revision)
    except BadSignatureError:
        raise OpeningError from None
    return plaintext
