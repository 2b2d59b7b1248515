"""Latin names and telephone numbers inside right-to-left text: each in an isolate, so that nothing near it is moved."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<[^>]*>)")
_WORD = r"[A-Za-z][\w'’.-]*(?<![.'’-])"
# A run of Latin words with what joins them; a number that a sign or a space would tear apart. Not an entity's name.
_RUN = re.compile(
    rf"(?<![&#\w]){_WORD}(?:[ ,/]+(?:{_WORD}|\d+))*|(?<!\w)[+*#]\d[\d ()-]*[\d#]|(?<![\w+])\d+(?:[ -]\d+)+"
)


def isolate_runs(html: str) -> str:
    """The same HTML with `<bdi dir="ltr">` around each such run of its text."""
    parts = _TAG.split(html)
    return "".join(
        part if part.startswith("<") else _RUN.sub(r'<bdi dir="ltr">\g<0></bdi>', part) for part in parts
    )
