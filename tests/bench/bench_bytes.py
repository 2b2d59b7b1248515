"""What has to travel: bytes of pages, packs and files in every language, and of scripts, as brotli, beside what may."""

from __future__ import annotations

import tempfile

from server.settings import parse_settings
from server.site import build
from server.site.packs import PART_MAX_BYTES
from server.site.reports import BuildReport

PAGE_MAX_BYTES = 14_000
PACK_MAX_BYTES = 200_000


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        report = build(parse_settings({"SOJOURN_DATA": data}))
    print(
        f"bytes as brotli; x: of {PAGE_MAX_BYTES:,} for a page to be read, of {PART_MAX_BYTES:,} for a part, "
        f"of {PACK_MAX_BYTES:,} for a pack\n"
    )
    print(
        f"{'':<10}{'pages':>6}{'middle one':>12}{'largest':>9}{'':>7}  {'which':<18}"
        f"{'parts':>6}{'largest':>9}{'':>7}{'pack':>10}{'':>7}{'one file':>10}"
    )
    for tag in report.parts:
        print(line_of(report, tag))
    print()
    for address, size in sorted(report.scripts.items()):
        print(f"{address:<58}{size:>12,} B")


def line_of(report: BuildReport, tag: str) -> str:
    pages = {page: size for page, size in report.pages.items() if page.startswith(f"/{tag}/")}
    sizes, parts = sorted(pages.values()), report.parts[tag]
    largest = max(pages, key=lambda page: pages[page])
    pack = sum(parts.values())
    return (
        f"{tag:<10}{len(pages):>6}{sizes[len(sizes) // 2]:>12,}{pages[largest]:>9,}"
        f"{beside(pages[largest], PAGE_MAX_BYTES)}"
        f"  {largest.removeprefix(f'/{tag}'):<18}{len(parts):>6}{max(parts.values()):>9,}"
        f"{beside(max(parts.values()), PART_MAX_BYTES)}{pack:>10,}{beside(pack, PACK_MAX_BYTES)}"
        f"{report.downloads[f'/{tag}/all']:>10,}"
    )


def beside(size: int, limit: int) -> str:
    return f"{size / limit:>6.2f}x"


if __name__ == "__main__":
    main()
