"""From source text to gettext templates, and from templates to each locale's catalogs.

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
from babel.messages.pofile import read_po, write_po

from server.errors import SiteError
from server.site.locales import SOURCE, folder_of, load_locales
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
        _write(places.translations / f"{domain}.pot", catalog)
    return counts


def update(places: Places | None = None) -> dict[str, int]:
    """Brings every locale's catalogs up to the templates, keeping what is translated; gives what is missing.

    Nothing is guessed: a block whose English has changed is untranslated again, and its old translation stays
    at the end of the file, commented out, to copy from.
    """
    places = places or find_places()
    missing: dict[str, int] = {}
    for locale in load_locales(places.translations):
        if locale.tag == SOURCE:
            continue
        for domain in DOMAINS:
            template = _read(places.translations / f"{domain}.pot", None)
            path = places.translations / folder_of(locale.tag) / "LC_MESSAGES" / f"{domain}.po"
            catalog = (
                _read(path, folder_of(locale.tag)) if path.exists() else _new(domain, folder_of(locale.tag))
            )
            catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
            catalog.fuzzy = False
            for key in [key for key, message in catalog.obsolete.items() if not _filled(message.string)]:
                del catalog.obsolete[key]
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, catalog)
            missing[f"{locale.tag}/{domain}"] = sum(
                not _filled(message.string) for message in catalog if message.id
            )
    return missing


def collect(domain: str, places: Places) -> Catalog:
    """A domain's template as it should be now."""
    catalog = _new(domain)
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
        _merge(catalog, _read(places.translations / TYPESCRIPT, None))
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


def _new(domain: str, locale: str | None = None) -> Catalog:
    """No date and no name in the head: the same messages give the same bytes."""
    header = f"# Sojourn, domain {domain}. See translations/README.md."
    return Catalog(locale, project="Sojourn", version="1", header_comment=header, fuzzy=False)


def _read(path: Path, locale: str | None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _write(path: Path, catalog: Catalog) -> None:
    """One message a line and no line numbers, so that an edit elsewhere changes nothing here."""
    with path.open("wb") as file:
        write_po(file, catalog, width=0, include_lineno=False)
    text = path.read_text("utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith(_STAMPS)]
    path.write_text("".join(kept), "utf-8")


_STAMPS = (
    '"Report-Msgid-Bugs-To:', '"POT-Creation-Date:', '"PO-Revision-Date:', '"Last-Translator:', '"Language-Team:',
    '"Generated-By:',
)  # fmt: skip


def _filled(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, (list, tuple)) else bool(string)
