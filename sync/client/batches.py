"""How much to send at once: what the line carried in ten seconds before, between 16 KiB and the hub's limit."""

from __future__ import annotations

FIRST_BYTES = 16 * 1024
# Below the hub's 4 MiB, since names and lengths in MessagePack take some room too.
LARGEST_BYTES = 4 * 1024 * 1024 - 256 * 1024
TARGET_SECONDS = 10.0
_FASTEST_GROWTH = 4.0


def next_size(size_bytes: int, took_seconds: float) -> int:
    """size_bytes: of the request that took so long. Grows at most fourfold at a time; shrinks at once."""
    factor = min(_FASTEST_GROWTH, TARGET_SECONDS / max(took_seconds, 0.001))
    return max(FIRST_BYTES, min(LARGEST_BYTES, int(size_bytes * factor)))
