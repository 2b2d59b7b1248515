"""Two short lists: the words that officials use, and the dates that are worth remembering."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from server.site.data_files import load_data, refuse_twice
from server.site.topics import Filled, Slug


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`topic` is where to read more, if anywhere."""

    term: Filled
    meaning: Filled
    topic: str = ""


class WordFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    word: Annotated[list[Word], msgspec.Meta(min_length=1)]


class Date(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    text: Filled
    hint: Filled


class DateFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: Annotated[list[Date], msgspec.Meta(min_length=1)]


def load_words(path: Path) -> list[Word]:
    if not path.exists():
        return []
    words = load_data(path, WordFile).word
    refuse_twice(path, "word", [word.term for word in words])
    return words


def load_dates(path: Path) -> list[Date]:
    if not path.exists():
        return []
    dates = load_data(path, DateFile).date
    refuse_twice(path, "date", [date.id for date in dates])
    return dates
