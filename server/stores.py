"""Which store stands behind a hub: `SOJOURN_DATABASE` says it."""

from __future__ import annotations

from server.settings import Settings
from sync.stores.interface import Store
from sync.stores.sqlite import SQLiteStore


async def open_store(given: Settings) -> Store:
    """Makes what is missing, and brings up to date what is old. Raises UnavailableError."""
    if isinstance(given.database, str):
        # Here, since only who has PostgreSQL needs it.
        from sync.stores.postgresql import PostgreSQLStore  # noqa: PLC0415

        return await PostgreSQLStore.open(given.database)
    return await SQLiteStore.open(given.database)
