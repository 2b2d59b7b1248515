"""One SQLite file: WAL, every commit on the disk before it is acknowledged, one writer."""

from sync.stores.sqlite.store import SQLiteStore

__all__ = ["SQLiteStore"]
