"""How old someone has to be, in school years, to read a text easily: Flesch-Kincaid's grade and five."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyphen  # type: ignore[import-untyped]  # it ships no types

_syllables = pyphen.Pyphen(lang="en_US", left=1, right=1)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|$")


def reading_age(blocks: Iterable[str], names: Iterable[str] = ()) -> float:
    """Each block ends a sentence. `names`, such as those of treaties, are left out: they cannot be shortened."""
    sentences = words = syllables = 0
    for block in blocks:
        text = block
        for name in names:
            text = text.replace(name, "")
        for sentence in _SENTENCE_END.split(text):
            found = _WORD.findall(sentence)
            sentences += bool(found)
            words += len(found)
            syllables += sum(_syllables_of(word) for word in found)
    if not words:
        return 0.0
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59 + 5


def _syllables_of(word: str) -> int:
    return len(_syllables.positions(word.lower())) + 1
