"""What an operator has had read aloud: `audio/<locale>/<slug>.opus` in the data folder, never in a pack.

A topic by its slug, a card for two people and one phone as `card-<card>`.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

import msgspec

from server.errors import SiteError


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """`size` is in bytes: a reader is told it before anything is fetched."""

    path: Path
    address: str
    size: int


Recordings = dict[str, dict[str, Recording]]
"""By locale, then by the name of the file."""

_CARD = "card-"
CARDS = ("who", "talk", "needs", "referral", "end")
"""As `pwa/src/app/cards.ts` names them."""


def load_recordings(data: Path, slugs: Collection[str], tags: Collection[str]) -> Recordings:
    """`slugs` are the topics', `tags` those of the locales that there are.

    Raises `SiteError` for a recording of neither: a file that is called wrongly would never be heard.
    """
    known = {*slugs, *(f"{_CARD}{card}" for card in CARDS)}
    found: Recordings = {}
    for path in sorted((data / "audio").glob("*/*.opus")):
        tag, slug = path.parent.name, path.stem
        _refuse_unknown(path, "locale", tag, "folder", tags)
        _refuse_unknown(path, "topic", slug, "file", known)
        found.setdefault(tag, {})[slug] = Recording(
            path=path, address=f"/audio/{tag}/{path.name}", size=path.stat().st_size
        )
    return found


def _refuse_unknown(path: Path, what: str, name: str, bearer: str, known: Collection[str]) -> None:
    if name not in known:
        near = get_close_matches(name, sorted(known), n=3) or sorted(known)
        raise SiteError(
            f"{path}: there is no {what} {name}: name the {bearer} as it is in addresses, such as {', '.join(near)}"
        )


def card_sizes(recordings: Recordings) -> dict[str, dict[str, int]]:
    """Bytes by locale and card: My notes shows cards in any language, whatever its own."""
    sizes = {
        tag: {name.removeprefix(_CARD): each.size for name, each in one.items() if name.startswith(_CARD)}
        for tag, one in recordings.items()
    }
    return {tag: one for tag, one in sizes.items() if one}


def without_cards(recordings: Recordings) -> Recordings:
    """For where there is no My notes."""
    return {
        tag: {name: each for name, each in one.items() if not name.startswith(_CARD)}
        for tag, one in recordings.items()
    }


def copy_recordings(folder: Path, recordings: Recordings) -> None:
    """Puts every recording where a tree has it; a link where the file system can, since they are large."""
    for recording in (each for one in recordings.values() for each in one.values()):
        path = folder / recording.address.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.hardlink_to(recording.path)
        except OSError:
            shutil.copyfile(recording.path, path)
