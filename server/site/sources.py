"""All that a site is made of, read and checked: content, translations, and what the operator says."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from server.errors import OperatorFileError, TranslationError
from server.forms import Form, parse_xlsform
from server.operator import Operator, load_operator
from server.site.amending import Amendments, amend, load_amendments
from server.site.catalogs import DOMAINS, load_catalog
from server.site.checks import Check, load_checks
from server.site.directory import Country, load_directory
from server.site.fees import FeeFile, load_fees
from server.site.guidance import Duty, Guidance, SignSet, load_duties, load_guidance, load_sign_sets
from server.site.lint_translations import refuse_faults, sensitive_in
from server.site.locales import SOURCE, Locale, folder_of, load_locales
from server.site.minor import load_minor
from server.site.phrases import Phrase, load_foreign, load_phrases
from server.site.places import Places
from server.site.recordings import Recordings, load_recordings
from server.site.rules import (
    check_checks,
    check_directory,
    check_fees,
    check_guidance,
    check_slugs,
    check_topics,
    check_words,
)
from server.site.speaker import Voice
from server.site.topics import Page, Topic, load_pages, load_topics
from server.site.vocabulary import Date, Word, load_dates, load_words
from server.site.withdrawals import Withdrawn, WithdrawnEntry, load_withdrawn
from server.toml_lines import line_of


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What readers do something with. `said` has, by language, each sentence to show by its id."""

    checks: list[Check]
    fees: list[FeeFile]
    phrases: list[Phrase]
    said: dict[str, dict[str, str]]
    words: list[Word]
    dates: list[Date]


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """What outreach workers read; `duties` and some of the sets of signs are the operator's."""

    pages: list[Guidance]
    signs: list[SignSet]
    duties: list[Duty]


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """`voices` are the locales offered, in the order in which they are offered.

    `recordings` are the operator's, of topics and of cards.
    """

    topics: list[Topic]
    pages: list[Page]
    countries: list[Country]
    tools: Tools
    guide: Guide
    forms: list[Form]
    voices: list[Voice]
    operator: Operator
    recordings: Recordings
    withdrawn: Withdrawn
    today: datetime.date


def load_sources(places: Places, data: Path, today: datetime.date) -> Sources:
    """Reads and checks everything; raises a `SiteError` or an `OperatorFileError` for the first fault."""
    operator = load_operator(data)
    topics, pages = load_topics(places.content / "topics"), load_pages(places.content / "pages")
    shipped = load_directory(places.content / "directory")
    known = frozenset(entry.id for country in shipped for entry in country.entries)
    amendments = load_amendments(data, known)
    countries = amend(shipped, amendments, data / "directory.toml")
    voices = [_voice(places, locale) for locale in _offered(places, operator, data)]
    tools, guide = _tools(places, voices), _guide(places, data)
    items: list[Topic | Page | Guidance] = [*topics, *pages, *guide.pages]
    check_slugs(items)
    check_topics(topics, pages, countries, guide.pages, today)
    check_directory(countries, today)
    check_guidance(guide.pages, topics, pages, countries, today)
    check_checks(tools.checks, topics, today)
    check_fees(tools.fees, places.content / "fees")
    check_words(tools.words, places.content / "words.toml", topics)
    _check_app_name(operator, voices, data / "operator.toml")
    _check_reviews(places, voices, {item.facts.slug for item in items}, today)
    return Sources(
        topics=topics,
        pages=pages,
        countries=countries,
        tools=tools,
        guide=guide,
        forms=[parse_xlsform(path) for path in sorted((places.content / "forms").glob("*.xlsx"))],
        voices=voices,
        operator=operator,
        recordings=_recordings(places, data, topics),
        withdrawn=_withdrawn(places, shipped, amendments, _paths(topics, tools, guide), today),
        today=today,
    )


def _tools(places: Places, voices: list[Voice]) -> Tools:
    content = places.content
    phrases = load_phrases(content / "phrases")
    said = load_foreign(content / "phrases", phrases)
    read = {voice.locale.tag: voice.content for voice in voices}
    # Every locale there is, also those that this hub does not offer: a sentence is shown to somebody else.
    for locale in load_locales(places.translations):
        catalog = read.get(locale.tag) or load_catalog(places.translations, locale.tag, "content")
        known = {
            phrase.id: text
            for phrase in phrases
            if (text := phrase.text if locale.tag == SOURCE else catalog.find(phrase.text)) is not None
        }
        said |= {locale.tag: known} if known else {}
    return Tools(
        checks=load_checks(content / "checks"),
        fees=load_fees(content / "fees"),
        phrases=phrases,
        said=said,
        words=load_words(content / "words.toml"),
        dates=load_dates(content / "dates.toml"),
    )


def _recordings(places: Places, data: Path, topics: list[Topic]) -> Recordings:
    """Also in locales that this hub does not offer at present: the operator may again."""
    tags = [locale.tag for locale in load_locales(places.translations)]
    return load_recordings(data, [topic.facts.slug for topic in topics], tags)


def _paths(topics: list[Topic], tools: Tools, guide: Guide) -> set[str]:
    """The addresses, without a locale, of the pages that there are of what can be withdrawn."""
    return (
        {f"/topics/{topic.facts.slug}" for topic in topics}
        | {f"/check/{check.facts.slug}" for check in tools.checks}
        | {f"/guide/{page.facts.slug}" for page in guide.pages}
        | {f"/guide/{signs.id}" for signs in guide.signs}
    )


def _withdrawn(
    places: Places,
    shipped: list[Country],
    amendments: Amendments,
    paths: set[str],
    today: datetime.date,
) -> Withdrawn:
    """Ours, and the lines that the operator has withdrawn; `paths` are the pages that there are."""
    ours = load_withdrawn(places.content / "withdrawn.toml", paths, today)
    reasons = {withdrawal.id: withdrawal.shown for withdrawal in amendments.withdraw}
    theirs = [
        WithdrawnEntry(country=country.code, who=entry.who, why=reasons[entry.id])
        for country in shipped
        for entry in country.entries
        if entry.id in reasons
    ]
    return Withdrawn(page=ours.page, entry=[*ours.entry, *theirs])


def _guide(places: Places, data: Path) -> Guide:
    """The operator's sets of signs stand after ours."""
    pages = load_guidance(places.content / "guidance")
    taken = {page.facts.slug for page in pages}
    ours = load_sign_sets(places.content / "indicators", taken)
    theirs = load_sign_sets(data / "indicators", taken | {signs.id for signs in ours})
    return Guide(pages=pages, signs=[*ours, *theirs], duties=load_duties(data))


def _offered(places: Places, operator: Operator, data: Path) -> list[Locale]:
    """English is always there: pages in other languages link to it."""
    there = {locale.tag: locale for locale in load_locales(places.translations)}
    for at, tag in enumerate(operator.locales):
        if tag not in there:
            path = data / "operator.toml"
            line = line_of(path.read_text("utf-8"), ("locales", at))
            raise OperatorFileError(
                path, line, f"locales: there is no locale {tag}; there are {', '.join(there)}"
            )
    if not operator.locales:
        return list(there.values())
    return [there[tag] for tag in dict.fromkeys([*operator.locales, "en"])]


def _check_app_name(operator: Operator, voices: list[Voice], path: Path) -> None:
    """It stands in titles, in the manifest and on the home screen, in every language."""
    found = [word for voice in voices for word in sensitive_in(operator.app_name, voice.locale.glossary)]
    if found:
        line = line_of(path.read_text("utf-8"), ("app_name",))
        raise OperatorFileError(path, line, f"app_name: says what the app is about ({found[0]})")


def _check_reviews(places: Places, voices: list[Voice], slugs: set[str], today: datetime.date) -> None:
    for voice in voices:
        path = places.translations / folder_of(voice.locale.tag) / "locale.toml"
        for at, review in enumerate(voice.locale.reviews):
            if review.topic not in slugs:
                line = line_of(path.read_text("utf-8"), ("reviews", at, "topic"))
                raise TranslationError(path, line, f"reviews: there is no topic {review.topic}")
            if review.date > today:
                line = line_of(path.read_text("utf-8"), ("reviews", at, "date"))
                raise TranslationError(path, line, f"reviews: {review.topic}: the date is in the future")


def _voice(places: Places, locale: Locale) -> Voice:
    for domain in DOMAINS:
        refuse_faults(places.translations, locale, domain)
    return Voice(
        locale=locale,
        app=load_catalog(places.translations, locale.tag, "app"),
        content=load_catalog(places.translations, locale.tag, "content"),
        minor=load_minor(places.translations),
    )
