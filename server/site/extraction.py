"""From source text to gettext templates; from templates to each locale's catalogs leads `updating`.

`app` is the interface (Jinja, Python, TypeScript), `content` is what people read. The three `extract_…`
functions are Babel extractors: `pybabel extract -F babel-content.cfg .` finds the same messages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from server.errors import SiteError
from server.site.catalogs import new_catalog, read_catalog, write_catalog
from server.site.locales import SOURCE
from server.site.messages import (
    Message,
    messages_of_country,
    messages_of_data,
    messages_of_form,
    messages_of_markdown,
)
from server.site.places import Places, find_places

DOMAINS = {"app": "babel.cfg", "content": "babel-content.cfg"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "text": None,
    "N_": None,
    "NC_": ((1, "c"), 2),
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
TAG = "Translators:"
TYPESCRIPT = "app-ts.pot"
"""What `npm run messages` writes: the browser side's strings, found by the TypeScript parser."""

Extracted = tuple[int, str, Any, list[str]]


def extract(places: Places | None = None) -> dict[str, int]:
    """Writes `translations/app.pot` and `content.pot`; gives the number of messages of each."""
    places = places or find_places()
    counts: dict[str, int] = {}
    for domain in DOMAINS:
        catalog = collect(domain, places)
        counts[domain] = len(catalog)
        write_catalog(places.translations / f"{domain}.pot", catalog)
    return counts


def collect(domain: str, places: Places) -> Catalog:
    """A domain's template as it should be now."""
    catalog = new_catalog(domain)
    mapping_path = places.root / DOMAINS[domain]
    if not mapping_path.exists():
        raise SiteError(f"{mapping_path} is not there: messages are collected in a checkout, not in a wheel")
    with mapping_path.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, mapping_path.name)  # type: ignore[no-untyped-call]  # Babel's
    found = extract_from_dir(
        str(places.root), methods, options, keywords=KEYWORDS, comment_tags=[TAG], strip_comment_tags=True
    )
    for filename, line, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalog.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    if domain == "app" and (places.translations / TYPESCRIPT).exists():
        _merge(catalog, read_catalog(places.translations / TYPESCRIPT, SOURCE))
    return catalog


def extract_markdown(
    file: IO[bytes], keywords: Mapping[str, object], tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    return _as_extracted(messages_of_markdown(Path(file.name), file.read().decode()))


def extract_country(
    file: IO[bytes], keywords: Mapping[str, object], tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    return _as_extracted(messages_of_country(Path(file.name), file.read().decode()))


def extract_data(
    file: IO[bytes], keywords: Mapping[str, object], tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    return _as_extracted(messages_of_data(Path(file.name), file.read().decode()))


def extract_form(
    file: IO[bytes], keywords: Mapping[str, object], tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    return _as_extracted(messages_of_form(Path(file.name)))


def _as_extracted(messages: Iterable[Message]) -> Iterator[Extracted]:
    for message in messages:
        if message.context is None:
            yield message.line, "_", message.text, [message.comment]
        else:
            yield message.line, "pgettext", (message.context, message.text), [message.comment]


def _merge(catalog: Catalog, other: Catalog) -> None:
    for message in other:
        if message.id:
            catalog.add(
                message.id,
                None,
                message.locations,
                message.flags,
                auto_comments=message.auto_comments,
                context=message.context,
            )
