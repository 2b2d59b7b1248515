"""Counts by name, and nothing else about them."""

from __future__ import annotations

import sqlite3

_ADD = "INSERT INTO tallies (name, count) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET count = count + 1"
_ALL = "SELECT name, count FROM tallies ORDER BY name"


def add(name: str, connection: sqlite3.Connection) -> None:
    connection.execute(_ADD, (name,))


def all_of_them(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute(_ALL).fetchall())
