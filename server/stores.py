"""Which store stands behind a hub: `SOJOURN_DATABASE` says it."""

from __future__ import annotations

from pathlib import Path

from server.errors import SettingsError
from server.settings import PREFIX, Settings
from sync.stores.interface import Store
from sync.stores.sqlite import SQLiteStore


async def open_store(given: Settings) -> Store:
    """Makes what is missing, and brings up to date what is old. Raises UnavailableError."""
    if isinstance(given.database, str):
        # Here, since only who has PostgreSQL needs it.
        from sync.stores.postgresql import PostgreSQLStore  # noqa: PLC0415

        return await PostgreSQLStore.open(given.database)
    return await SQLiteStore.open(given.database)


async def open_held(given: Settings) -> Store:
    """That of a hub which ran here before: a mistyped folder gets no database.

    Raises SettingsError, UnavailableError.
    """
    if isinstance(given.database, Path) and not given.database.is_file():
        why = f"no hub has run there, {given.database} is missing: name the hub's folder, or run “sojourn serve” first"
        raise SettingsError(f"{PREFIX}DATA", why)
    return await open_store(given)


def named(given: Settings) -> str:
    """Its database, for people: of an address the servers and the name, never who connects or how."""
    if isinstance(given.database, Path):
        return str(given.database)
    scheme, _, rest = given.database.partition("://")
    # What follows the question mark may hold a password too.
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"
