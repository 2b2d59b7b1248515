"""Databases as earlier versions left them, made of one of today: tables are put back, step by step."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sync.stores.sqlite.migrate import migrate, migrations
from sync.stores.sqlite.threads import connect_to

BEFORE_NUMBERS = (
    """
CREATE TABLE entries_before (
    collection bytea NOT NULL,
    sequence bigint NOT NULL,
    day integer NOT NULL,
    superseded integer,
    kind smallint NOT NULL CHECK (kind IN (0, 1)),
    rev bytea NOT NULL CHECK (octet_length(rev) = 32),
    lane bytea NOT NULL CHECK (octet_length(lane) = 16),
    key bytea NOT NULL CHECK (octet_length(key) = 16),
    record bytea CHECK (octet_length(record) = 16),
    recipient bytea CHECK (octet_length(recipient) = 16),
    content bytea
)
""",
    """
INSERT INTO entries_before (collection, sequence, day, superseded, kind, rev, lane, key, record, recipient, content)
SELECT uuid_send(feed.collection), feed.sequence, feed.day, feed.superseded, feed.kind, feed.rev, feed.lane, feed.key,
    feed.record, recipient, feed.content
FROM feed JOIN entries ON entries.collection = feed.collection AND entries.sequence = feed.sequence
""",
    "DROP VIEW feed",
    "DROP VIEW latest",
    "ALTER TABLE collections DROP COLUMN generation",
    "DROP TABLE entries",
    "DROP TABLE numbers",
    *(
        f"ALTER TABLE {table} ALTER COLUMN collection TYPE bytea USING uuid_send(collection)"
        for table in ("collections", "keys", "superseded", "buckets", "held", "backups", "chunks", "naming")
    ),
    "ALTER TABLE collections ADD CHECK (octet_length(collection) = 16)",
    "ALTER TABLE entries_before RENAME TO entries",
    "ALTER TABLE entries ALTER COLUMN content SET STORAGE EXTERNAL",
    "ALTER TABLE entries ADD CONSTRAINT entries_pkey PRIMARY KEY (collection, sequence)",
    "CREATE UNIQUE INDEX entries_rev ON entries (collection, rev)",
    "CREATE INDEX entries_heads ON entries (collection, lane, sequence) WHERE superseded IS NULL",
    "CREATE INDEX entries_key ON entries (collection, key, day) WHERE kind = 1 AND content IS NOT NULL",
    "CREATE INDEX entries_packets ON entries (collection, key) WHERE kind = 0 AND content IS NOT NULL",
    "CREATE INDEX entries_superseded ON entries (superseded) WHERE superseded IS NOT NULL AND content IS NOT NULL",
)
"""PostgreSQL's tables as of the ninth step."""

_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations'"
# Whatever the tables have become meanwhile. Every step from the third on brings the row that is left out.
_SOURCES = {
    "entries": "later.feed",
    "programmes": "(SELECT * FROM later.programmes WHERE programme <> zeroblob(16))",
}
_COLUMNS = "SELECT name FROM pragma_table_info(?)"
NUMBERS = 13
"""The step of an SQLite file from which on entries are as today."""


def take_back(path: Path, step: int) -> None:
    """Makes an SQLite file, which nobody has open, one as it was up to a step, with what it holds."""
    later = path.rename(path.with_name(f"{path.name}.later"))
    with closing(connect_to(path, writes=True)) as connection:
        migrate(connection, migrations()[:step])
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("ATTACH ? AS later", (str(later),))
        connection.execute("BEGIN")
        same = ("entries",) if step >= NUMBERS else ()
        for (table,) in connection.execute(_TABLES).fetchall():
            columns = ", ".join(name for (name,) in connection.execute(_COLUMNS, (table,)))
            source = f"later.{table}" if table in same else _SOURCES.get(table, f"later.{table}")
            connection.execute(
                f"INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM {source}"
            )
        connection.execute("COMMIT")
    later.unlink()
