"""Reading translations back with scripts: what is to be read, as JSON lines, and the answers to it.

Who reads back sees the translation alone, not the English: an answer names the hash of what it was read from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from server.errors import TranslationError
from server.site.back_translations import Back, Translated, read_back
from server.site.catalogs import Key
from server.site.topics import Filled
from server.toml_lines import line_of_string

Texts = Annotated[list[Filled], msgspec.Meta(min_length=1)]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what is to be read; `id` is the translation's hash, `translation` each of its forms."""

    id: str
    translation: list[str]


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`id` is the hash of a translation, or the English; `context` tells two of the same English apart."""

    id: Filled
    back: Filled | Texts
    context: str | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        return (self.back,) if isinstance(self.back, str) else tuple(self.back)


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """`strangers` are the ids of answers to no translation that there is: it was changed since, or never was."""

    found: dict[Key, Back]
    count: int
    strangers: list[str]


def questions(translated: Mapping[Key, Translated], found: Mapping[Key, Back]) -> list[Question]:
    """What is missing or outdated, each translation once, in the catalogs' order."""
    open_ones = {one.hash: one for one in translated.values() if read_back(one, found) != "read"}
    return [Question(id=key, translation=list(one.forms)) for key, one in open_ones.items()]


def parse_answers(path: Path) -> list[Answer]:
    """JSON lines of answers, or one JSON object from ids to texts. Raises `TranslationError` with the line."""
    text = path.read_text("utf-8")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and _is_answer(lines[0][1]):
        return [_decode(path, number, line) for number, line in lines]
    try:
        answers = msgspec.json.decode(text, type=dict[Filled, Filled | Texts])
    except msgspec.DecodeError as error:
        why = f"neither JSON lines of id and back nor a JSON object of texts: {error}"
        raise TranslationError(path, lines[0][0] if lines else 1, why) from error
    return [Answer(id=key, back=back) for key, back in answers.items()]


def take_answers(
    path: Path, answers: Iterable[Answer], translated: Mapping[Key, Translated], found: Mapping[Key, Back]
) -> Taken:
    """What there is with the answers of `path` in it; raises `TranslationError` for one with other plural forms."""
    by_hash: dict[str, list[Translated]] = {}
    by_english: dict[str, list[Translated]] = {}
    for one in translated.values():
        by_hash.setdefault(one.hash, []).append(one)
        by_english.setdefault(one.key[1], []).append(one)
    now, count, strangers = dict(found), 0, []
    for answer in answers:
        meant = by_hash.get(answer.id) or [
            one
            for one in by_english.get(answer.id, [])
            if answer.context is None or answer.context == one.context
        ]
        for one in meant:
            if len(answer.forms) != one.wanted:
                why = f"{answer.id} has {one.wanted} forms to read, and {len(answer.forms)} are given"
                raise TranslationError(path, line_of_string(path.read_text("utf-8"), answer.id), why)
            now[one.key] = Back(of=one.hash, forms=answer.forms, line=1)
            count += 1
        strangers += [] if meant else [answer.id]
    return Taken(found=now, count=count, strangers=strangers)


def _is_answer(line: str) -> bool:
    try:
        return set(msgspec.json.decode(line, type=dict[str, object])) >= {"id", "back"}
    except msgspec.DecodeError:
        return False


def _decode(path: Path, number: int, line: str) -> Answer:
    try:
        return msgspec.json.decode(line, type=Answer)
    except msgspec.DecodeError as error:
        raise TranslationError(path, number, str(error)) from error
