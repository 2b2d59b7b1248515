"""What a phone's camera sees, or takes a photo of: a QR code on a grey table, or the table alone."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import segno

WIDTH, HEIGHT = 640, 480
TABLE, PAPER, INK = 130, 235, 25
"""How bright, from 16 to 235 (ITU-R BT.601); without a colour."""
MARGIN = 4
"""Modules of paper around a code (ISO/IEC 18004)."""


def film(path: Path, code: str | None) -> Path:
    """Two frames that Chromium shows again and again, as YUV4MPEG2."""
    grey = b"".join(_rows(code))
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + grey + colourless
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + 2 * frame)
    return path


def photo(path: Path, code: str | None) -> Path:
    """As a PNG file of eight bits of grey (W3C PNG, section 11)."""
    lines = b"".join(b"\0" + row for row in _rows(code))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks))
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rows(code: str | None) -> list[bytes]:
    rows = [bytearray([TABLE]) * WIDTH for _ in range(HEIGHT)]
    if code is not None:
        made = segno.make(code, micro=False, error="m")
        modules = [list(row) for row in made.matrix_iter(border=MARGIN)]
        scale = HEIGHT // len(modules)
        side = scale * len(modules)
        top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
        for y in range(side):
            line = bytes(INK if dark else PAPER for dark in modules[y // scale] for _ in range(scale))
            rows[top + y][left : left + side] = line
    return [bytes(row) for row in rows]
