"""A short hash over everything that a site is built from: while it is the same, the tree is."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

from server.site.keys import KEY_FILE, SUCCESSION_FILE
from server.site.places import Places

DIGITS = 16
_OPERATORS = (
    "operator.toml", "directory.toml", "duties.toml", "indicators/*.toml", "audio/*/*.opus", KEY_FILE, SUCCESSION_FILE,
)  # fmt: skip
"""Names and patterns of what an operator puts into the data folder."""


def stamp_of(places: Places, data: Path, today: datetime.date) -> str:
    """Changes with any input file, with the code, and each week: how old a check is depends on the day."""
    total = hashlib.sha256(str(today.isocalendar()[:2]).encode())
    for folder, path in _inputs(places, data):
        # The whole name: a file that has moved to another folder is another input.
        name = path.relative_to(folder).as_posix()
        total.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:DIGITS]


def _inputs(places: Places, data: Path) -> Iterator[tuple[Path, Path]]:
    """Each file, after the folder that its name is relative to."""
    code = Path(__file__).parent.parent
    for folder, pattern in (
        (places.content, "**/*"),
        (places.translations, "**/*"),
        (places.dist, "**/*"),
        (code, "*.py"),
        (code / "site", "**/*"),
        (code / "forms", "**/*.py"),
        *((data, pattern) for pattern in _OPERATORS),
    ):
        yield from (
            (folder, path)
            for path in sorted(folder.glob(pattern))
            if path.is_file() and "__pycache__" not in path.parts
        )
