"""What a phone needs to keep the app: the list inside the service worker, and a manifest a locale."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from server.errors import AssetsError
from server.site.assets import Assets
from server.site.links import absolute, absolute_file, file_of
from server.site.locales import Locale
from server.site.rendering import Renderer

LITERAL = "self.__SHELL__"


def service_worker(
    assets: Assets,
    shells: Mapping[str, str],
    locales: list[Locale],
    files: Mapping[str, bytes],
    *,
    hub: bool = True,
) -> bytes:
    """The script with the list of docs/packs.md written into it; `shells` are addresses by locale."""
    listed = _listed(assets, shells, locales, files, hub=hub)
    version = hashlib.sha256(msgspec.json.encode(listed, order="sorted")).hexdigest()[:16]
    script = assets.service_worker
    if script.count(LITERAL) != 1:
        raise AssetsError(f"sw.js does not name {LITERAL} exactly once")
    literal = msgspec.json.encode({"version": version, **listed}, order="sorted").decode()
    return script.replace(LITERAL, literal).encode()


def _listed(
    assets: Assets,
    shells: Mapping[str, str],
    locales: list[Locale],
    files: Mapping[str, bytes],
    *,
    hub: bool,
) -> dict[str, Any]:
    write = absolute if hub else absolute_file
    whole = ["notes", "units", "manifest.webmanifest"] if hub else ["units", "manifest.webmanifest"]
    base = [write(address) for address in (["/", "/join"] if hub else ["/"])]
    by_locale = {
        locale.tag: {
            "shell": shells[locale.tag],
            "dir": locale.direction,
            "name": locale.native_name,
            "pages": [write(f"/{locale.tag}/{name}") for name in whole],
        }
        for locale in locales
    }
    named = [*assets.reading, *assets.notes, *base, *shells.values()]
    named += [address for one in by_locale.values() for address in one["pages"]]
    return {
        "assets": assets.reading,
        "app": assets.notes,
        "base": base,
        "files": not hub,
        "locales": by_locale,
        "hashes": {address: hashlib.sha256(files[file_of(address)]).hexdigest() for address in named},
    }


def manifest(renderer: Renderer) -> str:
    """The same app in every locale: only its name, language and direction are the locale's."""
    locale = renderer.voice.locale
    name = renderer.sources.operator.app_name
    icons = [_icon(address) for address in renderer.assets.icons]
    return msgspec.json.encode(
        {
            "id": "/",
            "scope": "/",
            "start_url": "/",
            "name": name,
            "short_name": name,
            "lang": locale.tag,
            "dir": locale.direction,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": icons,
        }
    ).decode()


def _icon(address: str) -> dict[str, str]:
    """`compass-192.….png` says its size; an SVG has any."""
    if address.endswith(".svg"):
        return {"src": address, "type": "image/svg+xml", "sizes": "any", "purpose": "any"}
    size = address.split(".", 1)[0].rsplit("-", 1)[-1]
    return {"src": address, "type": "image/png", "sizes": f"{size}x{size}", "purpose": "any"}
