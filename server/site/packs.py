"""A locale's pack: its parts, by content, and the signed index that names them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from server.errors import SiteError
from server.forms import Form, translate
from server.site.catalogs import Catalog, Key
from server.site.compression import to_brotli
from server.site.digits import own_digits
from server.site.keys import PackKey
from server.site.shell import Fragment
from server.site.speaker import Voice

PART_MAX_BYTES = 24 * 1024
"""As brotli: what a line of 35 kbit/s carries in six seconds, and a cut loses at most."""

INDEX_LABEL = "sojourn/1/index"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """`packed` is `data` as brotli, quality 11: what travels, and what progress counts."""

    subject: str
    data: bytes
    packed: bytes

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.data).digest()

    @property
    def address(self) -> str:
        return f"/packs/parts/{self.hash.hex()}"


def make_parts(
    voice: Voice, fragments: Mapping[str, Fragment], forms: Iterable[Form], spoken: set[Key]
) -> list[Part]:
    """All of a locale's parts, by subject; `spoken` are the messages that the browser side says."""
    parts = [*_page_parts(fragments), _part("messages", {"messages": {"domain": _domain(voice, spoken)}})]
    for form in forms:
        said = translate(form, voice.content.find) if voice.locale.tag != "en" else form
        parts.append(_part(f"form/{form.id}", {"form": msgspec.to_builtins(said)}))
    for part in parts:
        if len(part.packed) > PART_MAX_BYTES:
            raise SiteError(f"{voice.locale.tag}: the part {part.subject} has {len(part.packed)} bytes")
    return sorted(parts, key=lambda part: part.subject)


def encode_index(tag: str, number: int, date: datetime.date, parts: list[Part], key: PackKey) -> bytes:
    body = msgspec.msgpack.encode([INDEX_LABEL, tag, number, date.isoformat(), listed(parts)])
    return msgspec.msgpack.encode([body, key.public, key.sign(body), key.succession])


def listed(parts: list[Part]) -> list[tuple[str, bytes, int]]:
    """Subject, hash and size on the wire of each part, as the index has them."""
    return [(part.subject, part.hash, len(part.packed)) for part in parts]


def _page_parts(fragments: Mapping[str, Fragment]) -> Iterator[Part]:
    """The subjects of docs/packs.md: a country each, topics in as few groups as fit, and the rest."""
    topics = {
        path: page for path, page in fragments.items() if path.startswith("/topics/") and path != "/topics/"
    }
    countries = {
        path: page for path, page in fragments.items() if path.startswith("/help/") and path != "/help/"
    }
    core = {path: page for path, page in fragments.items() if path not in topics and path not in countries}
    yield _pages("pages/core", core)
    yield from (_pages(path.removeprefix("/"), {path: page}) for path, page in countries.items())
    group: dict[str, Fragment] = {}
    number = 1
    for path, page in topics.items():
        if group and len(_pages("", {**group, path: page}).packed) > PART_MAX_BYTES:
            yield _pages(f"pages/topics-{number}", group)
            group, number = {}, number + 1
        group[path] = page
    yield _pages(f"pages/topics-{number}", group)


def _pages(subject: str, pages: Mapping[str, Fragment]) -> Part:
    return _part(subject, {"pages": {path: msgspec.to_builtins(page) for path, page in pages.items()}})


def _domain(voice: Voice, spoken: set[Key]) -> dict[str, Any]:
    catalog: Catalog = voice.app
    said = {_key(key): list(forms) for key, forms in catalog.messages.items() if key in spoken}
    header = {"lang": voice.locale.tag, "plural_forms": catalog.plural_forms, **_ways_of_writing(voice)}
    return {"": header, **said}


def _ways_of_writing(voice: Voice) -> dict[str, Any]:
    """From CLDR, for browsers whose own copy lacks the language: Chromium has neither Khmer, Burmese nor Lao."""
    cldr = voice.locale.cldr
    months = cldr.months["format"]["wide"]
    return {
        "day": cldr.date_formats["long"].pattern,
        "digits": own_digits("0123456789", cldr),
        "months": [months[number] for number in range(1, 13)],
    }


def _key(key: Key) -> str:
    context, message = key
    return message if context is None else f"{context}\u0004{message}"


def _part(subject: str, content: Any) -> Part:
    """JSON with keys sorted and no spaces: the same content has the same bytes, and so the same address."""
    data = msgspec.json.encode(content, order="sorted")
    return Part(subject=subject, data=data, packed=to_brotli(data))
