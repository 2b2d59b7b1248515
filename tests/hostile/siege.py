"""Several hostile clients at one hub, somebody who only wants to work beside them, and what it costs the hub."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from sync.identifiers import new_id
from tests.hostile.acts import Hostile
from tests.hubs import Hub, free_port
from tests.server.api.devices import Device, client_of, found, revision

CLIENTS = 4
ALLOWED = {0, 503, 507}
"""Of what is not below 500."""
PATIENCE_SECONDS = 90


@dataclass(frozen=True, kw_only=True)
class Use:
    """What the hub's process has: bytes, open files, threads; and of its folder the bytes."""

    memory: int
    files: int
    threads: int
    disk: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """statuses: of the hostile clients. served: how often the bystander's contact was stored and read back."""

    statuses: Counter[int]
    served: int
    slowest: float
    before: Use
    after: Use

    @property
    def wrong(self) -> dict[int, int]:
        return {
            status: count
            for status, count in self.statuses.items()
            if status not in ALLOWED and not 100 <= status < 500
        }


@contextmanager
def besieged(data: Path) -> Iterator[Hub]:
    """A hub whose counts can be read."""
    hub = Hub(data)
    hub.extra["SOJOURN_METRICS_PORT"] = str(free_port())
    hub.start()
    try:
        yield hub
    finally:
        hub.end()


def besiege(hub: Hub, go_on: Callable[[int], bool], seed: int) -> Outcome:
    """go_on: given how many acts of one client are done. What it costs is compared once all has been met once."""
    statuses: Counter[int] = Counter()
    failed: list[BaseException] = []
    done = threading.Event()
    with client_of(hub) as client, client_of(hub) as quiet:
        programme = found(hub, client)
        bystander = found(hub, quiet).join()
        hostile = [Hostile(programme, seed + number) for number in range(CLIENTS)]
        for each in hostile:
            for act in each.acts:
                statuses.update(act())
        before = use_of(hub)

        def attack(one: Hostile) -> None:
            try:
                acts = 0
                while go_on(acts):
                    statuses.update(one.act())
                    acts += 1
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=attack, args=(each,)) for each in hostile]
        for thread in threads:
            thread.start()
        ending = threading.Thread(target=lambda: ([thread.join() for thread in threads], done.set()))
        ending.start()
        served, slowest = _work(bystander, done)
        ending.join()
        for each in hostile:
            each.leave()
        if failed:
            raise failed[0]
        _until_quiet(hub)
        after = use_of(hub)
    return Outcome(statuses=statuses, served=served, slowest=slowest, before=before, after=after)


def _work(bystander: Device, done: threading.Event) -> tuple[int, float]:
    """Contacts one by one, each stored and read back; how many, and how long the slowest took."""
    key, served, slowest, cursor = new_id(), 0, 0.0, None
    bystander.push([bystander.packet("contacts", key)], [])
    while True:
        last = done.is_set()
        started = time.perf_counter()
        made = revision(key)
        assert len(bystander.push([], [made]).stored) == 1
        page = bystander.pull(cursor)
        assert made in page.revisions
        cursor = page.cursor
        slowest = max(slowest, time.perf_counter() - started)
        served += 1
        if last:
            return served, slowest
        done.wait(0.2)


def use_of(hub: Hub) -> Use:
    process = Path("/proc") / str(hub.pid)
    status = dict(
        line.split(":", 1)
        for line in (process / "status").read_text("ascii", "replace").splitlines()
        if ":" in line
    )
    return Use(
        memory=int(status["VmRSS"].split()[0]) * 1024,
        files=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        disk=sum(path.stat().st_size for path in hub.data.rglob("*") if path.is_file()),
    )


def _until_quiet(hub: Hub) -> None:
    """Until nobody waits and no body is held: the hub gives up by itself whatever was left open."""
    address = f"http://127.0.0.1:{hub.extra['SOJOURN_METRICS_PORT']}/metrics"
    idle = {f"sojourn_{name} 0.0" for name in ("waiting", "push_bytes", "backup_bytes", "body_bytes")}
    until = time.monotonic() + PATIENCE_SECONDS
    while not idle <= set(httpx.get(address, trust_env=False).text.splitlines()):
        assert time.monotonic() < until, "the hub still holds what nobody wants"
        time.sleep(0.2)
