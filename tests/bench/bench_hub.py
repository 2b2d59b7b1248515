"""How fast the hub takes and gives revisions over HTTP, beside what SQLite does with the same bytes.

Run alone, `python -m tests.bench.bench_hub`, or by `make bench`. All rates are of one run on one machine, so
the ratios mean more than the rates. Bodies are encoded beforehand: the clients share the processors with the hub.
"""

from __future__ import annotations

import http.client
import secrets
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec

from server.settings import parse_settings
from sync import canonical
from sync.exchange import Pushed
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, Device, client_of, found, revision

REVISIONS = 20_000
BODY_BYTES = 1_024
LARGE_PUSH = 1_000
SMALL_PUSHES = 1_600
SMALL_PUSH = 1
CLIENTS = 8


@dataclass(frozen=True)
class Measured:
    """So many of something in so many seconds; `limit` is what raw SQLite did a second in the same run."""

    what: str
    count: int
    seconds: float
    limit: float | None = None

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    def line(self) -> str:
        beside = f"{self.limit / self.rate:8.2f}x" if self.limit else " " * 9
        return f"{self.what:<58}{self.rate:>12,.0f}/s {beside}"


class Client:
    """One connection that sends bodies which were made before."""

    def __init__(self, device: Device) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", device.hub.port)
        self._path = f"/api/v1{device.collection('contacts')}"
        self._headers = {"authorization": f"Bearer {device.token}", "accept": MSGPACK}

    def push(self, body: bytes) -> bytes:
        return self._ask("POST", self._path, body)

    def pull_all(self) -> int:
        """The number of heads; decodes what it must to go on."""
        count, path = 0, self._path
        while True:
            page = msgspec.msgpack.decode(self._ask("GET", path), type=_Page)
            count += len(page.revisions)
            path = f"{self._path}?after={canonical.to_text(page.cursor)}"
            if not page.more:
                return count

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {**self._headers, "content-type": MSGPACK} if body is not None else self._headers
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(content)
        return content


class _Page(msgspec.Struct):
    cursor: bytes
    more: bool
    revisions: list[msgspec.Raw]


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        raw_push, raw_small, raw_pull = _raw(Path(folder) / "raw.sqlite3")
        hub = Hub(Path(folder) / "data")
        hub.extra["SOJOURN_TOKEN_RATE"] = "0"  # what the hub can do, not what it lets one device do
        hub.start()
        try:
            with client_of(hub) as client:
                rows = _one_client(hub, client, raw_push, raw_pull)
                rows += _many_clients(hub, client, raw_push, raw_small, raw_pull)
        finally:
            hub.end()
    return [
        Measured("SQLite alone: insert 1,000 revisions a commit", REVISIONS, REVISIONS / raw_push),
        Measured("SQLite alone: insert 1 revision a commit", SMALL_PUSHES, SMALL_PUSHES / raw_small),
        Measured("SQLite alone: read in pages of 1,000", REVISIONS, REVISIONS / raw_pull),
        *rows,
        _second_start(),
    ]


def _one_client(hub: Hub, client: httpx.Client, push: float, pull: float) -> list[Measured]:
    device, key = _device(hub, client)
    sent = [_push_body(key, LARGE_PUSH) for _ in range(REVISIONS // LARGE_PUSH)]
    connection = Client(device)
    pushing = _timed(lambda: [connection.push(body) for body in sent])
    assert len(msgspec.msgpack.decode(connection.push(sent[0]), type=Pushed).known) == LARGE_PUSH
    pulling = _timed(connection.pull_all)
    return [
        Measured("push, 1 client, 1,000 revisions a request", REVISIONS, pushing, push),
        Measured("pull, 1 client", REVISIONS, pulling, pull),
    ]


def _many_clients(hub: Hub, client: httpx.Client, push: float, small: float, pull: float) -> list[Measured]:
    device, key = _device(hub, client)
    large = [_push_body(key, LARGE_PUSH // 2) for _ in range(2 * REVISIONS // LARGE_PUSH)]
    pushing = _together([_pusher(device, large[start::CLIENTS]) for start in range(CLIENTS)])
    pulling = _together([Client(device).pull_all for _ in range(CLIENTS)])
    single = [_push_body(key, SMALL_PUSH) for _ in range(SMALL_PUSHES)]
    one_by_one = _timed(_pusher(device, single[: SMALL_PUSHES // CLIENTS]))
    device, key = _device(hub, client)
    single = [_push_body(key, SMALL_PUSH) for _ in range(SMALL_PUSHES)]
    sharing = _together([_pusher(device, single[start::CLIENTS]) for start in range(CLIENTS)])
    return [
        Measured(f"push, {CLIENTS} clients, 500 revisions a request", REVISIONS, pushing, push),
        Measured(f"pull, {CLIENTS} clients, all of it each", CLIENTS * REVISIONS, pulling, pull),
        Measured("push, 1 client, 1 revision a request", SMALL_PUSHES // CLIENTS, one_by_one, small),
        Measured(f"push, {CLIENTS} clients, 1 revision a request", SMALL_PUSHES, sharing, small),
    ]


def _device(hub: Hub, client: httpx.Client) -> tuple[Device, bytes]:
    """A worker of a new programme, who has announced a content key."""
    device, key = found(hub, client).join(), new_id()
    device.push([device.packet("contacts", key)], [])
    return device, key


def _push_body(key: bytes, count: int) -> bytes:
    return msgspec.msgpack.encode({"revisions": [revision(key, BODY_BYTES) for _ in range(count)]})


def _pusher(device: Device, bodies: Sequence[bytes]) -> Callable[[], object]:
    connection = Client(device)
    return lambda: [connection.push(body) for body in bodies]


def _raw(path: Path) -> tuple[float, float, float]:
    """Rows a second: inserted by thousands, inserted one by one, read by thousands. As durable as the hub."""
    rows = [(number, secrets.token_bytes(32), secrets.token_bytes(BODY_BYTES)) for number in range(REVISIONS)]
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE entries (sequence INTEGER PRIMARY KEY, rev BLOB UNIQUE, body BLOB)")

        def insert(rows: Sequence[tuple[int, bytes, bytes]], size: int) -> None:
            for start in range(0, len(rows), size):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows[start : start + size])
                connection.execute("COMMIT")

        pushing = _timed(lambda: insert(rows, LARGE_PUSH))
        pulling = _timed(lambda: [_read(connection, start) for start in range(0, REVISIONS, LARGE_PUSH)])
        singles = [(number + REVISIONS, secrets.token_bytes(32), row[2]) for number, row in enumerate(rows)]
        small = _timed(lambda: insert(singles[:SMALL_PUSHES], 1))
    return REVISIONS / pushing, SMALL_PUSHES / small, REVISIONS / pulling


def _read(connection: sqlite3.Connection, start: int) -> list[tuple[bytes]]:
    sql = "SELECT body FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?"
    return connection.execute(sql, (start, LARGE_PUSH)).fetchall()


def _second_start() -> Measured:
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
    return Measured("second start of `sojourn serve`, to its first answer", 1, min(seconds))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _together(works: Sequence[Callable[[], object]]) -> float:
    """Each in a thread of its own: they wait for the network, and so for the hub."""
    failed: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return time.perf_counter() - started


def main() -> None:
    print(f"{REVISIONS:,} revisions of {BODY_BYTES:,} bytes; x: how many times slower than SQLite alone\n")
    for measured in measure():
        if measured.count == 1:
            print(f"{measured.what:<58}{measured.seconds:>12.2f} s")
        else:
            print(measured.line())


if __name__ == "__main__":
    main()
