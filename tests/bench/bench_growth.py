"""What a request costs when little is stored, and when very much is: `python -m tests.bench.bench_growth [REVISIONS]`.

A real hub and its SQLite file, one lane that holds all of it. x: times the same with a thousand, in the same run, both
counted in what a bare handler takes for as many bytes just before and just after: between the first row and the last
are minutes, and a machine that is shared is not equally fast for so long.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from sync import canonical
from sync.audit import Audit
from sync.identifiers import new_id
from tests.bench import asking
from tests.bench.bench_hub import ANSWER_BYTES, Ask
from tests.bench.limits import Client, Cost, bare, cpu_of
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, Device, client_of, found

STEPS = (1_000, 200_000, 1_000_000, 5_000_000)
IN_MAKE_BENCH = 200_000
ASKED = 300
BODY_BYTES = 1_024


class Beside(NamedTuple):
    """What a question costs, and a bare handler."""

    ours: Cost
    bare: Cost

    def times(self, other: Beside) -> tuple[float, float]:
        """By the clock, and of the processor's time."""
        return (
            self.ours.wall / self.bare.wall / (other.ours.wall / other.bare.wall),
            self.ours.cpu / self.bare.cpu / (other.ours.cpu / other.bare.cpu),
        )


@dataclass(frozen=True)
class Grown:
    """With so many stored: what each of the three questions costs, and what hub and file have come to."""

    stored: int
    costs: dict[str, Beside]
    resident_bytes: int
    file_bytes: int


def measure(most: int) -> Iterator[Grown]:
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(Path(folder) / "data")
        # A token may ask so often only that nobody else waits: here nobody else does.
        hub.extra["SOJOURN_TOKEN_RATE"] = "0"
        hub.start()
        try:
            with client_of(hub) as client, bare() as handler:
                device, key = found(hub, client).join(), new_id()
                device.push([device.packet("contacts", key)], [])
                for stored in (step for step in STEPS if step <= most):
                    yield _grown(hub, handler, (device, key), stored)
        finally:
            hub.end()


def _grown(hub: Hub, handler: tuple[int, int], whose: tuple[Device, bytes], stored: int) -> Grown:
    """handler: the bare one's port and process. whose: a device, and a content key of its own."""
    device, key = whose
    cursor, path = canonical.to_text(asking.fill(device, key, stored)), asking.path(device)
    asks: dict[str, Sequence[Ask]] = {
        "anything new?": [("GET", f"{path}?after={cursor}", None)] * ASKED,
        "push of 1": [("POST", path, asking.push_body(key, 1, BODY_BYTES)) for _ in range(ASKED)],
        "audit, round one": [("POST", path.replace("changes", "audit"), msgspec.msgpack.encode({}))] * ASKED,
    }
    port, number = handler
    client, beside = asking.client(device), Client(port, {"accept": MSGPACK})
    costs: dict[str, Beside] = {}
    answer = b""
    for what, mine in asks.items():
        theirs = [(method, "/" if body else f"/{ANSWER_BYTES}", body) for method, _, body in mine]
        first, _ = _each(number, beside, theirs[: len(theirs) // 2])
        cost, answer = _each(hub.pid, client, mine)
        last, _ = _each(number, beside, theirs[len(theirs) // 2 :])
        costs[what] = Beside(cost, (first + last).halved())
    audit = msgspec.msgpack.decode(answer, type=Audit)
    assert sum(bucket.count for bucket in audit.buckets) > stored
    return Grown(stored, costs, _resident(hub.pid), hub.database.stat().st_size)


def _each(pid: int, client: Client, asks: Sequence[Ask]) -> tuple[Cost, bytes]:
    """Of each, by that process; and the last answer."""
    answer = client.ask(*asks[0])
    before, started = cpu_of(pid), time.perf_counter()
    for ask in asks:
        answer = client.ask(*ask)
    wall = time.perf_counter() - started
    return Cost(wall / len(asks), (cpu_of(pid) - before) / len(asks)), answer


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def main(most: int = IN_MAKE_BENCH) -> None:
    print(
        f"one lane; bodies of {asking.SMALL_BODY_BYTES} bytes but for the pushes of one\n"
        "x: times 1,000 stored, counted in what a bare handler takes just then\n"
    )
    print(f"{'stored':>9}{'':<20}{'wall, ms':>9}{'':>8}{'cpu, ms':>9}{'':>8}{'memory':>12}{'file':>12}")
    first: Grown | None = None
    for grown in measure(most):
        first = first or grown
        sizes = f"{grown.resident_bytes / 1e6:>9.0f} MB{grown.file_bytes / 1e6:>9,.0f} MB"
        for what, cost in grown.costs.items():
            by_clock, by_processor = cost.times(first.costs[what])
            print(
                f"{grown.stored:>9,} {what:<19}{cost.ours.wall * 1e3:>9.2f}{by_clock:>7.2f}x"
                f"{cost.ours.cpu * 1e3:>9.2f}{by_processor:>7.2f}x{sizes}",
                flush=True,
            )


if __name__ == "__main__":
    main(*(int(number.replace(",", "")) for number in sys.argv[1:]))
