"""What nothing written in Python over HTTP could beat: a bare handler, and the database alone with the same batches."""

from __future__ import annotations

import asyncio
import http.client
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import asyncpg
import msgspec

from tests.hubs import free_port

PAGE = 1_000
LOOKED_UP = "SELECT rev FROM entries WHERE rev IN ({})"

Row = tuple[int, bytes, bytes]


class Cost(NamedTuple):
    """Seconds, and of those the processor's. Where others use the machine too, only the second means much."""

    wall: float
    cpu: float

    def __add__(self, other: object) -> Cost:
        assert isinstance(other, Cost)
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def halved(self) -> Cost:
        return Cost(self.wall / 2, self.cpu / 2)


class Database(Protocol):
    """What a database takes alone for one batch: a durable commit, a look-up by rev, a read with its encoding.

    Each call measures anew, so that it can be asked for just before and just after what it is compared with. Rows of a
    size are committed before they are looked up, and thousands before a read. PostgreSQL's own processes are in no
    processor time here.
    """

    name: str

    def commit(self, size: int) -> Cost: ...

    def look_up(self, size: int) -> Cost: ...

    def read(self) -> Cost: ...


class Client:
    """One connection that sends bodies which were made before."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = headers

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = (
            self._headers if body is None else {**self._headers, "content-type": self._headers["accept"]}
        )
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise AssertionError(content)
        return content


@contextmanager
def bare() -> Iterator[tuple[int, int]]:
    """The port of a bare handler in a process of its own, and its number."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port)])
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.02)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


class Batches:
    """Rows for a table, numbered one after the other."""

    def __init__(self, count: int, body_bytes: int) -> None:
        self._count = count
        self._body_bytes = body_bytes
        self._number = 0
        self._last: dict[int, list[list[Row]]] = {}

    def new(self, size: int) -> list[list[Row]]:
        """So many rows in all; of single rows fewer."""
        self._last[size] = [
            [self._row() for _ in range(size)]
            for _ in range(max(self._count // size // (1 if size > 1 else 25), 1))
        ]
        return self._last[size]

    def revs(self, size: int) -> list[list[bytes]]:
        """Of those that were made last."""
        return [[rev for _, rev, _ in rows] for rows in self._last[size]]

    def _row(self) -> Row:
        self._number += 1
        return self._number, secrets.token_bytes(32), secrets.token_bytes(self._body_bytes)


class SQLite:
    """As durable as the hub: write-ahead log, synchronous=FULL."""

    name = "SQLite"

    def __init__(self, path: Path, count: int, body_bytes: int) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(
            "CREATE TABLE entries (sequence INTEGER PRIMARY KEY, rev BLOB UNIQUE, body BLOB)"
        )
        self._batches = Batches(count, body_bytes)
        self._starts = range(1, count, PAGE)

    def close(self) -> None:
        self._connection.close()

    def commit(self, size: int) -> Cost:
        return each(self._insert, self._batches.new(size))

    def look_up(self, size: int) -> Cost:
        return each(self._look_up, self._batches.revs(size))

    def read(self) -> Cost:
        return each(self._read, self._starts)

    def _insert(self, rows: list[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def _look_up(self, revs: list[bytes]) -> None:
        self._connection.execute(LOOKED_UP.format(",".join("?" * len(revs))), revs).fetchall()

    def _read(self, start: int) -> None:
        sql = "SELECT body FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?"
        msgspec.msgpack.encode(self._connection.execute(sql, (start, PAGE)).fetchall())


class PostgreSQL:
    """asyncpg on one connection, synchronous_commit as the hub has it."""

    name = "PostgreSQL"

    def __init__(self, address: str, count: int, body_bytes: int) -> None:
        self._runner = asyncio.Runner()
        self._batches = Batches(count, body_bytes)
        self._starts = range(1, count, PAGE)
        self._connection = self._runner.run(self._open(address))

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()

    def commit(self, size: int) -> Cost:
        return self._runner.run(_each(self._insert, self._batches.new(size)))

    def look_up(self, size: int) -> Cost:
        return self._runner.run(_each(self._look_up, self._batches.revs(size)))

    def read(self) -> Cost:
        return self._runner.run(_each(self._read, self._starts))

    async def _open(self, address: str) -> asyncpg.Connection:
        connection = await asyncpg.connect(address, server_settings={"synchronous_commit": "on"})
        await connection.execute(
            "CREATE TABLE entries (sequence bigint PRIMARY KEY, rev bytea UNIQUE, body bytea)"
        )
        return connection

    async def _insert(self, rows: list[Row]) -> None:
        sql = "INSERT INTO entries SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])"
        await self._connection.execute(sql, *zip(*rows, strict=True))

    async def _look_up(self, revs: list[bytes]) -> None:
        await self._connection.fetch("SELECT rev FROM entries WHERE rev = ANY ($1)", revs)

    async def _read(self, start: int) -> None:
        sql = "SELECT body FROM entries WHERE sequence >= $1 ORDER BY sequence LIMIT $2"
        msgspec.msgpack.encode([body for (body,) in await self._connection.fetch(sql, start, PAGE)])


def each(work: Callable[..., object], given: Sequence[object]) -> Cost:
    """Of one of them."""
    started, began = time.perf_counter(), time.process_time()
    for one in given:
        work(one)
    return Cost((time.perf_counter() - started) / len(given), (time.process_time() - began) / len(given))


def together(works: Sequence[Callable[[], object]]) -> float:
    """Seconds until all are done. Each in a thread of its own: they wait for the network, and so for the hub."""
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


async def _each(work: Callable[..., Awaitable[object]], given: Sequence[object]) -> Cost:
    started, began = time.perf_counter(), time.process_time()
    for one in given:
        await work(one)
    return Cost((time.perf_counter() - started) / len(given), (time.process_time() - began) / len(given))


def cpu_of(pid: int) -> float:
    """Seconds that a process's threads have run, where the system tells."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9
