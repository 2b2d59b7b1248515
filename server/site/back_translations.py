"""What somebody who did not write a translation read out of it, in English: `LC_MESSAGES/back.po`.

A message as in `app.po` and `content.po`, both in one file; `msgstr` is the English read out of the translation.
`# of 0123456789abcdef` names the translation it was made from, so that a changed one outdates it. Nothing here
is ever shown to a reader or stops a build.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec
from babel.messages.catalog import Catalog as Po
from babel.messages.catalog import Message

from server.site.catalogs import (
    Key,
    catalog_path,
    forms_of,
    is_translated,
    key_of,
    new_catalog,
    read_catalog,
    write_catalog,
)
from server.site.minor import Edit

DOMAIN = "back"
HASH_DIGITS = 16

ReadBack = Literal["read", "outdated", "missing"]

_OF = re.compile(r"^of ([0-9a-f]{16})$")


class Translated(msgspec.Struct, frozen=True, kw_only=True):
    """A translated message of either catalog. `forms` are those of both where they say one English differently."""

    id: str | tuple[str, ...]
    context: str | None
    domains: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def key(self) -> Key:
        return self.context, self.id if isinstance(self.id, str) else self.id[0]

    @property
    def hash(self) -> str:
        return translation_hash(self.forms)

    @property
    def wanted(self) -> int:
        """How many texts its reading has: one a plural form."""
        return len(self.forms) if isinstance(self.id, tuple) else 1


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `back.po`: `of` is the hash of the translation that was read, empty where the file has none."""

    of: str
    forms: tuple[str, ...]
    line: int


def translation_hash(forms: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(forms).encode()).hexdigest()[:HASH_DIGITS]


def translated_in(catalogs: Mapping[str, Po]) -> dict[Key, Translated]:
    """What can be read back, by message, from catalogs by domain; in their order."""
    found: dict[Key, Translated] = {}
    for domain, po in catalogs.items():
        for message in filter(is_translated, po):
            one = Translated(
                id=_id(message),
                context=message.context,
                domains=(domain,),
                forms=forms_of(message.string),
            )
            found[one.key] = _with(found[one.key], one) if one.key in found else one
    return found


def load_back(translations: Path, tag: str, edits: Iterable[Edit] = ()) -> dict[Key, Back]:
    """What has been read back, by message; a minor edit to the English takes it along. Raises `TranslationError`."""
    path = catalog_path(translations, tag, DOMAIN)
    if not path.exists():
        return {}
    found = {
        key_of(message): Back(of=_of(message), forms=forms_of(message.string), line=message.lineno or 1)
        for message in read_catalog(path, tag)
        if message.id
    }
    for edit in edits:
        before, to = (edit.context, edit.before), (edit.context, edit.to)
        if before in found and to not in found:
            found[to] = found.pop(before)
    return found


def read_back(translated: Translated, found: Mapping[Key, Back]) -> ReadBack:
    """Whether an entry is there, whole, and of the translation as it stands."""
    back = found.get(translated.key)
    if back is None or not all(back.forms) or len(back.forms) != translated.wanted:
        return "missing"
    return "read" if back.of == translated.hash else "outdated"


def unknown_in(found: Mapping[Key, Back], translated: Mapping[Key, Translated]) -> list[Key]:
    """Entries of messages that are not translated, or are no longer there."""
    return [key for key in found if key not in translated]


def write_back(
    translations: Path, tag: str, translated: Mapping[Key, Translated], found: Mapping[Key, Back]
) -> None:
    """The whole file anew: what holds is kept, what is missing or outdated is empty, for somebody to fill in."""
    po = new_catalog(DOMAIN, tag)
    for one in translated.values():
        forms = found[one.key].forms if read_back(one, found) == "read" else ("",) * one.wanted
        po.add(
            one.id,
            forms if isinstance(one.id, tuple) else forms[0],
            auto_comments=[f"domain {' and '.join(one.domains)}"],
            user_comments=[f"of {one.hash}"],
            context=one.context,
        )
    write_catalog(catalog_path(translations, tag, DOMAIN), po)


def _with(first: Translated, second: Translated) -> Translated:
    """One English in both catalogs: one entry, read from both translations where they differ."""
    same = first.forms == second.forms
    return msgspec.structs.replace(
        first,
        domains=(*first.domains, *second.domains),
        forms=first.forms if same else (*first.forms, *second.forms),
    )


def _id(message: Message) -> str | tuple[str, ...]:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _of(message: Message) -> str:
    """An empty skeleton's hash is there too: it says of which translation the answer is to be."""
    return next((match[1] for comment in message.user_comments if (match := _OF.match(comment))), "")
