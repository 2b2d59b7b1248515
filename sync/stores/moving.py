"""From an SQLite file to an empty PostgreSQL database: all of it, as it is, with its epoch, or nothing.

Devices do not notice: sequence numbers, cursors and tokens are the same afterwards.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sync.audit import buckets_of
from sync.errors import MoveError, UnavailableError
from sync.stores.contents import recipient_of
from sync.stores.postgresql import auditing as target_auditing
from sync.stores.postgresql.connections import Database
from sync.stores.postgresql.counting import DERIVED
from sync.stores.postgresql.driver import BrokenError, ClientError, ServerError
from sync.stores.postgresql.migrate import migrate as migrate_postgresql
from sync.stores.sorting import PACKET
from sync.stores.sqlite import auditing as source_auditing
from sync.stores.sqlite.migrate import migrate as migrate_sqlite
from sync.stores.sqlite.moved import mark

# What is on its way at once.
BATCH_ROWS = 5_000
BATCH_BYTES = 4 << 20

Begin = Callable[[int], Callable[[int], None]]
"""Is told how many rows there are to go through, each once to copy it and once to read it back; gives what is told
how many more are done."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Counts of what both databases hold."""

    programmes: int
    backups: int
    entries: int
    heads: int


@dataclass(frozen=True)
class _Table:
    """key: how many of the first columns its order goes by. flags: truth values, numbers in SQLite. view: what it is
    read by, where that is not the table itself."""

    name: str
    columns: tuple[str, ...]
    key: int
    flags: tuple[str, ...] = ()
    view: str | None = None

    def select(self, *, is_source: bool) -> str:
        which = " WHERE programme <> $1" if self.name == "programmes" else ""
        text = ' COLLATE "C"' if self.name == "tallies" and not is_source else ""
        order = ", ".join(self.columns[: self.key]) + text
        return f"SELECT {', '.join(self.columns)} FROM {self.view or self.name}{which} ORDER BY {order}"  # noqa: S608  # our own

    @property
    def values(self) -> tuple[bytes, ...]:
        return (bytes(16),) if self.name == "programmes" else ()


# What others refer to comes first.
_TABLES = (
    _Table("hub", ("one", "epoch", "challenge_key"), 1),
    _Table(
        "programmes", ("programme", "name", "practice", "claim_hash", "expiry", "founded"), 1, ("practice",)
    ),
    _Table("cards", ("programme", "generation", "card"), 2),
    _Table("certificates", ("programme", "device", "n", "revoked", "certificate"), 2, ("revoked",)),
    _Table("invites", ("programme", "invite", "role", "lane", "claim_hash", "expiry"), 2),
    _Table("enrolments", ("programme", "invite", "device", "signing_key", "sealing_key", "mac", "day"), 2),
    _Table("tokens", ("programme", "hash", "device", "provisional", "last_day"), 2, ("provisional",)),
    _Table("collections", ("collection", "programme", "name", "sequence", "confirmed"), 1),
    _Table("keys", ("collection", "key", "owner", "lane"), 2),
    _Table(
        "entries",
        ("collection", "sequence", "rev", "kind", "lane", "key", "record", "day", "superseded", "content"),
        2,
        view="feed",
    ),
    _Table("superseded", ("collection", "rev", "lane", "record"), 4),
    _Table("held", ("collection", "lane", "used"), 2),
    _Table("backups", ("collection", "token_hash", "used", "month"), 1),
    _Table("chunks", ("collection", "address", "unnamed", "content"), 2),
    _Table("naming", ("collection", "rev", "address"), 3),
    _Table("tallies", ("name", "count"), 1),
    _Table("days", ("day",), 1),
)
# What is counted, or numbered, anew from the others.
_DERIVED = ("buckets", "numbers")
_EMPTY = """
SELECT NOT EXISTS (SELECT 1 FROM collections) AND NOT EXISTS (SELECT 1 FROM tallies)
AND NOT EXISTS (SELECT 1 FROM programmes WHERE programme <> $1)
"""
# Nobody makes a programme there meanwhile.
_LOCK = "LOCK TABLE hub, programmes, collections, tallies, days IN SHARE ROW EXCLUSIVE MODE"
_MARKS = """
UPDATE collections SET mark = substr(entries.rev, 1, 8) FROM entries
WHERE entries.collection = collections.collection AND entries.sequence = collections.sequence
"""
_COLLECTIONS = "SELECT collection FROM collections ORDER BY collection"


async def move(source: Path, address: str, begin: Begin) -> Moved:
    """Copies, reads all of it back, compares row by row and by its heads, and only then commits. The source gets a
    mark then, by which it is refused from now on, and stays as it is otherwise.

    address: `postgresql://…`. Raises MoveError, UnavailableError; the source is as it was, and the target too, unless
    the mark alone failed.
    """
    with closing(_opened(source)) as origin:
        database = await Database.open(address)
        try:
            await database.write(migrate_postgresql)
            target = await database.connect()
            try:
                async with target.transaction():
                    moved = await _Move(origin, target, begin).all()
            finally:
                await target.close()
            _mark(origin, source)
            # Else the server counts its tables by itself, later.
            with suppress(UnavailableError):
                await database.read(lambda connection: connection.execute("ANALYZE"))
        except (ServerError, BrokenError, ClientError, OSError, sqlite3.Error) as error:
            raise MoveError(f"it broke off, and nothing was changed: {error}") from error
        finally:
            await database.close()
    return moved


def _opened(source: Path) -> sqlite3.Connection:
    """With nobody else at it until it is closed, and brought up to date. Raises MoveError."""
    if not source.is_file():
        raise MoveError(f"{source} is not there")
    connection = sqlite3.connect(source, isolation_level=None, timeout=0)
    try:
        # Before anything is read, so that a write-ahead log is locked too.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        migrate_sqlite(connection)
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise MoveError(f"{source} is damaged: {found}")
    except sqlite3.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise MoveError(f"{source} is in use: end the hub first") from error
        raise MoveError(f"{source}: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _mark(origin: sqlite3.Connection, source: Path) -> None:
    """Raises MoveError."""
    try:
        mark(origin)
        origin.execute("COMMIT")
    except sqlite3.Error as error:
        raise MoveError(
            f"all of it is in PostgreSQL, but {source} could not be marked, so that no hub starts on it again: put it "
            f"away yourself ({error})"
        ) from error


class _Move:
    def __init__(self, origin: sqlite3.Connection, target: Any, begin: Begin) -> None:
        self._origin = origin
        self._target = target
        self._advance = begin(2 * sum(self._count(table.name) for table in _TABLES))

    async def all(self) -> Moved:
        await self._target.execute(_LOCK)
        if not await self._target.fetchval(_EMPTY, bytes(16)):
            raise MoveError("the PostgreSQL database holds something already: take an empty one")
        await self._target.execute("DELETE FROM hub")
        digests = [await self._copy(table) for table in _TABLES]
        await self._target.execute(_MARKS)
        collections = self._origin.execute(_COLLECTIONS).fetchall()
        for derive in DERIVED:
            await self._target.executemany(derive, collections)
        for table, digest in zip(_TABLES, digests, strict=True):
            if await self._read_back(table) != digest:
                raise MoveError(
                    f"what was read back from {table.name} is not what was written; nothing is kept"
                )
        await target_auditing.count_all_anew(self._target)
        heads = await self._audit()
        return Moved(
            programmes=self._count("programmes"),
            backups=self._count("backups"),
            entries=self._count("entries"),
            heads=heads,
        )

    async def _audit(self) -> int:
        """The sums that the source kept with every push, and those of the heads that are there now. Returns how many
        heads there are."""
        heads = 0
        for (collection,) in self._origin.execute(_COLLECTIONS).fetchall():
            kept = source_auditing.sums_kept(collection, None, self._origin)
            now = (await target_auditing.audit(collection, None, b"", self._target)).sums
            if buckets_of(now) != buckets_of(kept):
                raise MoveError("the heads are not the same; nothing is kept")
            heads += sum(count for count, _ in now.values())
        return heads

    def _count(self, table: str) -> int:
        (count,) = self._origin.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # our own
        # Without the row that stands for no programme, which is in every database.
        return int(count) - (table == "programmes")

    async def _copy(self, table: _Table) -> bytes:
        """Returns a digest of its rows, in order."""
        digest = hashlib.sha256()
        numbers = _Numbers()
        for batch in self._batches(table):
            for row in batch:
                digest.update(msgspec.msgpack.encode(row))
            if table.name == "entries":
                await self._copy_entries([numbers.numbered(row) for row in batch], numbers, table)
            else:
                await self._target.copy_records_to_table(table.name, records=batch, columns=table.columns)
            self._advance(len(batch))
        return digest.digest()

    async def _copy_entries(self, entries: list[tuple[Any, ...]], numbers: _Numbers, table: _Table) -> None:
        """With what nothing but PostgreSQL has of them."""
        records = [(*entry, _recipient(entry)) for entry in entries]
        columns = (*table.columns, "recipient")
        await self._target.copy_records_to_table("entries", records=records, columns=columns)
        await self._target.copy_records_to_table(
            "numbers", records=numbers.taken(), columns=("collection", "number", "id")
        )

    async def _read_back(self, table: _Table) -> bytes:
        digest = hashlib.sha256()
        rows = 0
        async for row in self._target.cursor(table.select(is_source=False), *table.values, prefetch=500):
            digest.update(msgspec.msgpack.encode(tuple(row)))
            rows += 1
            if rows % BATCH_ROWS == 0:
                self._advance(BATCH_ROWS)
        self._advance(rows % BATCH_ROWS)
        return digest.digest()

    def _batches(self, table: _Table) -> Iterator[list[tuple[Any, ...]]]:
        flags = [table.columns.index(flag) for flag in table.flags]
        batch: list[tuple[Any, ...]] = []
        size_bytes = 0
        for found in self._origin.execute(table.select(is_source=True).replace("$1", "?"), table.values):
            row = tuple(bool(value) if place in flags else value for place, value in enumerate(found))
            batch.append(row)
            size_bytes += len(row[-1]) if isinstance(row[-1], bytes) else 0
            if len(batch) == BATCH_ROWS or size_bytes > BATCH_BYTES:
                yield batch
                batch, size_bytes = [], 0
        if batch:
            yield batch


class _Numbers:
    """Of lanes and keys, collection by collection, as entries come that name them."""

    def __init__(self) -> None:
        self._collection = b""
        self._numbers: dict[bytes, int] = {}
        self._new: list[tuple[bytes, int, bytes]] = []

    def numbered(self, entry: tuple[Any, ...]) -> tuple[Any, ...]:
        """With numbers in place of its lane and its key."""
        collection, sequence, rev, kind, lane, key, *rest = entry
        if collection != self._collection:
            self._collection, self._numbers = collection, {}
        return collection, sequence, rev, kind, self._number(lane), self._number(key), *rest

    def taken(self) -> list[tuple[bytes, int, bytes]]:
        """Collection, number and id of those that are new since it was asked last."""
        new, self._new = self._new, []
        return new

    def _number(self, lane_or_key: bytes) -> int:
        number = self._numbers.get(lane_or_key)
        if number is None:
            number = self._numbers[lane_or_key] = len(self._numbers) + 1
            self._new.append((self._collection, number, lane_or_key))
        return number


def _recipient(entry: tuple[Any, ...]) -> bytes | None:
    kind, content = entry[3], entry[9]
    return recipient_of(content) if kind == PACKET and content is not None else None
