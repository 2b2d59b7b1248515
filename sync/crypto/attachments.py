"""Attachments: the bytes of one file as sealed chunks, each known by the hash of its ciphertext.

STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online authenticated-encryption and its nonce-reuse
misuse-resistance", CRYPTO 2015): a chunk's nonce holds its number and whether it is the last, so that none can be
left out, moved, added, or taken from another file. The last piece is padded, so that a length tells little.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from sync.crypto import padding
from sync.errors import OpeningError

KEY_SIZE = 32
PIECE_SIZE = 256 * 1024
CHUNK_LIMIT = PIECE_SIZE + 16
"""A piece with AES-GCM's tag."""


class Attachment(Struct, frozen=True, kw_only=True):
    """key: 32 bytes, this attachment's alone. chunks: in their order, at least one."""

    key: bytes
    chunks: tuple[bytes, ...]


def seal_attachment(content: bytes) -> Attachment:
    """Under a fresh key: nonces count from 0, so no key ever seals a second attachment."""
    key = secrets.token_bytes(KEY_SIZE)
    # The last piece is always shorter than the others, so that its padding has room.
    last = len(content) // PIECE_SIZE
    pieces = [content[at * PIECE_SIZE : (at + 1) * PIECE_SIZE] for at in range(last + 1)]
    pieces[last] = padding.pad(pieces[last])
    cipher = AESGCM(key)
    chunks = (
        cipher.encrypt(_nonce(number, is_last=number == last), piece, None)
        for number, piece in enumerate(pieces)
    )
    return Attachment(key=key, chunks=tuple(chunks))


def open_attachment(key: bytes, chunks: Sequence[bytes]) -> bytes:
    """The content; all its chunks in their order are needed. Raises OpeningError."""
    if not chunks:
        raise OpeningError
    *others, last = chunks
    pieces = [_open_chunk(key, number, chunk, is_last=False) for number, chunk in enumerate(others)]
    if any(len(piece) != PIECE_SIZE for piece in pieces):
        raise OpeningError
    content = padding.unpad(_open_chunk(key, len(others), last, is_last=True))
    return b"".join([*pieces, content])


def address_of(chunk: bytes) -> bytes:
    """32 bytes: the name by which a hub keeps it."""
    return hashlib.sha256(chunk).digest()


def _open_chunk(key: bytes, number: int, chunk: bytes, *, is_last: bool) -> bytes:
    if len(chunk) > CHUNK_LIMIT:
        raise OpeningError
    try:
        return AESGCM(key).decrypt(_nonce(number, is_last=is_last), chunk, None)
    except (InvalidTag, ValueError):
        raise OpeningError from None


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
