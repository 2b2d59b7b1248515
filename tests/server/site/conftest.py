"""Real content and real translations, with a browser side of a few bytes: what a build reads, in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from server.settings import Settings, parse_settings
from server.site.building import REPORT_FILE
from server.site.places import Places, find_places, places_under
from server.site.reports import BuildReport

ENTRIES = {
    "src/leave.ts": "leave.aaaa.js",
    "src/units.ts": "units.aaaa.js",
    "src/reader/main.ts": "main.aaaa.js",
    "src/app/main.ts": "app.aaaa.js",
    "src/style/main.css": "main.bbbb.css",
    "src/style/app.css": "app.bbbb.css",
    "src/one-file.ts": "one-file.aaaa.js",
    "src/style/one-file.css": "one-file.bbbb.css",
}


def write_dist(dist: Path) -> None:
    for name in ("assets", "icons"):
        (dist / name).mkdir(parents=True)
    for file in ENTRIES.values():
        (dist / "assets" / file).write_text(f"/* {file} */", "utf-8")
    for icon in ("compass", "sun", "leaf", "book"):
        (dist / "icons" / f"{icon}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    manifest = {name: {"file": f"assets/{file}"} for name, file in ENTRIES.items()}
    (dist / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    (dist / "sw.js").write_text("const list = self.__SHELL__;", "utf-8")


SOME = ("en", "km")
"""What tests that change and build again need: fifteen languages would only take longer."""


def copy_places(root: Path, locales: Sequence[str] = ()) -> Places:
    """A checkout's inputs, to be changed by a test; `locales` are the only ones copied, if any are named."""
    real = find_places()
    shutil.copytree(real.content, root / "content")
    left_out = {path.parent.name for path in real.translations.glob("*/locale.toml")} - set(locales)
    shutil.copytree(
        real.translations,
        root / "translations",
        ignore=shutil.ignore_patterns(*left_out) if locales else None,
    )
    write_dist(root / "pwa" / "dist")
    return places_under(root)


def settings_for(data: Path) -> Settings:
    return parse_settings({"SOJOURN_DATA": str(data)})


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return copy_places(tmp_path / "checkout", SOME)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data")


class Built(msgspec.Struct, frozen=True):
    tree: Path
    report: BuildReport
    places: Places

    def page(self, name: str) -> str:
        return (self.tree / name).read_text("utf-8")


@pytest.fixture(scope="session")
def built(whole_data: Path) -> Built:
    """The build that browser tests read, too, for all tests that only look."""
    report = msgspec.json.decode((whole_data / REPORT_FILE).read_bytes(), type=BuildReport)
    return Built(whole_data / "site", report, find_places())
