"""The disk is full, allows no writing, or is damaged: the hub says 503, stores nothing by halves, and tells nothing
wrong; with room it goes on by itself.

Full is a small file system of its own where root may make one, and else a limit on the size of files.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.command import main
from sync.identifiers import new_id
from sync.revisions import Revision
from tests.conftest import running
from tests.hubs import Hub
from tests.server.api.devices import Device, client_of, code_of, found, revision

SMALL_DISK = "6m"
LARGE_BODY = 60_000


@dataclass
class Disk:
    """fill: leaves no room for more; free: gives it back."""

    hub: Hub
    fill: Callable[[], object]
    free: Callable[[], object]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "sojourn", str(folder)]
    if os.geteuid() == 0 and subprocess.run(options, check=False).returncode == 0:
        try:
            for hub in running(folder / "data"):
                yield Disk(hub, partial(_fill, folder / "ballast"), (folder / "ballast").unlink)
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    for hub in running(folder / "data"):
        largest = max(path.stat().st_size for path in hub.data.iterdir())
        yield Disk(hub, partial(_limit, hub, largest), partial(_limit, hub, None))


def _fill(ballast: Path) -> None:
    """With whole pages of the file system, down to the last."""
    with ballast.open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(bytes(4096))
        except OSError:
            pass


def _limit(hub: Hub, size_bytes: int | None) -> None:
    most = resource.RLIM_INFINITY if size_bytes is None else size_bytes
    resource.prlimit(hub.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def test_a_full_disk_stores_nothing_by_halves_and_with_room_it_goes_on(disk: Disk) -> None:
    hub = disk.hub
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        first = revision(key)
        acknowledged = list(worker.push([worker.packet("contacts", key)], [first]).stored)
        disk.fill()
        refused, stored = _push_until_refused(worker, key)
        acknowledged += stored
        # Reading goes on, and says what was there before.
        assert client.get("/health").status_code == 200
        assert first in worker.pull().revisions
        assert code_of(worker.try_push([], list(refused))) == "unavailable"
        disk.free()
        acknowledged += worker.push([], list(refused)).stored
        assert len(worker.pull().revisions) == len(acknowledged) - 1
    hub.end()
    assert _revs(hub) >= set(acknowledged)
    assert _verify(hub).exit_code == 0


def _push_until_refused(worker: Device, key: bytes) -> tuple[tuple[Revision, Revision], list[bytes]]:
    """What could not be stored, and the revs of what still could: the log may have had room of its own."""
    stored: list[bytes] = []
    while True:
        both = revision(key, LARGE_BODY), revision(key, LARGE_BODY)
        answer = worker.try_push([], list(both))
        if answer.status_code == 503:
            assert code_of(answer) == "unavailable"
            assert int(answer.headers["retry-after"]) > 0
            return both, stored
        assert answer.status_code == 200, answer.text
        stored += worker.push([], list(both)).known


def test_a_file_that_cannot_be_written_is_read_all_the_same(hub: Hub) -> None:
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        worker.push([worker.packet("contacts", key)], [revision(key)])
        largest = max(path.stat().st_size for path in hub.data.iterdir())
        assert largest > 0
        # As of a disk that was set to read-only: no file takes another byte, at any place.
        _limit(hub, 0)
        answer = worker.try_push([], [revision(key)])
        assert code_of(answer) == "unavailable"
        assert int(answer.headers["retry-after"]) > 0
        assert len(worker.pull().revisions) == 1
        _limit(hub, None)
        assert len(worker.push([], [revision(key)]).stored) == 1
        assert len(worker.pull().revisions) == 2


def test_a_damaged_page_is_answered_503_and_named_by_verify(hub: Hub) -> None:
    """Never wrong data: what is read from another page than before is not answered as a contact."""
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        pushed = worker.push([worker.packet("contacts", key)], [revision(key) for _ in range(40)])
        assert len(pushed.stored) == 41
        hub.end()
        _damage(hub.database)
        hub.start()
        answer = worker.try_pull()
        assert code_of(answer) == "unavailable"
    told = _verify(hub)
    assert told.exit_code == 1
    assert "Wrong: " in told.output
    assert "sojourn restore" in told.output
    made = hub.data.with_name("made")
    # No backup of it takes the place of a good one.
    assert CliRunner().invoke(main, ["backup", str(made)], env=hub.environment).exit_code == 1
    assert not made.exists()


def _damage(database: Path) -> None:
    """Zeros over the page in which the feed's order begins: an index that every pull goes through."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


def _revs(hub: Hub) -> set[bytes]:
    with closing(sqlite3.connect(hub.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {rev for (rev,) in connection.execute("SELECT rev FROM entries")}


def _verify(hub: Hub) -> object:
    return CliRunner().invoke(main, ["verify"], env=hub.environment)
