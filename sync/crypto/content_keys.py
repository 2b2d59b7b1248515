"""Content keys: the symmetric keys that encrypt revisions."""

from __future__ import annotations

import secrets

from sync.crypto.derivation import derive

CONTENT_KEY_SIZE = 32
REVISIONS_PER_KEY = 10_000
"""After so many a device makes a new key; also when it first writes in an ISO week."""


def new_content_key() -> bytes:
    return secrets.token_bytes(CONTENT_KEY_SIZE)


def key_id(content_key: bytes) -> bytes:
    """16 bytes; whoever opens a packet compares it with the packet's `key`."""
    return derive(content_key, "sojourn/1/key-id")[:16]
