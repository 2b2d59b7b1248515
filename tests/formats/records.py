"""docs/formats.md, sections 3 and 4: revisions, their plaintext, and packets with content keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from tests.formats.conventions import id_of, key_id, unpadded, unsealed, unsealed_by_hpke, verify
from tests.formats.messagepack import (
    RefusedError,
    Value,
    array,
    boolean,
    decode,
    encode,
    labelled,
    natural,
    octets,
    struct,
    text,
)

Alternative = tuple[Value, bytes, int]


@dataclass(frozen=True, kw_only=True)
class Plaintext:
    """fields: for each name the values that stand beside one another, with the device and counter that wrote them."""

    author: bytes
    counter: int
    past: list[tuple[bytes, int]]
    fields: dict[str, list[Alternative]]


@dataclass(frozen=True, kw_only=True)
class Revision:
    record: bytes
    supersedes: list[bytes]
    key: bytes
    tombstone: bool
    chunks: list[bytes]
    body: bytes

    def rev(self, collection: bytes) -> bytes:
        return sha256(encode(["sojourn/1/revision", *self._named(collection), self.body])).digest()

    def content(self, collection: bytes, content_key: bytes) -> bytes:
        if key_id(content_key) != self.key:
            raise RefusedError("another key")
        return unpadded(unsealed(content_key, self.body, ["sojourn/1/body", *self._named(collection)]))

    def plaintext(self, collection: bytes, content_key: bytes) -> Plaintext:
        """Of a contact, or of what is in a personal backup."""
        plaintext = plaintext_of(self.content(collection, content_key))
        if len(plaintext.past) != len(self.supersedes) or (self.tombstone and plaintext.fields):
            raise RefusedError("another revision's plaintext")
        return plaintext

    def signed_content(self, collection: bytes, content_key: bytes, author_key: bytes) -> bytes:
        """The plaintext, encoded, of what is in `members` or `admin`; author_key: the author's signing key."""
        signed = labelled(decode(self.content(collection, content_key)), "sojourn/1/signed-content")
        content, signature = (octets(each) for each in array(signed, 2))
        verify(author_key, signature, ["sojourn/1/signed", *self._named(collection)[:-1], content])
        return content

    def _named(self, collection: bytes) -> list[Value]:
        return [collection, self.record, self.supersedes, self.key, self.tombstone, self.chunks]


@dataclass(frozen=True, kw_only=True)
class Packet:
    key: bytes
    suite: int
    owner: bytes
    recipient: bytes
    author: bytes
    sealed: bytes
    signature: bytes

    def verify(self, programme: bytes, collection: bytes, author_key: bytes) -> None:
        named: list[Value] = [self.key, self.suite, self.owner, self.recipient, self.author, self.sealed]
        verify(author_key, self.signature, ["sojourn/1/packet", programme, collection, *named])

    def content_key(self, programme: bytes, collection: bytes, seed: bytes) -> bytes:
        """seed: of the recipient's sealing key."""
        if self.suite != 1:
            raise RefusedError("another suite")
        info: list[Value] = [programme, collection, self.key, self.owner, self.author, self.recipient]
        content_key = unsealed_by_hpke(seed, self.sealed, ["sojourn/1/packet", *info])
        if len(content_key) != 32 or key_id(content_key) != self.key:
            raise RefusedError("another key")
        return content_key


def revision_of(value: Value) -> Revision:
    """value: the Struct as a map."""
    named = struct(value)
    elements = ("record", "supersedes", "key", "tombstone", "chunks", "body")
    return revision_from([named.get(name) for name in elements])


def revision_from(elements: Sequence[Value]) -> Revision:
    """elements: in the order in which a vault's row has them."""
    record, supersedes, key, tombstone, chunks, body = array(elements, 6)
    return Revision(
        record=octets(record, 16),
        supersedes=_ascending(octets(each, 32) for each in array(supersedes)),
        key=octets(key, 16),
        tombstone=boolean(tombstone),
        chunks=_ascending(octets(each, 32) for each in array(chunks)),
        body=octets(body),
    )


def packet_of(value: Value) -> Packet:
    """value: the Struct as a map."""
    named = struct(value)
    elements = ("key", "suite", "owner", "recipient", "author", "sealed", "signature")
    return packet_from([named.get(name) for name in elements])


def packet_from(elements: Value) -> Packet:
    key, suite, owner, recipient, author, sealed, signature = array(elements, 7)
    return Packet(
        key=octets(key, 16),
        suite=natural(suite, 1),
        owner=octets(owner, 16),
        recipient=octets(recipient, 16),
        author=octets(author, 16),
        sealed=octets(sealed),
        signature=octets(signature, 64),
    )


def verify_certificate(certificate: Mapping[str, Value], programme_key: bytes) -> None:
    """programme_key: the signing key of the programme, which a card holds."""
    names = (
        "programme",
        "device",
        "lane",
        "role",
        "signing_key",
        "sealing_key",
        "n",
        "revoked",
        "last_counter",
    )
    if certificate.get("device") != id_of(octets(certificate.get("signing_key"), 65)):
        raise RefusedError("a device that is not its key's")
    message: list[Value] = ["sojourn/1/device", *(certificate.get(name) for name in names)]
    verify(programme_key, octets(certificate.get("signature"), 64), message)


def plaintext_of(content: bytes) -> Plaintext:
    author, counter, past, fields = array(decode(content), 4)
    read = Plaintext(
        author=octets(author, 16),
        counter=natural(counter, 1),
        past=[_stamp(each) for each in array(past)],
        fields={
            text(name): _alternatives(each) for name, each in (array(field, 2) for field in array(fields))
        },
    )
    names = [text(array(field)[0]).encode() for field in array(fields)]
    if sorted(set(names)) != names or b"" in names:
        raise RefusedError("fields that are not in order")
    return read


def value_of(value: Value) -> Value:
    """A field's: nil, a boolean, an integer, text, or an array of texts."""
    if isinstance(value, (bytes, Mapping)):
        raise RefusedError("no value of a field")
    return [text(each) for each in value] if isinstance(value, list) else value


def _alternatives(value: Value) -> list[Alternative]:
    read = [
        (value_of(each), octets(device, 16), natural(counter, 1))
        for each, device, counter in (array(alternative, 3) for alternative in array(value))
    ]
    order = [(device, counter, encode(each)) for each, device, counter in read]
    if not read or sorted(set(order)) != order:
        raise RefusedError("alternatives that are not in order")
    return read


def _stamp(value: Value) -> tuple[bytes, int]:
    device, counter = array(value, 2)
    return octets(device, 16), natural(counter, 1)


def _ascending(values: Iterable[bytes]) -> list[bytes]:
    read = list(values)
    if sorted(set(read)) != read:
        raise RefusedError("not ascending")
    return read
