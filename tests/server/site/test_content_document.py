"""docs/content.md: each file that it shows is taken, and each limit that it names is the build's."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from server.site import rules
from server.site.checks import CheckFile
from server.site.directory import CountryFile
from server.site.fees import FeeFile
from server.site.frontmatter import decode
from server.site.phrases import PhraseFile
from server.site.places import find_places
from server.site.topics import TopicFacts
from server.site.vocabulary import WordFile
from tests.test_docs import ROOT, fences

DOCUMENT = (ROOT / "docs/content.md").read_text("utf-8")
SHOWN = (CountryFile, CheckFile, FeeFile, PhraseFile, WordFile)


def test_every_kind_of_file_that_is_shown_has_an_example_here() -> None:
    assert len(fences(DOCUMENT, "toml")) == len(SHOWN)


@pytest.mark.parametrize(("at", "kind"), [*enumerate(SHOWN)])
def test_the_data_that_is_shown_is_taken(at: int, kind: type[msgspec.Struct]) -> None:
    assert isinstance(msgspec.convert(tomllib.loads(fences(DOCUMENT, "toml")[at]), kind), kind)


def test_the_head_of_a_topic_that_is_shown_is_taken() -> None:
    (head,) = fences(DOCUMENT, "yaml")
    facts = decode(Path("papers.md"), head, TopicFacts)
    assert (facts.slug, facts.sources[0].article) == ("papers", "8")
    assert "reviewed: {by: A. Person, role: lawyer, date: 2026-11-02}" in DOCUMENT


def test_the_limits_that_are_named_are_the_builds() -> None:
    assert f"{rules.WORDS_MIN} to {rules.WORDS_MAX} words in two to five sections" in DOCUMENT
    assert (rules.SECTIONS_MIN, rules.SECTIONS_MAX) == (2, 5)
    assert f"*{rules.LAST_SECTION}*" in DOCUMENT
    assert f"{rules.GUIDANCE_WORDS_MIN} to {rules.GUIDANCE_WORDS_MAX} words" in DOCUMENT
    assert f"reading age over {rules.READING_AGE_MAX:.0f}" in DOCUMENT


def test_every_folder_and_file_of_content_is_named() -> None:
    there = {path.name for path in find_places().content.iterdir()} - {"README.md"}
    assert {name for name in there if f"`{name}/" not in DOCUMENT and f"`{name}`" not in DOCUMENT} == set()
