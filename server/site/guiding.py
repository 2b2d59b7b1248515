"""The pages for outreach workers: guidance, and sets of signs as prompts that decide nothing."""

from __future__ import annotations

from server.site.guidance import Duty, Guidance, SignSet
from server.site.reading import Data, View, article_of, sections_of
from server.site.reviews import review_of
from server.site.sources import Sources
from server.site.speaker import Speaker, Voice
from server.site.words import TITLES


def guide_views(sources: Sources, voice: Voice, speaker: Speaker) -> list[View]:
    guide = sources.guide
    views = [
        View(
            path="/guide/",
            title=speaker.plain(TITLES["guide"], "label"),
            template="guide.html",
            data=lambda _: {"pages": [page.facts for page in guide.pages], "signs": guide.signs},
        )
    ]
    views += [_guidance_view(page, sources, voice, speaker) for page in guide.pages]
    return views + [_signs_view(signs, speaker) for signs in guide.signs]


def _guidance_view(page: Guidance, sources: Sources, voice: Voice, speaker: Speaker) -> View:
    facts = page.facts
    others = {other.facts.slug: other.facts for other in sources.guide.pages}

    def data(speaker: Speaker) -> Data:
        duties = sources.guide.duties if facts.slug == "duties" else []
        return {
            "facts": facts,
            "parts": sections_of(page.blocks),
            "related": [others[slug] for slug in facts.related],
            "sources": facts.sources,
            "article": lambda words: article_of(words, speaker),
            "year": speaker.year(facts.facts_as_of),
            "reviewed": facts.reviewed,
            "review": review_of(page, voice),
            "duties": [_duty(duty, speaker) for duty in duties],
        }

    title = speaker.label(facts.label)
    return View(path=f"/guide/{facts.slug}", title=title, template="guidance.html", data=data)


def _signs_view(signs: SignSet, speaker: Speaker) -> View:
    return View(
        path=f"/guide/{signs.id}",
        title=speaker.plain(TITLES["signs"], "label"),
        template="signs.html",
        data=lambda speaker: {"signs": signs, "year": speaker.year(signs.facts_as_of)},
    )


def _duty(duty: Duty, speaker: Speaker) -> Data:
    return {"country": speaker.country(duty.country), "duty": duty}
