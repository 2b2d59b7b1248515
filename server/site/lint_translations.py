"""What a machine can see of a translation: not whether it is right, but whether something was lost in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import regex
from babel.messages.catalog import Catalog as Po

from server.errors import TranslationError
from server.site.catalogs import catalog_path, forms_of, id_of, read_catalog
from server.site.locales import SOURCE, Locale, Term
from server.site.markdown import links_in, markup_in, words_in

SHORT = 14
"""So many letters more than the English are no fault: twice `Call` would be too little for anyone."""

_PLACEHOLDER = regex.compile(r"%\(\w+\)s|\{\w+\}")
_NUMBER = regex.compile(r"\d+")
_LATIN_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}'’]+")
_ALWAYS_LATIN = frozenset({"EN", "WhatsApp", "JavaScript", "Sojourn", "CSV", "QR", "https", "http"})


FUZZY = "is marked fuzzy"
"""No reason to refuse a file: such a translation is not shown, and its English is."""

SHOWN_FAULTS = 5


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    message: str
    translation: str
    what: str


def refuse_faults(translations: Path, locale: Locale, domain: str) -> None:
    """Raises `TranslationError` with the first faults of a catalog, if it has any but unfinished messages."""
    path = catalog_path(translations, locale.tag, domain)
    if locale.tag == SOURCE or not path.exists():
        return
    found = lint_catalog(read_catalog(path, locale.tag), domain, locale)
    faults = [f"“{fault.message}” {fault.what}" for fault in found if fault.what != FUZZY]
    if faults:
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise TranslationError(path, "; ".join(faults[:SHOWN_FAULTS]) + more)


def lint_catalog(po: Po, domain: str, locale: Locale) -> list[Fault]:
    """Every fault of a catalog, in its order; what has no translation is no fault, it falls back."""
    return [fault for message in po if message.id for fault in _lint(message, domain, locale, po.num_plurals)]


def lint_glossary(locale: Locale, english: Locale) -> list[str]:
    """What a locale's list of terms lacks: each English term, with the same care."""
    theirs = {term.english: term for term in locale.glossary}
    known = {term.english for term in english.glossary}
    missing = [term.english for term in english.glossary if term.english not in theirs]
    careless = [
        term.english
        for term in english.glossary
        if term.sensitive and term.english in theirs and not theirs[term.english].sensitive
    ]
    return (
        [f"has no term for {name}" for name in missing]
        + [f"does not mark {name} as sensitive" for name in careless]
        + [f"has a term for {name}, which English has not" for name in theirs if name not in known]
    )


def sensitive_in(text: str, glossary: list[Term]) -> list[str]:
    """The sensitive terms that stand in a title, an address or a manifest, where none may."""
    lowered = text.casefold()
    return [term.term for term in glossary if term.sensitive and _stands_in(term.term.casefold(), lowered)]


def _stands_in(term: str, text: str) -> bool:
    """Whole words where words are spaced, anywhere where they are not."""
    words = [part.strip() for part in regex.split(r"[/;،、(),]", term) if part.strip()]
    return any(
        regex.search(rf"(?<!\p{{Latin}}){regex.escape(word)}(?!\p{{Latin}})", text) is not None
        for word in words
    )


def _lint(message: Any, domain: str, locale: Locale, plural_count: int) -> Iterator[Fault]:
    source, forms = id_of(message.id), forms_of(message.string)
    if message.fuzzy:
        yield Fault(message=source, translation=forms[0], what=FUZZY)
    if not isinstance(message.id, str) and len(forms) != plural_count:
        yield Fault(
            message=source, translation=forms[0], what=f"has {len(forms)} of {plural_count} plural forms"
        )
    if any(forms) and not all(forms):
        yield Fault(message=source, translation=forms[0], what="has an empty plural form")
    for form in forms if all(forms) else ():
        for what in _faults_of(source, form, domain, locale):
            yield Fault(message=source, translation=form, what=what)


def _faults_of(source: str, form: str, domain: str, locale: Locale) -> Iterator[str]:
    if sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(form)):
        yield "loses or changes a placeholder"
    if _numbers(source) != _numbers(form):
        yield f"has the numbers {_numbers(form)} for {_numbers(source)}"
    if domain == "content" and sorted(links_in(source)) != sorted(links_in(form)):
        yield "loses or changes a link"
    if domain == "content" and markup_in(source) != markup_in(form):
        yield "loses or changes markup"
    if "<" in form and "<" not in source:
        yield "has HTML in it"
    if form != unicodedata.normalize("NFC", form):
        yield "is not in Unicode's composed form"
    if foreign := _foreign(source, form, locale):
        yield f"has another script in it: {', '.join(foreign)}"
    if domain == "app" and _length(form) > max(2 * _length(source), _length(source) + SHORT):
        yield f"is {_length(form)} letters long for {_length(source)}"


def _numbers(text: str) -> list[str]:
    """The numbers of a text in any digits, without placeholders."""
    plain = _PLACEHOLDER.sub("", words_in(text))
    return sorted(str(int(number)) for number in _NUMBER.findall(plain))


def _foreign(source: str, form: str, locale: Locale) -> list[str]:
    """Words in a script that is not the locale's own; names and acronyms may stay as the English has them."""
    own = regex.compile(rf"[\p{{Script={locale.script}}}\p{{Common}}\p{{Inherited}}\p{{Latin}}]")
    plain = _PLACEHOLDER.sub(" ", words_in(form))
    strangers = [letter for letter in plain if not own.match(letter)]
    if locale.script == "Latn":
        return strangers
    names = {
        word for word in _LATIN_WORD.findall(_PLACEHOLDER.sub(" ", source)) if word[0].isupper()
    } | _ALWAYS_LATIN
    return strangers + [word for word in _LATIN_WORD.findall(plain) if word not in names]


def _length(text: str) -> int:
    """Letters as seen: vowel signs and tone marks above or below take no room of their own."""
    plain = _PLACEHOLDER.sub("", text)
    return sum(unicodedata.category(letter) not in {"Mn", "Me", "Cf"} for letter in plain)
