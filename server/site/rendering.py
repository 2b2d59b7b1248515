"""From views to HTML: one locale's fragments, its shell, and the pages that are kept whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from babel.numbers import get_group_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.policy import CONTENT_SECURITY_POLICY
from server.site.announcing import change_views, feed
from server.site.assets import Assets
from server.site.changing import NOTHING_YET, History
from server.site.digits import own_digits
from server.site.guiding import guide_views
from server.site.helping import help_views
from server.site.links import Link, absolute
from server.site.onefile import HOME, numbered, policy_of, told_apart
from server.site.reading import View, reading_views
from server.site.recordings import card_sizes
from server.site.shell import MAIN, PATH, TITLE, Fragment, fill
from server.site.sources import Sources
from server.site.speaker import Speaker, Voice, isolate
from server.site.tools import tool_views
from server.site.units import unit_patterns, unit_tables
from server.site.words import MEASURES, TITLES


def environment_of(templates: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )


class Renderer(msgspec.Struct, frozen=True, kw_only=True):
    """One locale's pages. `link_for` gives a page's way of writing links, by its address.

    `hub` is false for an exported tree: then nothing leads to notes. `single` is true for a language in one file:
    then nothing leads out of it.
    """

    environment: Environment
    sources: Sources
    assets: Assets
    voice: Voice
    history: History = NOTHING_YET
    hub: bool = True
    single: bool = False
    link_for: Callable[[str], Link] = lambda _address: absolute

    @property
    def tag(self) -> str:
        return self.voice.locale.tag

    def fragments(self) -> dict[str, Fragment]:
        """Every page that parts hold, by its address without the locale."""
        speaker = Speaker(self.voice, absolute)
        views = [
            *reading_views(self.sources, self.voice, speaker),
            *help_views(self.sources, speaker),
            *tool_views(self.sources, self.voice, speaker),
            *guide_views(self.sources, self.voice, speaker),
        ]
        labels = {view.path: view.title for view in views}
        views += change_views(self.sources, self.history.changes, labels, speaker)
        return {view.path: self._fragment(view) for view in views}

    def feed(self, labels: dict[str, str]) -> str:
        """The Atom feed; `labels` are the pages' neutral titles by path."""
        return feed(self.sources, self.history, labels, self._speaker(f"/{self.tag}/feed.xml"))

    def pages(self, fragments: dict[str, Fragment]) -> dict[str, str]:
        """The same pages whole, by address, when links are written alike on all of them."""
        shell = self.shell()
        return {f"/{self.tag}{path}": fill(shell, path, fragment) for path, fragment in fragments.items()}

    def separate_pages(self, fragments: dict[str, Fragment]) -> dict[str, str]:
        """As `pages`, when a link depends on the page on which it stands."""
        return {
            f"/{self.tag}{path}": fill(self.shell(path), path, fragment)
            for path, fragment in fragments.items()
        }

    def shell(self, path: str = PATH) -> str:
        """With its holes; a page by itself knows its `path` already, because its links depend on it."""
        return self._shell(f"/{self.tag}{path}", path, [self.assets.style], [self.assets.reader])

    def notes(self, address: str) -> str:
        """My notes, or `/join`: the whole page of the vault's side."""
        path = "/notes" if address.endswith("/notes") else "/"
        title = "notes" if address.endswith("/notes") else "join"
        styles = [self.assets.style, self.assets.app_style]
        shell = self._shell(address, path, styles, [self.assets.reader, self.assets.app])
        speaker = self._speaker(address)
        sizes = card_sizes(self.sources.recordings)
        recordings = msgspec.json.encode(sizes, order="sorted").decode() if sizes else None
        main = self._render("notes.html", speaker, path, recordings=recordings)
        return fill(shell, path, Fragment(title=speaker.plain(TITLES[title], "label"), main=main))

    def missing(self) -> str:
        """What the hub says for an address that it does not have."""
        address = f"/{self.tag}/404"
        speaker = self._speaker(address)
        main = self._render("missing.html", speaker, "/")
        fragment = Fragment(title=speaker.plain(TITLES["missing"], "label"), main=main)
        return fill(self._shell(address, "/", [self.assets.style], []), "/", fragment)

    def languages(self) -> str:
        """`/`, the same for everybody; written by the locale that the operator puts first."""
        main = self._render("languages.html", self._speaker("/"), "/")
        shell = self._shell("/", "/", [self.assets.style], [self.assets.reader], foot=False)
        return fill(shell, "/", Fragment(title=self.sources.operator.app_name, main=main))

    def one_file(self) -> str:
        """Everything in one file; of a renderer whose links lead `inside`."""
        fragments = self.fragments()
        style, script = self.assets.one_file_style, self.assets.one_file_script
        return self._render(
            "onefile.html",
            self._speaker(f"/{self.tag}/all"),
            "/",
            pages=numbered(fragments),
            home=told_apart(HOME, fragments["/"].main),
            tables=unit_tables(self.voice.locale),
            style=Markup(style),  # noqa: S704 - our own style sheet
            script=Markup(script),  # noqa: S704 - our own script
            policy=Markup(policy_of(style, script)),  # noqa: S704 - our own, and quotes may stand as they are
            date=self.history.newest,
        )

    def units(self) -> str:
        address = f"/{self.tag}/units"
        link = self.link_for(address)
        return self._render(
            "units.html",
            self._speaker(address),
            "/units",
            styles=[link(self.assets.style)],
            units=link(self.assets.units),
            title=TITLES["units"],
            measures=MEASURES,
            tables=unit_tables(self.voice.locale),
            patterns=unit_patterns(self.voice.locale),
            group=get_group_symbol(self.voice.locale.cldr, numbering_system="default"),
            digits=own_digits("0123456789", self.voice.locale.cldr),
        )

    def _fragment(self, view: View) -> Fragment:
        speaker = self._speaker(f"/{self.tag}{view.path}")
        main = self._render(view.template, speaker, view.path, **view.data(speaker))
        return Fragment(title=view.title, main=main)

    def _shell(
        self, address: str, path: str, styles: list[str], scripts: list[str], *, foot: bool = True
    ) -> str:
        speaker, link = self._speaker(address), self.link_for(address)
        return self._render(
            "shell.html",
            speaker,
            path,
            hole_title=Markup(TITLE),  # noqa: S704 - the hole itself
            hole_main=Markup(MAIN),  # noqa: S704 - the hole itself
            hole_path=Markup(path),  # noqa: S704 - the hole itself, or an address of ours
            styles=[link(style) for style in styles],
            scripts=[link(script) for script in scripts],
            leave=link(self.assets.leave),
            icon=link(self.assets.icons[0]),
            foot=foot,
        )

    def _speaker(self, address: str) -> Speaker:
        return Speaker(self.voice, self.link_for(address))

    def _render(self, template: str, speaker: Speaker, path: str, **data: Any) -> str:
        names = {
            "_": speaker.say,
            "t": speaker.block,
            "text": speaker.plain,
            "ngettext": speaker.count,
            "day": speaker.day,
            "isolate": isolate,
            "speaker": speaker,
            "link": speaker.link,
            "path": path,
            "locale": self.voice.locale,
            "locales": [voice.locale for voice in self.sources.voices],
            "operator": self.sources.operator,
            "hub": self.hub,
            "single": self.single,
            "policy": Markup(CONTENT_SECURITY_POLICY),  # noqa: S704 - our own, and quotes may stand as they are
            "review": None,
            "sources": None,
            "year": None,
            "reviewed": None,
        }
        return self.environment.get_template(template).render({**names, **data})
