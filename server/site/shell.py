"""A page is a shell with its holes filled; `pwa/src/reader/shell.ts` does the same, byte for byte."""

from __future__ import annotations

import re
from html import escape

import msgspec

TITLE = "<!--[title]-->"
PATH = "<!--[path]-->"
MAIN = "<!--[main]-->"

_HOLE = re.compile(r"<!--\[(title|path|main)\]-->")


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """What a part holds of a page: its neutral title as text, and the inside of its `main` as HTML."""

    title: str
    main: str


def fill(shell: str, path: str, fragment: Fragment) -> str:
    """The whole page; `path` is its address without the locale. One pass: what fills a hole is not looked at."""
    content = {"title": escape(fragment.title), "path": escape(path), "main": fragment.main}
    return _HOLE.sub(lambda hole: content[hole.group(1)], shell)
