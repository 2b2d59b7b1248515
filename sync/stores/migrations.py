"""The numbered SQL files of a store."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Migration:
    number: int
    name: str
    sql: str


def migrations_in(package: str) -> list[Migration]:
    """All in its folder `migrations`, oldest first: `0001.sql`, `0002.sql`, …"""
    folder = files(package).joinpath("migrations")
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    return [Migration(int(file.name[:4]), file.name, file.read_text("utf-8")) for file in found]
