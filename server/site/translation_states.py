"""How far each translation is. All of it is computed from the files as they are; nothing of it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

import msgspec
from babel.messages.catalog import Catalog as Po
from babel.messages.catalog import Message

from server.site.back_translations import load_back, read_back, translated_in, unknown_in
from server.site.catalogs import DOMAINS, Key, decode_catalog, forms_of, id_of, is_translated, key_of
from server.site.guidance import Guidance, load_guidance
from server.site.locales import SOURCE, Locale, load_locales
from server.site.minor import Edit, load_minor
from server.site.places import Places
from server.site.reviews import reviewed_state
from server.site.speaker import Voice
from server.site.topics import Page, Topic, load_pages, load_topics
from server.site.updating import load_template, up_to_date

ALIKE = 0.6
"""As alike as gettext's own tools want two messages to be before they take one for the other's former self."""

FEW_WORDS = 4
"""Up to so many words letters are compared, and more of them have to be alike: `Your team` was not `Your choice`."""
ALIKE_LETTERS = 0.8

State = Literal["missing", "outdated", "fuzzy"]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is not shown in translation. `comment` says where it stands, `former` is its old English."""

    key: Key
    state: State
    comment: str
    former: str = ""


class CatalogState(msgspec.Struct, frozen=True, kw_only=True):
    """One catalog: `messages` are `translated` and `waiting` together; the rest counts what was read back."""

    domain: str
    messages: int
    translated: int
    waiting: list[Waiting]
    read_back: int
    back_outdated: int
    back_missing: int

    def count(self, state: State) -> int:
        return sum(one.state == state for one in self.waiting)


class LocaleState(msgspec.Struct, frozen=True, kw_only=True):
    """`reviewed`, `review_outdated` and `not_reviewed` count topics, pages and guidance.

    `back_unknown` are what was read back of messages that are no longer translated.
    """

    locale: Locale
    catalogs: list[CatalogState]
    reviewed: int
    review_outdated: int
    not_reviewed: int
    back_unknown: list[Key]


def states(places: Places, tags: Iterable[str] | None = None) -> list[LocaleState]:
    """Each language's state, or that of `tags`; English, the source, has none."""
    wanted = None if tags is None else set(tags)
    locales = [one for one in load_locales(places.translations) if one.tag != SOURCE]
    templates = {domain: load_template(places, domain) for domain in DOMAINS}
    edits = load_minor(places.translations)
    return [_state(places, one, templates, edits) for one in locales if wanted is None or one.tag in wanted]


def formers(po: Po) -> dict[Key, Message]:
    """For each message without a translation the obsolete one that it was, if one is much alike; each serves once."""
    empty = [message for message in po if message.id and not any(forms_of(message.string))]
    obsolete = [(former, _units(id_of(former.id))) for former in po.obsolete.values()]
    pairs = []
    for at, message in enumerate(empty):
        units = _units(id_of(message.id))
        near = [former for former in obsolete if former[0].context == message.context]
        pairs += [(ratio, at, message, former) for former, others in near if (ratio := _alike(units, others))]
    found: dict[Key, Message] = {}
    used: set[Key] = set()
    for _, _, message, former in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if key_of(message) not in found and key_of(former) not in used:
            found[key_of(message)] = former
            used.add(key_of(former))
    return found


def _units(text: str) -> Sequence[str]:
    """A text's words; the letters of one so short that a changed word is half of it."""
    words = text.split()
    return words if len(words) > FEW_WORDS else text


def _alike(units: Sequence[str], others: Sequence[str]) -> float:
    """From 0 to 1, and 0 when it is too little. Most pairs are told apart before they are compared in order."""
    least = ALIKE_LETTERS if isinstance(units, str) else ALIKE
    if type(units) is not type(others):
        return 0.0
    shared = len(set(units) & set(others)) * 2 / len({*units, *others})
    ratio = SequenceMatcher(None, units, others, autojunk=False).ratio() if shared >= least else 0.0
    return ratio if ratio >= least else 0.0


def _state(places: Places, locale: Locale, templates: Mapping[str, Po], edits: Sequence[Edit]) -> LocaleState:
    catalogs = {
        domain: up_to_date(places, locale.tag, domain, template, edits)
        for domain, template in templates.items()
    }
    back = load_back(places.translations, locale.tag, edits)
    all_translated = translated_in(catalogs)
    found = []
    for domain, po in catalogs.items():
        messages = [message for message in po if message.id]
        backs = [read_back(all_translated[key_of(one)], back) for one in filter(is_translated, messages)]
        found.append(
            CatalogState(
                domain=domain,
                messages=len(messages),
                translated=len(backs),
                waiting=_waiting(po),
                read_back=backs.count("read"),
                back_outdated=backs.count("outdated"),
                back_missing=backs.count("missing"),
            )
        )
    voice = Voice(
        locale=locale,
        app=decode_catalog(catalogs["app"]),
        content=decode_catalog(catalogs["content"]),
        minor=list(edits),
    )
    reviews = _reviews(places, voice)
    return LocaleState(
        locale=locale,
        catalogs=found,
        reviewed=reviews.count("reviewed"),
        review_outdated=reviews.count("outdated"),
        not_reviewed=reviews.count("not"),
        back_unknown=unknown_in(back, all_translated),
    )


def _waiting(po: Po) -> list[Waiting]:
    known = formers(po)
    found = []
    for message in po:
        if not message.id or is_translated(message):
            continue
        key, comment = key_of(message), "; ".join(message.auto_comments[:1])
        former = known.get(key)
        state: State = (
            "fuzzy" if any(forms_of(message.string)) else "missing" if former is None else "outdated"
        )
        old = id_of(former.id) if former is not None else ""
        found.append(Waiting(key=key, state=state, comment=comment, former=old))
    return found


def _reviews(places: Places, voice: Voice) -> list[str]:
    content = places.content
    items: list[Topic | Page | Guidance] = [
        *load_topics(content / "topics"),
        *load_pages(content / "pages"),
        *load_guidance(content / "guidance"),
    ]
    return [reviewed_state(item, voice) for item in items]
