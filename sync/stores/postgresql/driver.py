"""What this store uses of asyncpg, with the types that it does not have."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterable, Iterable
from typing import Any, Protocol

_asyncpg: Any = importlib.import_module("asyncpg")


ServerError: type[Exception] = _asyncpg.PostgresError
"""What the server says; `sqlstate` is its code of five letters."""
ClientError: type[Exception] = _asyncpg.InterfaceError
"""What asyncpg says: a connection that is closed, or a value of a wrong type (then a ValueError too)."""
BrokenError: type[Exception] = _asyncpg.InternalClientError
"""What asyncpg is confused by: a connection that the server ends just then, among others. It is of no more use."""
ConflictError: tuple[type[Exception], ...] = (_asyncpg.SerializationError, _asyncpg.DeadlockDetectedError)
DuplicateError: type[Exception] = _asyncpg.UniqueViolationError
"""Of what may be there once only."""
NotSupportedError: type[Exception] = _asyncpg.FeatureNotSupportedError


async def connect(address: str, **settings: Any) -> Any:
    """asyncpg's own connection, but for `uuid`: ids are bytes here, as everywhere."""
    connection = await _asyncpg.connect(address, **settings)
    try:
        await connection.set_type_codec(
            "uuid", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary"
        )
    except BaseException:
        connection.terminate()
        raise
    return connection


class Connection(Protocol):
    """Rows unpack like tuples."""

    async def execute(self, query: str, *values: Any, timeout: float | None = None) -> str: ...  # noqa: ASYNC109

    def cursor(self, query: str, *values: Any, prefetch: int | None = None) -> AsyncIterable[Any]: ...

    async def executemany(self, query: str, values: Any) -> None: ...

    async def fetch(self, query: str, *values: Any) -> list[Any]: ...

    async def fetchrow(self, query: str, *values: Any) -> Any: ...

    async def fetchval(self, query: str, *values: Any) -> Any: ...


def array(value: str, kind: str) -> str:
    """In a statement, a value that `text_of` made."""
    return f"{value}::text::{kind}[]"


def text_of(numbers: Iterable[int | str]) -> str:
    """An array, of numbers or of words without signs, as PostgreSQL reads it: asyncpg takes longer to send a thousand
    numbers as an array of its own than the server takes to store them."""
    return f"{{{','.join(map(str, numbers))}}}"
