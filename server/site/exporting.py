"""`sojourn export`: the same pages as a folder that opens from a memory card, with no hub and no server.

Links are relative and name their files. Nothing leads to notes or `/join`, and there is no service worker:
what is on the card is already there.
"""

from __future__ import annotations

import datetime
import shutil
from functools import partial
from pathlib import Path

from server.errors import SiteError
from server.settings import Settings
from server.site.assets import load_assets
from server.site.building import Progress
from server.site.links import file_of, relative_from
from server.site.places import Places, find_places
from server.site.rendering import Renderer, environment_of
from server.site.sources import load_sources
from server.site.tree import write_files

MARKER = ".sojourn-export"
"""Stands in a folder that an export has filled, so that the next one may empty it."""


def export(
    settings: Settings,
    folder: Path,
    progress: Progress | None = None,
    *,
    places: Places | None = None,
    today: datetime.date | None = None,
) -> int:
    """Fills `folder` and gives the number of files; refuses one that holds anything but an earlier export."""
    places = places or find_places()
    today = today or datetime.datetime.now(datetime.UTC).date()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise SiteError(f"{folder}: is not empty, and no export of ours: choose another folder")
    files = _files(settings, places, today)
    if folder.exists():
        _empty(folder)
    write_files(folder, files, progress=progress)
    return len(files)


def _files(settings: Settings, places: Places, today: datetime.date) -> dict[str, bytes]:
    sources = load_sources(places, settings.data, today)
    assets = load_assets(places.dist, sources.operator.icon)
    wanted = [assets.leave, assets.units, assets.style, *assets.icons]
    files = {file_of(address): assets.files[address] for address in wanted}
    files[MARKER] = b""
    renderer_of = partial(
        Renderer,
        environment=environment_of(places.templates),
        sources=sources,
        assets=assets,
        hub=False,
        link_for=relative_from,
    )
    for voice in sources.voices:
        renderer = renderer_of(voice=voice)
        pages = renderer.pages(renderer.fragments())
        pages[f"/{voice.locale.tag}/units"] = renderer.units()
        files |= {file_of(address): text.encode() for address, text in pages.items()}
    files["index.html"] = renderer_of(voice=sources.voices[0]).languages().encode()
    return files


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
