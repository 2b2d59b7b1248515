"""The static tree as the hub holds it: which address is which file, in which encodings, with which headers.

An index of names is made when the tree is first asked for and again when the folder is replaced; contents are
read when first wanted and kept up to a bound, so that a hub with a hundred locales starts as fast as one.
"""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

CACHE_BYTES = 64 * 1024 * 1024
"""What is kept in memory of the tree's contents; a whole tree of ten locales is below it."""

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""In the order of preference: what a client accepts equally gets the smaller."""

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".opus": "audio/ogg; codecs=opus",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/atom+xml",
}


@dataclass(frozen=True)
class Content:
    """The bytes of one file, as they are sent."""

    body: bytes
    etag: str


@dataclass
class Entry:
    """One address. `files` are by encoding; `identity` is always there."""

    media_type: str
    immutable: bool
    files: dict[str, Path] = field(default_factory=dict)


class Tree:
    """The files below `root`, by address."""

    def __init__(self, root: Path, cache_bytes: int = CACHE_BYTES) -> None:
        self.root = root
        self._limit = cache_bytes
        self._entries: dict[str, Entry] = {}
        self._kept: OrderedDict[Path, Content] = OrderedDict()
        self._kept_bytes = 0
        self._version: tuple[int, int] | None = None
        self.refresh()

    def refresh(self) -> None:
        """Looks whether the folder is another one than before (a build replaces it), and if so indexes it."""
        try:
            status = self.root.stat()
            version = (status.st_ino, status.st_mtime_ns)
        except FileNotFoundError:
            version = None
        if version == self._version:
            return
        self._version = version
        # Resolved: the name is a link, and what was indexed must not mix with what a build puts there later.
        self._entries = dict(_index(self.root.resolve())) if version else {}
        self._kept.clear()
        self._kept_bytes = 0

    def find(self, address: str) -> Entry | None:
        return self._entries.get(address)

    def has(self, address: str) -> bool:
        return address in self._entries

    def kept(self, entry: Entry, encoding: str) -> Content | None:
        """What is in memory already."""
        content = self._kept.get(entry.files[encoding])
        if content is not None:
            self._kept.move_to_end(entry.files[encoding])
        return content

    def read(self, entry: Entry, encoding: str) -> Content:
        """From the disk: for a thread. Raises FileNotFoundError when the tree was taken away meanwhile."""
        body = entry.files[encoding].read_bytes()
        return Content(body, _etag(body))

    def keep(self, entry: Entry, encoding: str, content: Content) -> None:
        """In memory, in place of what was longest not asked for."""
        file = entry.files[encoding]
        if len(content.body) > self._limit // 8 or file in self._kept:
            return
        self._kept[file] = content
        self._kept_bytes += len(content.body)
        while self._kept_bytes > self._limit:
            _, gone = self._kept.popitem(last=False)
            self._kept_bytes -= len(gone.body)


def address_of(path: PurePosixPath) -> str:
    """The address of a file in the tree: pages without `.html`, folders with a slash at the end."""
    if path.name == "index.html":
        parent = path.parent.as_posix()
        return "/" if parent == "." else f"/{parent}/"
    if path.suffix == ".html":
        path = path.with_suffix("")
    return f"/{path.as_posix()}"


def _index(root: Path) -> Iterator[tuple[str, Entry]]:
    files = {path for path in root.rglob("*") if path.is_file()}
    suffixes = tuple(suffix for _, suffix in ENCODINGS)
    for path in files:
        if path.name.endswith(suffixes) and path.with_suffix("") in files:
            continue
        address = address_of(PurePosixPath(path.relative_to(root).as_posix()))
        entry = Entry(_media_type(address, path), address.startswith(("/assets/", "/packs/parts/")))
        entry.files["identity"] = path
        for encoding, suffix in ENCODINGS:
            smaller = path.with_name(path.name + suffix)
            if smaller in files:
                entry.files[encoding] = smaller
        yield address, entry


def _media_type(address: str, path: Path) -> str:
    if address.startswith("/packs/parts/"):
        return "application/json"
    return MEDIA_TYPES.get(path.suffix, "application/octet-stream")


def _etag(body: bytes) -> str:
    """Strong, and another for each encoding, since it is of the bytes as sent."""
    return '"' + base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:15]).decode("ascii") + '"'
