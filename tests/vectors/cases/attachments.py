"""Vectors of attachments. Long content is told by what it repeats, and its chunks by their addresses alone."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.crypto import attachments, padding
from tests.vectors.cases.inputs import Case, Cases, seeded

LENGTHS = (0, 1, 511, 262_142, 262_143, 262_144, 262_145, 524_288, 600_000)


def attachment_cases() -> Cases:
    valid: list[Case] = []
    for length in LENGTHS:
        repeats = seeded("picture", 64)
        sealed = attachments.seal_attachment((repeats * (length // 64 + 1))[:length])
        case: Case = {
            "name": f"{length} bytes",
            "key": sealed.key,
            "repeats": repeats,
            "length": length,
            "sizes": [len(chunk) for chunk in sealed.chunks],
            "addresses": [attachments.address_of(chunk) for chunk in sealed.chunks],
        }
        valid.append({**case, "chunks": sealed.chunks} if length < 600 else case)
    return "content of `length` bytes under `key` → chunks and their addresses", valid, _invalid()


def _invalid() -> list[Case]:
    key, content = seeded("attachment key", 32), seeded("words", 40)
    padded = padding.pad(content)
    first, second = _chunk(key, 0, padded, last=1), _chunk(key, 1, padded, last=1)
    bad: list[tuple[str, bytes, list[bytes]]] = [
        ("no chunk at all", key, []),
        ("an empty chunk", key, [b""]),
        ("under another key", seeded("another key", 32), [first]),
        ("a bit changed", key, [first[:-1] + bytes([first[-1] ^ 1])]),
        ("the last one is not marked as last", key, [_chunk(key, 0, padded, last=0)]),
        ("the first one was left out", key, [second]),
        ("one marked as last is not the last", key, [first, second]),
        ("the last one is there twice", key, [first, first]),
        ("a flag that is neither", key, [_chunk(key, 0, padded, last=2)]),
        ("a piece before the last is short", key, [_chunk(key, 0, padded, last=0), second]),
        ("the last one is not padded", key, [_chunk(key, 0, content, last=1)]),
        ("padded to another length", key, [_chunk(key, 0, padded + bytes(1), last=1)]),
    ]
    return [{"why": why, "key": under, "chunks": chunks} for why, under, chunks in bad]


def _chunk(key: bytes, number: int, piece: bytes, *, last: int) -> bytes:
    """By hand, so that the rules can be broken."""
    return AESGCM(key).encrypt(number.to_bytes(11, "big") + bytes([last]), piece, None)
