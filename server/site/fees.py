"""Rules on what a person may be asked to pay for a job: a file a country, each rule with its law and source."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.errors import ContentError
from server.operator import CountryCode
from server.site.data_files import load_data, refuse_twice
from server.site.directory import WORLD
from server.site.topics import Filled, Slug

Address = Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$")]
MaybeAddress = Annotated[str, msgspec.Meta(pattern=r"^(https?://\S+)?$")]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`year` is the law's; `as_of` says up to when a source showed it to hold, empty where none does.

    `contract` and `passport` are what the same rules say of these; `checker` is where agencies can be looked up.
    """

    id: Slug
    role: Literal["origin", "destination", "both"]
    law: Filled
    year: Annotated[int, msgspec.Meta(ge=1900, le=2100)] | None = None
    as_of: str = ""
    text: Filled
    contract: str = ""
    passport: str = ""
    checker: MaybeAddress = ""
    source_title: Filled
    source_address: Address
    confidence: Literal["high", "medium", "low"]


class FeeFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    country: CountryCode
    rule: Annotated[list[Rule], msgspec.Meta(min_length=1)]

    @property
    def slug(self) -> str:
        return "world" if self.country == WORLD else self.country.lower()


def load_fees(folder: Path) -> list[FeeFile]:
    """Every country of a folder, by code; the world's file has no country of its own."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        file = load_data(path, FeeFile)
        if path.stem != file.slug:
            raise ContentError(path, "country", f"is {file.country}, the file is {path.name}")
        refuse_twice(path, "rule", [rule.id for rule in file.rule])
        _refuse_verdicts(path, file)
        found.append(file)
    return found


_VERDICT = re.compile(r"\b(?:il)?legal\b", re.IGNORECASE)


def _refuse_verdicts(path: Path, file: FeeFile) -> None:
    """Whether something that happened is against the law is a court's to say, and may have changed since."""
    for at, rule in enumerate(file.rule):
        for field in ("text", "contract", "passport"):
            if found := _VERDICT.search(getattr(rule, field)):
                raise ContentError(path, f"rule[{at}].{field}", f"says {found[0]}: say what the law says")
