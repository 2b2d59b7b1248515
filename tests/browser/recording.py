"""A recording such as an operator's: silence, as an Ogg file (RFC 3533) of Opus packets (RFC 7845)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SERIAL = 1
_FIRST, _LAST = 2, 4
_SAMPLES = 960
_SILENCE = b"\xf8\xff\xfe"
"""A frame of 20 ms at 48 kHz."""
_PACKETS_A_PAGE = 50


def silence(seconds: int) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"none" + struct.pack("<I", 0)
    return b"".join(
        [_page([head], 0, 0, _FIRST), _page([tags], 0, 1, 0), *_sound(seconds)],
    )


def _sound(seconds: int) -> Iterator[bytes]:
    for at in range(seconds):
        samples = (at + 1) * _PACKETS_A_PAGE * _SAMPLES
        yield _page([_SILENCE] * _PACKETS_A_PAGE, samples, at + 2, _LAST if at == seconds - 1 else 0)


def _page(packets: list[bytes], granule: int, number: int, kind: int) -> bytes:
    """Packets shorter than 255 bytes: each has one length."""
    lengths = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIII", b"OggS", 0, kind, granule, _SERIAL, number, 0)
    page = bytearray(head + bytes([len(packets)]) + lengths + b"".join(packets))
    page[22:26] = struct.pack("<I", _checksum(page))
    return bytes(page)


def _checksum(page: bytes | bytearray) -> int:
    """Ogg's own CRC: the polynomial 0x04c11db7, not reflected, from zero."""
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ 0x104C11DB7 if crc & 0x80000000 else crc << 1
    return crc & 0xFFFFFFFF
