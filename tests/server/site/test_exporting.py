"""What `sojourn export` writes: files that need no hub, by themselves and behind a service worker."""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.errors import SiteError
from server.site.building import build
from server.site.editions import load_editions
from server.site.exporting import export
from tests.conftest import TODAY

from .conftest import SOME, copy_places, settings_for

WHOLE = ("404.html", "assets/shell-")
"""Pages of absolute addresses: shown at any address, or made by the service worker."""


class Exported(msgspec.Struct, frozen=True):
    folder: Path
    files: dict[str, bytes]

    @property
    def pages(self) -> dict[str, str]:
        return {name: data.decode() for name, data in self.files.items() if name.endswith(".html")}

    @property
    def listed(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(
            self.files["sw.js"].decode().removeprefix("const list = ").removesuffix(";")
        )
        return found

    def parts(self) -> list[dict[str, Any]]:
        return [
            msgspec.json.decode(data) for name, data in self.files.items() if name.startswith("packs/parts/")
        ]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    root = tmp_path_factory.mktemp("exported")
    folder = root / "card"
    export(settings_for(root / "data"), folder, places=copy_places(root / "checkout", SOME), today=TODAY)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return Exported(folder, files)


def links_in(html: str) -> set[str]:
    """Addresses of this site; holes and addresses elsewhere left out."""
    found = re.findall(r'(?:href|src)="([^"#]+)', html)
    return {
        address
        for address in found
        if not re.match(r"(https?|tel|mailto|data):", address) and "[" not in address
    }


def test_an_export_before_any_build_is_of_its_own_day(exported: Exported) -> None:
    assert "November 21, 2026" in exported.files["en/all.html"].decode()
    assert "1970" not in exported.files["en/all.html"].decode()


def test_every_page_links_by_relative_addresses_to_files_that_are_there(exported: Exported) -> None:
    for name, page in exported.pages.items():
        if not name.startswith(WHOLE):
            folder = posixpath.dirname(name)
            for address in links_in(page):
                assert posixpath.normpath(posixpath.join(folder, address)) in exported.files, (name, address)


def test_what_the_service_worker_makes_pages_of_links_to_files_from_the_root(exported: Exported) -> None:
    shells = {name: page for name, page in exported.pages.items() if name.startswith(WHOLE)}
    fragments = {
        path: page["main"] for part in exported.parts() for path, page in part.get("pages", {}).items()
    }
    assert (len(shells) > 1, len(fragments) > 10) == (True, True)
    for name, html in (shells | fragments).items():
        assert [
            address for address in links_in(html) if address[0] != "/" or address[1:] not in exported.files
        ] == [], name


def test_nothing_leads_to_notes_to_an_invite_or_to_a_hub(exported: Exported) -> None:
    assert not {name for name in exported.files if re.search(r"(?<!guide/)notes|join|app\.|api", name)}
    texts = [
        *exported.pages.values(),
        *(page["main"] for part in exported.parts() for page in part.get("pages", {}).values()),
    ]
    for text in texts:
        assert not [address for address in links_in(text) if re.search(r"join|api/", address)]
        assert '<form class="clear"' not in text
    assert not any("form" in part for part in exported.parts())


def test_a_copy_says_that_what_its_privacy_page_tells_of_a_hub_is_not_here(exported: Exported) -> None:
    said = "This copy comes from no hub and has no My notes."
    privacy = [name for name, page in exported.pages.items() if said in page]
    assert privacy == ["en/all.html", "en/privacy.html"]
    kept = [
        part["pages"]["/privacy"]["main"] for part in exported.parts() if "/privacy" in part.get("pages", {})
    ]
    assert len(kept) == len(exported.listed["locales"])
    assert sum(said in main for main in kept) == 1


def test_the_service_worker_lists_the_files_that_reading_needs_and_their_hashes(exported: Exported) -> None:
    listed = exported.listed
    assert (listed["files"], listed["app"], listed["base"]) == (True, [], ["/index.html"])
    assert listed["locales"]["km"]["pages"] == ["/km/units.html", "/km/manifest.webmanifest"]
    for address, digest in listed["hashes"].items():
        assert hashlib.sha256(exported.files[address.removeprefix("/")]).hexdigest() == digest


def test_each_locale_has_an_index_whose_parts_are_there(exported: Exported) -> None:
    for tag in exported.listed["locales"]:
        body = msgspec.msgpack.decode(msgspec.msgpack.decode(exported.files[f"packs/{tag}/index"])[0])
        assert body[:3] == ["sojourn/1/index", tag, 1]
        for _, digest, _ in body[4]:
            assert hashlib.sha256(exported.files[f"packs/parts/{digest.hex()}"]).digest() == digest


def test_an_export_after_a_build_has_numbers_of_its_own(tmp_path: Path) -> None:
    places, settings = copy_places(tmp_path / "checkout", SOME), settings_for(tmp_path / "data")
    settings.data.mkdir()
    (settings.data / "operator.toml").write_text('locales = ["km"]\n', "utf-8")
    build(settings, places=places, today=TODAY)
    for _ in range(2):
        export(settings, tmp_path / "card", places=places, today=TODAY)
    numbers = {key: edition.number for key, edition in load_editions(settings.data).items()}
    assert numbers == {"km": 1, "en": 1, "km export": 2, "en export": 2}


def test_an_export_fills_its_own_folder_again_and_no_other(tmp_path: Path) -> None:
    places, settings = copy_places(tmp_path / "checkout", SOME), settings_for(tmp_path / "data")
    folder = tmp_path / "card"
    export(settings, folder, places=places, today=TODAY)
    (folder / "left-over.html").write_text("x", "utf-8")
    export(settings, folder, places=places, today=TODAY)
    assert not (folder / "left-over.html").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("x", "utf-8")
    with pytest.raises(SiteError, match="choose another folder"):
        export(settings, tmp_path / "mine", places=places, today=TODAY)
