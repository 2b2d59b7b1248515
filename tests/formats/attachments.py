"""docs/formats.md, section 7: a file from its chunks."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.formats.conventions import unpadded
from tests.formats.messagepack import RefusedError

PIECE = 262_144


def attachment_of(key: bytes, chunks: Sequence[bytes]) -> bytes:
    """chunks: all of them, in their order."""
    if not chunks:
        raise RefusedError("no chunk at all")
    *pieces, last = (_piece(key, chunk, n, n == len(chunks) - 1) for n, chunk in enumerate(chunks))
    if any(len(piece) != PIECE for piece in pieces):
        raise RefusedError("a short piece before the last")
    return b"".join(pieces) + unpadded(last)


def _piece(key: bytes, chunk: bytes, number: int, last: bool) -> bytes:
    try:
        return AESGCM(key).decrypt(number.to_bytes(11) + bytes([last]), chunk, None)
    except (InvalidTag, ValueError) as error:
        raise RefusedError("does not open") from error
