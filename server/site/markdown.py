"""The Markdown that topics and pages are written in: headings, paragraphs, lists, emphasis and links.

A block is also the unit of translation: its inline source is the message id, so a translator sees a whole
thought and a small edit costs one block. Raw HTML, images, tables and code are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

_parser = MarkdownIt("commonmark", {"html": False})
_KEPT = 65_536
"""Blocks of all languages together."""

Href = str
ResolveLink = Callable[[Href], str]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is inline Markdown on one line; `line` counts from one in the file."""

    kind: Literal["heading", "paragraph", "item"]
    text: str
    line: int


class UnwantedMarkupError(ValueError):
    """The body has a construct that the pages do not carry; `args` are its name and its line."""


def parse_blocks(body: str, first_line: int = 1) -> list[Block]:
    """The blocks in order; raises `UnwantedMarkupError` for all but headings, paragraphs and flat lists.

    `first_line` is the line of the file on which the body begins.
    """
    tokens = _parser.parse(body)
    return [
        _block(tokens, at, first_line) for at, token in enumerate(tokens) if _begins_block(token, first_line)
    ]


def render_inline(text: str, resolve: ResolveLink) -> str:
    """HTML of one block's inline Markdown; each link's target passes through `resolve`."""
    if not any(_links(_read(text))):
        return _html_without_links(text)
    (inline,) = _parser.parseInline(text)
    for token in _links(inline):
        token.attrSet("href", resolve(str(token.attrGet("href"))))
    return _html(inline)


@lru_cache(maxsize=_KEPT)
def _read(text: str) -> Token:
    """A block's inline token, not to be changed: the same block stands on many pages, and is checked besides."""
    (inline,) = _parser.parseInline(text)
    return inline


@lru_cache(maxsize=_KEPT)
def _html_without_links(text: str) -> str:
    return _html(_read(text))


def _html(inline: Token) -> str:
    return str(_parser.renderer.render([inline], _parser.options, {}))


def links_in(text: str) -> list[Href]:
    """The targets of a block's links, in order."""
    inline = _read(text)
    return [str(token.attrGet("href")) for token in _links(inline)]


def markup_in(text: str) -> list[str]:
    """The kinds of inline markup in a block, sorted: what a translation has to keep."""
    inline = _read(text)
    return sorted(token.type for token in inline.children or [] if token.nesting == 1)


def words_in(text: str) -> str:
    """A block's text without its markup."""
    inline = _read(text)
    return "".join(" " if token.type == "softbreak" else token.content for token in inline.children or [])


_WANTED = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline",
    "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
}  # fmt: skip


def _begins_block(token: Token, first_line: int) -> bool:
    line = (token.map or [0])[0] + first_line
    if token.type not in _WANTED:
        raise UnwantedMarkupError(token.type, line)
    if token.type == "heading_open" and token.tag != "h2":
        raise UnwantedMarkupError(token.tag, line)
    if token.type == "bullet_list_open" and token.level > 0:
        raise UnwantedMarkupError("list in a list", line)
    if any(child.type in {"image", "code_inline", "hardbreak"} for child in token.children or []):
        raise UnwantedMarkupError("image, code or forced line break", line)
    if "<" in token.content:
        raise UnwantedMarkupError("HTML", line)
    return token.type == "inline"


def _block(tokens: Sequence[Token], at: int, first_line: int) -> Block:
    opened = tokens[at - 1]
    inside_item = at >= 2 and tokens[at - 2].type == "list_item_open"
    kind: Literal["heading", "paragraph", "item"] = (
        "heading" if opened.type == "heading_open" else "item" if inside_item else "paragraph"
    )
    text = " ".join(tokens[at].content.split())
    return Block(kind=kind, text=text, line=(opened.map or [0])[0] + first_line)


def _links(inline: Token) -> Iterator[Token]:
    return (token for token in inline.children or [] if token.type == "link_open")
