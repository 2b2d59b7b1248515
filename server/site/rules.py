"""What the build refuses in content, so that nothing unsourced, unreadable or made up is ever shown."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable

from server.errors import ContentError
from server.site.directory import Country
from server.site.markdown import Block, links_in, words_in
from server.site.readability import reading_age
from server.site.topics import Page, Topic

WORDS_MIN, WORDS_MAX = 120, 260
SECTIONS_MIN, SECTIONS_MAX = 2, 5
LAST_SECTION = "What you can do"
READING_AGE_MAX = 12.0


def check_topics(
    topics: list[Topic], pages: list[Page], countries: list[Country], today: datetime.date
) -> None:
    """Raises `ContentError` for the first topic or page that breaks a rule of its body, links or review."""
    targets = _targets(topics, pages, countries)
    slugs = {topic.facts.slug for topic in topics}
    for topic in topics:
        _check_length(topic)
        _check_sections(topic)
        for slug in topic.facts.related:
            if slug not in slugs or slug == topic.facts.slug:
                raise ContentError(topic.path, "related", f"there is no other topic {slug}")
        if topic.facts.reviewed is not None and topic.facts.reviewed.date > today:
            raise ContentError(topic.path, "reviewed.date", "is in the future: a review is never made up")
        if int(topic.facts.facts_as_of[:4]) > today.year:
            raise ContentError(topic.path, "facts_as_of", "is in the future")
    items: list[Topic | Page] = [*topics, *pages]
    for item in items:
        _check_links(item, targets)
        _check_reading_age(item)


def check_directory(countries: list[Country], today: datetime.date) -> None:
    for country in countries:
        for entry in country.entries:
            if entry.checked is not None and entry.checked.date > today:
                raise ContentError(
                    country.path, f"{entry.id}.checked.date", "is in the future: a check is never made up"
                )


def word_count(blocks: Iterable[Block]) -> int:
    """The words of a body, headings too, without markup."""
    return sum(len(words_in(block.text).split()) for block in blocks)


def age_of(item: Topic | Page) -> float:
    """The reading age of a topic's or page's own sentences; headings are no sentences, names are left out."""
    texts = [item.facts.summary, *(words_in(block.text) for block in item.blocks if block.kind != "heading")]
    names = _names(item) if isinstance(item, Topic) else []
    return reading_age(texts, names)


def _check_length(topic: Topic) -> None:
    words = word_count(topic.blocks)
    if not WORDS_MIN <= words <= WORDS_MAX:
        raise ContentError(topic.path, "body", f"has {words} words; {WORDS_MIN} to {WORDS_MAX} are wanted")


def _check_sections(topic: Topic) -> None:
    headings = [block.text for block in topic.blocks if block.kind == "heading"]
    if not SECTIONS_MIN <= len(headings) <= SECTIONS_MAX or topic.blocks[0].kind != "heading":
        raise ContentError(
            topic.path, "body", f"has {len(headings)} sections; {SECTIONS_MIN} to {SECTIONS_MAX} are wanted"
        )
    if headings[-1] != LAST_SECTION:
        raise ContentError(topic.path, "body", f"ends with {headings[-1]!r}; {LAST_SECTION!r} is wanted")


def _check_links(item: Topic | Page, targets: Collection[str]) -> None:
    texts = [item.facts.question, item.facts.summary, *(block.text for block in item.blocks)]
    for target in (target for text in texts for target in links_in(text)):
        if target not in targets and not target.startswith("https://"):
            raise ContentError(item.path, "body", f"has a broken link: {target}")


def _check_reading_age(item: Topic | Page) -> None:
    age = age_of(item)
    if age > READING_AGE_MAX:
        raise ContentError(
            item.path, "body", f"needs a reading age of {age:.1f}; {READING_AGE_MAX:.0f} at most is wanted"
        )


def _targets(topics: list[Topic], pages: list[Page], countries: list[Country]) -> set[str]:
    return (
        {f"topic:{topic.facts.slug}" for topic in topics}
        | {f"page:{page.facts.slug}" for page in pages}
        | {f"help:{country.slug}" for country in countries}
        | {"help:"}
    )


def _names(topic: Topic) -> list[str]:
    """Each instrument's whole name, and what stands before its bracket or year."""
    names = [source.instrument for source in topic.facts.sources]
    names += [re.split(r" \(|, ", name, maxsplit=1)[0] for name in names]
    return sorted(set(names), key=len, reverse=True)
