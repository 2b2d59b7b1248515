"""The pages that readers do something with: checks, costs, phrases, words, dates, search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel import Locale as Cldr
from babel.languages import get_official_languages
from babel.numbers import get_group_symbol, get_territory_currencies

from server.site.checks import Check
from server.site.directory import WORLD
from server.site.fees import FeeFile, Rule
from server.site.phrases import Group
from server.site.reading import Data, View, article_of
from server.site.sources import Sources
from server.site.speaker import Speaker, Voice
from server.site.words import PHRASE_GROUPS, TITLES


def tool_views(sources: Sources, voice: Voice, speaker: Speaker) -> list[View]:
    return [
        *(_check_view(check, speaker) for check in sources.tools.checks),
        *_cost_views(sources, voice, speaker),
        *_phrase_views(sources, voice, speaker),
        _plain_view("/words", "words", speaker, {"words": sources.tools.words}),
        _plain_view("/dates", "dates", speaker, {"dates": sources.tools.dates}),
        _plain_view("/search", "search", speaker, {}),
        _plain_view("/not-mine", "not-mine", speaker, {}),
    ]


def languages_of(country: str, sources: Sources) -> list[str]:
    """The languages spoken officially in a country in which there are sentences to show, the chief one first."""
    found = get_official_languages(country, regional=True, de_facto=True)
    tags = dict.fromkeys(tag for name in found if (tag := _phrase_tag(name, country, sources)) is not None)
    return list(tags)


def _phrase_tag(name: str, country: str, sources: Sources) -> str | None:
    """CLDR says `zh_Hant` or `zh`, and `fil`, as we do; a country's script is its own."""
    wanted = name.replace("_", "-")
    if wanted == "zh":
        wanted = "zh-Hant" if country in {"TW", "HK", "MO"} else "zh-Hans"
    return wanted if wanted in sources.tools.said else None


def _plain_view(path: str, name: str, speaker: Speaker, data: Mapping[str, Any]) -> View:
    title = speaker.plain(TITLES[name], "label")
    return View(path=path, title=title, template=f"{name}.html", data=lambda _: data)


def _check_view(check: Check, speaker: Speaker) -> View:
    facts = check.facts

    def data(speaker: Speaker) -> Data:
        return {
            "facts": facts,
            "nothing": speaker.words(facts.nothing),
            "sources": facts.source,
            "article": lambda words: article_of(words, speaker),
            "year": speaker.year(facts.facts_as_of),
        }

    title = speaker.label(facts.label)
    return View(path=f"/check/{facts.slug}", title=title, template="check.html", data=data)


def _cost_views(sources: Sources, voice: Voice, speaker: Speaker) -> list[View]:
    files = {file.country: file for file in sources.tools.fees}
    countries = sorted((code for code in files if code != WORLD), key=speaker.country)
    title = speaker.plain(TITLES["costs"], "label")

    def data(speaker: Speaker) -> Data:
        return {
            "group": get_group_symbol(voice.locale.cldr, numbering_system="default"),
            "countries": [
                {"slug": code.lower(), "name": speaker.country(code), "currency": _currency(code)}
                for code in countries
            ],
            "rules": _rules(files[WORLD], speaker) if WORLD in files else [],
        }

    return [
        View(path="/costs/", title=title, template="costs.html", data=data),
        *(_country_costs_view(files[code], title, speaker) for code in countries),
    ]


def _country_costs_view(file: FeeFile, title: str, speaker: Speaker) -> View:
    def data(speaker: Speaker) -> Data:
        return {
            "slug": file.slug,
            "name": speaker.country(file.country),
            "rules": _rules(file, speaker),
        }

    return View(
        path=f"/costs/{file.slug}",
        title=f"{title}: {speaker.country(file.country)}",
        template="fees.html",
        data=data,
    )


def _rules(file: FeeFile, speaker: Speaker) -> list[Data]:
    return [_rule(rule, speaker) for rule in file.rule]


def _rule(rule: Rule, speaker: Speaker) -> Data:
    return {
        "rule": rule,
        "year": speaker.year(str(rule.year)) if rule.year else None,
        "as_of": speaker.years(rule.as_of) if rule.as_of else None,
    }


def _currency(country: str) -> str:
    """The code of the money used there now, such as THB: a hint beside an amount, nothing more."""
    found = get_territory_currencies(country)
    return str(found[0]) if found else ""


def _phrase_views(sources: Sources, voice: Voice, speaker: Speaker) -> list[View]:
    tools, own = sources.tools, voice.locale.tag
    tags = sorted(tools.said, key=lambda tag: speaker.languages([tag]))
    title = speaker.plain(TITLES["phrases"], "label")

    def choices(speaker: Speaker) -> Data:
        others = [tag for tag in tags if tag != own]
        return {"languages": [{"tag": tag, "name": speaker.languages([tag])} for tag in others]}

    def said_in(tag: str) -> View:
        def data(speaker: Speaker) -> Data:
            groups: dict[Group, list[Data]] = {}
            for phrase in tools.phrases:
                if (text := tools.said[tag].get(phrase.id)) is not None:
                    groups.setdefault(phrase.group, []).append({"own": phrase.text, "text": text})
            return {
                "language": speaker.languages([tag]),
                "own": tag == own,
                "tag": tag,
                "direction": Cldr.parse(tag, sep="-").text_direction,
                "groups": [(PHRASE_GROUPS[group], phrases) for group, phrases in groups.items()],
            }

        return View(path=f"/phrases/{tag}", title=title, template="phrase.html", data=data)

    return [
        View(path="/phrases/", title=title, template="phrases.html", data=choices),
        *(said_in(tag) for tag in tags),
    ]
