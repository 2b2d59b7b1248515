"""What in a free text looks as if it told who somebody is: a help, no proof. As `pwa/src/app/revealing.ts`, where the
reasons stand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

import regex
from babel import Locale
from babel.dates import format_date
from msgspec import Struct

from server.imports.revealing_words import (
    BORN,
    BORN_UNSPACED,
    CALLED,
    CALLED_CASELESS,
    NAMING,
    STREET,
    STREET_UNSPACED,
    TITLES,
    TITLES_CASELESS,
)

Kind: TypeAlias = Literal["name", "number", "address", "birth"]


class Finding(Struct, frozen=True):
    """text: the part as it was typed."""

    kind: Kind
    text: str


def revealing(text: str) -> list[Finding]:
    """In the order of the text; no part twice."""
    typed = unicodedata.normalize("NFC", text)
    plain = _INVISIBLE.sub(" ", _DIGIT.sub("0", typed))
    found: list[tuple[int, int, Finding]] = []
    for kind, pattern in _signs():
        for match in pattern.finditer(plain):
            start, end = match.span()
            is_taken = any(start < other_end and at < end for at, other_end, _ in found)
            if not is_taken and not _is_harmless(kind, match[0], plain[:start]):
                found.append((start, end, Finding(kind, typed[start:end].strip())))
    return [finding for _, _, finding in sorted(found, key=lambda each: each[0])]


_DIGIT = regex.compile(r"\p{Nd}")
_INVISIBLE = regex.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

# As `\w` is in JavaScript.
_W = "A-Za-z0-9_"
_NOT_IN_WORD = r"(?<![\p{L}\p{M}])"
_WORD_ENDS = r"(?![\p{L}\p{M}])"
_WORD = r"[\p{L}\p{M}'’.-]+"
_SPACE = r"\s"
_OF_ITS_OWN = r"\p{Lu}[\p{Ll}\p{M}'’-]+"
_NAMES = rf"{_OF_ITS_OWN}(?:{_SPACE}+{_OF_ITS_OWN})*"


def _capitalised(words: str) -> str:
    return regex.sub(r"(^|\|)(\p{Ll})", lambda match: match[1] + match[2].upper(), words)


def _sign(kind: Kind, source: str, *, caseless: bool = True) -> tuple[Kind, regex.Pattern[str]]:
    flags = regex.IGNORECASE if caseless else 0
    return kind, regex.compile(unicodedata.normalize("NFC", source), flags)


@cache
def _signs() -> tuple[tuple[Kind, regex.Pattern[str]], ...]:
    """The first that fits a part names it. They take a while to be made."""
    return (
        _sign("address", rf"[{_W}.+-]+@[{_W}-]+(?:\.[{_W}-]+)+"),
        _sign("address", r"(?:https?://|www\.)\S+"),
        _sign("name", rf"(?<![{_W}@])@[{_W}.]{{3,}}"),
        _sign("birth", r"(?<![\d+][./-]?)\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?![./-]?\d)"),
        _sign(
            "birth",
            rf"(?<!\d)\d{{1,2}}{_SPACE}*{_WORD}{_SPACE}*(?:\d{{1,2}}{_SPACE}+{_WORD}{_SPACE}+)?\d{{4}}(?!\d)",
        ),
        _sign("birth", rf"{_NOT_IN_WORD}\p{{L}}{{3,}}{_SPACE}+\d{{1,2}},?{_SPACE}+\d{{4}}(?!\d)"),
        _sign("birth", r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?"),
        _sign("birth", rf"{_NOT_IN_WORD}(?:{BORN}){_WORD_ENDS}[^\d\n.]{{0,16}}\d{{1,4}}"),
        _sign("birth", rf"(?:{BORN_UNSPACED})[^\d\n]{{0,16}}\d{{1,4}}"),
        _sign("address", rf"{_NOT_IN_WORD}(?:{STREET}){_WORD_ENDS}[^\d\n,;]{{0,14}}\d{{1,5}}"),
        _sign("address", rf"(?:{STREET_UNSPACED})[^\d\n,;]{{0,14}}\d{{1,5}}"),
        _sign(
            "address",
            rf"(?<!\d)\d{{1,5}}[a-z]?,?{_SPACE}+(?:{_WORD}{_SPACE}+){{0,3}}"
            rf"(?:street|road|avenue|lane|alley|st\.|rd\.|ave\.){_WORD_ENDS}",
        ),
        _sign("address", r"[\p{Script=Han}]{1,8}(?:路|街|巷|弄)\d{1,5}|\d{1,5}[号號]楼?"),
        _sign("number", r"[+＋]?(?<!\d)\p{L}{0,3}-?\d(?:[ \u00a0().\/–_-]{0,3}\d){5,}"),
        _sign("name", rf"{_NOT_IN_WORD}(?:{TITLES})\.?{_SPACE}+{_NAMES}", caseless=False),
        _sign("name", rf"{_NOT_IN_WORD}(?:{_capitalised(TITLES)})\.?{_SPACE}+{_NAMES}", caseless=False),
        _sign("name", rf"{_NOT_IN_WORD}(?:{TITLES_CASELESS}){_SPACE}+{_WORD}"),
        _sign("name", rf"{_NOT_IN_WORD}(?:{CALLED}){_SPACE}*:?{_SPACE}*{_NAMES}", caseless=False),
        _sign("name", rf"{_NOT_IN_WORD}(?:{CALLED_CASELESS}){_SPACE}*:?{_SPACE}+{_WORD}"),
        _sign("name", rf"(?:{NAMING}){_SPACE}*:?{_SPACE}*[\p{{L}}\p{{M}}]{{1,12}}"),
        _sign("name", rf"{_NOT_IN_WORD}{_OF_ITS_OWN}(?:{_SPACE}+{_OF_ITS_OWN})+", caseless=False),
        _sign("name", rf"(?<=[\p{{Ll}}\p{{M}}\d,;)]{_SPACE}+){_OF_ITS_OWN}", caseless=False),
    )


_MONEY = regex.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LARGE = regex.compile(rf"(?:{_OF_ITS_OWN}\s*)+")
_OPENING = regex.compile(r"(?:^|[.!?\n]\s*)$")


def _is_harmless(kind: Kind, part: str, before: str) -> bool:
    """Amounts of money with their thousands apart, and what begins large though it is nobody's name."""
    if kind == "number":
        return _MONEY.fullmatch(part.strip()) is not None
    if kind != "name" or not _LARGE.fullmatch(part):
        return False
    first, *others = part.split()
    # "Speaks Khmer": every first word of a sentence begins large.
    is_opening = bool(others) and _OPENING.search(before) is not None
    return all(word.lower() in _known_words() for word in (others if is_opening else [first, *others]))


@cache
def _known_words() -> frozenset[str]:
    """Months, weekdays, languages and countries in English and in the languages that have capitals."""
    return frozenset(
        word
        for tag in ("en", "vi", "id", "fil", "ms")
        for said in _said(Locale.parse(tag))
        for word in regex.split(r"[\s()]+", said.lower())
        if word
    )


def _said(locale: Locale) -> Iterator[str]:
    for month in range(1, 13):
        yield format_date(date(2026, month, 1), "LLLL", locale)
        yield format_date(date(2026, month, 1), "MMMM", locale)
    for day in range(4, 11):
        yield format_date(date(2026, 1, day), "EEEE", locale)
    yield from (locale.languages.get(each, "") for each in _LANGUAGES.split())
    yield from (locale.territories.get(each, "") for each in _REGIONS.split())


_LANGUAGES = "en th lo km my vi id fil ms zh ne bn hi ur ar ta si fa ps am ti so fr es ru de pt"
_REGIONS = (
    "TH LA KH MM VN ID PH MY SG CN TW HK MO NP BD IN PK LK AF IR IQ SY TR LB JO SA AE QA KW OM BH IL EG LY TN MA SD "
    "ET ER SO KE JP KR GB IE FR DE IT ES PT GR PL RO UA RU US CA MX AU NZ"
)
