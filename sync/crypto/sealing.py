"""Suite 1: HPKE base mode (RFC 9180) with X-Wing, HKDF-SHA256, AES-256-GCM; sealed = enc (1120) ‖ ciphertext.

A private key is X-Wing's 32-byte seed (draft-connolly-cfrg-xwing-kem section 5.2), expanded here since the
library takes the two halves: SHAKE256(seed, 96) = ML-KEM-768 seed (64) ‖ X25519 key (32). It is never put
through HPKE's DeriveKeyPair, which gives another key.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from sync.errors import MalformedError, OpeningError

SUITE = 1
SEED_SIZE = 32
_MLKEM_SEED_SIZE = 64
_MLKEM_PUBLIC_SIZE = 1184
_PUBLIC_SIZE = _MLKEM_PUBLIC_SIZE + 32

_suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_SIZE)


def public_key(seed: bytes) -> bytes:
    """ML-KEM-768 public key (1184) ‖ X25519 public key (32)."""
    mlkem, x25519 = _halves(seed)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def seal(public: bytes, content: bytes, info: bytes) -> bytes:
    """Raises MalformedError for a public key that is none."""
    if len(public) != _PUBLIC_SIZE:
        raise MalformedError("not a sealing key")
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_SIZE:]),
        )
        return _suite.encrypt(content, key, info=info)
    except ValueError:
        raise MalformedError("not a sealing key") from None


def open_sealed(seed: bytes, sealed: bytes, info: bytes) -> bytes:
    """Raises OpeningError, whatever the cause."""
    try:
        return _suite.decrypt(sealed, MLKEM768X25519PrivateKey(*_halves(seed)), info=info)
    except (InvalidTag, ValueError):
        raise OpeningError from None


def _halves(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != SEED_SIZE:
        raise MalformedError("not a sealing seed")
    expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_SIZE + 32)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_SIZE]),
        X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_SIZE:]),
    )
