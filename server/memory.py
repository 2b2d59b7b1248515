"""How the C library keeps memory that is free just now."""

from __future__ import annotations

import ctypes

# A push or a page of a thousand contacts is a megabyte that is copied a few times on its way. By itself glibc asks the
# system for each of these copies and gives it back, which costs as much as the copying.
KEPT_BYTES = 16 << 20

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
"""Of mallopt(3)."""


def keep_memory() -> None:
    """Where the C library is glibc; elsewhere nothing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for which in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        mallopt(which, KEPT_BYTES)
