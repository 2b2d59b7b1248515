"""What a machine can see of a translation: not whether it is right, but whether something was lost in it."""

from __future__ import annotations

import calendar
import gettext
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import regex
from babel.messages.catalog import Catalog as Po

from server.errors import TranslationError
from server.site.catalogs import WHOLE_NUMBERS, catalog_path, forms_of, id_of, plural_count, read_catalog
from server.site.locales import SOURCE, Locale, Term
from server.site.markdown import links_in, markup_in, words_in
from server.site.own_script import faults_of_script

SHORT = 14
"""So many letters more than the English are no fault: twice `Call` would be too little for anyone."""

_PLACEHOLDER = regex.compile(r"%\(\w+\)s|\{\w+\}")
_NUMBER = regex.compile(r"\d+")
_MONTHS = [f" {name} " for name in calendar.month_name]
_MONTH = regex.compile("|".join(_MONTHS[1:]))
"""Between a day and a year: `may` alone is a word, and so is `March`."""

FUZZY = "is marked fuzzy"
"""No reason to refuse a file: such a translation is not shown, and its English is."""

SHOWN_FAULTS = 5


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`message` is the English, empty for the file's head; `line` is the message's in its file, from one."""

    message: str
    translation: str
    what: str
    line: int = 1

    def __str__(self) -> str:
        return f"“{self.message}” {self.what}" if self.message else self.what


def refuse_faults(translations: Path, locale: Locale, domain: str) -> None:
    """Raises `TranslationError` with the first faults of a catalog, if it has any but unfinished messages."""
    path = catalog_path(translations, locale.tag, domain)
    if locale.tag == SOURCE or not path.exists():
        return
    found = lint_catalog(read_catalog(path, locale.tag), domain, locale)
    faults = [fault for fault in found if fault.what != FUZZY]
    if faults:
        first, *others = faults
        said = [f"line {fault.line}: {fault}" for fault in others[: SHOWN_FAULTS - 1]]
        more = [f"and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise TranslationError(path, first.line, "; ".join([str(first), *said, *more]))


def lint_catalog(po: Po, domain: str, locale: Locale) -> list[Fault]:
    """Every fault of a catalog, in its order; what has no translation is no fault, it falls back."""
    faults = [fault for message in po if message.id for fault in lint_message(message, domain, locale)]
    if what := plural_forms_fault(po, locale):
        faults.insert(0, Fault(message="", translation="", what=what))
    return faults


def plural_forms_fault(po: Po, locale: Locale) -> str | None:
    """What is wrong with the rule in a file's head: it gives another number of forms than CLDR does, or is none."""
    wanted = plural_count(locale.tag)
    if po.num_plurals != wanted:
        return f"has the plural forms of another language: nplurals={po.num_plurals}, {wanted} is wanted"
    try:
        rule = gettext.c2py(po.plural_expr)
        highest = max(rule(number) for number in range(WHOLE_NUMBERS))
    except (ValueError, ArithmeticError) as error:
        return f"has a plural rule that cannot be read: {error}"
    if highest >= wanted:
        return f"has a plural rule that asks for form {highest + 1} of {wanted}"
    return None


def lint_message(message: Any, domain: str, locale: Locale) -> list[Fault]:
    """The faults of one of Babel's messages."""
    source, forms, line = id_of(message.id), forms_of(message.string), message.lineno or 1
    return [
        Fault(message=source, translation=form, what=what, line=line)
        for form, what in _faults_of_message(message, source, forms, domain, locale)
    ]


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


def _faults_of_message(
    message: Any, source: str, forms: tuple[str, ...], domain: str, locale: Locale
) -> Iterator[tuple[str, str]]:
    if message.fuzzy:
        # It is not shown: what else it has is of the English before, or not finished.
        yield forms[0], FUZZY
        return
    if not isinstance(message.id, str) and len(forms) != (wanted := plural_count(locale.tag)):
        yield forms[0], f"has {len(forms)} of {wanted} plural forms"
    if any(forms) and not all(forms):
        yield forms[0], "has an empty plural form"
    for form in forms if all(forms) else ():
        yield from ((form, what) for what in _faults_of(source, form, domain, locale))


def _faults_of(source: str, form: str, domain: str, locale: Locale) -> Iterator[str]:
    yield from changed_between(source, form, domain)
    if "<" in form and "<" not in source:
        yield "has HTML in it"
    if domain == "app" and "%(" in source and "%" in _PLACEHOLDER.sub("", form).replace("%%", ""):
        yield "has a % that begins no placeholder"
    if form != unicodedata.normalize("NFC", form):
        yield "is not in Unicode's composed form"
    yield from faults_of_script(_plain(source), _plain(form), locale)
    if domain == "app" and _width(form) > max(2 * _width(source), _width(source) + SHORT):
        yield f"is {_width(form)} letters long for {_width(source)}"


def changed_between(source: str, form: str, domain: str) -> Iterator[str]:
    """What of placeholders, numbers, links and markup two texts do not have alike."""
    if sorted(_PLACEHOLDER.findall(source)) != sorted(_PLACEHOLDER.findall(form)):
        yield "loses or changes a placeholder"
    if _numbers(form) not in (_numbers(source), _numbers(_with_months(source))):
        yield f"has the numbers {_numbers(form)} for {_numbers(source)}"
    if domain == "content" and sorted(links_in(source)) != sorted(links_in(form)):
        yield "loses or changes a link"
    if domain == "content" and markup_in(source) != markup_in(form):
        yield "loses or changes markup"


def _numbers(text: str) -> list[str]:
    """The numbers of a text in any digits, without placeholders."""
    plain = _PLACEHOLDER.sub("", words_in(text))
    return sorted(str(int(number)) for number in _NUMBER.findall(plain))


def _with_months(source: str) -> str:
    """Chinese, for one, counts the months that English names."""
    return _MONTH.sub(lambda found: f" {_MONTHS.index(found[0])} ", source)


def _plain(text: str) -> str:
    return _PLACEHOLDER.sub(" ", words_in(text))


def _width(text: str) -> int:
    """Letters as seen: marks above or below take no room of their own, a Chinese character that of two."""
    plain = _PLACEHOLDER.sub("", text)
    return sum(
        1 + (unicodedata.east_asian_width(letter) in {"W", "F"})
        for letter in plain
        if unicodedata.category(letter) not in {"Mn", "Me", "Cf"}
    )
