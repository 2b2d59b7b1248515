"""Whether a translation is written as its language is: in its script, and not in English that was left standing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from server.site.locales import Locale

MANY_WORDS = 4
"""Fewer words than these may be the same in two languages, or be a name."""

_LATIN_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}'’]+")
_NAME = regex.compile(r"\p{Lu}[\p{L}’']*(?:\s(?:(?:and|for|of|on|the)\s)*\p{Lu}[\p{L}’']*)+")
"""A name of several words, with the small ones between them: `Cyprus and Russia`."""
_IN_BRACKETS = regex.compile(r"[(（](\p{Lu}[\p{Latin}\p{M}\p{N}\s’'.,/&-]*)[)）]")
"""A name beside its translation, to be looked for or shown: as the English has it, small words and all."""
_ALWAYS_LATIN = frozenset({"EN", "WhatsApp", "JavaScript", "Sojourn", "CSV", "QR", "https", "http"})
_UNICODE_SCRIPTS = {
    "Aran": ["Arab"],
    "Hans": ["Han"],
    "Hant": ["Han"],
    "Jpan": ["Han", "Hira", "Kana"],
    "Kore": ["Hang", "Han"],
}
"""ISO 15924 names ways of writing, such as two of Chinese, which Unicode does not tell apart or has in pieces."""

_ENGLISH_ONLY = regex.compile(r"\b(?:you|your|they|their|have|this|when|what|because|someone)\b")
"""Common English words, in small letters, that no name of a treaty has and no language of ours shares."""


def faults_of_script(source: str, form: str, locale: Locale) -> Iterator[str]:
    """`source` and `form` are without markup and placeholders."""
    strangers, names = _strangers(form, locale), _names(source)
    told = _IN_BRACKETS.sub(lambda found: "" if found[1] in source else found[0], form)
    words = [word for word in _LATIN_WORD.findall(told) if not _forms_of(word) & names]
    if locale.script != "Latn" and (strangers or words):
        yield f"has another script in it: {', '.join([*strangers, *words])}"
    elif strangers:
        yield f"has another script in it: {', '.join(strangers)}"
    if form == source and _is_sentence(source):
        yield "is still English"
    elif locale.script == "Latn" and (found := _ENGLISH_ONLY.findall(form)):
        yield f"has English words in it: {', '.join(found)}"
    if locale.tag == "vi" and form.isascii() and len(form.split()) >= MANY_WORDS and form != source:
        yield "has no marks on its vowels"
    if locale.script == "Hans" and (found := [letter for letter in form if _is_traditional(letter)]):
        yield f"has traditional characters in it: {', '.join(found)}"


def _strangers(form: str, locale: Locale) -> list[str]:
    scripts = _UNICODE_SCRIPTS.get(locale.script, [locale.script])
    letters = "".join(rf"\p{{Script={script}}}" for script in scripts)
    own = regex.compile(rf"[{letters}\p{{Common}}\p{{Inherited}}\p{{Latin}}]")
    return [letter for letter in form if not own.match(letter)]


def _names(source: str) -> set[str]:
    """Names and acronyms, which may stay as the English has them."""
    single = {word for word in _LATIN_WORD.findall(source) if word[0].isupper()}
    inside = {word for name in _NAME.findall(source) for word in _LATIN_WORD.findall(name)}
    return single | inside | _ALWAYS_LATIN


def _forms_of(word: str) -> set[str]:
    """Itself, one and several: an English name loses its plural in most languages."""
    return {word, f"{word}s", word.removesuffix("s")}


def _is_sentence(source: str) -> bool:
    """Not a name: most of its words begin with a small letter."""
    words = _LATIN_WORD.findall(source)
    return len(words) >= MANY_WORDS and sum(word[0].islower() for word in words) * 2 > len(words)


def _is_traditional(letter: str) -> bool:
    """In the character set of Taiwan and not in the mainland's: so it has a simplified form."""
    return unicodedata.category(letter) == "Lo" and _can(letter, "big5") and not _can(letter, "gb2312")


def _can(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
