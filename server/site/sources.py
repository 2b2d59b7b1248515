"""All that a site is made of, read and checked: content, translations, and what the operator says."""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from server.errors import OperatorFileError, TranslationError
from server.forms import Form, parse_xlsform
from server.operator import Operator, load_operator
from server.site.amending import amend, load_amendments
from server.site.catalogs import DOMAINS, load_catalog
from server.site.directory import Country, load_directory
from server.site.lint_translations import refuse_faults, sensitive_in
from server.site.locales import Locale, folder_of, load_locales
from server.site.places import Places
from server.site.rules import check_directory, check_topics
from server.site.speaker import Voice
from server.site.topics import Page, Topic, load_pages, load_topics
from server.toml_lines import line_of


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """`voices` are the locales offered, in the order in which they are offered."""

    topics: list[Topic]
    pages: list[Page]
    countries: list[Country]
    forms: list[Form]
    voices: list[Voice]
    operator: Operator
    today: datetime.date


def load_sources(places: Places, data: Path, today: datetime.date) -> Sources:
    """Reads and checks everything; raises a `SiteError` or an `OperatorFileError` for the first fault."""
    operator = load_operator(data)
    topics, pages = load_topics(places.content / "topics"), load_pages(places.content / "pages")
    shipped = load_directory(places.content / "directory")
    known = frozenset(entry.id for country in shipped for entry in country.entries)
    countries = amend(shipped, load_amendments(data, known), data / "directory.toml")
    check_topics(topics, pages, countries, today)
    check_directory(countries, today)
    voices = [_voice(places, locale) for locale in _offered(places, operator, data)]
    _check_app_name(operator, voices, data / "operator.toml")
    slugs = {topic.facts.slug for topic in topics} | {page.facts.slug for page in pages}
    _check_reviews(places, voices, slugs, today)
    return Sources(
        topics=topics,
        pages=pages,
        countries=countries,
        forms=[parse_xlsform(path) for path in sorted((places.content / "forms").glob("*.xlsx"))],
        voices=voices,
        operator=operator,
        today=today,
    )


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
        for review in voice.locale.reviews:
            if review.topic not in slugs:
                raise TranslationError(path, f"reviews: there is no topic {review.topic}")
            if review.date > today:
                raise TranslationError(path, f"reviews: {review.topic}: the date is in the future")


def _voice(places: Places, locale: Locale) -> Voice:
    for domain in DOMAINS:
        refuse_faults(places.translations, locale, domain)
    return Voice(
        locale=locale,
        app=load_catalog(places.translations, locale.tag, "app"),
        content=load_catalog(places.translations, locale.tag, "content"),
    )
