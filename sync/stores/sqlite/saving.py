"""A backup of a hub's SQLite file: one file, made while the hub runs, and what the hub is told of it.

The file is a database of the same tables, with one more for small files of the operator's. What it holds is as
secret as the hub: ciphertext, hashes of tokens, and whatever files are given.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from sync.errors import RestoreError
from sync.stores.sqlite.moved import check_is_here
from sync.stores.sqlite.threads import connect_to
from sync.stores.sqlite.verifying import opened_to_read

PAGES_AT_ONCE = 1_000

FILES_TABLE = "backup_files"
_FILES = f"CREATE TABLE {FILES_TABLE} (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT"
_FILE = f"INSERT INTO {FILES_TABLE} (name, content) VALUES (?, ?)"  # noqa: S608  # our own
_EPOCH = "SELECT epoch FROM hub"
_MARKS = """
SELECT collections.collection, collections.sequence, rev FROM collections
JOIN entries ON entries.collection = collections.number AND entries.sequence = collections.sequence
WHERE collections.name <> 'backup'
"""
# Only where this database is still the one that the backup was made of, up to there.
_BACKED_UP = """
UPDATE collections SET backed_up = ?2 WHERE collection = ?1 AND backed_up < ?2 AND EXISTS (
    SELECT 1 FROM entries WHERE entries.collection = collections.number AND entries.sequence = ?2 AND entries.rev = ?3
) AND EXISTS (SELECT 1 FROM hub WHERE epoch = ?4)
"""


def save(
    source: Path, target: Path, files: Mapping[str, Path], begin: Callable[[int], Callable[[int], None]]
) -> None:
    """Copies one moment of `source` to `target`, which is made anew, for its owner's eyes, and is on the disk then.

    files: by the name under which they are kept. begin: is told how many pages there are, and gives what is told how
    many more are copied. Raises RestoreError, OSError.
    """
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(opened_to_read(source)) as origin,
            closing(sqlite3.connect(target, isolation_level=None)) as made,
        ):
            # One moment: without a transaction of its own the copy would begin anew with each push.
            origin.execute("BEGIN")
            check_is_here(origin)
            (pages,) = origin.execute("SELECT page_count FROM pragma_page_count").fetchone()
            advance = begin(pages)
            left = pages

            def copied(_status: int, remaining: int, _total: int) -> None:
                nonlocal left
                advance(left - remaining)
                left = remaining

            origin.backup(made, pages=PAGES_AT_ONCE, progress=copied)
            # One file, with nothing beside it.
            made.execute("PRAGMA journal_mode = DELETE")
            made.execute("PRAGMA synchronous = FULL")
            made.execute(_FILES)
            for name, path in files.items():
                made.execute(_FILE, (name, path.read_bytes()))
    except sqlite3.Error as error:
        raise RestoreError(f"{source} cannot be copied: {error}") from error


def note(source: Path, backup: Path) -> None:
    """Tells the hub's database, beside the running hub, that all up to here is in a verified backup.

    Raises RestoreError.
    """
    try:
        with closing(opened_to_read(backup)) as made:
            (epoch,) = made.execute(_EPOCH).fetchone()
            marks = made.execute(_MARKS).fetchall()
        with closing(connect_to(source, writes=True)) as hub:
            hub.execute("BEGIN IMMEDIATE")
            hub.executemany(_BACKED_UP, [(*mark, epoch) for mark in marks])
            hub.execute("COMMIT")
    except sqlite3.Error as error:
        raise RestoreError(f"{source}: the hub could not be told of the backup: {error}") from error
