"""What was shown once and is not any more: its address says so and why, also offline, until everyone has seen it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from server.errors import ContentError
from server.operator import CountryCode
from server.site.data_files import load_data
from server.site.topics import Filled


class WithdrawnPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`path` is the address without the locale, `/topics/papers`; `title` what its heading was."""

    path: Annotated[str, msgspec.Meta(pattern=r"^/(topics|guide|check)/[a-z][a-z0-9-]*$")]
    title: Filled
    why: Filled
    date: datetime.date


class WithdrawnEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the directory; `date` is unknown for one that an operator has withdrawn."""

    country: CountryCode
    who: Filled
    why: str
    date: datetime.date | None = None


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`content/withdrawn.toml`."""

    page: list[WithdrawnPage] = []
    entry: list[WithdrawnEntry] = []


def load_withdrawn(path: Path, paths: set[str], today: datetime.date) -> Withdrawn:
    """Raises `ContentError` for a page that is still there, and for a day that has not come."""
    if not path.exists():
        return Withdrawn()
    found = load_data(path, Withdrawn)
    for page in found.page:
        if page.path in paths:
            raise ContentError(path, f"page {page.path}", "is still there: remove its file, or this entry")
    dates = [(f"page[{at}].date", page.date) for at, page in enumerate(found.page)]
    dates += [(f"entry[{at}].date", entry.date) for at, entry in enumerate(found.entry) if entry.date]
    for field, date in dates:
        if date > today:
            raise ContentError(path, field, "is in the future")
    return found
