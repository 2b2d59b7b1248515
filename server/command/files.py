"""Files that people carry: read with a limit, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sync.bundles import CONTENT_LIMIT


def read_whole(file: Path) -> bytes:
    """What is larger than any bundle is read only so far that the reader can tell."""
    with file.open("rb") as opened:
        return opened.read(CONTENT_LIMIT + 1024)


def write_whole(file: Path, content: bytes) -> None:
    """Under another name first, on the disk, then in its place; nobody else on this machine may read it."""
    beside = file.with_name(f".{file.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
