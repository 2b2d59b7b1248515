"""HKDF-SHA256 without salt (RFC 5869): one secret gives a key for each purpose."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: bytes, info: str, length: int = 32) -> bytes:
    """info: the purpose, ASCII text."""
    hkdf = HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info.encode("ascii"))
    return hkdf.derive(secret)
