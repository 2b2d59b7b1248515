"""How fast the hub takes and gives revisions over HTTP, beside what nothing could beat, in the same run.

Run alone, `python -m tests.bench.bench_hub [sqlite] [postgresql] [rounds]`, or by `make bench`: with more rounds than
one, each row is the round whose ratio is in the middle. A request over HTTP cannot
take less than a bare Litestar handler with the same bytes takes, and then the database alone: the limit of each row
is the sum of both, measured with the same bodies, batches and number of clients, half of it just before and half just
after, since the machine may be slower by then. The clients share the processors with the hub, so the ratios mean more
than the rates; the hub's own processor time stands beside them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import msgspec

from server.settings import parse_settings
from sync import canonical
from sync.exchange import Pushed
from sync.identifiers import new_id
from tests import postgresql
from tests.bench import asking, limits
from tests.bench.limits import Client, Cost, Database, cpu_of
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, Device, client_of, found

REVISIONS = 10_000
BODY_BYTES = 1_024
LARGE = 1_000
MIDDLE = 500
SINGLES = 400
CLIENTS = 8
FEW_STORED = 1_000
MANY_STORED = 200_000
ANSWER_BYTES = 200

Ask = tuple[str, str, bytes | None]


@dataclass(frozen=True)
class Measured:
    """The cost of a request: ours, a bare handler's, the database's alone. units: revisions in a request."""

    what: str
    units: int
    ours: Cost
    bare: Cost
    raw: Cost

    @property
    def ratio(self) -> float:
        return self.ours.wall / (self.bare + self.raw).wall

    def line(self) -> str:
        limit = self.bare + self.raw
        return (
            f"{self.what:<44}{self.units / self.ours.wall:>9,.0f}/s{self.ratio:>7.2f}x"
            f"{self.ours.cpu * 1e3:>9.2f}{self.bare.cpu * 1e3:>9.2f}{self.raw.cpu * 1e3:>9.2f}"
            f"{self.ours.cpu / limit.cpu:>7.2f}x"
        )


HEAD = (
    f"{'':<44}{'wall clock':>19}{'processor, ms a request':>35}\n"
    f"{'':<44}{'hub':>11}{'':>8}{'hub':>9}{'handler':>9}{'database':>9}"
)


class Bench:
    """One hub beside one bare handler and one database alone."""

    def __init__(self, hub: Hub, client: httpx.Client, bare: tuple[int, int], raw: Database) -> None:
        self._hub, self._client, self._raw = hub, client, raw
        self._bare, self._bare_pid = bare

    def measure(self) -> Iterator[Measured]:
        device, key = self._device()
        large = [asking.push_body(key, LARGE, BODY_BYTES) for _ in range(REVISIONS // LARGE)]
        yield self._push("push of 1,000, 1 client", device, large, LARGE)
        yield self._push("the same again", device, large, LARGE, known=True)
        yield self._pull("pull in pages of 1,000, 1 client", device, 1)
        yield self._pull(f"pull in pages of 1,000, {CLIENTS} clients", device, CLIENTS)
        device, key = self._device()
        middle = [asking.push_body(key, MIDDLE, BODY_BYTES) for _ in range(REVISIONS // MIDDLE)]
        yield self._push(f"push of 500, {CLIENTS} clients", device, middle, MIDDLE, CLIENTS)
        singles = [asking.push_body(key, 1, BODY_BYTES) for _ in range(SINGLES)]
        yield self._push("push of 1, 1 client", device, singles, 1)
        yield self._push("the same again", device, singles, 1, known=True)
        shared = [asking.push_body(key, 1, BODY_BYTES) for _ in range(CLIENTS * SINGLES // 2)]
        yield self._push(f"push of 1, {CLIENTS} clients", device, shared, 1, CLIENTS)
        device, key = self._device()
        for stored in (FEW_STORED, MANY_STORED):
            last = asking.fill(device, key, stored)
            yield self._nothing_new(f"anything new? with {stored:,} stored, 1 client", device, last)
        yield self._push(
            "push of 1 to those, 1 client",
            device,
            [asking.push_body(key, 1, BODY_BYTES) for _ in range(SINGLES)],
            1,
        )

    def _push(
        self,
        what: str,
        device: Device,
        bodies: Sequence[bytes],
        units: int,
        clients: int = 1,
        *,
        known: bool = False,
    ) -> Measured:
        alone = partial(self._raw.look_up if known else self._raw.commit, units)
        ours: list[Ask] = [("POST", asking.path(device), body) for body in bodies]
        theirs: list[Ask] = [("POST", "/", body) for body in bodies]
        measured = self._compare(what, device, units, alone, (ours, theirs), clients=clients)
        receipt = msgspec.msgpack.decode(asking.client(device).ask(*ours[0]), type=Pushed)
        assert len(receipt.known) == units
        return measured

    def _pull(self, what: str, device: Device, clients: int) -> Measured:
        """Each client all of it."""
        client, after, sizes, ours = asking.client(device), "", list[int](), list[Ask]()
        while True:
            ours.append(("GET", asking.path(device) + after, None))
            content = client.ask(*ours[-1])
            page = msgspec.msgpack.decode(content, type=_Page)
            sizes.append(len(content))
            after = f"?after={canonical.to_text(page.cursor)}"
            if not page.more:
                break
        theirs: list[Ask] = [("GET", f"/{size}", None) for size in sizes]
        return self._compare(
            what, device, LARGE, self._raw.read, (ours * clients, theirs * clients), clients=clients
        )

    def _nothing_new(self, what: str, device: Device, cursor: bytes) -> Measured:
        path = f"{asking.path(device)}?after={canonical.to_text(cursor)}"
        ours: list[Ask] = [("GET", path, None)] * SINGLES
        theirs: list[Ask] = [("GET", f"/{ANSWER_BYTES}", None)] * SINGLES
        return self._compare(what, device, 1, lambda: Cost(0.0, 0.0), (ours, theirs), clients=1)

    def _compare(
        self,
        what: str,
        device: Device,
        units: int,
        alone: Callable[[], Cost],
        asks: tuple[Sequence[Ask], Sequence[Ask]],
        *,
        clients: int,
    ) -> Measured:
        """alone: what the database takes. asks: ours, and as many of the bare handler with as many bytes."""
        ours, theirs = asks
        half = len(theirs) // 2

        def limit(asked: Sequence[Ask]) -> tuple[Cost, Cost]:
            bare = _spread(self._bare_pid, lambda: Client(self._bare, {"accept": MSGPACK}), asked, clients)
            return bare, alone()

        before = limit(theirs[:half])
        hub = _spread(self._hub.pid, lambda: asking.client(device), ours, clients)
        after = limit(theirs[half:])
        bare, raw = ((one + other).halved() for one, other in zip(before, after, strict=True))
        return Measured(what, units, hub, bare, raw)

    def _device(self) -> tuple[Device, bytes]:
        """A worker of a new programme, who has announced a content key."""
        device, key = found(self._hub, self._client).join(), new_id()
        device.push([device.packet("contacts", key)], [])
        return device, key


class _Page(msgspec.Struct):
    cursor: bytes
    more: bool
    revisions: list[msgspec.Raw]


def _spread(pid: int, connect: Callable[[], Client], asks: Sequence[Ask], clients: int) -> Cost:
    """Of each of them, shared out among so many clients; the processor's time is that process's."""

    def asker(mine: Sequence[Ask]) -> Callable[[], object]:
        client = connect()
        return lambda: [client.ask(*ask) for ask in mine]

    askers = [asker(asks[start::clients]) for start in range(clients)]
    before = cpu_of(pid)
    wall = limits.together(askers)
    return Cost(wall / len(asks), (cpu_of(pid) - before) / len(asks))


@contextmanager
def _databases(wanted: Sequence[str]) -> Iterator[list[tuple[str, Database]]]:
    """SOJOURN_DATABASE of each, empty for SQLite, with what it does alone."""
    with ExitStack() as stack:
        found: list[tuple[str, Database]] = []
        if "sqlite" in wanted:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            path = Path(folder) / "raw.sqlite3"
            found.append(("", stack.enter_context(closing(limits.SQLite(path, REVISIONS // 2, BODY_BYTES)))))
        if "postgresql" in wanted:
            server = stack.enter_context(postgresql.server())
            raw, ours = (stack.enter_context(server.schema()) for _ in range(2))
            found.append(
                (ours, stack.enter_context(closing(limits.PostgreSQL(raw, REVISIONS // 2, BODY_BYTES))))
            )
        yield found


def measure(wanted: Sequence[str]) -> Iterator[tuple[str, Measured]]:
    with limits.bare() as bare, _databases(wanted) as databases:
        for address, raw in databases:
            with tempfile.TemporaryDirectory() as folder:
                hub = Hub(Path(folder) / "data")
                # A token may ask so often only that nobody else waits: here nobody else does.
                hub.extra["SOJOURN_TOKEN_RATE"] = "0"
                if address:
                    hub.extra["SOJOURN_DATABASE"] = address
                hub.start()
                try:
                    with client_of(hub) as client:
                        for measured in Bench(hub, client, bare, raw).measure():
                            yield raw.name, measured
                finally:
                    hub.end()


def _second_start() -> float:
    """From the command to the first answer, with a site that is up to date; the best of three."""
    from server.site import build

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        build(parse_settings({"SOJOURN_DATA": folder}))
        hub = Hub(data, build=True)
        hub.start()
        hub.end()
        seconds = []
        for _ in range(3):
            seconds.append(_timed(hub.start))
            hub.end()
    return min(seconds)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _middle(rounds: Sequence[Measured]) -> Measured:
    """By the ratio of wall clocks."""
    return sorted(rounds, key=lambda each: each.ratio)[len(rounds) // 2]


def main(wanted: Sequence[str] = ("sqlite", "postgresql"), rounds: int = 1) -> None:
    print(
        f"revisions of {BODY_BYTES:,} bytes; limit: bare handler and database alone; x: times that; rounds: {rounds}\n"
    )
    print(HEAD)
    for name in wanted:
        made = [list(measure([name])) for _ in range(rounds)]
        print(made[0][0][0])
        for row in zip(*made, strict=True):
            print(_middle([measured for _, measured in row]).line(), flush=True)
    print(f"\n{'second start of `sojourn serve`, to its first answer':<58}{_second_start():>9.2f} s")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        [word for word in words if not word.isdigit()] or ("sqlite", "postgresql"),
        next((int(word) for word in words if word.isdigit()), 1),
    )
