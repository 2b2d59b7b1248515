"""docs/formats.md, section 2: a vault of the browser, from its header and rows to what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tests.formats.attachments import attachment_of
from tests.formats.conventions import derived, from_base64url, key_id, unpadded, unsealed
from tests.formats.messagepack import (
    RefusedError,
    Value,
    array,
    boolean,
    decode,
    natural,
    octets,
    text,
    versioned,
)
from tests.formats.records import Packet, Plaintext, Revision, packet_from, revision_from, value_of
from tests.formats.slots import KINDS, SLOTS, Slot

OTHER_LABELS = {"backup": ("backup-past",)}
"""Of types of entries whose rows have more than one label."""
NEWEST = {"enrolment": 2}
"""Of types of entries whose rows have more than one version."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """What lies in a browser: the header, and all rows by their address."""

    header: bytes
    rows: Mapping[bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Root:
    """own, second, wiping: numbers of slots; recovery, passkey: slots, None for none; other: kind and slot."""

    own: list[int]
    second: list[int]
    wiping: list[int]
    pages: list[bytes]
    idle_seconds: int
    hidden_seconds: int
    passphrase: int
    recovery: int | None = None
    passkey: int | None = None
    other: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """An entry of the index and the row that it is about; content: what stands after label and version."""

    address: bytes
    type: str
    state: str
    collection: bytes
    order: int
    small: Value
    content: Sequence[Value]


@dataclass(frozen=True, kw_only=True)
class Note:
    text: str
    created: int
    changed: int


@dataclass(frozen=True, kw_only=True)
class Keepsake:
    kind: str
    values: dict[str, Value]
    created: int
    changed: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    kind: str
    form: tuple[str, str] | None
    enrolment: bytes | None
    edits: bytes | None
    changed: int
    values: dict[str, Value]


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """address: of its row; card, certificate: as docs/formats.md lists their elements."""

    address: bytes
    state: str
    hub: str
    programme: bytes
    role: str
    device: bytes
    signing_key: bytes
    sealing_key: bytes
    seed: bytes
    card: Sequence[Value] | None
    certificate: Sequence[Value] | None
    counter: int


@dataclass(frozen=True, kw_only=True)
class ContentKey:
    enrolment: bytes
    content_key: bytes
    packets: list[Packet]


@dataclass(frozen=True, kw_only=True)
class Head:
    """A contact's revision that no other one here supersedes; plaintext: None while its key is not held."""

    enrolment: bytes
    state: str
    rev: bytes
    revision: Revision
    plaintext: Plaintext | None


class Vault:
    """One vault of a store, read whole when made. Raises RefusedError where it is damaged, or only wipes."""

    def __init__(self, store: Store, slot: Slot) -> None:
        if slot.kind != "open":
            raise RefusedError("whoever gave this secret asked for everything to be destroyed")
        self._store = store
        self._rows_key = derived(slot.vault_key, "sojourn/1/rows")
        self.root_address = derived(slot.vault_key, "sojourn/1/root", 16)
        self.root = root_of(self._content(self.root_address))
        self.rows = [row for page in self.root.pages for row in self._page(page)]
        self.named = {self.root_address, *self.root.pages, *(row.address for row in self.rows)}

    @property
    def notes(self) -> list[Note]:
        """The oldest first."""
        return [note_of(row.content) for row in self._of("note")]

    @property
    def keepsakes(self) -> list[Keepsake]:
        return [keepsake_of(row.content) for row in self._of("keepsake")]

    @property
    def copies(self) -> list[tuple[str, bytes]]:
        """Of each picture of a paper its name and its JPEG, put together from its chunks."""
        read = []
        for row in self._of("keepsake"):
            if row.state == "copy":
                values = keepsake_of(row.content).values
                chunks = [
                    self._chunk(row.address, from_base64url(text(each))) for each in array(values["chunks"])
                ]
                picture = attachment_of(from_base64url(text(values["key"])), chunks)
                if len(picture) != values["size"]:
                    raise RefusedError("a picture of another size")
                read.append((text(values["name"]), picture))
        return read

    @property
    def drafts(self) -> list[Draft]:
        return [draft_of(row.content) for row in self._of("draft")]

    @property
    def enrolments(self) -> list[Enrolment]:
        return [enrolment_of(row) for row in self._of("enrolment")]

    @property
    def keys(self) -> list[ContentKey]:
        return [content_key_of(row) for row in self._of("key")]

    @property
    def contacts(self) -> list[Head]:
        """The heads of all records, the oldest first."""
        keys = {(key.enrolment, key_id(key.content_key)): key.content_key for key in self.keys}
        rows = [(row, *_revision_of(row)) for row in self._of("revision")]
        superseded = {(enrolment, rev) for _, enrolment, _, one in rows for rev in one.supersedes}
        heads = []
        for row, enrolment, rev, revision in rows:
            if (enrolment, rev) not in superseded:
                key = keys.get((enrolment, revision.key))
                plaintext = None if key is None else revision.plaintext(row.collection, key)
                heads.append(
                    Head(
                        enrolment=enrolment, state=row.state, rev=rev, revision=revision, plaintext=plaintext
                    )
                )
        return heads

    def _chunk(self, keepsake: bytes, address: bytes) -> bytes:
        for row in self.rows:
            if row.type == "chunk" and row.small == [keepsake, address]:
                (chunk,) = array(row.content, 1)
                if sha256(octets(chunk)).digest() == address:
                    return octets(chunk)
        raise RefusedError("a chunk is missing")

    def _of(self, kind: str) -> list[Row]:
        return sorted((row for row in self.rows if row.type == kind), key=lambda row: row.order)

    def _page(self, address: bytes) -> Iterator[Row]:
        (entries,) = array(versioned(self._content(address), "page"), 1)
        for entry in array(entries):
            row, kind, state, collection, order, small = array(entry, 6)
            row_address, row_type = octets(row, 16), text(kind)
            yield Row(
                address=row_address,
                type=row_type,
                state=text(state),
                collection=octets(collection, 0, 16),
                order=natural(order),
                small=small,
                content=versioned(
                    self._content(row_address),
                    row_type,
                    *OTHER_LABELS.get(row_type, ()),
                    newest=NEWEST.get(row_type, 1),
                ),
            )

    def _content(self, address: bytes) -> Value:
        sealed = self._store.rows.get(address)
        if sealed is None:
            raise RefusedError("a row is missing")
        return decode(unpadded(unsealed(self._rows_key, sealed, ["sojourn/1/row", address])))


def root_of(content: Value) -> Root:
    """Of version 1 or 2."""
    label, version, *elements = array(content, 5, 7)
    if label != "root" or (version, len(elements)) not in ((1, 3), (2, 5)):
        raise RefusedError("no root")
    own, second, wiping = (_slots(each) for each in array(elements[0], 3))
    idle_seconds, hidden_seconds = (natural(each) for each in array(elements[2], 2))
    if not own:
        raise RefusedError("a vault without slots")
    passphrase, recovery, passkey = array(elements[3], 3) if version == 2 else (own[0], None, None)
    return Root(
        own=own,
        second=second,
        wiping=wiping,
        pages=[octets(each, 16) for each in array(elements[1])],
        idle_seconds=idle_seconds,
        hidden_seconds=hidden_seconds,
        passphrase=natural(passphrase),
        recovery=None if recovery is None else natural(recovery),
        passkey=None if passkey is None else natural(passkey),
        other=_other(elements[4]) if version == 2 else None,
    )


def note_of(content: Sequence[Value]) -> Note:
    words, created, changed = array(content, 3)
    return Note(text=text(words), created=natural(created), changed=natural(changed))


def keepsake_of(content: Sequence[Value]) -> Keepsake:
    kind, values, created, changed = array(content, 4)
    return Keepsake(
        kind=text(kind), values=_values(values), created=natural(created), changed=natural(changed)
    )


def draft_of(content: Sequence[Value]) -> Draft:
    kind, form, enrolment, edits, changed, values = array(content, 6)
    form_id, form_hash = (None, None) if form is None else array(form, 2)
    return Draft(
        kind=text(kind),
        form=None if form is None else (text(form_id), text(form_hash)),
        enrolment=None if enrolment is None else octets(enrolment, 16),
        edits=None if edits is None else octets(edits, 16),
        changed=natural(changed),
        values=_values(values),
    )


def enrolment_of(row: Row) -> Enrolment:
    place, _secrets, keys, card, certificate, _token, _cursors, counter, _certified, *cards = array(
        row.content, 9, 10
    )
    if cards and card is not None:
        card, _own_signature = array(card, 2)
    hub, programme, role, _invite, _signing_key_hash = array(place, 5)
    device, signing_key, _private_key, sealing_key, seed = array(keys, 5)
    return Enrolment(
        address=row.address,
        state=row.state,
        hub=text(hub),
        programme=octets(programme, 16),
        role=text(role),
        device=octets(device, 16),
        signing_key=octets(signing_key, 65),
        sealing_key=octets(sealing_key, 1_216),
        seed=octets(seed, 32),
        card=None if card is None else array(card, 7),
        certificate=None if certificate is None else array(certificate, 10),
        counter=natural(counter),
    )


def content_key_of(row: Row) -> ContentKey:
    content_key, packets = array(row.content, 2)
    enrolment, key, *_ = array(row.small, 6)
    held = octets(content_key, 32)
    if key_id(held) != key:
        raise RefusedError("another key")
    return ContentKey(
        enrolment=octets(enrolment, 16),
        content_key=held,
        packets=[
            packet_from(packet) for packet, _sent, _refused in (array(each, 3) for each in array(packets))
        ],
    )


def _revision_of(row: Row) -> tuple[bytes, bytes, Revision]:
    """The enrolment's address, the rev, the revision."""
    stored, *elements = array(row.content, 7)
    enrolment, record, rev, tombstone, *_ = array(row.small, 6)
    revision = revision_from(elements)
    if not stored == rev == revision.rev(row.collection):
        raise RefusedError("another rev")
    if (record, boolean(tombstone)) != (revision.record, revision.tombstone):
        raise RefusedError("another record")
    return octets(enrolment, 16), octets(rev, 32), revision


def _slots(value: Value) -> list[int]:
    numbers = [natural(each) for each in array(value)]
    if any(number >= SLOTS for number in numbers):
        raise RefusedError("a slot that no header has")
    return numbers


def _other(value: Value) -> tuple[str, int] | None:
    if value is None:
        return None
    kind, slot = array(value, 2)
    if kind not in KINDS:
        raise RefusedError("another kind of slot")
    return text(kind), natural(slot)


def _values(value: Value) -> dict[str, Value]:
    pairs = [array(pair, 2) for pair in array(value)]
    values = {text(name): value_of(each) for name, each in pairs}
    if len(values) != len(pairs):
        raise RefusedError("a name twice")
    return values
