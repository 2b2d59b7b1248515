"""A whole language in one HTML file, to be passed on by Bluetooth, chat or memory card and opened with no server.

One page is shown at a time, by its fragment and CSS alone; only the search box needs the script inside.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from markupsafe import Markup

from server.site.links import Link
from server.site.shell import Fragment

HOME = "home"
_REFERRING = re.compile(r' (id|for|aria-describedby|aria-labelledby)="([^"]+)"')
_INSIDE = re.compile(r' href="#([^"]+)"')
_MARK = "page:"
"""Before the name of a page in a link, until the names inside each page have been told apart."""


def page_id(path: str) -> str:
    """`topics-papers` for `/topics/papers`, `topics` for `/topics/`."""
    return path.strip("/").replace("/", "-").lower() or HOME


def inside(tag: str) -> Link:
    """Links of the locale's own pages lead into the file; there is nothing else in it to lead to."""

    def link(address: str) -> str:
        own = address.removeprefix(f"/{tag}")
        return f"#{_MARK}{page_id(own if own != address else '/')}"

    return link


def numbered(fragments: Mapping[str, Fragment]) -> list[dict[str, object]]:
    """The pages but home, each with the ids inside it made its own."""
    return [
        {"id": page_id(path), "main": told_apart(page_id(path), fragment.main)}
        for path, fragment in fragments.items()
        if path != "/"
    ]


def told_apart(page: str, main: str) -> Markup:
    """`id="sources"` stands on every topic: here it becomes `topics-papers--sources`."""
    html = _REFERRING.sub(lambda found: f' {found[1]}="{_each(page, found[2])}"', main)
    html = _INSIDE.sub(lambda found: f' href="#{_target(page, found[1])}"', html)
    return Markup(html)  # noqa: S704 - a fragment of ours


def policy_of(style: str, script: str) -> str:
    """The file's own Content-Security-Policy: nothing but the style and the script that stand in it."""
    sources = f"style-src {_csp_hash(style)}; script-src {_csp_hash(script)}"
    return f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"


def _csp_hash(text: str) -> str:
    """A source expression for what stands in the file itself (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _each(page: str, names: str) -> str:
    return " ".join(f"{page}--{name}" for name in names.split())


def _target(page: str, name: str) -> str:
    return name.removeprefix(_MARK) if name.startswith(_MARK) else f"{page}--{name}"
