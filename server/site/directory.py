"""The directory: a file a country, each line with its source and whoever has called it, if anyone has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.errors import ContentError
from server.operator import CountryCode
from server.site.data_files import decode_data
from server.site.topics import Filled, HelpKind, Month, Person

EntryId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Dialled = Annotated[str, msgspec.Meta(pattern=r"^[+*#0-9]{2,20}$")]
International = Annotated[str, msgspec.Meta(pattern=r"^\+[0-9]{6,16}$")]
WebAddress = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$")]
ChecksPapers = Literal["yes", "no", "unknown"]

PAPERS_MATTER: tuple[HelpKind, ...] = ("inspection", "shelter", "health", "labour", "police", "asylum")
"""Who may ask to see papers: these say whether they do, as far as an operator knows."""

WORLD: CountryCode = "001"
"""CLDR's code for the world: the file of lines that answer from anywhere."""


class Number(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`dial` is what is typed inside the country; `label` says who answers, where one line has several."""

    dial: Dialled
    label: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who can help, and how to reach them: a number, WhatsApp, an address or a website.

    Empty `hours` or `cost` means that no source says; `languages` are BCP 47 tags.
    """

    id: EntryId
    who: Filled
    kind: HelpKind
    numbers: list[Number] = []
    from_abroad: list[International] = []
    whatsapp: list[International] = []
    address: str = ""
    website: WebAddress | None = None
    hours: str = ""
    languages: list[str] = []
    cost: str = ""
    source_title: Filled
    source_address: WebAddress
    confidence: Literal["high", "medium"]
    display: Literal["source", "unverified"]
    enforcement: bool = False
    checks_papers: ChecksPapers | None = None
    note: str = ""
    checked: Person | None = None

    def __post_init__(self) -> None:
        if not (self.numbers or self.whatsapp or self.address or self.website):
            raise ValueError("needs a number, WhatsApp, an address or a website")
        if self.checks_papers is not None and self.kind not in PAPERS_MATTER:
            raise ValueError(f"only these kinds have checks_papers: {', '.join(PAPERS_MATTER)}")


class CountryFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    country: CountryCode
    facts_as_of: Month | None = None
    neighbours: list[CountryCode] = []
    note: str = ""
    entry: list[Entry] = []


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """`local` are the ids of entries that this hub's operator added or corrected."""

    path: Path
    code: CountryCode
    facts_as_of: str | None
    neighbours: list[CountryCode]
    note: str
    entries: list[Entry]
    local: frozenset[str] = frozenset()

    @property
    def slug(self) -> str:
        return self.code.lower()


def load_directory(folder: Path) -> list[Country]:
    """Every country of a folder, by code; an id stands once in the whole directory."""
    countries = [parse_country(path, path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    seen: set[str] = set()
    for country in countries:
        for entry in country.entries:
            if entry.id in seen:
                raise ContentError(country.path, f"entry {entry.id}", "the id stands twice in the directory")
            seen.add(entry.id)
    return countries


def parse_country(path: Path, text: str) -> Country:
    file = decode_data(path, text, CountryFile)
    if path.stem not in {file.country.lower(), "world" if file.country == WORLD else None}:
        raise ContentError(path, "country", f"is {file.country}, the file is {path.name}")
    return Country(
        path=path,
        code=file.country,
        facts_as_of=file.facts_as_of,
        neighbours=file.neighbours,
        note=file.note,
        entries=file.entry,
    )
