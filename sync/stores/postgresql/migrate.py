"""Brings a database up to date: numbered SQL files, forward only, never edited after release."""

from __future__ import annotations

import secrets

from sync.errors import UnavailableError
from sync.stores.migrations import Migration, migrations_in
from sync.stores.postgresql import auditing
from sync.stores.postgresql.driver import Connection

# Any number will do that nothing else in this database locks: the first bytes of "sojourn".
_LOCK = "SELECT pg_advisory_xact_lock(1936681839)"
_TABLE = "CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL)"
_DONE = "SELECT coalesce(max(number), 0) FROM migrations"
_RECORD = "INSERT INTO migrations (number, name) VALUES ($1, $2)"
_BORN = "INSERT INTO hub (one, epoch, challenge_key) VALUES (1, $1, $2) ON CONFLICT DO NOTHING"
_IS_THERE = "SELECT to_regclass('migrations') IS NOT NULL"
# A large table takes its time, once.
_STEP_SECONDS = 86_400
# What SQL alone cannot do.
_AFTER = {"0003.sql": auditing.count_for_the_first_time}


def migrations() -> list[Migration]:
    """All that this program knows, oldest first."""
    return migrations_in("sync.stores.postgresql")


async def migrate(connection: Connection, wanted: list[Migration] | None = None) -> None:
    """Applies what is missing; all of it in the caller's transaction, or nothing.

    Processes may start at once: the second waits for the first's lock and then finds nothing to do.
    Raises UnavailableError for a database that a newer program has written.
    """
    steps = migrations() if wanted is None else wanted
    await connection.execute(_LOCK)
    if not await connection.fetchval(_IS_THERE):
        await connection.execute(_TABLE)
    done = await connection.fetchval(_DONE)
    if steps and done > steps[-1].number:
        raise UnavailableError(f"the database is newer (step {done}) than this program")
    for step in steps:
        if step.number > done:
            await connection.execute(step.sql, timeout=_STEP_SECONDS)
            if step.name in _AFTER:
                await _AFTER[step.name](connection)
            await connection.execute(_RECORD, step.number, step.name)
    await connection.execute(_BORN, secrets.token_bytes(16), secrets.token_bytes(32))
