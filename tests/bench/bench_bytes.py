"""What has to travel: bytes of every page, pack and script, as brotli, beside what may."""

from __future__ import annotations

import tempfile

from server.settings import parse_settings
from server.site import build
from server.site.packs import PART_MAX_BYTES

PAGE_MAX_BYTES = 14_000


def row(what: str, size: int, limit: int | None = None) -> str:
    beside = f"{size / limit:8.2f}x" if limit else ""
    return f"{what:<58}{size:>12,} B {beside}"


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        report = build(parse_settings({"SOJOURN_DATA": data}))
    print(
        f"bytes as brotli; x: of {PAGE_MAX_BYTES:,} for a page to be read, of {PART_MAX_BYTES:,} for a part\n"
    )
    for address, size in sorted(report.pages.items()):
        print(row(address, size, PAGE_MAX_BYTES))
    for locale, parts in sorted(report.parts.items()):
        print()
        for subject, size in sorted(parts.items()):
            print(row(f"{locale} {subject}", size, PART_MAX_BYTES))
        print(row(f"{locale}, the whole pack", sum(parts.values())))
    print()
    for address, size in sorted(report.scripts.items()):
        print(row(address, size))


if __name__ == "__main__":
    main()
