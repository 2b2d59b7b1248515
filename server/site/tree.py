"""A tree of files, written whole in a folder of its own and then put in the place of the one in use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from server.site.compression import to_brotli, to_gzip

_PACKED_ALREADY = {".png", ".woff2"}


def write_files(
    folder: Path,
    files: Mapping[str, bytes],
    packed: Mapping[str, bytes] | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Writes `files`, by path; where `packed` is given, each with a `.br` and `.gz` neighbour if it is smaller.

    `packed` holds, by path, brotli that there is already, so that nothing is compressed twice.
    """

    def write(item: tuple[str, bytes]) -> str:
        name, data = item
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if packed is not None and path.suffix not in _PACKED_ALREADY:
            _write_smaller(path, ".br", packed.get(name) or to_brotli(data), data)
            _write_smaller(path, ".gz", to_gzip(data), data)
        return name

    # Both compressors let go of the interpreter while they work.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name in pool.map(write, files.items()):
            if progress is not None:
                progress(name)


def point(link: Path, folder: Path) -> None:
    """Makes `link` lead to `folder`, its neighbour, in one step: whoever reads sees the old tree or the new."""
    coming = link.with_name(f"{link.name}.coming")
    coming.unlink(missing_ok=True)
    coming.symlink_to(folder.name, target_is_directory=True)
    coming.replace(link)


def remove_others(link: Path, kept: set[str]) -> None:
    """Removes the trees beside `link` that are not in `kept`."""
    for folder in link.parent.glob(f"{link.name}-*"):
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _write_smaller(path: Path, suffix: str, packed: bytes, data: bytes) -> None:
    if len(packed) < len(data):
        path.with_name(path.name + suffix).write_bytes(packed)
