"""What the interface says in a locale, read from its catalog: tests look for what a person sees."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from server.site.locales import folder_of

TRANSLATIONS = Path(__file__).parents[2] / "translations"


@cache
def _catalog(locale: str) -> Catalog:
    with (TRANSLATIONS / folder_of(locale) / "LC_MESSAGES" / "app.po").open("rb") as file:
        return read_po(file)


def said(locale: str, message: str, context: str | None = None) -> str:
    """The translation, or the English where there is none: as the interface does."""
    if locale == "en":
        return message
    found = _catalog(locale).get(message, context)
    return str(found.string) if found is not None and found.string else message


def pattern(locale: str, *messages: str) -> re.Pattern[str]:
    """Any of these messages, with anything in the place of {placeholders}."""
    anything = (re.sub(r"\\\{\w+\\\}", ".+", re.escape(said(locale, message))) for message in messages)
    return re.compile("|".join(anything))
