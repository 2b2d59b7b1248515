"""Files that people carry: read with a limit, written whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import IO

from sync.bundles import CONTENT_LIMIT


def read_whole(file: Path) -> bytes:
    """What is larger than any bundle is read only so far that the reader can tell."""
    with file.open("rb") as opened:
        return opened.read(CONTENT_LIMIT + 1024)


def write_whole(file: Path, content: bytes) -> None:
    """Under another name first, on the disk, then in its place; nobody else on this machine may read it."""
    _write_whole(file, io.BytesIO(content))


def write_whole_from(source: Path, file: Path) -> None:
    """A copy of a file of any size, as `write_whole`."""
    with source.open("rb") as opened:
        _write_whole(file, opened)


def _write_whole(file: Path, content: IO[bytes]) -> None:
    beside = file.with_name(f".{file.name}.part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as opened:
            shutil.copyfileobj(content, opened)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
    except BaseException:
        # A disk that is full needs the room, and nobody looks for it under this name.
        beside.unlink(missing_ok=True)
        raise
