"""What a request says of itself."""

from __future__ import annotations

from litestar.types import Scope


def header_of(scope: Scope, name: bytes) -> str:
    """The first of this name, in small letters; empty where there is none.

    Litestar's `headers` is a map of all of them, which takes longer to make than most answers need to ask.
    """
    for known, value in scope["headers"]:
        if known == name:
            return value.decode("latin-1")
    return ""
