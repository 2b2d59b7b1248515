"""Catalogs that go out to a translator and come back, as gettext, Weblate and Poedit know them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog as Po
from babel.messages.catalog import Message

from server.errors import SiteError, TranslationError
from server.site.catalogs import (
    DOMAINS,
    catalog_path,
    forms_of,
    id_of,
    is_translated,
    key_of,
    new_catalog,
    read_catalog,
    write_catalog,
)
from server.site.lint_translations import Fault, lint_message, plural_forms_fault
from server.site.locales import SOURCE, Locale, Term, folder_of, load_locales
from server.site.minor import load_minor, refuse_unfit
from server.site.places import Places
from server.site.translation_states import formers
from server.site.updating import load_template, up_to_date

GLOSSARY = "glossary"


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What one file brought. `empty` are messages that it has no translation of and we have: ours stay.

    `unknown` are messages of English that is gone; `faulty` are those that were left out.
    """

    path: Path
    domain: str
    taken: int
    unchanged: int
    fuzzy: int
    empty: int
    unknown: list[Message]
    faulty: list[Fault]


class FaultyImportError(SiteError):
    """`lines` say, one a fault, the file, the line and what is wrong."""

    code = "faulty-import"

    def __init__(self, lines: list[str]) -> None:
        what = "Nothing was taken. Correct these, or take the rest with --skip-faulty:"
        super().__init__("\n".join([what, *lines]))
        self.lines = lines


def find_locale(places: Places, tag: str) -> Locale:
    """A language that is translated into; raises `SiteError` with those that there are."""
    there = {one.tag: one for one in load_locales(places.translations) if one.tag != SOURCE}
    if tag not in there:
        raise SiteError(f"there is no locale {tag}; there are {', '.join(there)}")
    return there[tag]


def export_catalogs(places: Places, locale: Locale, folder: Path) -> dict[str, int]:
    """Writes `app.po`, `content.po` and `glossary.po`; gives for each how many messages wait for a translation.

    Where the English has changed the old translation is there, marked fuzzy, with the old English before it:
    then a tool shows what is new.
    """
    edits = load_minor(places.translations)
    waiting = {}
    for domain in DOMAINS:
        po = up_to_date(places, locale.tag, domain, load_template(places, domain), edits)
        _offer_formers(po)
        write_catalog(folder / f"{domain}.po", po, previous=True)
        waiting[domain] = sum(not is_translated(message) for message in po if message.id)
    english = next(one for one in load_locales(places.translations) if one.tag == SOURCE)
    glossary = _glossary(locale, english.glossary)
    write_catalog(folder / f"{GLOSSARY}.po", glossary)
    waiting[GLOSSARY] = sum(not is_translated(message) for message in glossary if message.id)
    return waiting


def import_catalogs(
    places: Places, locale: Locale, files: Sequence[Path], *, skip_faulty: bool = False
) -> list[Import]:
    """Takes what is new and whole in each file; raises and writes nothing when anything is at fault.

    A file of another language or of none of our messages is refused in any case. With `skip_faulty` messages
    that are at fault are left out, and the rest is taken.
    """
    edits = load_minor(places.translations)
    templates = {domain: load_template(places, domain) for domain in DOMAINS}
    # Carried over by an edit that does not fit, a translation would be lost from the file that is written.
    refuse_unfit(places.translations, edits, templates)
    catalogs = {
        domain: up_to_date(places, locale.tag, domain, template, edits)
        for domain, template in templates.items()
    }
    done = [_take(path, read_catalog(path, locale.tag), catalogs, locale) for path in files]
    faults = [f"{one.path}, line {fault.line}: {fault}" for one in done for fault in one.faulty]
    if faults and not skip_faulty:
        raise FaultyImportError(faults)
    for domain in {one.domain for one in done if one.taken}:
        write_catalog(catalog_path(places.translations, locale.tag, domain), catalogs[domain])
    return done


def _offer_formers(po: Po) -> None:
    for key, former in formers(po).items():
        message = po.get(key[1], key[0])
        if message is None or isinstance(message.id, str) != isinstance(former.id, str):
            continue
        message.string = former.string
        message.flags.add("fuzzy")
        message.previous_id = [former.id] if isinstance(former.id, str) else list(former.id)
        po.obsolete = {at: one for at, one in po.obsolete.items() if one is not former}


def _glossary(locale: Locale, english: Sequence[Term]) -> Po:
    theirs = {term.english: term for term in locale.glossary}
    po = new_catalog(GLOSSARY, locale.tag)
    for term in english:
        own = theirs.get(term.english)
        care = ["sensitive: it stands in no title, address or manifest"] if term.sensitive else []
        po.add(
            term.english,
            own.term if own else "",
            auto_comments=[*([term.note] if term.note else []), *care],
            user_comments=[own.note] if own and own.note else [],
        )
    return po


def _take(path: Path, po: Po, catalogs: dict[str, Po], locale: Locale) -> Import:
    """Puts into the catalog in memory what is to be taken of a file."""
    _refuse_other_language(path, po, locale)
    domain = _domain_of(path, po, catalogs)
    ours = catalogs[domain]
    counts = dict.fromkeys(("taken", "unchanged", "fuzzy", "empty"), 0)
    unknown, faulty = [], []
    for message in (one for one in po if one.id):
        present = ours.get(id_of(message.id), message.context)
        if present is None or isinstance(present.id, str) != isinstance(message.id, str):
            unknown.append(message)
        elif not any(forms_of(message.string)):
            counts["empty"] += is_translated(present)
        elif message.fuzzy:
            counts["fuzzy"] += 1
        elif forms_of(message.string) == forms_of(present.string) and not present.fuzzy:
            counts["unchanged"] += 1
        elif found := lint_message(message, domain, locale):
            faulty += found
        else:
            present.string = message.string
            present.flags.discard("fuzzy")
            present.user_comments = _remarks(message)
            counts["taken"] += 1
    return Import(path=path, domain=domain, unknown=unknown, faulty=faulty, **counts)


def _remarks(message: Message) -> list[str]:
    """A translator's own; Babel takes `#| msgid` for one too."""
    return [comment for comment in message.user_comments if not comment.startswith("|")]


def _refuse_other_language(path: Path, po: Po, locale: Locale) -> None:
    line = _line_of_header(path, "Language")
    # As it is written: Babel has put the expected language in its place.
    head = path.read_text("utf-8").splitlines()[line - 1 : line]
    _, _, named = "".join(head).strip('"').removesuffix("\\n").partition(": ")
    wanted = folder_of(locale.tag)
    if named.strip().replace("-", "_") != wanted:
        said = f"is in {named}" if named else "does not say in which language it is"
        raise TranslationError(path, line, f"{said}: Language: {wanted} is wanted")
    if (what := plural_forms_fault(po, locale)) is not None:
        raise TranslationError(path, _line_of_header(path, "Plural-Forms"), what)


def _domain_of(path: Path, po: Po, catalogs: dict[str, Po]) -> str:
    """Whose messages these are: the catalog's that knows most of them, since tools give files names of their own."""
    keys = [key_of(message) for message in po if message.id]
    known = {
        domain: sum(catalog.get(key[1], key[0]) is not None for key in keys)
        for domain, catalog in catalogs.items()
    }
    domain = max(known, key=lambda one: known[one])
    if not known[domain]:
        hint = (
            ": put the words into glossary.toml"
            if path.stem == GLOSSARY
            else f": these are for {' and '.join(DOMAINS)}"
        )
        raise TranslationError(path, 1, f"has none of our messages{hint}")
    return domain


def _line_of_header(path: Path, name: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.startswith(f'"{name}:')), 1)
