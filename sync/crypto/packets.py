"""Key packets: a content key sealed to one recipient and signed by whoever sealed it."""

from __future__ import annotations

from sync import canonical
from sync.crypto import sealing, signing
from sync.crypto.content_keys import key_id
from sync.errors import OpeningError
from sync.exchange import KeyPacket, packet_message

_UNSIGNED = bytes(64)


def seal_packet(
    content_key: bytes,
    programme: bytes,
    collection: bytes,
    *,
    owner: bytes,
    author: bytes,
    author_key: signing.SigningPrivateKey,
    recipient: bytes,
    sealing_key: bytes,
) -> KeyPacket:
    """recipient: the id of what `sealing_key` belongs to, a device or the programme."""
    key = key_id(content_key)
    info = packet_info(programme, collection, key=key, owner=owner, author=author, recipient=recipient)
    unsigned = KeyPacket(
        key=key,
        suite=sealing.SUITE,
        owner=owner,
        recipient=recipient,
        author=author,
        sealed=sealing.seal(sealing_key, content_key, info),
        signature=_UNSIGNED,
    )
    return sign_packet(unsigned, programme, collection, author_key)


def sign_packet(
    packet: KeyPacket, programme: bytes, collection: bytes, author_key: signing.SigningPrivateKey
) -> KeyPacket:
    signature = signing.sign(author_key, packet_message(programme, collection, packet))
    return KeyPacket(
        key=packet.key,
        suite=packet.suite,
        owner=packet.owner,
        recipient=packet.recipient,
        author=packet.author,
        sealed=packet.sealed,
        signature=signature,
    )


def verify_packet(packet: KeyPacket, programme: bytes, collection: bytes, author_signing_key: bytes) -> None:
    """Raises BadSignatureError. Whether the author may sign for the owner is the caller's question."""
    signing.verify(author_signing_key, packet.signature, packet_message(programme, collection, packet))


def open_packet(packet: KeyPacket, programme: bytes, collection: bytes, seed: bytes) -> bytes:
    """The content key. Raises OpeningError, also for another suite and for a key that is not the one named."""
    if packet.suite != sealing.SUITE:
        raise OpeningError
    info = packet_info(
        programme,
        collection,
        key=packet.key,
        owner=packet.owner,
        author=packet.author,
        recipient=packet.recipient,
    )
    content_key = sealing.open_sealed(seed, packet.sealed, info)
    if len(content_key) != 32 or key_id(content_key) != packet.key:
        raise OpeningError
    return content_key


def packet_info(
    programme: bytes, collection: bytes, *, key: bytes, owner: bytes, author: bytes, recipient: bytes
) -> bytes:
    """HPKE's `info`."""
    return canonical.encode(["sojourn/1/packet", programme, collection, key, owner, author, recipient])
