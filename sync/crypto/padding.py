"""Padding that hides lengths: 0x80 and zeros, to the Padmé length, at least 512 bytes.

Padmé (Nikitin and others, "Reducing metadata leakage from encrypted files", PETS 2019, section 4) leaks
O(log log n) bits of a length and costs at most 12 %.
"""

from __future__ import annotations

from sync.errors import OpeningError

SMALLEST = 512
MARK = b"\x80"


def padded_length(length: int) -> int:
    """For content of `length` bytes, the mark not counted."""
    size = length + len(MARK)
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    unit = 1 << max(low_bits, 0)
    return max(SMALLEST, -(-size // unit) * unit)


def pad(content: bytes) -> bytes:
    return (content + MARK).ljust(padded_length(len(content)), b"\x00")


def unpad(padded: bytes) -> bytes:
    """Raises OpeningError for anything that `pad` does not make."""
    content = padded.rstrip(b"\x00")
    if not content.endswith(MARK) or padded_length(len(content) - 1) != len(padded):
        raise OpeningError
    return content[:-1]
