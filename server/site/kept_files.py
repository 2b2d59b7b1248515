"""What builds keep for the next build, in the data folder: JSON files by name, written in one step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from server.errors import SiteError

T = TypeVar("T")


def load_kept(path: Path, kind: type[T]) -> dict[str, T]:
    """Nothing where there is no file yet; raises `SiteError` for one that is not as it was written."""
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, kind])  # type: ignore[valid-type]  # a value
    except msgspec.DecodeError as error:
        raise SiteError(
            f"{path}: cannot be read: {error}. Put back the file from your last backup"
        ) from error


def save_kept(path: Path, values: Mapping[str, msgspec.Struct]) -> None:
    coming = path.with_suffix(".coming")
    coming.write_bytes(msgspec.json.format(msgspec.json.encode(values, order="sorted")))
    coming.replace(path)
