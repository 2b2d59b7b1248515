"""The numbers of the packs, kept in the data folder: one only rises, and only when a part has changed.

A hub's packs and an export's differ, and share one row of numbers: two that differ never have the same number,
and what was exported last is newer than what a hub had before, if it takes the hub's place.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from server.site.kept_files import load_kept, save_kept
from server.site.packs import Part, listed

EDITIONS_FILE = "pack-editions.json"

Kind = Literal["hub", "export"]


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What an index says besides its parts; kept in the data folder, because `number` only rises."""

    number: int
    date: datetime.date
    parts: str
    """SHA-256, in hex, of the list of parts as the index has it."""


def key_of(tag: str, kind: Kind) -> str:
    """Under which a locale's edition is kept: `km`, `km export`."""
    return tag if kind == "hub" else f"{tag} {kind}"


def next_edition(
    kept: Mapping[str, Edition], tag: str, kind: Kind, parts: list[Part], today: datetime.date
) -> Edition:
    """The same edition while the parts are the same, else the next number and today's date."""
    hashed = hashlib.sha256(msgspec.msgpack.encode(listed(parts))).hexdigest()
    last = kept.get(key_of(tag, kind))
    if last is not None and last.parts == hashed:
        return last
    both: tuple[Kind, ...] = ("hub", "export")
    taken = [kept[key].number for each in both if (key := key_of(tag, each)) in kept]
    return Edition(number=max(taken, default=0) + 1, date=today, parts=hashed)


def load_editions(data: Path) -> dict[str, Edition]:
    return load_kept(data / EDITIONS_FILE, Edition)


def save_editions(data: Path, editions: Mapping[str, Edition]) -> None:
    save_kept(data / EDITIONS_FILE, editions)
