"""`sojourn export`: the reading half as a folder of files, for a memory card, a CDN, an object store, any web server.

Its pages open by themselves, also with no server at all. From the root of an https origin one visit keeps a whole
locale on the phone, as from a hub. Nothing leads to notes or `/join`, and nothing speaks to a hub.
"""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from server.errors import SiteError
from server.settings import Settings
from server.site.assets import load_assets
from server.site.building import Progress, number_packs, tree_files
from server.site.changing import load_histories, next_histories
from server.site.keys import load_key
from server.site.places import Places, find_places
from server.site.recordings import copy_recordings, without_cards
from server.site.rendered import render_for_export
from server.site.sources import Sources, load_sources
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
    sources = load_sources(places, settings.data, today)
    files = _files(settings, places, sources, today)
    if folder.exists():
        _empty(folder)
    write_files(folder, files, progress=progress)
    recordings = without_cards(sources.recordings)
    copy_recordings(folder, recordings)
    return len(files) + sum(len(each) for each in recordings.values())


def _files(settings: Settings, places: Places, sources: Sources, today: datetime.date) -> dict[str, bytes]:
    key = load_key(settings.data)
    assets = load_assets(places.dist, sources.operator.icon).for_reading()
    # Nothing is kept of them: what changed on a hub is what its builds have brought.
    histories = next_histories(load_histories(settings.data), sources, today)
    rendered = render_for_export(places, sources, assets, histories)
    editions = number_packs(settings.data, rendered, today, "export")
    return {MARKER: b"", **tree_files(rendered, sources, assets, editions, key, hub=False)}


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
