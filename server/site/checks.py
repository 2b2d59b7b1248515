"""Self-checks: questions one answers for oneself, and what to be careful about. Never a verdict, score or count."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.site.data_files import load_data, refuse_twice
from server.site.topics import Filled, Month, Slug, Source, slug_is_name

Answer = Literal["yes", "no", "unknown"]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`care_on` are the answers that ask for care: then `care` says why and `next` what to do."""

    id: Slug
    text: Filled
    care_on: Annotated[list[Answer], msgspec.Meta(min_length=1)]
    care: Filled
    next: Filled
    topic: Slug


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Filled


class CheckFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`nothing` is said when no answer asks for care; `before` is shown whatever was answered."""

    slug: Slug
    label: Filled
    question: Filled
    summary: Filled
    nothing: Filled
    facts_as_of: Month
    source: Annotated[list[Source], msgspec.Meta(min_length=1)]
    ask: Annotated[list[Question], msgspec.Meta(min_length=1)]
    before: Annotated[list[Line], msgspec.Meta(min_length=1)]


class Check(msgspec.Struct, frozen=True, kw_only=True):
    path: Path
    facts: CheckFile


def load_checks(folder: Path) -> list[Check]:
    """Every check of a folder, by file name."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        facts = load_data(path, CheckFile)
        slug_is_name(path, facts.slug)
        refuse_twice(path, "ask", [question.id for question in facts.ask])
        found.append(Check(path=path, facts=facts))
    return found
