"""Counts by name, and nothing else about them."""

from __future__ import annotations

from sync.stores.postgresql.driver import Connection

_ADD = """
INSERT INTO tallies (name, count) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET count = tallies.count + 1
"""
_ALL = 'SELECT name, count FROM tallies ORDER BY name COLLATE "C"'


async def add(name: str, connection: Connection) -> None:
    await connection.execute(_ADD, name)


async def all_of_them(connection: Connection) -> dict[str, int]:
    return dict(await connection.fetch(_ALL))
