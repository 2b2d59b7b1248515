"""What outreach workers read: pages of guidance, and the sets of signs that they may know, as prompts only."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import msgspec

from server.errors import ContentError
from server.operator import CountryCode, load_toml
from server.site.data_files import load_data, refuse_twice
from server.site.frontmatter import decode, split
from server.site.markdown import Block
from server.site.topics import Filled, Month, Person, Slug, Source, blocks_of, slug_is_name

SignId = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{1,4}[0-9]{0,3}$")]


class GuidanceFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page's front matter; `order` is its place in the list."""

    slug: Slug
    label: Filled
    question: Filled
    summary: Filled
    order: int
    sources: Annotated[list[Source], msgspec.Meta(min_length=1)]
    facts_as_of: Month
    related: list[Slug] = []
    reviewed: Person | None = None


class Guidance(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    facts: GuidanceFacts
    blocks: list[Block]


class Sign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: SignId
    text: Filled


class SignGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: SignId
    name: Filled
    lead: Filled
    sign: Annotated[list[Sign], msgspec.Meta(min_length=1)]


class SignSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of indicators with its version. It has no weights on purpose: signs decide nothing."""

    id: Slug
    version: Filled
    title: Filled
    about: Filled
    source: Filled
    facts_as_of: Month
    closing: Filled
    group: Annotated[list[SignGroup], msgspec.Meta(min_length=1)]


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the law of a country says that a worker has to report, in the operator's words."""

    country: CountryCode
    text: Filled
    source_title: Filled
    source_address: Annotated[str, msgspec.Meta(pattern=r"^https?://\S+$")]
    checked: Person | None = None


class DutyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    duty: list[Duty] = []


def load_guidance(folder: Path) -> list[Guidance]:
    """Every page, in the order that they ask for."""
    found = [parse_guidance(path, path.read_text("utf-8")) for path in folder.glob("*.md")]
    return sorted(found, key=lambda page: (page.facts.order, page.facts.slug))


def parse_guidance(path: Path, text: str) -> Guidance:
    parts = split(path, text)
    facts = decode(path, parts.head, GuidanceFacts)
    slug_is_name(path, facts.slug)
    return Guidance(path=path, facts=facts, blocks=blocks_of(path, parts))


def load_sign_sets(folder: Path, taken: Collection[str] = ()) -> list[SignSet]:
    """A content folder's or an operator's sets, by file name; `taken` are the names of other pages beside them."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        file = load_data(path, SignSet)
        if path.stem != file.id:
            raise ContentError(path, "id", f"is {file.id!r}, the file is {path.stem!r}")
        if file.id in taken:
            why = f"there is a page {file.id} in the guide already: give the file and its id another name"
            raise ContentError(path, "id", why)
        refuse_twice(path, "sign", [sign.id for group in file.group for sign in group.sign])
        found.append(file)
    return found


def load_duties(data: Path) -> list[Duty]:
    """`duties.toml` of a data folder: we ship none, since what has to be reported differs by country."""
    return (load_toml(data / "duties.toml", DutyFile) or DutyFile()).duty
