"""The record of a contact that was made elsewhere: the same for the same row, and to the hub as random as any other."""

from __future__ import annotations

from hashlib import sha256

from sync.crypto.derivation import derive


def imported_record(sealing_seed: bytes, identity: str) -> bytes:
    """sealing_seed: the programme's, of any generation. identity: what tells the row from all others."""
    named = sha256(identity.encode()).hexdigest()
    return derive(sealing_seed, f"sojourn/1/import {named}", 16)
