"""How an address is written in a page: absolute on a hub, relative with `.html` in an exported tree."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

Link = Callable[[str], str]
"""From an address of the site, beginning with `/`, to what stands in `href`."""


def absolute(address: str) -> str:
    return address


def relative_from(page: str) -> Link:
    """Links for one page of a tree that opens from any folder, also with no server at all."""
    folder = posixpath.dirname(file_of(page))

    def link(address: str) -> str:
        return posixpath.relpath(file_of(address), folder or ".")

    return link


def file_of(address: str) -> str:
    """The file, from the tree's root, that an address is served from."""
    name = address.removeprefix("/")
    if name == "" or name.endswith("/"):
        return f"{name}index.html"
    return name if "." in posixpath.basename(name) or name.startswith("packs/") else f"{name}.html"
