"""Where the site's inputs lie: in a checkout beside the rooms, in a wheel inside this package."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The folders that a build reads. `root` is what messages' locations and errors are relative to."""

    root: Path
    content: Path
    translations: Path
    dist: Path
    templates: Path


def find_places() -> Places:
    """The checkout's folders when this package lies in one, else those that the wheel carries."""
    package = Path(__file__).parent
    checkout = package.parent.parent
    return places_under(checkout if (checkout / "pyproject.toml").is_file() else package / "carried")


def places_under(root: Path) -> Places:
    return Places(
        root=root,
        content=root / "content",
        translations=root / "translations",
        dist=root / "pwa" / "dist",
        templates=Path(__file__).parent / "templates",
    )
