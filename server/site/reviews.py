"""Whether someone who speaks the language has read a translation, as it stands now."""

from __future__ import annotations

import hashlib
from typing import Literal

from server.site.guidance import Guidance
from server.site.locales import Review
from server.site.minor import formerly
from server.site.speaker import Voice
from server.site.topics import Page, Topic

HASH_DIGITS = 16

Reviewed = Literal["reviewed", "outdated", "not"]


def review_of(item: Topic | Page | Guidance, voice: Voice) -> Review | None:
    """The review that holds for a topic's present English and translation, if there is one.

    It also holds when the English has been edited since in ways that `minor.toml` names.
    """
    texts = _texts(item)
    said = [voice.content.find(text) or "" for text in texts]
    holding = {_hash(former, said) for former in formerly(texts, voice.minor)}
    return next((review for review in _reviews(item, voice) if review.source in holding), None)


def reviewed_state(item: Topic | Page | Guidance, voice: Voice) -> Reviewed:
    """Whether a review holds, held once, or was never made."""
    if review_of(item, voice) is not None:
        return "reviewed"
    return "outdated" if _reviews(item, voice) else "not"


def source_hash(item: Topic | Page | Guidance, voice: Voice) -> str:
    """Changes with any word of a topic in English or in the locale; stands in `locale.toml`'s reviews."""
    texts = _texts(item)
    return _hash(texts, [voice.content.find(text) or "" for text in texts])


def _reviews(item: Topic | Page | Guidance, voice: Voice) -> list[Review]:
    return [review for review in voice.locale.reviews if review.topic == item.facts.slug]


def _texts(item: Topic | Page | Guidance) -> list[str]:
    return [item.facts.question, item.facts.summary, *(block.text for block in item.blocks)]


def _hash(texts: list[str], said: list[str]) -> str:
    both = [part for pair in zip(texts, said, strict=True) for part in pair]
    return hashlib.sha256("\0".join(both).encode()).hexdigest()[:HASH_DIGITS]
