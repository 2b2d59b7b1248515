"""What a build made, in figures: for the command line, the measurements, and whoever reviews a translation."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from babel.messages.catalog import Catalog as Po

from server.site.assets import Assets
from server.site.catalogs import Catalog, id_of, read_catalog
from server.site.compression import to_brotli
from server.site.editions import Edition
from server.site.guidance import Guidance
from server.site.links import file_of
from server.site.locales import SOURCE
from server.site.places import Places
from server.site.rendered import RenderedLocale
from server.site.reviews import source_hash
from server.site.sources import Sources
from server.site.topics import Page, Topic


class BuildReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a build made. All sizes are bytes as brotli.

    `pages`: what has to arrive before a page can be read, by address: its HTML, the style and `leave.js`.
    `parts`: by locale, then subject. `downloads`: each language in one file. `missing`: by locale and domain,
    how many messages of the template have no translation. `review_sources`: by locale and slug of a topic,
    page or guidance, what a review in `locale.toml` names. `fresh` is false when nothing had changed and
    the tree was left as it was.
    """

    stamp: str
    pages: dict[str, int]
    parts: dict[str, dict[str, int]]
    downloads: dict[str, int]
    numbers: dict[str, int]
    scripts: dict[str, int]
    missing: dict[str, dict[str, int]]
    review_sources: dict[str, dict[str, str]]
    fresh: bool = True


def make_report(
    *,
    stamp: str,
    rendered: list[RenderedLocale],
    sources: Sources,
    assets: Assets,
    editions: Mapping[str, Edition],
    packed: Mapping[str, bytes],
    places: Places,
) -> BuildReport:
    """`packed` are the pages as brotli, by file."""
    scripts = {
        address: len(to_brotli(assets.files[address])) for address in assets.files if address.endswith(".js")
    }
    blocking = scripts[assets.leave] + len(to_brotli(assets.files[assets.style]))
    templates = {
        domain: read_catalog(places.translations / f"{domain}.pot", "en") for domain in ("app", "content")
    }
    translated = [voice for voice in sources.voices if voice.locale.tag != SOURCE]
    reviewable: list[Topic | Page | Guidance] = [*sources.topics, *sources.pages, *sources.guide.pages]
    return BuildReport(
        stamp=stamp,
        pages={
            address: len(packed[file_of(address)]) + blocking
            for one in rendered
            for address in one.readable()
        },
        parts={one.tag: {part.subject: len(part.packed) for part in one.parts} for one in rendered},
        downloads={address: len(packed[file_of(address)]) for one in rendered for address in one.downloads},
        numbers={one.tag: editions[one.tag].number for one in rendered},
        scripts=scripts,
        missing={
            voice.locale.tag: {
                "app": _missing(templates["app"], voice.app),
                "content": _missing(templates["content"], voice.content),
            }
            for voice in translated
        },
        review_sources={
            voice.locale.tag: {item.facts.slug: source_hash(item, voice) for item in reviewable}
            for voice in translated
        },
    )


def _missing(template: Po, catalog: Catalog) -> int:
    messages = [message for message in template if message.id]
    return sum(catalog.find(id_of(message.id), message.context) is None for message in messages)
