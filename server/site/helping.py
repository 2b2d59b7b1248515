"""The pages of the directory: which country, and who can be called there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from markupsafe import Markup

from server.site.directory import WORLD, ChecksPapers, Country, Entry, Number
from server.site.reading import Data, View
from server.site.sources import Sources
from server.site.speaker import Speaker
from server.site.tools import languages_of
from server.site.topics import HelpKind
from server.site.words import HELP_KINDS, N_, TITLES

STALE_DAYS = 183
"""A number that someone checked longer ago than half a year carries a warning."""

PLACES: tuple[HelpKind, ...] = ("shelter", "health", "rights-body", "inspection", "asylum", "police")
"""After the lines to call, each under its own heading; whoever may ask about papers stands last."""

PAPERS: dict[ChecksPapers, str] = {
    "yes": N_("They check papers."),
    "no": N_("They say that they do not check papers."),
    "unknown": N_("We do not know whether they check papers."),
}


def help_views(sources: Sources, speaker: Speaker) -> list[View]:
    places = [country for country in sources.countries if country.code != WORLD]
    ordered = _ordered(places, sources.operator.countries_first, speaker)
    views = [
        View(
            path="/help/",
            title=speaker.plain(TITLES["help"], "label"),
            template="help.html",
            data=lambda speaker: {"countries": [_choice(country, speaker) for country in ordered]},
        )
    ]
    return views + [_country_view(country, sources, speaker) for country in places]


def _country_view(country: Country, sources: Sources, speaker: Speaker) -> View:
    files = {other.code: other for other in sources.countries}
    neighbours = [files[code] for code in country.neighbours if code in files]
    everywhere = [files[WORLD]] if WORLD in files else []

    def data(speaker: Speaker) -> Data:
        empty = not country.entries
        # Where there is something to call, a line abroad is one more tap away, behind its country.
        elsewhere = [*everywhere, *(neighbours if empty else [])]
        return {
            "name": speaker.country(country.code),
            "note": country.note,
            "empty": empty,
            "emergency": _cards(country, sources, speaker, lambda entry: entry.kind == "emergency"),
            "entries": _cards(
                country, sources, speaker, lambda entry: entry.kind not in ("emergency", *PLACES)
            ),
            "groups": _groups(country, sources, speaker),
            "abroad": [
                card
                for other in elsewhere
                for card in _cards(other, sources, speaker, lambda entry: bool(entry.from_abroad))
            ],
            "nearby": [_choice(other, speaker) for other in neighbours if other.entries],
            "slug": country.slug,
            "phrases": [
                {"tag": tag, "name": speaker.languages([tag])}
                for tag in languages_of(country.code, sources)
                if tag != speaker.tag
            ],
            "costs": any(file.country == country.code for file in sources.tools.fees),
            "year": speaker.year(country.facts_as_of) if country.facts_as_of else None,
        }

    return View(
        path=f"/help/{country.slug}", title=speaker.country(country.code), template="country.html", data=data
    )


def _ordered(countries: Iterable[Country], first: list[str], speaker: Speaker) -> list[Country]:
    """The operator's countries in the operator's order, then the others by name."""
    rank = {code: at for at, code in enumerate(first)}
    return sorted(countries, key=lambda one: (rank.get(one.code, len(rank)), speaker.country(one.code)))


def _choice(country: Country, speaker: Speaker) -> Data:
    lines = [entry for entry in country.entries if entry.numbers or entry.whatsapp]
    return {"slug": country.slug, "name": speaker.country(country.code), "count": len(lines)}


def _groups(country: Country, sources: Sources, speaker: Speaker) -> list[Data]:
    kinds = [kind for kind in PLACES if any(entry.kind == kind for entry in country.entries)]
    return [
        {"kind": HELP_KINDS[kind], "entries": _cards(country, sources, speaker, partial(_is_of, kind))}
        for kind in kinds
    ]


def _is_of(kind: HelpKind, entry: Entry) -> bool:
    return entry.kind == kind


def _cards(country: Country, sources: Sources, speaker: Speaker, wanted: Any) -> list[Data]:
    """Entries as they are shown; lines not run by an enforcement body come first."""
    entries = sorted(
        (entry for entry in country.entries if wanted(entry)), key=lambda entry: entry.enforcement
    )
    return [_card(entry, country, sources, speaker) for entry in entries]


def _card(entry: Entry, country: Country, sources: Sources, speaker: Speaker) -> Data:
    checked = entry.checked
    dialled = {number.dial for number in entry.numbers}
    return {
        "id": entry.id,
        "who": entry.who,
        # In danger, what nobody knows is only in the way of the number.
        "urgent": entry.kind == "emergency",
        "kind": HELP_KINDS[entry.kind],
        "country": speaker.country(country.code),
        "enforcement": entry.enforcement,
        "numbers": _numbers(entry.numbers, speaker),
        "from_abroad": entry.from_abroad,
        "from_abroad_too": [number for number in entry.from_abroad if number not in dialled],
        "whatsapp": entry.whatsapp,
        "address": entry.address,
        "website": entry.website,
        "papers": PAPERS[entry.checks_papers] if entry.checks_papers else None,
        "callable": bool(entry.numbers or entry.whatsapp),
        "languages": speaker.languages(entry.languages),
        "hours": entry.hours,
        "cost": entry.cost,
        "note": entry.note,
        "local": entry.id in country.local,
        "checked": checked,
        "stale": checked is not None and (sources.today - checked.date).days > STALE_DAYS,
        "unverified": entry.display == "unverified",
        "source": Markup('<a href="{}" rel="noreferrer" lang="en" dir="ltr">{}</a>').format(
            entry.source_address, entry.source_title
        ),
    }


def _numbers(numbers: list[Number], speaker: Speaker) -> list[Data]:
    """One button a number: where the same one reaches several services, it names them all."""
    labels: dict[str, list[str]] = {}
    for number in numbers:
        labels.setdefault(number.dial, []).extend([number.label] if number.label else [])
    return [
        {"dial": dial, "labels": Markup(speaker.list([str(speaker.block(word)) for word in words]))}  # noqa: S704 - blocks are HTML, CLDR's commas are text
        for dial, words in labels.items()
    ]
