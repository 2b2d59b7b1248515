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
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


@dataclass(frozen=True)
class Database:
    """The cost of one batch, by its size: a durable commit, a read with its encoding, a look-up by rev.

    PostgreSQL's own processes are in no processor time here.
    """

    name: str
    commit: dict[int, Cost]
    read: Cost
    look_up: dict[int, Cost]


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


def sqlite(path: Path, batches: Sequence[int], count: int, body_bytes: int) -> Database:
    """As durable as the hub: write-ahead log, synchronous=FULL."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE entries (sequence INTEGER PRIMARY KEY, rev BLOB UNIQUE, body BLOB)")

        def insert(rows: list[Row]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

        def read(start: int) -> None:
            sql = "SELECT body FROM entries WHERE sequence >= ? ORDER BY sequence LIMIT ?"
            msgspec.msgpack.encode(connection.execute(sql, (start, PAGE)).fetchall())

        def look_up(revs: list[bytes]) -> None:
            connection.execute(LOOKED_UP.format(",".join("?" * len(revs))), revs).fetchall()

        commit, asked = {}, {}
        for size, batch in _batches(batches, count, body_bytes):
            commit[size] = each(insert, batch)
            asked[size] = each(look_up, [[row[1] for row in rows] for rows in batch])
        starts = list(range(0, count - PAGE + 1, PAGE)) or [0]
        return Database("SQLite", commit, each(read, starts), asked)


async def postgresql(address: str, batches: Sequence[int], count: int, body_bytes: int) -> Database:
    """asyncpg on one connection, synchronous_commit as the hub has it."""
    connection = await asyncpg.connect(address, server_settings={"synchronous_commit": "on"})
    try:
        await connection.execute(
            "CREATE TABLE entries (sequence bigint PRIMARY KEY, rev bytea UNIQUE, body bytea)"
        )
        insert_sql = "INSERT INTO entries SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])"

        async def insert(rows: list[Row]) -> None:
            await connection.execute(insert_sql, *zip(*rows, strict=True))

        async def read(start: int) -> None:
            sql = "SELECT body FROM entries WHERE sequence >= $1 ORDER BY sequence LIMIT $2"
            msgspec.msgpack.encode([body for (body,) in await connection.fetch(sql, start, PAGE)])

        async def look_up(revs: list[bytes]) -> None:
            await connection.fetch("SELECT rev FROM entries WHERE rev = ANY ($1)", revs)

        commit, asked = {}, {}
        for size, batch in _batches(batches, count, body_bytes):
            commit[size] = await _each(insert, batch)
            asked[size] = await _each(look_up, [[row[1] for row in rows] for rows in batch])
        starts = list(range(0, count - PAGE + 1, PAGE)) or [0]
        return Database("PostgreSQL", commit, await _each(read, starts), asked)
    finally:
        await connection.close()


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


def _batches(sizes: Sequence[int], count: int, body_bytes: int) -> Iterator[tuple[int, list[list[Row]]]]:
    """The largest first, each `count` rows in all, of single rows fewer."""
    number = 0
    for size in sorted(sizes, reverse=True):
        made: list[list[Row]] = []
        for _ in range(max(count // size // (1 if size > 1 else 25), 1)):
            made.append(
                [
                    (number + row, secrets.token_bytes(32), secrets.token_bytes(body_bytes))
                    for row in range(size)
                ]
            )
            number += size
        yield size, made


def run(work: Awaitable[Database]) -> Database:
    async def finished() -> Database:
        return await work

    return asyncio.run(finished())
