"""The numbers of the packs, kept in the data folder: one only rises, and only when a part has changed."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import msgspec

from server.site.packs import Part, listed

EDITIONS_FILE = "pack-editions.json"


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What an index says besides its parts; kept in the data folder, because `number` only rises."""

    number: int
    date: datetime.date
    parts: str
    """SHA-256, in hex, of the list of parts as the index has it."""


def next_edition(last: Edition | None, parts: list[Part], today: datetime.date) -> Edition:
    """The same edition while the parts are the same, else the next number and today's date."""
    hashed = hashlib.sha256(msgspec.msgpack.encode(listed(parts))).hexdigest()
    if last is not None and last.parts == hashed:
        return last
    return Edition(number=last.number + 1 if last else 1, date=today, parts=hashed)


def load_editions(data: Path) -> dict[str, Edition]:
    path = data / EDITIONS_FILE
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Edition]) if path.exists() else {}


def save_editions(data: Path, editions: dict[str, Edition]) -> None:
    path = data / EDITIONS_FILE
    coming = path.with_suffix(".coming")
    coming.write_bytes(msgspec.json.format(msgspec.json.encode(editions, order="sorted")))
    coming.replace(path)
