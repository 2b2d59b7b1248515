"""`sojourn build`: from content, translations and the operator's files to the tree that the hub serves."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from server.settings import Settings
from server.site.assets import Assets, load_assets
from server.site.changing import load_histories, next_histories, save_histories
from server.site.compression import to_brotli_quickly, to_brotli_soon
from server.site.editions import Edition, Kind, key_of, load_editions, next_edition, save_editions
from server.site.installing import service_worker
from server.site.keys import PackKey, load_key
from server.site.links import file_of
from server.site.packs import encode_index
from server.site.places import Places, find_places
from server.site.recordings import copy_recordings
from server.site.rendered import RenderedLocale, render_for_hub
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
    histories = next_histories(load_histories(data), sources, today)
    rendered = render_for_hub(places, sources, assets, histories)
    editions = number_packs(data, rendered, today)
    files = tree_files(rendered, sources, assets, editions, key)
    packed = _packed(rendered)
    report = make_report(
        stamp=stamp,
        rendered=rendered,
        sources=sources,
        assets=assets,
        editions=editions,
        packed=packed,
        places=places,
    )
    folder = data / f"{TREE}-{stamp}"
    shutil.rmtree(folder, ignore_errors=True)
    write_files(folder, files, packed, progress)
    copy_recordings(folder, sources.recordings)
    save_histories(data, histories)
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


def number_packs(
    data: Path, rendered: list[RenderedLocale], today: datetime.date, kind: Kind = "hub"
) -> dict[str, Edition]:
    """The edition of each locale's pack, kept before any tree has it: a number never comes back with other parts."""
    kept = load_editions(data)
    found = {one.tag: next_edition(kept, one.tag, kind, one.parts, today) for one in rendered}
    save_editions(data, kept | {key_of(tag, kind): edition for tag, edition in found.items()})
    return found


def tree_files(
    rendered: list[RenderedLocale],
    sources: Sources,
    assets: Assets,
    editions: Mapping[str, Edition],
    key: PackKey,
    *,
    hub: bool = True,
) -> dict[str, bytes]:
    """Everything in a tree, by its path."""
    files = {file_of(address): data for address, data in assets.files.items()}
    for one in rendered:
        texts = one.pages | one.others | one.downloads
        files |= {file_of(address): text.encode() for address, text in texts.items()}
        files |= {file_of(part.address): part.data for part in one.parts}
        edition = editions[one.tag]
        files[f"packs/{one.tag}/index"] = encode_index(one.tag, edition.number, edition.date, one.parts, key)
    shells = {one.tag: one.shell for one in rendered}
    locales = [voice.locale for voice in sources.voices]
    files["sw.js"] = service_worker(assets, shells, locales, files, hub=hub)
    return files


def _packed(rendered: list[RenderedLocale]) -> dict[str, bytes]:
    """What of a tree is brotli already, or is measured as such."""
    packed = {file_of(part.address): part.packed for one in rendered for part in one.parts}
    pages = {file_of(address): text for one in rendered for address, text in one.readable().items()}
    # The compressor lets go of the interpreter while it works.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda text: to_brotli_soon(text.encode()), pages.values())
        packed |= dict(zip(pages, found, strict=True))
    # A megabyte each, and asked for seldom.
    large = {file_of(address): text for one in rendered for address, text in one.downloads.items()}
    return packed | {name: to_brotli_quickly(text.encode()) for name, text in large.items()}
