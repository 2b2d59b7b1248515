"""AES-256-GCM with a random nonce before the ciphertext: nonce (12) ‖ ciphertext ‖ tag (16)."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.errors import OpeningError

NONCE_SIZE = 12
OVERHEAD = NONCE_SIZE + 16


def seal(key: bytes, content: bytes, associated: bytes) -> bytes:
    """Random nonces are safe here: no key seals more than some 10,000 bodies or a store's rows (2^32)."""
    nonce = secrets.token_bytes(NONCE_SIZE)
    return nonce + AESGCM(key).encrypt(nonce, content, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Raises OpeningError, whatever the cause."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], associated)
    except (InvalidTag, ValueError):
        raise OpeningError from None
