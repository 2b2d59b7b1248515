"""How long a person waits for the vault to open, on this machine and on one a quarter as fast.

The slow phone is made by stopping every process of the browser for three quarters of the time, since Chromium's own
throttling leaves alone the thread that Argon2id runs in. The limit is what `cryptography` needs for the same
Argon2id in the same run.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from playwright.sync_api import Page, expect, sync_playwright

from server.settings import parse_settings
from server.site import build
from tests.browser.conftest import Chromium
from tests.browser.worker import PASSPHRASE, make_vault
from tests.hubs import Hub

SLICE_SECONDS = 0.04
SHARE = 0.25
SMALLEST_MEMORY_KIB, FEWEST_PASSES = 19_456, 2
HEADER_COST = """() => new Promise((resolve, reject) => {
    const request = indexedDB.open('notes');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
        const all = request.result.transaction('header').objectStore('header').getAll();
        all.onsuccess = () => resolve(Array.from(new Uint8Array(all.result[0].bytes ?? all.result[0])));
    };
})"""


def processes_with(mark: str) -> list[int]:
    """The processes whose command line names this, which only our own browser's does, and their children."""
    parents: dict[int, int] = {}
    marked: set[int] = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        number = int(folder.name)
        parents[number] = int(stat.rpartition(")")[2].split()[1])
        if mark.encode() in command and b"chromium" in command:
            marked.add(number)
    grown = True
    while grown:
        more = {number for number, parent in parents.items() if parent in marked} - marked
        marked |= more
        grown = bool(more)
    return sorted(marked)


@contextmanager
def slowed(profile: Path) -> Iterator[None]:
    """The browser on this profile gets a quarter of the time."""
    ended = threading.Event()

    def send(number: signal.Signals) -> None:
        for process in processes_with(str(profile)):
            try:
                os.kill(process, number)
            except ProcessLookupError:
                continue

    def run() -> None:
        while not ended.is_set():
            send(signal.SIGSTOP)
            time.sleep(SLICE_SECONDS * (1 - SHARE) / SHARE)
            send(signal.SIGCONT)
            time.sleep(SLICE_SECONDS)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        send(signal.SIGCONT)


def unlock_seconds(page: Page) -> float:
    page.reload()
    page.locator("#passphrase").fill(PASSPHRASE)
    started = time.perf_counter()
    page.locator("#passphrase").press("Enter")
    expect(page.locator("#passphrase")).to_have_count(0, timeout=120_000)
    return time.perf_counter() - started


def native_seconds(memory_kib: int, passes: int) -> float:
    started = time.perf_counter()
    Argon2id(salt=bytes(16), length=32, iterations=passes, lanes=1, memory_cost=memory_kib).derive(
        b"passphrase"
    )
    return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        data = Path(scratch) / "data"
        build(parse_settings({"SOJOURN_DATA": str(data)}))
        hub = Hub(data)
        hub.start()
        try:
            chromium = Chromium(playwright, Path(scratch) / "profile")
            with chromium.open() as browser:
                page = browser.new_page()
                page.goto(f"{hub.url}/en/notes")
                make_vault(page)
                _, _, memory_kib, passes, _ = msgspec.msgpack.decode(bytes(page.evaluate(HEADER_COST)))
                quick = min(unlock_seconds(page) for _ in range(3))
                with slowed(chromium.profile):
                    slow = min(unlock_seconds(page) for _ in range(2))
        finally:
            hub.end()
            shutil.rmtree(Path(scratch) / "profile", ignore_errors=True)
    native = min(native_seconds(memory_kib, passes) for _ in range(3))
    print(
        f"opening the vault, Argon2id of {memory_kib:,} KiB and {passes} passes; x: of Argon2id alone in C\n"
    )
    print(f"{'Argon2id alone in C':<58}{native:>12.2f} s")
    print(f"{'open, from Enter to the notes':<58}{quick:>12.2f} s {quick / native:8.2f}x")
    print(f"{'open, with a quarter of the processor':<58}{slow:>12.2f} s {slow / native:8.2f}x")


if __name__ == "__main__":
    main()
