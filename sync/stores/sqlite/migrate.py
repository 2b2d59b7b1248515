"""Brings a database up to date: numbered SQL files, forward only, never edited after release."""

from __future__ import annotations

import secrets
import sqlite3

from sync.stores.migrations import Migration, migrations_in
from sync.stores.sqlite import auditing
from sync.stores.sqlite.moved import check_is_here

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT
"""
_DONE = "SELECT coalesce(max(number), 0) FROM migrations"
_RECORD = "INSERT INTO migrations (number, name) VALUES (?, ?)"
_BORN = "INSERT OR IGNORE INTO hub (one, epoch, challenge_key) VALUES (1, ?, ?)"
# What SQL alone cannot do.
_AFTER = {"0008.sql": auditing.count_for_the_first_time}


def migrations() -> list[Migration]:
    """All that this program knows, oldest first."""
    return migrations_in("sync.stores.sqlite")


def migrate(connection: sqlite3.Connection, wanted: list[Migration] | None = None) -> None:
    """Applies what is missing, each step in one transaction with the row that records it.

    Two processes may start at once: the second waits for the first's lock and then finds nothing to do.
    A database that a newer program has written is refused, and one whose hub went on elsewhere.
    """
    steps = migrations() if wanted is None else wanted
    connection.execute("BEGIN IMMEDIATE")
    try:
        check_is_here(connection)
        connection.execute(_TABLE)
        done = connection.execute(_DONE).fetchone()[0]
        if steps and done > steps[-1].number:
            raise sqlite3.DatabaseError(f"the database is newer (step {done}) than this program")
        for step in steps:
            if step.number > done:
                _apply(connection, step)
        connection.execute(_BORN, (secrets.token_bytes(16), secrets.token_bytes(32)))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    connection.execute("SAVEPOINT step")
    # Not executescript: that commits first. Statements end at a `;` at the end of a line.
    statement = ""
    for line in step.sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    if step.name in _AFTER:
        _AFTER[step.name](connection)
    connection.execute(_RECORD, (step.number, step.name))
    connection.execute("RELEASE step")
