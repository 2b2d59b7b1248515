"""What has been translated into a locale, read from its two PO files. Nothing is compiled and nothing is guessed."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from babel import Locale as Cldr
from babel.messages.catalog import Catalog as Po
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import PoFileError, read_po, write_po
from babel.plural import to_gettext

from server.errors import TranslationError
from server.site.locales import SOURCE, folder_of

DOMAINS = ("app", "content")
WHOLE_NUMBERS = 1001
"""Nothing that we count comes to a million, from where some languages have one more plural form."""

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
        _refuse_lost_text(path)
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


def _refuse_lost_text(path: Path) -> None:
    """What Babel would lose without a word: the last letter of a string left open, the first of two translations."""
    seen: dict[tuple[str, ...], int] = {}
    name: list[str] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if (found := _STRING.match(line)) is None:
            raise TranslationError(path, number, "is no PO file: a keyword and a string in quotes are wanted")
        keyword, text = found.groups()
        if keyword in ("msgctxt", "msgid") and (keyword == "msgctxt" or len(name) != 1):
            name = [text] if keyword == "msgctxt" else ["", text]
        elif keyword == "msgid":
            name.append(text)
        elif keyword is None and name:
            name[-1] += text
        elif keyword is not None:
            if name and (first := seen.setdefault(tuple(name), number)) != number:
                raise TranslationError(path, number, f"“{name[-1]}” stands in line {first} already")
            name = []


_STRING = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?"((?:[^"\\]|\\.)*)"\s*$')


def new_catalog(domain: str, tag: str | None = None) -> Po:
    """An empty catalog, or a template. No date and no name in the head: the same messages give the same bytes."""
    header = f"# Sojourn, domain {domain}. See docs/translating.md."
    folder = folder_of(tag) if tag else None
    po = Po(folder, project="Sojourn", version="1", header_comment=header, fuzzy=False)
    if tag and po.num_plurals != plural_count(tag):
        # Babel's own table is older than CLDR's: it has two forms for Burmese, and one for Turkish.
        po.mime_headers = [("Plural-Forms", f"{to_gettext(Cldr.parse(tag, sep='-').plural_form)};")]
    return po


def plural_count(tag: str) -> int:
    """How many forms a language has for whole numbers, by CLDR: Russian's for 1.5 is needed nowhere."""
    rule = Cldr.parse(tag, sep="-").plural_form
    return len({rule(number) for number in range(WHOLE_NUMBERS)})


def write_catalog(path: Path, po: Po, *, previous: bool = False) -> None:
    """In one step, so that whoever reads sees the old file or the new; `previous` keeps `#| msgid`.

    One message a line and no line numbers: an edit elsewhere changes nothing here.
    """
    buffer = io.BytesIO()
    write_po(buffer, po, width=0, include_lineno=False, include_previous=previous)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_STAMPS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    coming = path.with_name(f"{path.name}.coming")
    coming.write_text("".join(kept), "utf-8")
    coming.replace(path)


_STAMPS = (
    '"Report-Msgid-Bugs-To:', '"POT-Creation-Date:', '"PO-Revision-Date:', '"Last-Translator:', '"Language-Team:',
    '"Generated-By:',
)  # fmt: skip


def decode_catalog(po: Po) -> Catalog:
    found: dict[Key, tuple[str, ...]] = {}
    for message in po:
        if is_translated(message):
            found[key_of(message)] = forms_of(message.string)
    return Catalog(
        messages=found,
        plural_forms=po.plural_forms,
        plural=gettext.c2py(po.plural_expr),
    )


def key_of(message: PoMessage) -> Key:
    return message.context, id_of(message.id)


def is_translated(message: PoMessage) -> bool:
    return bool(message.id) and all(forms_of(message.string)) and not message.fuzzy


def id_of(message_id: Any) -> str:
    """The singular: what a message with plurals is found by."""
    return message_id if isinstance(message_id, str) else message_id[0]


def forms_of(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (string or "",)
