"""A locale's pack: its parts, by content, and the signed index that names them."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from server.errors import SiteError
from server.forms import Form, translate
from server.site.catalogs import Catalog, Key
from server.site.compression import to_brotli, to_brotli_quickly
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
    voice: Voice, fragments: Mapping[str, Fragment], forms: Iterable[Form], spoken: Mapping[str, set[Key]]
) -> list[Part]:
    """All of a locale's parts, by subject; `spoken` are the messages that the browser side says, by subject."""
    contents = dict(_page_contents(fragments))
    for subject, keys in spoken.items():
        # What nobody has translated, as all of English, is no part of its own: only the head is.
        if subject == "messages" or keys & voice.app.messages.keys():
            contents[subject] = _encode({"messages": {"domain": _domain(voice, keys)}})
    for form in forms:
        said = translate(form, voice.content.find) if voice.locale.tag != "en" else form
        contents[f"form/{form.id}"] = _encode({"form": said})
    # The compressor lets go of the interpreter while it works.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(_part, contents, contents.values()))
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


GROUPS = (
    ("pages/topics", "/topics/"),
    ("pages/check", "/check/"),
    ("pages/guide", "/guide/"),
    ("pages/phrases", "/phrases/"),
    ("pages/costs", "/costs/"),
    ("help", "/help/"),
)
"""Pages that stand together in parts, since they say many things alike: by the folder of their addresses."""


def _page_contents(fragments: Mapping[str, Fragment]) -> Iterator[tuple[str, bytes]]:
    """The subjects of docs/packs.md: groups, in as few parts as fit, and the rest in the core."""
    core = dict(fragments)
    for subject, folder in GROUPS:
        group = {path: core.pop(path) for path in fragments if path.startswith(folder) and path != folder}
        yield from ((f"{subject}-{number}", _content(part)) for number, part in enumerate(_fitting(group), 1))
    yield "pages/core", _content(core)


def _fitting(group: Mapping[str, Fragment]) -> Iterator[dict[str, Fragment]]:
    """As many pages a part as fit, in their order; measured by quick packing, which is never the smaller one."""
    held: dict[str, Fragment] = {}
    for path, page in group.items():
        more = {**held, path: page}
        if held and len(to_brotli_quickly(_content(more))) > PART_MAX_BYTES:
            yield held
            more = {path: page}
        held = more
    if held:
        yield held


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


def _content(pages: Mapping[str, Fragment]) -> bytes:
    return _encode({"pages": pages})


def _encode(content: Any) -> bytes:
    """JSON with keys sorted and no spaces: the same content has the same bytes, and so the same address."""
    return msgspec.json.encode(content, order="sorted")


def _part(subject: str, data: bytes) -> Part:
    return Part(subject=subject, data=data, packed=to_brotli(data))
