"""Sentences to show on the screen: ours in every locale, and in languages of countries that we have no locale for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from server.errors import ContentError
from server.site.data_files import load_data, refuse_twice
from server.site.topics import Filled, Slug

Group = Literal["danger", "help", "health", "papers", "work"]


class Phrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    group: Group
    text: Filled


class PhraseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    phrase: Annotated[list[Phrase], msgspec.Meta(min_length=1)]


class ForeignPhrase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Slug
    text: Filled


class ForeignFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`language` is a BCP 47 tag."""

    language: Filled
    phrase: Annotated[list[ForeignPhrase], msgspec.Meta(min_length=1)]


OURS = "phrases.toml"


def load_phrases(folder: Path) -> list[Phrase]:
    """The sentences in English, in the order in which they are shown."""
    path = folder / OURS
    if not path.exists():
        return []
    phrases = load_data(path, PhraseFile).phrase
    refuse_twice(path, "phrase", [phrase.id for phrase in phrases])
    return phrases


def load_foreign(folder: Path, phrases: list[Phrase]) -> dict[str, dict[str, str]]:
    """By language, what each sentence is in it; a language has all of them, or the file is refused."""
    wanted = {phrase.id for phrase in phrases}
    found = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == OURS:
            continue
        file = load_data(path, ForeignFile)
        if path.stem != file.language:
            raise ContentError(path, "language", f"is {file.language}, the file is {path.name}")
        refuse_twice(path, "phrase", [phrase.id for phrase in file.phrase])
        texts = {phrase.id: phrase.text for phrase in file.phrase}
        if texts.keys() != wanted:
            missing = ", ".join(sorted(wanted ^ texts.keys()))
            raise ContentError(path, "phrase", f"lacks, or has too much: {missing}")
        found[file.language] = texts
    return found
