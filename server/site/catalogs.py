"""What has been translated into a locale, read from its two PO files. Nothing is compiled and nothing is guessed."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from babel.messages.catalog import Catalog as Po
from babel.messages.pofile import PoFileError, read_po

from server.errors import TranslationError
from server.site.locales import SOURCE, folder_of

DOMAINS = ("app", "content")

Key = tuple[str | None, str]
"""A message's context, if any, and its English text (the singular one)."""


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """One domain of one locale: only whole translations are in it, and none that is marked fuzzy."""

    messages: Mapping[Key, tuple[str, ...]]
    plural_forms: str
    plural: Callable[[int], int]

    def find(self, message: str, context: str | None = None, form: int = 0) -> str | None:
        forms = self.messages.get((context, message))
        return forms[form] if forms else None


EMPTY = Catalog(messages={}, plural_forms="nplurals=2; plural=(n != 1);", plural=lambda n: int(n != 1))
"""English: what is said is what is written."""


def catalog_path(translations: Path, tag: str, domain: str) -> Path:
    return translations / folder_of(tag) / "LC_MESSAGES" / f"{domain}.po"


def load_catalog(translations: Path, tag: str, domain: str) -> Catalog:
    """What there is; a locale whose file is not there yet says everything in English."""
    if tag == SOURCE:
        return EMPTY
    path = catalog_path(translations, tag, domain)
    return decode_catalog(read_catalog(path, tag) if path.exists() else Po(folder_of(tag)))


def read_catalog(path: Path, tag: str) -> Po:
    """The file as Babel has it; raises `TranslationError` when it is no PO file."""
    try:
        _refuse_open_strings(path)
        with path.open("rb") as file:
            return read_po(file, locale=folder_of(tag), abort_invalid=True)
    except PoFileError as error:
        # Babel says "message on 12", and counts lines from nought.
        why = re.sub(r" on \d+$", "", str(error.args[0] if error.args else error))
        raise TranslationError(path, error.lineno + 1, f"is no PO file: {why}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TranslationError(path, line, "is not written in UTF-8") from error
    except ValueError as error:
        raise TranslationError(path, 1, f"is no PO file: {error}") from error


def _refuse_open_strings(path: Path) -> None:
    """Babel drops the last letter of a string whose closing quotation mark was lost."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#") and not _STRING.match(line):
            raise TranslationError(path, number, "is no PO file: a keyword and a string in quotes are wanted")


_STRING = re.compile(r'(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?"(?:[^"\\]|\\.)*"\s*$')


def decode_catalog(po: Po) -> Catalog:
    found: dict[Key, tuple[str, ...]] = {}
    for message in po:
        forms = forms_of(message.string)
        if message.id and all(forms) and not message.fuzzy:
            found[(message.context, id_of(message.id))] = forms
    return Catalog(
        messages=found,
        plural_forms=po.plural_forms,
        plural=gettext.c2py(po.plural_expr),
    )


def id_of(message_id: Any) -> str:
    """The singular: what a message with plurals is found by."""
    return message_id if isinstance(message_id, str) else message_id[0]


def forms_of(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (string or "",)
