"""How long a coordinator's browser takes for the contacts of a large programme: pulled and opened for the first time,
opened again after a lock, and followed when new ones come; how long the page stands still meanwhile; memory.

Run alone, `python -m tests.bench.bench_console [contacts]`, or by `make bench`. The limit beside the first opening is
to pull the same pages over HTTP and do AES-256-GCM over the same bodies, natively and one after the other; beside
the second that AES alone.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import httpx
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Page, expect, sync_playwright

from server.settings import parse_settings
from server.site import build
from sync import canonical
from sync.client import Device
from sync.exchange import Changes
from sync.identifiers import collection_id
from sync.revisions import Value
from tests.bench.bench_unlock import processes_with
from tests.browser.conftest import Chromium
from tests.browser.headless import Loop
from tests.browser.worker import PASSPHRASE, make_vault, unlock
from tests.hubs import Hub
from tests.sync.client.people import Place

CONTACTS = 100_000
WORKERS = 20
NEW = 100
AT_ONCE = 1_000
MINUTES = 15 * 60_000
WATCH = """self.still = [];
new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) self.still.push(duration);
}).observe({ type: 'longtask', buffered: true });"""
AGES = ("under-18", "18-24", "25-34", "35-44", "45-54", "55-64", "65-up")
NEEDS = ("food", "shelter", "health", "papers", "work", "legal", "safety", "none")


def contact(draw: random.Random) -> dict[str, Value]:
    """As long as those that outreach workers write."""
    return {
        "form": "contact",
        "form_hash": "00" * 32,
        "week": f"2026-W{draw.randint(1, 52):02}",
        "place": draw.choice(("street", "border", "shelter", "phone", "hospital")),
        "language": draw.choice(("km", "ar", "en", "ur", "fr", "ti")),
        "age_band": draw.choice(AGES),
        "gender": draw.choice(("woman", "man", "other")),
        "needs": tuple(sorted(draw.sample(NEEDS, draw.randint(1, 3)))),
        "indicators_deception": ("promise",) if draw.random() < 0.2 else (),
        "indicators_control": ("papers-kept",) if draw.random() < 0.2 else (),
        "official_status": draw.choice(("possible", "identified", "none")),
        "referral_type": (draw.choice(("shelter", "legal", "health")),),
        "outcome": draw.choice(("accepted", "declined", "unknown")),
    }


async def write(workers: list[Device], count: int, draw: random.Random) -> None:
    for number, worker in enumerate(workers):
        own = count // len(workers) + (number < count % len(workers))
        for start in range(0, own, AT_ONCE):
            await worker.add([contact(draw) for _ in range(min(AT_ONCE, own - start))])
        await worker.push()


def open_console(page: Page) -> None:
    page.get_by_role("button", name="Open the programme").click()


def seconds_until(page: Page, contacts: int, started: float) -> float:
    shown = page.locator("contacts-state dd").first
    expect(shown).to_have_text(f"{contacts:,}", timeout=MINUTES)
    expect(page.locator("contacts-state progress")).to_have_count(0, timeout=MINUTES)
    return time.perf_counter() - started


def longest_still(page: Page) -> float:
    """The longest task since it was asked last, in seconds; below 50 ms there is none."""
    return max([0.0, *page.evaluate("self.still.splice(0)")]) / 1000


def memory_mb(profile: Path) -> float:
    """Of all processes of the browser: the page and its threads are one, and what they share is counted twice."""
    pages = 0
    for number in processes_with(str(profile)):
        try:
            pages += int(Path(f"/proc/{number}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * 4096 / 1e6


def native_seconds(hub: Hub, device: Device) -> tuple[float, float]:
    """To pull everything over HTTP, and to do AES over all bodies."""
    collection = canonical.to_text(collection_id(device.ledger.root.programme, "contacts"))
    bodies: list[bytes] = []
    started = time.perf_counter()
    with httpx.Client(base_url=hub.url, trust_env=False) as client:
        after = ""
        while True:
            answer = client.get(
                f"/api/v1/collections/{collection}/changes?bytes=262144{after}",
                headers={
                    "authorization": f"Bearer {device.ledger.root.token}",
                    "accept": "application/vnd.msgpack",
                },
            )
            page = msgspec.msgpack.decode(answer.content, type=Changes)
            bodies += [revision.body for revision in page.revisions]
            after = f"&after={canonical.to_text(page.cursor)}"
            if not page.more:
                break
    pulling = time.perf_counter() - started
    key = AESGCM(bytes(32))
    started = time.perf_counter()
    for body in bodies:
        key.encrypt(body[:12], body[28:], None)
    return pulling, time.perf_counter() - started


def measure(hub: Hub, profile: Path, folder: Path, contacts: int) -> None:
    loop, draw = Loop(), random.Random(7)
    place = Place(hub, folder)
    loop.run(place.found())
    workers = [loop.run(place.worker(f"worker {number}")) for number in range(WORKERS)]
    loop.run(place.coordinator.fetch())
    for worker in workers:
        loop.run(worker.pull())
    started = time.perf_counter()
    loop.run(write(workers, contacts, draw))
    print(f"{contacts:,} contacts of {WORKERS} phones; written in {time.perf_counter() - started:.0f} s")
    link = loop.run(place.link("coordinator"))
    with sync_playwright() as playwright, Chromium(playwright, profile).open() as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(link)
        page.locator("main").get_by_text("English", exact=True).first.click()
        page.locator("sojourn-app button.button--primary").first.click()
        make_vault(page)
        expect(page.locator("sojourn-app").get_by_text("Test programme").first).to_be_visible()
        loop.run(place.coordinator.fetch())
        pulling, opening = native_seconds(hub, place.coordinator)
        longest_still(page)
        before = memory_mb(profile)

        started = time.perf_counter()
        open_console(page)
        first = seconds_until(page, contacts, started)
        told("pulled and opened for the first time", first, pulling + opening, longest_still(page))
        print(f"{'memory of the browser then, more than before':<58}{memory_mb(profile) - before:>9,.0f} MB")

        page.reload()
        unlock(page, PASSPHRASE)
        longest_still(page)
        started = time.perf_counter()
        open_console(page)
        again = seconds_until(page, contacts, started)
        told("opened again", again, opening, longest_still(page))
        print(f"{'memory of the browser then, more than before':<58}{memory_mb(profile) - before:>9,.0f} MB")

        loop.run(write(workers, NEW, draw))
        started = time.perf_counter()
        page.get_by_role("button", name="Back", exact=True).click()
        open_console(page)
        new = seconds_until(page, contacts + NEW, started)
        told(f"{NEW} new ones pulled and opened", new, None, longest_still(page))
    loop.run(place.close())
    loop.end()


def told(what: str, seconds: float, limit: float | None, still: float) -> None:
    beside = f"{seconds / limit:>8.1f}x" if limit else " " * 9
    print(f"{what:<58}{seconds:>10.2f} s{beside}   longest stop of the page {still:.2f} s")


def main(contacts: int = CONTACTS) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        build(parse_settings({"SOJOURN_DATA": str(data)}))
        hub = Hub(data)
        hub.start()
        try:
            measure(hub, Path(scratch) / "profile", Path(scratch) / "state", contacts)
        finally:
            hub.end()
            shutil.rmtree(Path(scratch) / "profile", ignore_errors=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
