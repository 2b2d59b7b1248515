"""What the build refuses in content, so that nothing unsourced, unreadable or made up is ever shown."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from server.errors import ContentError
from server.site.checks import Check
from server.site.directory import Country
from server.site.fees import FeeFile
from server.site.guidance import Guidance
from server.site.markdown import Block, links_in, words_in
from server.site.readability import reading_age
from server.site.topics import Page, Topic
from server.site.vocabulary import Word
from server.toml_lines import line_of_string

WORDS_MIN, WORDS_MAX = 120, 260
GUIDANCE_WORDS_MIN, GUIDANCE_WORDS_MAX = 80, 340
SECTIONS_MIN, SECTIONS_MAX = 2, 5
LAST_SECTION = "What you can do"
READING_AGE_MAX = 12.0


def check_slugs(items: Iterable[Topic | Page | Guidance]) -> None:
    """Raises `ContentError` for a second page of one slug: a review names its page by nothing else."""
    seen: dict[str, Path] = {}
    for item in items:
        if (first := seen.setdefault(item.facts.slug, item.path)) != item.path:
            raise ContentError(
                item.path, "slug", f"is that of {first} too: give the file and its slug another"
            )


def check_topics(
    topics: list[Topic],
    pages: list[Page],
    countries: list[Country],
    guidance: list[Guidance],
    today: datetime.date,
) -> None:
    """Raises `ContentError` for the first topic or page that breaks a rule of its body, links or review."""
    targets = _targets(topics, pages, countries, guidance)
    slugs = {topic.facts.slug for topic in topics}
    for topic in topics:
        _check_length(topic, WORDS_MIN, WORDS_MAX)
        _check_sections(topic)
        _check_related(topic, slugs)
        _check_dates(topic, today)
    items: list[Topic | Page] = [*topics, *pages]
    for item in items:
        _check_links(item, targets)
        _check_reading_age(item)


def check_guidance(
    guidance: list[Guidance],
    topics: list[Topic],
    pages: list[Page],
    countries: list[Country],
    today: datetime.date,
) -> None:
    """Raises `ContentError` for the first page of guidance that breaks a rule of its body, links or review."""
    targets = _targets(topics, pages, countries, guidance)
    slugs = {page.facts.slug for page in guidance}
    for page in guidance:
        _check_length(page, GUIDANCE_WORDS_MIN, GUIDANCE_WORDS_MAX)
        _check_related(page, slugs)
        _check_dates(page, today)
        _check_links(page, targets)
        _check_reading_age(page)


def check_checks(checks: list[Check], topics: list[Topic], today: datetime.date) -> None:
    """Raises `ContentError` for a link to no topic, a date that has not come, or words that are too hard."""
    slugs = {topic.facts.slug for topic in topics}
    for check in checks:
        for at, question in enumerate(check.facts.ask):
            if question.topic not in slugs:
                raise ContentError(check.path, f"ask[{at}].topic", f"there is no topic {question.topic}")
        if int(check.facts.facts_as_of[:4]) > today.year:
            raise ContentError(check.path, "facts_as_of", "is in the future")
        _refuse_hard_words(check.path, _texts_of_check(check))


def check_fees(files: list[FeeFile], folder: Path) -> None:
    """Raises `ContentError` for a file of `folder` whose rules, read one after another, are too hard."""
    for file in files:
        texts = [text for rule in file.rule for text in (rule.text, rule.contract, rule.passport)]
        _refuse_hard_words(folder / f"{file.slug}.toml", texts)


def check_words(words: list[Word], path: Path, topics: list[Topic]) -> None:
    """Raises `ContentError` for a link to no topic, and for meanings that, read together, are too hard."""
    slugs = {topic.facts.slug for topic in topics}
    for at, word in enumerate(words):
        if word.topic and word.topic not in slugs:
            raise ContentError(path, f"word[{at}].topic", f"there is no topic {word.topic}")
    _refuse_hard_words(path, [word.meaning for word in words])


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


def age_of(item: Topic | Page | Guidance) -> float:
    """The reading age of a topic's or page's own sentences; headings are no sentences, names are left out."""
    texts = [item.facts.summary, *(words_in(block.text) for block in item.blocks if block.kind != "heading")]
    names = [] if isinstance(item, Page) else _names(item)
    return reading_age(texts, names)


def _texts_of_check(check: Check) -> list[str]:
    facts = check.facts
    questions = [text for ask in facts.ask for text in (ask.text, ask.care, ask.next)]
    return [facts.summary, facts.nothing, *questions, *(line.text for line in facts.before)]


def _refuse_hard_words(path: Path, texts: list[str]) -> None:
    """A data file's sentences are held together, since most alone are too few to measure; names the hardest."""
    age = reading_age(texts)
    if age > READING_AGE_MAX:
        hardest = max(texts, key=lambda text: reading_age([text]))
        line = line_of_string(path.read_text("utf-8"), hardest)
        raise ContentError(path, "", _too_hard(age), line)


def _too_hard(age: float) -> str:
    return f"needs a reading age of {age:.1f}; {READING_AGE_MAX:.0f} at most is wanted: this line needs most"


def _check_related(item: Topic | Guidance, slugs: Collection[str]) -> None:
    for slug in item.facts.related:
        if slug not in slugs or slug == item.facts.slug:
            raise ContentError(item.path, "related", f"there is no other page {slug}")


def _check_dates(item: Topic | Guidance, today: datetime.date) -> None:
    if item.facts.reviewed is not None and item.facts.reviewed.date > today:
        raise ContentError(item.path, "reviewed.date", "is in the future: a review is never made up")
    if int(item.facts.facts_as_of[:4]) > today.year:
        raise ContentError(item.path, "facts_as_of", "is in the future")


def _check_length(item: Topic | Guidance, least: int, most: int) -> None:
    words = word_count(item.blocks)
    if not least <= words <= most:
        raise ContentError(item.path, "body", f"has {words} words; {least} to {most} are wanted")


def _check_sections(topic: Topic) -> None:
    headings = [block.text for block in topic.blocks if block.kind == "heading"]
    if not SECTIONS_MIN <= len(headings) <= SECTIONS_MAX or topic.blocks[0].kind != "heading":
        raise ContentError(
            topic.path, "body", f"has {len(headings)} sections; {SECTIONS_MIN} to {SECTIONS_MAX} are wanted"
        )
    if headings[-1] != LAST_SECTION:
        line = next(block.line for block in reversed(topic.blocks) if block.kind == "heading")
        raise ContentError(
            topic.path, "body", f"ends with {headings[-1]!r}; {LAST_SECTION!r} is wanted", line
        )


def _check_links(item: Topic | Page | Guidance, targets: Collection[str]) -> None:
    texts: list[tuple[str, str, int | None]] = [
        ("question", item.facts.question, None),
        ("summary", item.facts.summary, None),
        *(("body", block.text, block.line) for block in item.blocks),
    ]
    for field, text, line in texts:
        for target in links_in(text):
            if target not in targets and not target.startswith("https://"):
                raise ContentError(item.path, field, f"has a broken link: {target}", line)


def _check_reading_age(item: Topic | Page | Guidance) -> None:
    age = age_of(item)
    if age > READING_AGE_MAX:
        raise ContentError(item.path, "body", _too_hard(age), _hardest(item))


def _hardest(item: Topic | Page | Guidance) -> int:
    """The line to begin with."""
    names = [] if isinstance(item, Page) else _names(item)
    blocks = [block for block in item.blocks if block.kind != "heading"]
    return max(blocks, key=lambda block: reading_age([words_in(block.text)], names)).line


def _targets(
    topics: list[Topic], pages: list[Page], countries: list[Country], guidance: list[Guidance]
) -> set[str]:
    return (
        {f"topic:{topic.facts.slug}" for topic in topics}
        | {f"page:{page.facts.slug}" for page in pages}
        | {f"help:{country.slug}" for country in countries}
        | {f"guide:{page.facts.slug}" for page in guidance}
        | {"help:", "guide:"}
    )


def _names(topic: Topic | Guidance) -> list[str]:
    """Each instrument's whole name, and what stands before its bracket or year."""
    names = [source.instrument for source in topic.facts.sources]
    names += [re.split(r" \(|, ", name, maxsplit=1)[0] for name in names]
    return sorted(set(names), key=len, reverse=True)
