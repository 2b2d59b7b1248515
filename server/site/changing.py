"""What changed: kept by comparing each build with the one before, shown on a page and in an Atom feed a locale.

A date is the day of the build that brought the change to this hub: nothing else here knows one.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from server.site.directory import WORLD
from server.site.kept_files import load_kept, save_kept
from server.site.reviews import source_hash
from server.site.sources import Sources
from server.site.speaker import Voice

CHANGES_FILE = "changes.json"
KEPT = 100
"""So many changes of a locale are remembered."""

Kind = Literal["new", "changed", "removed"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """`path` is a page's address without the locale."""

    date: datetime.date
    path: str
    kind: Kind


class History(msgspec.Struct, frozen=True, kw_only=True):
    """`prints` are what the pages were at the last build, by path; `changes` the newest first.

    `begun` is the day of the first build.
    """

    begun: datetime.date
    prints: dict[str, str]
    changes: list[Change]

    @property
    def newest(self) -> datetime.date:
        """The day of the last change, or of the first build."""
        return max([change.date for change in self.changes], default=self.begun)


NOTHING_YET = History(begun=datetime.date(1970, 1, 1), prints={}, changes=[])


def load_histories(data: Path) -> dict[str, History]:
    return load_kept(data / CHANGES_FILE, History)


def save_histories(data: Path, histories: Mapping[str, History]) -> None:
    save_kept(data / CHANGES_FILE, histories)


def next_histories(kept: Mapping[str, History], sources: Sources, today: datetime.date) -> dict[str, History]:
    """Every locale's history with what this build changes; a locale's first build changes nothing."""
    now = {
        voice.locale.tag: _next(kept.get(voice.locale.tag), sources, voice, today) for voice in sources.voices
    }
    return {**kept, **now}


def _next(last: History | None, sources: Sources, voice: Voice, today: datetime.date) -> History:
    prints = dict(_prints(sources, voice))
    if last is None:
        return History(begun=today, prints=prints, changes=[])
    kinds: dict[str, Kind] = {
        path: "new" if path not in last.prints else "changed"
        for path, print_ in prints.items()
        if last.prints.get(path) != print_
    }
    kinds |= {path: "removed" for path in last.prints if path not in prints}
    # Of one day a page has one change: no news reader, and nobody who reads the page, could tell two apart.
    added = {one.path for one in last.changes if one.date == today and one.kind == "new"}
    found = [
        Change(date=today, path=path, kind="new" if kind == "changed" and path in added else kind)
        for path, kind in sorted(kinds.items())
    ]
    before = [one for one in last.changes if one.date != today or one.path not in kinds]
    return History(begun=last.begun, prints=prints, changes=[*found, *before][:KEPT])


def _prints(sources: Sources, voice: Voice) -> Iterator[tuple[str, str]]:
    """By path, a hash of what a page says: of its words in both languages, or of its facts; never of its frame.

    What holds for all countries has no page of its own: it counts for the page that leads to the countries.
    """
    yield from ((f"/topics/{topic.facts.slug}", source_hash(topic, voice)) for topic in sources.topics)
    yield from ((f"/guide/{page.facts.slug}", source_hash(page, voice)) for page in sources.guide.pages)
    yield from ((f"/{page.facts.slug}", source_hash(page, voice)) for page in sources.pages)
    for country in sources.countries:
        yield "/help/" if country.code == WORLD else f"/help/{country.slug}", _hash(country.entries)
    yield from ((f"/check/{check.facts.slug}", _hash(check.facts)) for check in sources.tools.checks)
    yield from ((f"/guide/{signs.id}", _hash(signs)) for signs in sources.guide.signs)
    yield "/phrases/", _hash(sources.tools.phrases)
    yield "/words", _hash(sources.tools.words)
    yield "/dates", _hash(sources.tools.dates)
    for file in sources.tools.fees:
        yield "/costs/" if file.country == WORLD else f"/costs/{file.slug}", _hash(file)


def _hash(facts: object) -> str:
    return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()[:16]
