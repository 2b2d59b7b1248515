"""Ids and cursors as they stand in addresses: base64url without padding."""

from __future__ import annotations

from sync import canonical
from sync.errors import MalformedError, UnknownError
from sync.exchange import Cursor, decode_cursor


def parse_id(text: str) -> bytes:
    """16 bytes. What is no id names nothing: raises UnknownError."""
    return _parse(text, 16)


def parse_hash(text: str) -> bytes:
    """32 bytes. Raises UnknownError."""
    return _parse(text, 32)


def parse_cursor(text: str) -> Cursor:
    """Raises MalformedError."""
    try:
        return decode_cursor(canonical.from_text(text))
    except MalformedError as error:
        raise MalformedError(error.detail, field="after") from None


def _parse(text: str, length: int) -> bytes:
    try:
        raw = canonical.from_text(text)
    except MalformedError:
        raise UnknownError from None
    if len(raw) != length:
        raise UnknownError
    return raw
