"""One locale, rendered: its pages, what is kept whole beside them, its shell and its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from server.site.assets import Assets, hashed_address
from server.site.catalogs import Key, id_of, read_catalog
from server.site.changing import NOTHING_YET, History
from server.site.installing import manifest
from server.site.links import absolute_file, file_of, relative_from
from server.site.onefile import inside
from server.site.packs import Part, make_parts
from server.site.places import Places
from server.site.rendering import Renderer, environment_of
from server.site.sources import Sources


class RenderedLocale(msgspec.Struct, frozen=True, kw_only=True):
    """`pages` and `others` are files by address, `downloads` those that no page needs; `shell` is the shell's."""

    tag: str
    pages: dict[str, str]
    others: dict[str, str]
    downloads: dict[str, str]
    shell: str
    parts: list[Part]

    def readable(self) -> dict[str, str]:
        """The pages that a person can open, by address."""
        whole = {address: text for address, text in self.others.items() if file_of(address).endswith(".html")}
        return {**self.pages, **{address: text for address, text in whole.items() if address != self.shell}}


def render_for_hub(
    places: Places, sources: Sources, assets: Assets, histories: Mapping[str, History]
) -> list[RenderedLocale]:
    """Every locale offered, for a hub; the first of them also writes the pages of no locale."""
    spoken = spoken_keys(places)
    found: list[RenderedLocale] = []
    for renderer in _renderers(places, sources, assets, histories):
        tag, fragments, shell = renderer.tag, renderer.fragments(), renderer.shell()
        address = hashed_address(f"shell-{tag}.html", shell.encode())
        others = {
            address: shell,
            f"/{tag}/notes": renderer.notes(f"/{tag}/notes"),
            f"/{tag}/units": renderer.units(),
            f"/{tag}/404.html": renderer.missing(),
            f"/{tag}/manifest.webmanifest": manifest(renderer),
            f"/{tag}/feed.xml": renderer.feed({path: page.title for path, page in fragments.items()}),
        }
        if not found:
            others |= {
                "/": renderer.languages(),
                "/join": renderer.notes("/join"),
                "/404.html": renderer.missing(),
            }
        parts = make_parts(renderer.voice, fragments, sources.forms, spoken)
        found.append(
            RenderedLocale(
                tag=tag,
                pages=renderer.pages(fragments),
                others=others,
                downloads=_downloads(renderer),
                shell=address,
                parts=parts,
            )
        )
    return found


def render_for_export(
    places: Places, sources: Sources, assets: Assets, histories: Mapping[str, History]
) -> list[RenderedLocale]:
    """The same for an exported tree: nothing of the vault's side, and no form, which only contacts need.

    Pages that a host or a memory card shows by themselves have relative links. What the service worker makes
    pages of has absolute ones, since it answers for an origin.
    """
    spoken = {"messages": spoken_keys(places)["messages"]}
    found: list[RenderedLocale] = []
    for renderer in _renderers(places, sources, assets, histories):
        kept = msgspec.structs.replace(renderer, hub=False, link_for=lambda _address: absolute_file)
        single = msgspec.structs.replace(renderer, hub=False, link_for=relative_from)
        tag, shell = kept.tag, kept.shell()
        address = hashed_address(f"shell-{tag}.html", shell.encode())
        others = {
            address: shell,
            f"/{tag}/units": single.units(),
            f"/{tag}/manifest.webmanifest": manifest(kept),
        }
        if not found:
            # Hosts show 404.html at any address, so that nothing in it can be relative.
            others |= {"/": single.languages(), "/404.html": kept.missing()}
        pages = single.separate_pages(single.fragments())
        parts = make_parts(kept.voice, kept.fragments(), [], spoken)
        found.append(
            RenderedLocale(
                tag=tag,
                pages=pages,
                others=others,
                downloads=_downloads(renderer),
                shell=address,
                parts=parts,
            )
        )
    return found


def _downloads(renderer: Renderer) -> dict[str, str]:
    tag = renderer.tag
    alone = msgspec.structs.replace(renderer, hub=False, single=True, link_for=lambda _address: inside(tag))
    return {f"/{tag}/all": alone.one_file()}


def _renderers(
    places: Places, sources: Sources, assets: Assets, histories: Mapping[str, History]
) -> Iterator[Renderer]:
    environment = environment_of(places.templates)
    for voice in sources.voices:
        history = histories.get(voice.locale.tag, NOTHING_YET)
        yield Renderer(environment=environment, sources=sources, assets=assets, voice=voice, history=history)


SPOKEN_IN = (
    ("pwa/src/app/console/", "console/messages"),
    ("pwa/src/app/", "app/messages"),
    ("pwa/", "messages"),
)
"""The part that holds a message, by the folder of the source that says it: who only reads needs `messages` alone."""


def spoken_keys(places: Places) -> dict[str, set[Key]]:
    """The messages that the browser side says, by the part that holds them: once, where the most of it has them."""
    template = read_catalog(places.translations / "app.pot", "en")
    spoken: dict[str, set[Key]] = {subject: set() for _, subject in SPOKEN_IN}
    for message in template:
        ranks = [_rank(name) for name, _ in message.locations if message.id and name.startswith("pwa/")]
        if ranks:
            _, subject = SPOKEN_IN[max(ranks)]
            spoken[subject].add((message.context, id_of(message.id)))
    return spoken


def _rank(name: str) -> int:
    return next(rank for rank, (folder, _) in enumerate(SPOKEN_IN) if name.startswith(folder))
