"""A hub's database from a backup: another life of it, so a new epoch, at which devices bring again what they hold."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from sync.backups import month_of
from sync.errors import MalformedError, RestoreError
from sync.exchange import KeyPacket
from sync.stores.contents import today_of
from sync.stores.counting import COLLECTIONS
from sync.stores.sqlite import chunks, counting
from sync.stores.sqlite.migrate import migrate
from sync.stores.sqlite.moved import unmark
from sync.stores.sqlite.numbering import LOST, NUMBER
from sync.stores.sqlite.saving import FILES_TABLE
from sync.stores.sqlite.threads import connect_to
from sync.stores.sqlite.verifying import opened_to_read
from sync.stores.verifying import Spoiled

PAGES_AT_ONCE = 1_000

_HAS_FILES = "SELECT count(*) FROM sqlite_schema WHERE name = ?"
_FILES = f"SELECT name, content FROM {FILES_TABLE} ORDER BY name"  # noqa: S608  # our own
_EPOCH = "UPDATE hub SET epoch = ?"
# What is here is in a backup: the one that it came from. Nothing counts as safe beyond what is here.
_SAFE = """
UPDATE collections SET confirmed = min(confirmed, sequence),
    backed_up = CASE name WHEN 'backup' THEN 0 ELSE sequence END
"""
# What was used, or sent again, after the backup was made is not in it: the time counts anew.
_USED = "UPDATE backups SET month = ?1 WHERE month < ?1"
_UNNAMED = "UPDATE chunks SET unnamed = ?1 WHERE unnamed < ?1 AND unnamed IS NOT NULL"
# What is damaged keeps nothing safe.
_NOT_SAFE = "UPDATE collections SET backed_up = 0"
_HERE = f"WHERE collection = ({NUMBER}) AND sequence = ?"
_ENTRY = f"SELECT rev, superseded FROM entries {_HERE}"  # noqa: S608  # our own
_NO_CONTENT = f"UPDATE entries SET content = NULL {_HERE}"  # noqa: S608  # our own
# As a packet that went with its time: the number stays, and the rev is not known any more.
_LEFT_OUT = f"""
UPDATE entries SET rev = randomblob(32), kind = 0, record = NULL, content = NULL {_HERE}
"""  # noqa: S608  # our own
# Whose it is, or of which key, nobody can tell any more.
_NOBODYS = """
SELECT collections.collection, entries.sequence, rev
FROM collections CROSS JOIN entries ON entries.collection = collections.number
WHERE NOT EXISTS (SELECT 1 FROM numbers WHERE numbers.collection = entries.collection AND numbers.number = lane)
OR NOT EXISTS (SELECT 1 FROM numbers WHERE numbers.collection = entries.collection AND numbers.number = key)
"""
# So that nobody else gets the number.
_TAKEN = f"""
INSERT INTO numbers (collection, number, id) SELECT collection, number, randomblob(16) FROM ({LOST})
"""  # noqa: S608  # our own
_NO_CHUNK = "DELETE FROM chunks WHERE collection = ? AND address = ?"
_PACKETS = """
SELECT collection, lane, content FROM feed WHERE kind = 0 AND content IS NOT NULL ORDER BY collection, sequence
"""
_OWNED = """
INSERT INTO keys (collection, key, owner, lane) VALUES (?, ?, ?, ?)
ON CONFLICT (collection, key) DO UPDATE SET owner = excluded.owner, lane = excluded.lane
"""

_packet = msgspec.msgpack.Decoder(KeyPacket)


def restore(backup: Path, target: Path) -> None:
    """Makes a database at `target`, where none may be, and leaves none there when it fails.

    It is brought up to date, has another epoch, and is on the disk then. Raises RestoreError, OSError.
    """
    if target.exists():
        raise RestoreError(f"{target} is there already")
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(opened_to_read(backup)) as origin, closing(sqlite3.connect(target)) as made:
            origin.backup(made, pages=PAGES_AT_ONCE)
        with closing(connect_to(target, writes=True)) as made:
            unmark(made)
            migrate(made)
            made.execute("BEGIN IMMEDIATE")
            made.execute(f"DROP TABLE IF EXISTS {FILES_TABLE}")
            made.execute(_EPOCH, (secrets.token_bytes(16),))
            made.execute(_SAFE)
            today = today_of(time.time())
            made.execute(_USED, (month_of(today),))
            made.execute(_UNNAMED, (today,))
            made.execute("COMMIT")
            made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        discard(target)
        raise RestoreError(f"{backup} cannot be restored: {error}") from error
    except BaseException:
        discard(target)
        raise


def leave_out(database: Path, spoiled: Iterable[Spoiled]) -> bool:
    """Makes a database that was restored with faults one to which devices bring again what is spoiled in it, and that
    says of nothing that a backup has it. What is superseded stays so, without its body. A head whose chunk is left out
    stays too, with what else there is of it, and is `missing`. Whose each key is, is read anew from the packets.

    Returns whether they could be left out: a damaged file may not let them.
    Raises RestoreError.
    """
    today = today_of(time.time())
    try:
        with closing(connect_to(database, writes=True)) as made:
            made.execute(_NOT_SAFE)
            try:
                made.execute("BEGIN IMMEDIATE")
                for collection, sequence, rev in made.execute(_NOBODYS).fetchall():
                    made.execute(_LEFT_OUT, (collection, sequence))
                    chunks.unname(collection, rev, today, made)
                made.execute(_TAKEN)
                for collection, which in spoiled:
                    if isinstance(which, bytes):
                        made.execute(_NO_CHUNK, (collection, which))
                        continue
                    found = made.execute(_ENTRY, (collection, which)).fetchone()
                    if found is None:  # an index that is damaged too
                        continue
                    rev, superseded = found
                    how = _LEFT_OUT if superseded is None else _NO_CONTENT
                    made.execute(how, (collection, which))
                    chunks.unname(collection, rev, today, made)
                made.executemany(_OWNED, _owned_in(made))
                for (collection,) in made.execute(COLLECTIONS).fetchall():
                    counting.count_anew(collection, made)
                made.execute("COMMIT")
            except sqlite3.Error:
                if made.in_transaction:
                    made.execute("ROLLBACK")
                return False
            finally:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise RestoreError(f"{database} cannot be written: {error}") from error
    return True


def _owned_in(connection: sqlite3.Connection) -> list[tuple[bytes, bytes, bytes, bytes]]:
    """Collection, key, owner and lane of each content key: as the first packet that its owner made says."""
    owned: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
    for collection, lane, content in connection.execute(_PACKETS):
        try:
            packet = _packet.decode(content)
        except (msgspec.DecodeError, MalformedError):
            continue
        if packet.author == packet.owner:
            owned.setdefault((collection, packet.key), (packet.owner, lane))
    return [(*which, *whose) for which, whose in owned.items()]


def discard(database: Path) -> None:
    """With what SQLite keeps beside it."""
    for path in with_its_log(database):
        path.unlink(missing_ok=True)


def with_its_log(database: Path) -> list[Path]:
    """The log first: beside another database it would damage that one."""
    return [*(database.with_name(f"{database.name}{end}") for end in ("-wal", "-shm")), database]


def files_in(backup: Path) -> Iterator[tuple[str, bytes]]:
    """The small files that it holds, by name, one after the other. Raises RestoreError."""
    try:
        with closing(opened_to_read(backup)) as origin:
            (has_files,) = origin.execute(_HAS_FILES, (FILES_TABLE,)).fetchone()
            if has_files:
                yield from origin.execute(_FILES)
    except sqlite3.Error as error:
        raise RestoreError(f"{backup}: {error}") from error


def check_unused(database: Path) -> None:
    """Raises RestoreError while a hub, or another command, has it open; one that is damaged is nobody's."""
    if not database.exists():
        return
    with closing(sqlite3.connect(database, isolation_level=None, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise RestoreError(f"{database} is in use: end the hub first") from error
