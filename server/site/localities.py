"""One locale, rendered: its pages, what is kept whole beside them, its shell and its parts."""

from __future__ import annotations

import msgspec

from server.site.assets import Assets, hashed_address
from server.site.catalogs import Key, id_of, read_catalog
from server.site.installing import manifest
from server.site.links import file_of
from server.site.packs import Part, make_parts
from server.site.places import Places
from server.site.rendering import Renderer, environment_of
from server.site.sources import Sources


class Locality(msgspec.Struct, frozen=True, kw_only=True):
    """`pages` and `others` are files by address; `shell` is the shell's address."""

    tag: str
    pages: dict[str, str]
    others: dict[str, str]
    shell: str
    parts: list[Part]

    def readable(self) -> dict[str, str]:
        """The pages that a person can open, by address."""
        whole = {address: text for address, text in self.others.items() if file_of(address).endswith(".html")}
        return {**self.pages, **{address: text for address, text in whole.items() if address != self.shell}}


def render_localities(places: Places, sources: Sources, assets: Assets) -> list[Locality]:
    """Every locale offered; the first of them also writes the pages of no locale."""
    environment = environment_of(places.templates)
    spoken = spoken_keys(places)
    found = []
    for voice in sources.voices:
        renderer = Renderer(environment=environment, sources=sources, assets=assets, voice=voice)
        tag, fragments, shell = voice.locale.tag, renderer.fragments(), renderer.shell()
        shell_address = hashed_address(f"shell-{tag}.html", shell.encode())
        found.append(
            Locality(
                tag=tag,
                pages=renderer.pages(fragments),
                others={
                    shell_address: shell,
                    f"/{tag}/notes": renderer.notes(f"/{tag}/notes"),
                    f"/{tag}/units": renderer.units(),
                    f"/{tag}/404.html": renderer.missing(),
                    f"/{tag}/manifest.webmanifest": manifest(renderer),
                },
                shell=shell_address,
                parts=make_parts(voice, fragments, sources.forms, spoken),
            )
        )
        if voice is sources.voices[0]:
            first = {
                "/": renderer.languages(),
                "/join": renderer.notes("/join"),
                "/404.html": renderer.missing(),
            }
            found[-1].others.update(first)
    return found


def spoken_keys(places: Places) -> set[Key]:
    """The messages that the browser side says: their places in the template are in `pwa/`."""
    template = read_catalog(places.translations / "app.pot", "en")
    return {
        (message.context, id_of(message.id))
        for message in template
        if message.id and any(name.startswith("pwa/") for name, _ in message.locations)
    }
