"""How an address is written in a page: as it is on a hub; by its file, with `.html`, in an exported tree."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from server.site.shell import PATH

Link = Callable[[str], str]
"""From an address of the site, beginning with `/`, to what stands in `href`."""


def absolute(address: str) -> str:
    return address


def absolute_file(address: str) -> str:
    """For an exported tree's packs: from an origin's root, and there on a host that has nothing but files."""
    # A shell's hole is filled with a file's place in the locale: docs/packs.md.
    return address if address.endswith(PATH) else f"/{file_of(address)}"


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
