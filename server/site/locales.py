"""A locale exists because its folder does: `translations/<folder>/locale.toml`. Nothing else lists them."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from babel import Locale as Cldr
from babel import UnknownLocaleError

from server.errors import TranslationError
from server.plain import fault_of
from server.site.topics import Filled
from server.toml_lines import line_of, line_of_syntax_error

SOURCE = "en"
"""The language that content is written in: its catalogs are never needed."""

T = TypeVar("T")


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone who speaks the language natively has read one topic's translation.

    `source` is the hash (`source_hash`) of the English and of the translation as they were then: it holds
    until either changes.
    """

    topic: Filled
    source: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}$")]
    by: Filled
    role: Filled
    date: datetime.date


class LocaleFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`script` is an ISO 15924 code; `zawgyi` and the like are a later matter."""

    native_name: Filled
    english_name: Filled
    script: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][a-z]{3}$")]
    direction: Literal["ltr", "rtl"]
    reviews: list[Review] = []


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word for one thing. A `sensitive` term may stand in no title, address, manifest or notification."""

    english: Filled
    term: Filled
    note: str = ""
    sensitive: bool = False


class Glossary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    term: list[Term] = []


class Locale(msgspec.Struct, frozen=True, kw_only=True):
    """`tag` is BCP 47, as in addresses and `lang`."""

    tag: str
    native_name: str
    english_name: str
    script: str
    direction: Literal["ltr", "rtl"]
    reviews: list[Review]
    glossary: list[Term]

    @property
    def cldr(self) -> Cldr:
        return Cldr.parse(self.tag, sep="-")


def folder_of(tag: str) -> str:
    """`zh-Hans` is in `zh_Hans`, as Babel names folders."""
    return tag.replace("-", "_")


def tag_of(folder: str) -> str:
    return folder.replace("_", "-")


def load_locales(translations: Path) -> list[Locale]:
    """Every locale, English first, then by English name."""
    found = [_load(path) for path in sorted(translations.glob("*/locale.toml"))]
    return sorted(found, key=lambda locale: (locale.tag != SOURCE, locale.english_name))


def _load(path: Path) -> Locale:
    file = decode_file(path, LocaleFile)
    tag = tag_of(path.parent.name)
    try:
        Cldr.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        why = f"the folder {path.parent.name} is named after no language that CLDR has, such as km or zh_Hans"
        raise TranslationError(path, 1, why) from error
    if file.script not in Cldr(SOURCE).scripts:
        line = line_of(path.read_text("utf-8"), ("script",))
        raise TranslationError(
            path, line, f"script: {file.script} is no code of ISO 15924, such as Latn or Khmr"
        )
    glossary_path = path.with_name("glossary.toml")
    glossary = decode_file(glossary_path, Glossary) if glossary_path.exists() else Glossary()
    return Locale(
        tag=tag,
        native_name=file.native_name,
        english_name=file.english_name,
        script=file.script,
        direction=file.direction,
        reviews=file.reviews,
        glossary=glossary.term,
    )


def decode_file(path: Path, kind: type[T]) -> T:
    """A TOML file of a translator; raises `TranslationError` with a fault's line."""
    text = path.read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise TranslationError(path, line_of_syntax_error(str(error), text), str(error)) from error
    except msgspec.ValidationError as error:
        at, field, why = fault_of(str(error), kind)
        raise TranslationError(path, line_of(text, at), f"{field}: {why}" if field else why) from error
