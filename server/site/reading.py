"""The pages of guidance: home, the list of topics, each topic, about and privacy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import msgspec
from markupsafe import Markup

from server.site.markdown import Block
from server.site.messages import is_words
from server.site.reviews import review_of
from server.site.sources import Sources
from server.site.speaker import Speaker, Voice, isolate_latin
from server.site.topics import Page, Topic
from server.site.words import HELP_KINDS, N_, STAGES, TITLES

Data = Mapping[str, Any]


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A page before it is rendered. `data` is asked for with the page's own speaker."""

    path: str
    title: str
    template: str
    data: Callable[[Speaker], Data]


def reading_views(sources: Sources, voice: Voice, speaker: Speaker) -> list[View]:
    """`speaker` says the titles, which carry no links and no marks."""
    app_name, topics_title = sources.operator.app_name, speaker.plain(TITLES["topics"], "label")
    views = [
        View(path="/", title=app_name, template="home.html", data=lambda _: {"tools": sources.tools}),
        View(
            path="/topics/",
            title=topics_title,
            template="topics.html",
            data=lambda _: {"stages": list(_stages(sources.topics))},
        ),
    ]
    views += [_topic_view(topic, sources, voice, speaker) for topic in sources.topics]
    return views + [_page_view(page, voice, speaker) for page in sources.pages]


def _stages(topics: list[Topic]) -> Iterator[tuple[str, list[Any]]]:
    """The stages that have topics, in their own order."""
    for stage, name in STAGES.items():
        if found := [topic.facts for topic in topics if topic.facts.stage == stage]:
            yield name, found


def _topic_view(topic: Topic, sources: Sources, voice: Voice, speaker: Speaker) -> View:
    facts = topic.facts
    others = {other.facts.slug: other.facts for other in sources.topics}

    def data(speaker: Speaker) -> Data:
        return {
            "facts": facts,
            "parts": sections_of(topic.blocks),
            "kinds": [HELP_KINDS[kind] for kind in facts.helps],
            "related": [others[slug] for slug in facts.related],
            "sources": facts.sources,
            "article": lambda words: article_of(words, speaker),
            "year": speaker.year(facts.facts_as_of),
            "reviewed": facts.reviewed,
            "review": review_of(topic, voice),
            "recording": sources.recordings.get(voice.locale.tag, {}).get(facts.slug),
        }

    return View(
        path=f"/topics/{facts.slug}", title=speaker.label(facts.label), template="topic.html", data=data
    )


def _page_view(page: Page, voice: Voice, speaker: Speaker) -> View:
    def data(speaker: Speaker) -> Data:
        return {"facts": page.facts, "parts": sections_of(page.blocks), "review": review_of(page, voice)}

    title = speaker.label(page.facts.label)
    return View(path=f"/{page.facts.slug}", title=title, template="page.html", data=data)


def article_of(words: str, speaker: Speaker) -> Markup:
    """`3(c) and (d)` needs the word before it, `Principle 4` brings its own."""
    said = speaker.block(words) if is_words(words) else isolate_latin(words)
    return speaker.say(N_("Article %(number)s"), number=said) if words[0].isdigit() else said


def sections_of(blocks: list[Block]) -> list[dict[str, Any]]:
    """A body as sections, each with a heading (but perhaps the first) and runs of paragraphs or of items."""
    parts: list[dict[str, Any]] = []
    for is_heading, run in groupby(blocks, key=lambda block: block.kind == "heading"):
        if is_heading:
            parts += [{"heading": block.text, "groups": []} for block in run]
            continue
        if not parts:
            parts.append({"heading": "", "groups": []})
        parts[-1]["groups"] += [
            {"kind": kind, "texts": [block.text for block in same]}
            for kind, same in groupby(run, key=lambda block: block.kind)
        ]
    return parts
