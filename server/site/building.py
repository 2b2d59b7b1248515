"""`sojourn build`: from content, translations and the operator's files to the tree that the hub serves."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from server.settings import Settings
from server.site.assets import Assets, load_assets
from server.site.compression import to_brotli
from server.site.editions import Edition, load_editions, next_edition, save_editions
from server.site.installing import service_worker
from server.site.keys import PackKey, load_key
from server.site.links import file_of
from server.site.localities import Locality, render_localities
from server.site.packs import encode_index
from server.site.places import Places, find_places
from server.site.reports import BuildReport, make_report
from server.site.sources import Sources, load_sources
from server.site.stamps import stamp_of
from server.site.tree import point, remove_others, write_files

Progress = Callable[[str], None]
TREE = "site"
REPORT_FILE = "build-report.json"


def build(
    settings: Settings,
    progress: Progress | None = None,
    *,
    places: Places | None = None,
    today: datetime.date | None = None,
) -> BuildReport:
    """Brings `site` in the data folder up to date and says what is in it; raises `SiteError` and changes nothing.

    `progress` is told each file's name as it is written.
    """
    places = places or find_places()
    today = today or datetime.datetime.now(datetime.UTC).date()
    data = settings.data
    data.mkdir(parents=True, exist_ok=True)
    key = load_key(data)
    stamp = stamp_of(places, data, today)
    link = data / TREE
    if (present := _present(data, stamp)) is not None:
        return present
    sources = load_sources(places, data, today)
    assets = load_assets(places.dist, sources.operator.icon)
    editions = load_editions(data)
    localities = render_localities(places, sources, assets)
    editions |= {one.tag: next_edition(editions.get(one.tag), one.parts, today) for one in localities}
    # Before the tree: a number that was shown once must never come back with other parts.
    save_editions(data, editions)
    files, packed = _files(localities, sources, assets, editions, key)
    report = make_report(
        stamp=stamp,
        localities=localities,
        sources=sources,
        assets=assets,
        editions=editions,
        packed=packed,
        places=places,
    )
    folder = data / f"{TREE}-{stamp}"
    shutil.rmtree(folder, ignore_errors=True)
    write_files(folder, files, packed, progress)
    (data / REPORT_FILE).write_bytes(msgspec.json.format(msgspec.json.encode(report, order="sorted")))
    last = link.readlink().name if link.is_symlink() else ""
    point(link, folder)
    remove_others(link, {folder.name, last})
    return report


def _present(data: Path, stamp: str) -> BuildReport | None:
    """The report of the tree in use, when it is of this stamp."""
    link, report = data / TREE, data / REPORT_FILE
    if not link.exists() or not link.is_symlink() or link.readlink().name != f"{TREE}-{stamp}":
        return None
    found = msgspec.json.decode(report.read_bytes(), type=BuildReport) if report.exists() else None
    return msgspec.structs.replace(found, fresh=False) if found and found.stamp == stamp else None


def _files(
    localities: list[Locality],
    sources: Sources,
    assets: Assets,
    editions: Mapping[str, Edition],
    key: PackKey,
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Everything in the tree by its path, and what of it is brotli already."""
    files = {file_of(address): data for address, data in assets.files.items()}
    packed: dict[str, bytes] = {}
    for one in localities:
        files |= {file_of(address): text.encode() for address, text in (one.pages | one.others).items()}
        packed |= {file_of(address): to_brotli(text.encode()) for address, text in one.readable().items()}
        for part in one.parts:
            files[file_of(part.address)] = part.data
            packed[file_of(part.address)] = part.packed
        files[f"packs/{one.tag}/index"] = encode_index(
            one.tag, editions[one.tag].number, editions[one.tag].date, one.parts, key
        )
    shells = {one.tag: one.shell for one in localities}
    files["sw.js"] = service_worker(assets, shells, [voice.locale for voice in sources.voices], files)
    return files, packed
