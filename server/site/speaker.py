"""Says things in one locale, for one page, and notices what had to be said in English."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import msgspec
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from server.site.catalogs import Catalog
from server.site.digits import own_digits
from server.site.isolating import isolate_runs
from server.site.links import Link
from server.site.locales import SOURCE, Locale
from server.site.markdown import render_inline
from server.site.minor import Edit

MARK = Markup('<span class="fallback" lang="en" dir="ltr">{} <small class="mark">EN</small></span>')
"""A block that has no translation shows that it has none."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A locale with what has been translated into it; `minor` are the edits to the English that outdate nothing."""

    locale: Locale
    app: Catalog
    content: Catalog
    minor: list[Edit] = []


class Speaker:
    """One page's words. `fallen_back` becomes true with the first block that was said in English."""

    def __init__(self, voice: Voice, link: Link) -> None:
        self._voice = voice
        self._locale = voice.locale
        self.link = link
        self.fallen_back = False

    @property
    def tag(self) -> str:
        return self._locale.tag

    def say(self, message: str, **values: object) -> Markup:
        """The interface's words, as HTML; values are escaped unless they are HTML already."""
        found = self._voice.app.find(message)
        said = escape(found or message)
        return self._marked(said % values if values else said, found)

    def count(self, one: str, many: str, number: int) -> Markup:
        """A sentence with `%(num)s` in it, in the form that the number needs."""
        found = self._voice.app.find(one, form=self._voice.app.plural(number))
        text = escape(found or (one if number == 1 else many))
        return self._marked(text % {"num": self.number(number)}, found)

    def plain(self, message: str, context: str | None = None) -> str:
        """Plain words for attributes and titles, which cannot carry a mark; English where there is no other."""
        return self._voice.app.find(message, context) or message

    def label(self, message: str) -> str:
        """The neutral name of a topic or page, as plain words."""
        return self._voice.content.find(message, "label") or message

    def words(self, message: str) -> str:
        """A block of content as plain words, for attributes."""
        return self._voice.content.find(message) or message

    def block(self, message: str) -> Markup:
        """A block of content, as HTML."""
        found = self._voice.content.find(message)
        html = render_inline(found or message, self.resolve)
        if found is not None and self._locale.direction == "rtl":
            html = isolate_runs(html)
        return self._marked(Markup(html), found)  # noqa: S704 - from our parser, with HTML off

    def resolve(self, target: str) -> str:
        """`topic:papers`, `page:about`, `help:` or `help:th` as a link; addresses elsewhere stay as they are."""
        kind, _, name = target.partition(":")
        folder = {"topic": "/topics/", "page": "/", "help": "/help/", "guide": "/guide/"}.get(kind)
        inside = None if folder is None else f"{folder}{name}"
        return target if inside is None else self.link(f"/{self._locale.tag}{inside}")

    def number(self, number: int) -> str:
        return own_digits(
            format_decimal(number, locale=self._locale.cldr, numbering_system="default"), self._locale.cldr
        )

    def day(self, day: datetime.date) -> Markup:
        return isolate(own_digits(format_date(day, "long", locale=self._locale.cldr), self._locale.cldr))

    def year(self, month: str) -> Markup:
        """The year of `2016-11`, as the locale writes years."""
        first = datetime.date(int(month[:4]), 1, 1)
        return isolate(own_digits(format_skeleton("y", first, locale=self._locale.cldr), self._locale.cldr))

    def years(self, period: str) -> Markup:
        """A year or a span of years such as `2017-2022`, in the locale's own digits."""
        return isolate(own_digits(period, self._locale.cldr))

    def country(self, code: str) -> str:
        return str(self._locale.cldr.territories.get(code, code))

    def languages(self, tags: Iterable[str]) -> str:
        """Languages by the names that this locale has for them, as a list of words."""
        return self.list([self._language(tag) for tag in tags])

    def list(self, items: list[str]) -> str:
        said: str = format_list(items, style="standard", locale=self._locale.cldr) if items else ""
        return said

    def _language(self, tag: str) -> str:
        names = self._locale.cldr.languages
        return str(names.get(tag.replace("-", "_")) or names.get(tag.split("-", 1)[0]) or tag)

    def _marked(self, html: Markup, found: str | None) -> Markup:
        if found is not None or self._locale.tag == SOURCE:
            return html
        self.fallen_back = True
        return MARK.format(html)


def isolate(text: str) -> Markup:
    """Words whose direction may be another than the sentence's."""
    return Markup("<bdi>{}</bdi>").format(text)


def isolate_latin(text: str) -> Markup:
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)
