"""What the browser side's build gives to a page: scripts, style and icons, each under an address with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from server.errors import AssetsError

LEAVE, UNITS = "src/leave.ts", "src/units.ts"
READER, APP = "src/reader/main.ts", "src/app/main.ts"
STYLE, APP_STYLE = "src/style/main.css", "src/style/app.css"
ONE_FILE, ONE_FILE_STYLE = "src/one-file.ts", "src/style/one-file.css"
HASH_DIGITS = 10


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of Vite's manifest; `imports` and `dynamic_imports` are names of other entries."""

    file: str
    css: list[str] = []
    imports: list[str] = []
    dynamic_imports: list[str] = msgspec.field(name="dynamicImports", default_factory=list)


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses, and `files`: the bytes behind each. `icons` are an icon's pictures, the SVG first.

    `one_file_style` and `one_file_script` are texts, which stand in the file itself.
    """

    leave: str
    units: str
    reader: str
    app: str
    style: str
    app_style: str
    icons: list[str]
    reading: list[str]
    notes: list[str]
    files: Mapping[str, bytes]
    one_file_style: str
    one_file_script: str
    service_worker: str

    def for_reading(self) -> Assets:
        """Without what only the vault's side needs, which an exported tree does not have."""
        return msgspec.structs.replace(
            self, notes=[], files={address: self.files[address] for address in self.reading}
        )


def load_assets(dist: Path, icon: str) -> Assets:
    """The browser side's build; raises `AssetsError` when it has not been built, or lacks something."""
    try:
        manifest = msgspec.json.decode((dist / "manifest.json").read_bytes(), type=dict[str, Chunk])
        entries = {
            name: _address(manifest[name].file) for name in (LEAVE, UNITS, READER, APP, STYLE, APP_STYLE)
        }
        icons = _load_icons(dist / "icons", icon)
        reading = sorted(
            {entries[name] for name in (LEAVE, UNITS, STYLE)} | _all(manifest, READER) | icons.keys()
        )
        notes = sorted((_all(manifest, APP) | {entries[APP_STYLE]}) - set(reading))
        files = {_address(path.relative_to(dist).as_posix()): path.read_bytes() for path in _assets(dist)}
        # What stands in one file is fetched by no page.
        inline = [_address(manifest[name].file) for name in (ONE_FILE_STYLE, ONE_FILE)]
        one_file_style, one_file_script = (files.pop(address).decode() for address in inline)
        service_worker = (dist / "sw.js").read_text("utf-8")
    except FileNotFoundError as error:
        raise AssetsError(
            f"{error.filename} is not there: build the browser side first (make setup)"
        ) from error
    except KeyError as error:
        raise AssetsError(f"{dist / 'manifest.json'} has no {error}: build the browser side again") from error
    except msgspec.DecodeError as error:
        raise AssetsError(f"{dist / 'manifest.json'} cannot be read: {error}") from error
    return Assets(
        leave=entries[LEAVE],
        units=entries[UNITS],
        reader=entries[READER],
        app=entries[APP],
        style=entries[STYLE],
        app_style=entries[APP_STYLE],
        icons=sorted(icons, key=lambda address: not address.endswith(".svg")),
        reading=reading,
        notes=notes,
        files={**files, **icons},
        one_file_style=files[entries[STYLE]].decode() + one_file_style,
        one_file_script=one_file_script,
        service_worker=service_worker,
    )


def hashed_address(name: str, data: bytes) -> str:
    """`/assets/compass.1f3a….svg` for `compass.svg`: another address whenever the bytes are others."""
    stem, _, extension = name.rpartition(".")
    return f"/assets/{stem}.{hashlib.sha256(data).hexdigest()[:HASH_DIGITS]}.{extension}"


def _load_icons(folder: Path, icon: str) -> dict[str, bytes]:
    """`compass.svg`, and where there are some `compass-192.png`, `compass-512.png`."""
    pictures = [folder / f"{icon}.svg", *sorted(folder.glob(f"{icon}-*.png"))]
    return {hashed_address(path.name, data): data for path in pictures for data in [path.read_bytes()]}


def _assets(dist: Path) -> Iterator[Path]:
    return (path for path in sorted((dist / "assets").rglob("*")) if path.is_file() and path.suffix != ".map")


def _all(manifest: Mapping[str, Chunk], entry: str) -> set[str]:
    """An entry with everything it loads, at once or later."""
    found: set[str] = set()
    names, seen = [entry], {entry}
    while names:
        chunk = manifest[names.pop()]
        found |= {_address(file) for file in (chunk.file, *chunk.css)}
        further = set(chunk.imports) | set(chunk.dynamic_imports)
        names += further - seen
        seen |= further
    return found


def _address(file: str) -> str:
    return f"/{file}"
