"""A short hash over everything that a site is built from: while it is the same, the tree is."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

from server.site.keys import KEY_FILE, SUCCESSION_FILE
from server.site.places import Places

DIGITS = 16
_OPERATORS = ("operator.toml", "directory.toml", "duties.toml", KEY_FILE, SUCCESSION_FILE)


def stamp_of(places: Places, data: Path, today: datetime.date) -> str:
    """Changes with any input file, with the code, and each week: how old a check is depends on the day."""
    total = hashlib.sha256(str(today.isocalendar()[:2]).encode())
    for path in _inputs(places, data):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:DIGITS]


def _inputs(places: Places, data: Path) -> Iterator[Path]:
    code = Path(__file__).parent.parent
    for folder, pattern in (
        (places.content, "**/*"),
        (places.translations, "**/*"),
        (places.dist, "**/*"),
        (code / "site", "**/*"),
        (code / "forms", "**/*.py"),
    ):
        yield from (
            path
            for path in sorted(folder.glob(pattern))
            if path.is_file() and "__pycache__" not in path.parts
        )
    yield from (data / name for name in _OPERATORS if (data / name).exists())
    yield from sorted((data / "indicators").glob("*.toml"))
    yield from sorted((data / "audio").glob("*/*.opus"))
