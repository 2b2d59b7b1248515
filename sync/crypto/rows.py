"""Rows: what a vault keeps, each padded and sealed to its address, so that none can stand in another's place."""

from __future__ import annotations

from sync import canonical
from sync.crypto import aead, padding


def seal_row(rows_key: bytes, address: bytes, content: bytes) -> bytes:
    """address: 16 bytes that tell nothing."""
    return aead.seal(rows_key, padding.pad(content), _associated(address))


def open_row(rows_key: bytes, address: bytes, value: bytes) -> bytes:
    """Raises OpeningError."""
    return padding.unpad(aead.open_sealed(rows_key, value, _associated(address)))


def _associated(address: bytes) -> bytes:
    return canonical.encode(["sojourn/1/row", address])
