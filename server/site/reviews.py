"""Whether someone who speaks the language has read a translation, as it stands now."""

from __future__ import annotations

import hashlib

from server.site.guidance import Guidance
from server.site.locales import Review
from server.site.speaker import Voice
from server.site.topics import Page, Topic

HASH_DIGITS = 16


def review_of(item: Topic | Page | Guidance, voice: Voice) -> Review | None:
    """The review that holds for a topic's present English and translation, if there is one."""
    current = source_hash(item, voice)
    return next(
        (
            review
            for review in voice.locale.reviews
            if review.topic == item.facts.slug and review.source == current
        ),
        None,
    )


def source_hash(item: Topic | Page | Guidance, voice: Voice) -> str:
    """Changes with any word of a topic in English or in the locale; stands in `locale.toml`'s reviews."""
    texts = [item.facts.question, item.facts.summary, *(block.text for block in item.blocks)]
    both = [part for text in texts for part in (text, voice.content.find(text) or "")]
    return hashlib.sha256("\0".join(both).encode()).hexdigest()[:HASH_DIGITS]
