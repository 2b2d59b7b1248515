"""Topics and pages: a Markdown file each, its facts in the front matter, its body in blocks."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.errors import ContentError
from server.site.frontmatter import Split, decode, split
from server.site.markdown import Block, UnwantedMarkupError, parse_blocks

Stage = Literal["before", "way", "work", "wrong", "justice", "children", "home", "others"]
HelpKind = Literal[
    "emergency", "anti-trafficking", "migrant-worker", "labour", "union", "ngo", "women", "child",
    "embassy", "legal-aid", "police", "shelter", "inspection", "rights-body", "health", "asylum",
]  # fmt: skip
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Filled = Annotated[str, msgspec.Meta(min_length=1)]
Month = Annotated[str, msgspec.Meta(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who read or checked something, in what role, and when. Without a role it is not believed."""

    by: Filled
    role: Filled
    date: datetime.date


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`article` is a number or words as the instrument itself has them; empty where the whole is meant."""

    instrument: Filled
    article: str = ""
    note: str = ""


class TopicFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic's front matter. `label` is what the browser's history shows, `question` the heading."""

    slug: Slug
    label: Filled
    question: Filled
    summary: Filled
    stage: Stage
    audience: list[Literal["reader", "worker"]]
    regions: list[str]
    sources: Annotated[list[Source], msgspec.Meta(min_length=1)]
    facts_as_of: Month
    related: list[Slug] = []
    helps: Annotated[list[HelpKind], msgspec.Meta(min_length=1)]
    reviewed: Person | None = None


class PageFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    slug: Slug
    label: Filled
    question: Filled
    summary: Filled


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    facts: TopicFacts
    blocks: list[Block]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    facts: PageFacts
    blocks: list[Block]


def load_topics(folder: Path) -> list[Topic]:
    """Every topic of a folder, by file name."""
    return [parse_topic(path, path.read_text("utf-8")) for path in sorted(folder.glob("*.md"))]


def load_pages(folder: Path) -> list[Page]:
    return [parse_page(path, path.read_text("utf-8")) for path in sorted(folder.glob("*.md"))]


def parse_topic(path: Path, text: str) -> Topic:
    parts = split(path, text)
    facts = decode(path, parts.head, TopicFacts)
    slug_is_name(path, facts.slug)
    return Topic(path=path, facts=facts, blocks=blocks_of(path, parts))


def parse_page(path: Path, text: str) -> Page:
    parts = split(path, text)
    facts = decode(path, parts.head, PageFacts)
    slug_is_name(path, facts.slug)
    return Page(path=path, facts=facts, blocks=blocks_of(path, parts))


def blocks_of(path: Path, parts: Split) -> list[Block]:
    """A body's blocks; raises `ContentError` with the line of markup that pages do not carry."""
    try:
        return parse_blocks(parts.body, parts.body_line)
    except UnwantedMarkupError as fault:
        name, line = fault.args
        raise ContentError(path, "body", f"pages carry no {name}", line) from fault


def slug_is_name(path: Path, slug: str) -> None:
    """A page's address is its file's name, so that either is found by the other."""
    if path.stem != slug:
        raise ContentError(path, "slug", f"is {slug!r}, the file is {path.stem!r}")
