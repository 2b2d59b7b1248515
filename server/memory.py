"""How memory that is free just now is kept, and how often Python looks for more."""

from __future__ import annotations

import ctypes
import gc

# A push or a page of a thousand contacts is a megabyte that is copied a few times on its way. By itself glibc asks the
# system for each of these copies and gives it back, which costs as much as the copying.
KEPT_BYTES = 16 << 20

# Objects that are made before Python looks for those that hold each other. A push of a thousand makes some thousands,
# none of them such: by itself Python would look through them ten times, for a twentieth of the time of all of it.
MADE_BETWEEN = 5_000

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3
"""Of mallopt(3)."""


def keep_memory() -> None:
    """For a process that serves until it ends. Where the C library is not glibc, only Python's part.

    Requests make few objects that hold each other, and hardly a body among them.
    """
    gc.set_threshold(MADE_BETWEEN)
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for which in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
        mallopt(which, KEPT_BYTES)
