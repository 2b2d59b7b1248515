"""What a request costs when little is stored, and when very much is: `python -m tests.bench.bench_growth [REVISIONS]`.

A real hub and its SQLite file, one lane that holds all of it. x: times the same with a thousand, in the same run.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from sync import canonical
from sync.audit import Audit
from sync.identifiers import new_id
from tests.bench import asking
from tests.bench.bench_hub import Ask
from tests.bench.limits import Cost, cpu_of
from tests.hubs import Hub
from tests.server.api.devices import Device, client_of, found

STEPS = (1_000, 200_000, 1_000_000, 5_000_000)
IN_MAKE_BENCH = 200_000
ASKED = 300
BODY_BYTES = 1_024


@dataclass(frozen=True)
class Grown:
    """With so many stored: what each of the three questions costs, and what hub and file have come to."""

    stored: int
    costs: dict[str, Cost]
    resident_bytes: int
    file_bytes: int


def measure(most: int) -> Iterator[Grown]:
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(Path(folder) / "data")
        # A token may ask so often only that nobody else waits: here nobody else does.
        hub.extra["SOJOURN_TOKEN_RATE"] = "0"
        hub.start()
        try:
            with client_of(hub) as client:
                device, key = found(hub, client).join(), new_id()
                device.push([device.packet("contacts", key)], [])
                for stored in (step for step in STEPS if step <= most):
                    yield _grown(hub, device, key, stored)
        finally:
            hub.end()


def _grown(hub: Hub, device: Device, key: bytes, stored: int) -> Grown:
    cursor, path = canonical.to_text(asking.fill(device, key, stored)), asking.path(device)
    asks: dict[str, Sequence[Ask]] = {
        "anything new?": [("GET", f"{path}?after={cursor}", None)] * ASKED,
        "push of 1": [("POST", path, asking.push_body(key, 1, BODY_BYTES)) for _ in range(ASKED)],
        "audit, round one": [("POST", path.replace("changes", "audit"), msgspec.msgpack.encode({}))] * ASKED,
    }
    client = asking.client(device)
    costs = {}
    for what, mine in asks.items():
        answer = client.ask(*mine[0])
        before, started = cpu_of(hub.pid), time.perf_counter()
        for ask in mine:
            answer = client.ask(*ask)
        costs[what] = Cost(
            (time.perf_counter() - started) / len(mine), (cpu_of(hub.pid) - before) / len(mine)
        )
    audit = msgspec.msgpack.decode(answer, type=Audit)
    assert sum(bucket.count for bucket in audit.buckets) > stored
    return Grown(stored, costs, _resident(hub.pid), hub.database.stat().st_size)


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def main(most: int = IN_MAKE_BENCH) -> None:
    print(
        f"one lane; bodies of {asking.SMALL_BODY_BYTES} bytes but for the pushes of one; x: times 1,000 stored\n"
    )
    print(f"{'stored':>9}{'':<20}{'wall, ms':>9}{'':>8}{'cpu, ms':>9}{'':>8}{'memory':>12}{'file':>12}")
    first: Grown | None = None
    for grown in measure(most):
        first = first or grown
        sizes = f"{grown.resident_bytes / 1e6:>9.0f} MB{grown.file_bytes / 1e6:>9,.0f} MB"
        for what, cost in grown.costs.items():
            base = first.costs[what]
            print(
                f"{grown.stored:>9,} {what:<19}{cost.wall * 1e3:>9.2f}{cost.wall / base.wall:>7.2f}x"
                f"{cost.cpu * 1e3:>9.2f}{cost.cpu / base.cpu:>7.2f}x{sizes}",
                flush=True,
            )


if __name__ == "__main__":
    main(*(int(number.replace(",", "")) for number in sys.argv[1:]))
