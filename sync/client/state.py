"""The folder of a headless device: a vault's header, and rows in SQLite that tell nothing but their number.

`header` is protocol section 3's vault header. `rows.sqlite3` has one table of addresses and sealed values; an
address is a keyed hash of a row's name, so that a row is found without a list and its name is not legible.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType

import aiosqlite

from sync import canonical
from sync.crypto import rows, vault
from sync.crypto.derivation import derive
from sync.errors import (
    MalformedError,
    OpeningError,
    StateBusyError,
    StateDamagedError,
    StateExistsError,
    StateMissingError,
)

HEADER = "header"
ROWS = "rows.sqlite3"

_CREATE = "CREATE TABLE IF NOT EXISTS rows (address BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_CLEAR = "DELETE FROM rows"
_GET = "SELECT address, value FROM rows WHERE address IN ({marks})"
_GET_ROWS = 500
_PUT = "INSERT INTO rows VALUES (?, ?) ON CONFLICT (address) DO UPDATE SET value = excluded.value"
_DROP = "DELETE FROM rows WHERE address = ?"
_SCAN = "SELECT address, value FROM rows"
_SCAN_ROWS = 256

Name = Sequence[canonical.Part]


class Batch:
    """What is written together or not at all."""

    def __init__(self) -> None:
        self.puts: dict[bytes, bytes] = {}
        self.drops: set[bytes] = set()

    def put(self, address: bytes, content: bytes) -> None:
        self.puts[address] = content
        self.drops.discard(address)

    def drop(self, address: bytes) -> None:
        self.drops.add(address)
        self.puts.pop(address, None)


class State:
    """An open vault in a folder that no other process has open."""

    def __init__(self, folder: Path, connection: aiosqlite.Connection, vault_key: bytes) -> None:
        self.folder = folder
        self._connection = connection
        self._rows_key = vault.rows_key(vault_key)
        self._address_key = derive(vault_key, "sojourn/1/addresses")
        self._root = vault.root_address(vault_key)
        self.damaged = 0

    async def __aenter__(self) -> State:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._connection.close()

    @property
    def root(self) -> bytes:
        """The address of the row from which everything starts."""
        return self._root

    def address(self, *name: canonical.Part) -> bytes:
        return hmac.digest(self._address_key, canonical.encode(["sojourn/1/address", *name]), "sha256")[:16]

    async def get(self, address: bytes) -> bytes | None:
        """Nothing where there is no row. Raises StateDamagedError where there is one that does not open."""
        return (await self.get_all([address]))[0]

    async def get_all(self, addresses: Sequence[bytes]) -> list[bytes | None]:
        """In the order of the addresses. Raises StateDamagedError."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(addresses), _GET_ROWS):
            asked = addresses[start : start + _GET_ROWS]
            marks = ",".join("?" * len(asked))
            rows_of = await self._connection.execute_fetchall(_GET.format(marks=marks), asked)
            found |= {bytes(address): bytes(value) for address, value in rows_of}
        try:
            opened = {
                address: rows.open_row(self._rows_key, address, value) for address, value in found.items()
            }
        except OpeningError:
            raise StateDamagedError(self.folder, "a row was changed") from None
        return [opened.get(address) for address in addresses]

    async def scan(self) -> AsyncIterator[bytes]:
        """Every row's content, in no order. What does not open is counted in `damaged` and left where it is."""
        self.damaged = 0
        async with self._connection.execute(_SCAN) as found:
            while page := list(await found.fetchmany(_SCAN_ROWS)):
                for address, value in page:
                    try:
                        content = rows.open_row(self._rows_key, address, value)
                    except OpeningError:
                        self.damaged += 1
                        continue
                    yield content

    async def commit(self, batch: Batch) -> None:
        """One transaction, on the disk when this returns."""
        sealed = [
            (address, rows.seal_row(self._rows_key, address, content))
            for address, content in batch.puts.items()
        ]
        await self._connection.execute("BEGIN IMMEDIATE")
        try:
            await self._connection.executemany(_PUT, sealed)
            await self._connection.executemany(_DROP, [(address,) for address in batch.drops])
        except BaseException:
            await self._connection.execute("ROLLBACK")
            raise
        await self._connection.execute("COMMIT")


def exists(folder: Path) -> bool:
    return (folder / HEADER).exists()


async def create(folder: Path, passphrase: str, cost: vault.Cost, first: bytes) -> State:
    """A new vault whose root row holds `first`. Raises StateExistsError, StateBusyError.

    The header is written last: until it is there, nothing was made.
    """
    await asyncio.to_thread(_make_folder, folder)
    connection = await _connect(folder)
    try:
        if exists(folder):
            raise StateExistsError(folder)
        header = vault.new_header(cost)
        vault_key = secrets.token_bytes(32)
        slot_key = await asyncio.to_thread(vault.passphrase_slot_key, header, passphrase)
        header = vault.fill_slot(header, secrets.randbelow(vault.SLOTS), slot_key, vault_key)
        state = State(folder, connection, vault_key)
        await connection.execute(_CLEAR)
        batch = Batch()
        batch.put(state.root, first)
        await state.commit(batch)
        await asyncio.to_thread(_write_header, folder, vault.encode_header(header))
    except BaseException:
        await connection.close()
        raise
    return state


async def open_state(folder: Path, passphrase: str) -> State:
    """Raises StateMissingError, StateBusyError, StateDamagedError; OpeningError for a wrong passphrase."""
    if not exists(folder):
        raise StateMissingError(folder)
    connection = await _connect(folder)
    try:
        try:
            header = vault.decode_header((folder / HEADER).read_bytes())
        except MalformedError:
            raise StateDamagedError(folder, "the header was changed") from None
        slot_key = await asyncio.to_thread(vault.passphrase_slot_key, header, passphrase)
        opened = vault.open_slots(header, slot_key)
    except BaseException:
        await connection.close()
        raise
    return State(folder, connection, opened.vault_key)


async def _connect(folder: Path) -> aiosqlite.Connection:
    """Takes the lock of SQLite itself for as long as the connection lives: it ends with the process."""
    connection = await aiosqlite.connect(folder / ROWS, isolation_level=None, timeout=0)
    try:
        await connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("BEGIN EXCLUSIVE")
        await connection.execute(_CREATE)
        await connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        await connection.close()
        if "locked" in str(error):
            raise StateBusyError(folder) from None
        raise StateDamagedError(folder, str(error)) from None
    except sqlite3.DatabaseError as error:
        await connection.close()
        raise StateDamagedError(folder, str(error)) from None
    return connection


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_header(folder: Path, content: bytes) -> None:
    """Whole or not at all: beside it, flushed, then renamed, and the folder flushed too."""
    beside = folder / f"{HEADER}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / HEADER)
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
