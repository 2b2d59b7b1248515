"""How long a coordinator's browser takes for the contacts of a large programme: pulled and opened for the first time,
opened again after a lock, followed when new ones come, made into files, and given back to a hub that lost them all;
how long the page stands still meanwhile; memory.

Run alone, `python -m tests.bench.bench_console [contacts]`, or by `make bench`. The limit beside the first opening is
to pull the same pages over HTTP and do AES-256-GCM over the same bodies, natively and one after the other; beside
the second that AES alone; beside a file to write what is in it anew, natively; beside giving back to push the same
pages over HTTP.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Page, expect, sync_playwright

from server.settings import parse_settings
from server.site import build
from sync import canonical
from sync.client import Device
from sync.exchange import Changes, Push, Pushed
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
MSGPACK = "application/vnd.msgpack"
MINUTES = 15 * 60_000
WATCH = """self.still = [];
new PerformanceObserver((seen) => {
    for (const { duration } of seen.getEntries()) self.still.push(duration);
}).observe({ type: 'longtask', buffered: true });"""
AGES = ("under-18", "18-24", "25-34", "35-44", "45-54", "55-64", "65-up")
FORMATS = {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSON lines"}
SAMPLED_SECONDS = 0.05
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


@contextmanager
def most_memory_mb(profile: Path) -> Iterator[list[float]]:
    """Filled in at the end: the most that was seen meanwhile."""
    most: list[float] = []
    seen = [memory_mb(profile)]
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(SAMPLED_SECONDS):
            seen.append(memory_mb(profile))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield most
    finally:
        ended.set()
        looking.join()
        most.append(max(seen))


def natively(hub: Hub, device: Device) -> httpx.Client:
    """Asks at its `contacts`, with its token; whoever opens it closes it."""
    collection = canonical.to_text(collection_id(device.ledger.root.programme, "contacts"))
    return httpx.Client(
        base_url=f"{hub.url}/api/v1/collections/{collection}/",
        headers={
            "authorization": f"Bearer {device.ledger.root.token}",
            "accept": MSGPACK,
            "content-type": MSGPACK,
        },
        trust_env=False,
    )


def native_seconds(hub: Hub, device: Device) -> tuple[float, float, list[Changes]]:
    """To pull everything over HTTP, and to do AES over all bodies; and what came."""
    pages: list[Changes] = []
    started = time.perf_counter()
    with natively(hub, device) as client:
        after = ""
        while not pages or pages[-1].more:
            answer = client.get(f"changes?bytes=262144{after}")
            pages.append(msgspec.msgpack.decode(answer.content, type=Changes))
            after = f"&after={canonical.to_text(pages[-1].cursor)}"
    pulling = time.perf_counter() - started
    key = AESGCM(bytes(32))
    bodies = [revision.body for page in pages for revision in page.revisions]
    started = time.perf_counter()
    for body in bodies:
        key.encrypt(body[:12], body[28:], None)
    return pulling, time.perf_counter() - started, pages


def native_push_seconds(hub: Hub, device: Device, pages: list[Changes]) -> float:
    bodies = [msgspec.msgpack.encode(Push(packets=page.packets, revisions=page.revisions)) for page in pages]
    started = time.perf_counter()
    with natively(hub, device) as client:
        for body in bodies:
            pushed = msgspec.msgpack.decode(client.post("changes", content=body).content, type=Pushed)
            assert not pushed.refused
    return time.perf_counter() - started


def put_back(hub: Hub, backup: Path) -> None:
    hub.end()
    sojourn(hub, "restore", "--replace", str(backup))
    hub.start()


def sojourn(hub: Hub, *words: str) -> None:
    command = [sys.executable, "-c", "from server.command import main; main()", *words]
    subprocess.run(command, env=hub.environment, check=True, capture_output=True)


def held_by(hub: Hub) -> int:
    with closing(sqlite3.connect(hub.database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM entries WHERE kind = 1").fetchone()
    return int(count)


def give_back(page: Page, profile: Path, hub: Hub, contacts: int) -> tuple[float, float]:
    """From the press that opens the programme until the hub has all of it again; memory, more than before."""
    before = memory_mb(profile)
    longest_still(page)
    with most_memory_mb(profile) as most:
        started = time.perf_counter()
        for _ in range(2):
            page.get_by_role("button", name="Back", exact=True).click()
        open_console(page)
        while held_by(hub) < contacts:
            if time.perf_counter() - started > MINUTES / 1000:
                raise AssertionError(f"the hub has {held_by(hub)} of {contacts}")
            page.wait_for_timeout(500)
        seconds = time.perf_counter() - started
    return seconds, most[0] - before


def export(page: Page, profile: Path, kind: str, contacts: int) -> None:
    """From the press to the file in the downloads."""
    page.locator(f"#export input[value={kind}]").check()
    page.locator("#export-why").fill("To measure it")
    before = memory_mb(profile)
    longest_still(page)
    with most_memory_mb(profile) as most:
        started = time.perf_counter()
        with page.expect_download(timeout=MINUTES) as waiting:
            page.get_by_role("button", name="Make the file").click()
        seconds = time.perf_counter() - started
    held = waiting.value.path().read_bytes()
    again, lines = written_again(kind, held)
    assert lines > contacts, f"{lines} lines of {contacts} contacts"
    told(f"made into {FORMATS[kind]}, {len(held) / 1e6:.1f} MB", seconds, again, longest_still(page))
    print(f"{'memory of the browser meanwhile, more than before':<58}{most[0] - before:>9,.0f} MB")


def written_again(kind: str, held: bytes) -> tuple[float, int]:
    """Seconds to write what is in a file anew, by what of Python is not written in Python; how many lines it has."""
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(held)) as book:
            texts = [book.read(name) for name in book.namelist()]
        started = time.perf_counter()
        for text in texts:
            zlib.compress(text, 3)
        return time.perf_counter() - started, sum(text.count(b"<row ") for text in texts)
    if kind == "jsonl":
        values = [msgspec.json.decode(line) for line in held.splitlines()]
        started = time.perf_counter()
        msgspec.json.Encoder().encode_lines(values)
        return time.perf_counter() - started, len(values)
    rows = list(csv.reader(io.StringIO(held.decode(), newline="")))
    started = time.perf_counter()
    csv.writer(io.StringIO(newline="")).writerows(rows)
    return time.perf_counter() - started, len(rows)


def measure(hub: Hub, profile: Path, folder: Path, contacts: int) -> None:
    loop, draw = Loop(), random.Random(7)
    place = Place(hub, folder)
    loop.run(place.found())
    workers = [loop.run(place.worker(f"worker {number}")) for number in range(WORKERS)]
    loop.run(place.coordinator.fetch())
    for worker in workers:
        loop.run(worker.pull())
    before_all = folder / "before.sqlite3"
    sojourn(hub, "backup", str(before_all))
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
        pulling, opening, pages = native_seconds(hub, place.coordinator)
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

        started = time.perf_counter()
        page.get_by_role("button", name="Contacts Counted").click()
        shown = page.get_by_text(f"{contacts + NEW:,} contacts", exact=True).first
        expect(shown).to_be_visible(timeout=MINUTES)
        told("counted and drawn", time.perf_counter() - started, None, longest_still(page))
        page.locator("#export summary").click()
        for kind in FORMATS:
            export(page, profile, kind, contacts + NEW)

        put_back(hub, before_all)
        given, memory = give_back(page, profile, hub, contacts + NEW)
        still = longest_still(page)
        put_back(hub, before_all)
        told(
            "given back to a hub that lost them",
            given,
            native_push_seconds(hub, place.coordinator, pages),
            still,
        )
        print(f"{'memory of the browser meanwhile, more than before':<58}{memory:>9,.0f} MB")
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
