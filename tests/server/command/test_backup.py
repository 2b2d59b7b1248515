"""`sojourn backup` beside a running hub, and `sojourn restore`."""

from __future__ import annotations

import asyncio
import errno
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.command import main
from sync.exchange import KeyPacket, Missing, Question, decode_cursor
from sync.identifiers import new_id
from sync.revisions import Revision
from sync.stores.sqlite import saving
from tests.hubs import Hub
from tests.postgresql import fetch
from tests.server.api.devices import Device, client_of, code_of, found, ok, revision
from tests.server.api.test_backups import Person
from tests.sync.stores.before import take_back


def run(hub: Hub, *arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], env=hub.environment)


def pushed_and_edited(worker: Device) -> tuple[KeyPacket, Revision, Revision, Revision]:
    """A packet, two contacts, and an edit that replaces the first of them: numbers 1 to 4."""
    key = new_id()
    packet, first, whole = worker.packet("contacts", key), revision(key), revision(key)
    rev = worker.push([packet], [first, whole]).stored[1]
    edit = revision(key, 600, first.record, rev)
    worker.push([], [edit])
    return packet, first, whole, edit


def test_a_backup_of_a_running_hub_is_restored_as_another_life_of_it(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "backup"
    file.parent.mkdir()
    (hub.data / "pack-key.pem").write_text("a key", "utf-8")
    (hub.data / "indicators").mkdir()
    (hub.data / "indicators" / "own.toml").write_text("signs", "utf-8")
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        before = worker.push([worker.packet("contacts", key)], [revision(key)])
        assert before.safe == 0
        made = run(hub, "backup", file)
        assert made.exit_code == 0, made.output
        assert "2 entries and 0 chunks were read" in made.output
        assert file.stat().st_mode & 0o077 == 0
        assert [path.name for path in file.parent.iterdir()] == ["backup"]
        # The hub that runs knows what is in it, and no more than that.
        after = worker.push([], [revision(key)])
        assert after.safe == decode_cursor(before.cursor).sequence
        assert worker.pull().safe == after.safe
        assert run(hub, "verify").exit_code == 0

        busy = run(hub, "restore", file, "--replace")
        assert busy.exit_code == 1
        assert "end the hub first" in busy.output
        hub.end()
        there = run(hub, "restore", file)
        assert there.exit_code == 1
        assert "with --replace" in there.output
        (hub.data / "pack-key.pem").write_text("another key", "utf-8")
        (hub.data / "indicators" / "own.toml").unlink()
        restored = run(hub, "restore", file, "--replace")
        assert restored.exit_code == 0, restored.output
        assert "Ask every coordinator to connect" in restored.output
        assert (hub.data / "pack-key.pem").read_text("utf-8") == "another key"
        assert (hub.data / "pack-key.pem.from-backup").read_text("utf-8") == "a key"
        assert (hub.data / "indicators" / "own.toml").read_text("utf-8") == "signs"
        hub.start()

        assert code_of(worker.try_pull(after.cursor)) == "epoch-changed"
        assert code_of(worker.try_pull(before.cursor)) == "epoch-changed"
        page = worker.pull()
        assert len(page.revisions) == 1
        assert page.safe == decode_cursor(page.cursor).sequence
        assert worker.push([], [revision(key)]).safe == page.safe
        hub.end()
    with closing(sqlite3.connect(hub.data / "sojourn.sqlite3.replaced-1")) as aside:
        assert aside.execute("SELECT count(*) FROM entries").fetchone() == (3,)


def test_a_backup_never_takes_the_place_of_what_is_the_hubs_or_anybodys(hub: Hub, tmp_path: Path) -> None:
    file, link = tmp_path / "backup", tmp_path / "link"
    link.symlink_to(hub.database)
    before = hub.database.stat().st_ino
    log = hub.database.with_name("sojourn.sqlite3-wal")
    for own in (hub.database, log, hub.data / "made", link, hub.data / ".." / "data" / "sojourn.sqlite3"):
        there = sorted(tmp_path.rglob("*"))
        told = run(hub, "backup", own)
        assert told.exit_code == 1
        assert "is the hub's own" in told.output
        assert sorted(tmp_path.rglob("*")) == there
    assert hub.database.stat().st_ino == before
    # Where the database is outside the data folder.
    elsewhere = {
        **hub.environment,
        "SOJOURN_DATABASE": str(hub.database),
        "SOJOURN_DATA": str(tmp_path / "none"),
    }
    told = CliRunner().invoke(main, ["backup", str(hub.database)], env=elsewhere)
    assert "is the hub's own" in told.output
    # Somebody's folder, and what a command left that was cut off.
    theirs = tmp_path / ".backup.part.restored" / "photo"
    left = tmp_path / ".backup.part.restored-0" / "sojourn.sqlite3"
    for each in (theirs, left):
        each.parent.mkdir()
        each.write_text("hers", "utf-8")
    assert run(hub, "backup", file).exit_code == 0
    assert theirs.read_text("utf-8") == "hers"
    assert not left.parent.exists()


def test_a_database_that_is_damaged_makes_no_backup(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        worker.push([worker.packet("contacts", key)], [revision(key)])
    hub.end()
    assert run(hub, "backup", file).exit_code == 0
    whole = file.read_bytes()
    with closing(sqlite3.connect(hub.database)) as connection, connection:
        connection.execute("UPDATE entries SET content = zeroblob(9) WHERE kind = 1")
    nowhere = run(hub, "backup", tmp_path / "no" / "folder")
    assert nowhere.exit_code == 1
    assert "no backup was made" in nowhere.output
    again = run(hub, "backup", file)
    assert again.exit_code == 1
    assert "its content is not what was stored" in again.output
    assert file.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_damaged_backup_is_taken_only_when_it_is_said_so_and_what_is_spoiled_comes_again(
    hub: Hub, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        worker = found(hub, client).join()
        packet, first, whole, edit = pushed_and_edited(worker)
        hub.end()
        assert run(hub, "backup", file).exit_code == 0
        with closing(sqlite3.connect(file)) as connection, connection:
            # The packet, what was replaced, and what replaced it.
            connection.execute("UPDATE entries SET content = zeroblob(9) WHERE sequence <> 3")
        hub.database.unlink()
        refused = run(hub, "restore", file)
        assert refused.exit_code == 1
        assert "nothing was changed" in refused.output
        assert not hub.database.exists()
        assert run(hub, "restore", file, "--damaged").exit_code == 0
        with closing(sqlite3.connect(hub.database)) as connection:
            sizes = "SELECT sum(256 + coalesce(length(content), 0)) FROM entries"
            (held,) = connection.execute("SELECT sum(used) FROM held").fetchone()
            assert connection.execute(sizes).fetchone() == (held,)
        hub.start()
        page = worker.pull()
        assert (page.packets, page.revisions, page.safe) == ((), (whole,), 0)
        stored = worker.push([packet], [first, whole, edit])
        assert (len(stored.stored), len(stored.known), stored.safe) == (2, 2, 0)
        page = worker.pull()
        assert (len(page.packets), page.revisions) == (1, (whole, edit))
        told = run(hub, "verify")
        assert told.exit_code == 0, told.output


def test_a_backup_that_an_earlier_version_made_is_brought_up_to_date(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        worker = found(hub, client).join()
        packet, first, whole, edit = pushed_and_edited(worker)
        hub.end()
        assert run(hub, "backup", file).exit_code == 0
        take_back(file, 12)
        restored = run(hub, "restore", file, "--replace")
        assert restored.exit_code == 0, restored.output
        assert run(hub, "verify").exit_code == 0
        hub.start()
        page = worker.pull()
        assert (page.packets, page.revisions) == ((packet,), (whole, edit))
        assert worker.push([packet], [first, whole, edit, revision(packet.key)]).safe == 4
    told = run(hub, "verify")
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("lost", ["key", "lane"])
def test_what_a_damaged_backup_does_not_know_the_key_or_lane_of_comes_again(
    hub: Hub, tmp_path: Path, lost: str
) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        worker = found(hub, client).join()
        packet, first, whole, edit = pushed_and_edited(worker)
        hub.end()
        assert run(hub, "backup", file).exit_code == 0
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(f"DELETE FROM numbers WHERE id = (SELECT {lost} FROM feed)")
        assert run(hub, "restore", file, "--replace", "--damaged").exit_code == 0
        hub.start()
        page = worker.pull()
        assert (page.packets, page.revisions) == ((), ())
        assert len(worker.push([packet], [first, whole, edit]).stored) == 4
        page = worker.pull()
        assert (page.packets, page.revisions) == ((packet,), (whole, edit))
        told = run(hub, "verify")
        assert told.exit_code == 0, told.output


def test_a_contact_whose_content_went_before_its_time_comes_again(hub: Hub, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        packet, contact = worker.packet("contacts", key), revision(key)
        worker.push([packet], [contact])
        hub.end()
        assert run(hub, "backup", file).exit_code == 0
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE entries SET content = NULL WHERE kind = 1")
        refused = run(hub, "restore", file, "--replace")
        assert refused.exit_code == 1
        assert "its content is missing" in refused.output
        assert run(hub, "restore", file, "--replace", "--damaged").exit_code == 0
        hub.start()
        stored = worker.push([packet], [contact])
        assert (len(stored.stored), len(stored.known), stored.safe) == (1, 1, 0)
        assert worker.pull().revisions == (contact,)
        told = run(hub, "verify")
        assert told.exit_code == 0, told.output


def test_a_damaged_backup_is_taken_without_spoiled_chunks_and_with_the_keys_that_its_packets_tell(
    hub: Hub, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        worker.push([worker.packet("contacts", key)], [revision(key)])
        person = Person(client)
        person.make()
        whole, content = person.put_chunk(secrets.token_bytes(1_000)), secrets.token_bytes(1_000)
        other = person.put_chunk(content)
        picture = person.note("a picture", chunks=(whole, other))
        person.push(picture)
        hub.end()
        assert run(hub, "backup", file).exit_code == 0
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE chunks SET content = zeroblob(9) WHERE address = ?", (other,))
            connection.execute("DELETE FROM keys")
        hub.database.unlink()
        told = run(hub, "restore", file, "--damaged")
        assert told.exit_code == 0, told.output
        hub.start()
        # The phone is told that it is not there, though all else of it is, and sends what is lacking.
        question = Question(revs=(person.rev(picture),))
        path = f"{person.collection}/missing"
        assert ok(person.request("POST", path, question), Missing).missing == question.revs
        assert person.pull().revisions == (picture,)
        assert person.chunk("HEAD", whole).status_code == 200
        assert person.chunk("HEAD", other).status_code == 404
        person.push(person.note("a picture", picture, chunks=(whole, person.put_chunk(content))))
        assert ok(person.request("POST", path, question), Missing).missing == ()
        # And whose each key is, is known again.
        assert len(worker.push([], [revision(key)]).stored) == 1
        told = run(hub, "verify")
        assert told.exit_code == 0, told.output


def test_there_is_a_database_whenever_a_restore_is_cut_off(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.end()
    file, aside = tmp_path / "backup", hub.database.with_name("sojourn.sqlite3.replaced-1")
    assert run(hub, "backup", file).exit_code == 0
    before = hub.database.read_bytes()
    put = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if target == hub.database:
            raise OSError(errno.EIO, "cut off")
        return put(path, target)

    def no_links(_path: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        assert "cut off" in run(hub, "restore", file, "--replace").output
        assert hub.database.read_bytes() == aside.read_bytes() == before
        aside.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "hardlink_to", no_links)
        assert run(hub, "restore", file, "--replace").exit_code == 0
    assert aside.read_bytes() == before != hub.database.read_bytes()
    # A log that SQLite cannot fold in goes with what is damaged: the new one must not find it.
    log = hub.database.with_name("sojourn.sqlite3-wal")
    hub.database.write_bytes(b"damaged" * 1000)
    log.mkdir()
    assert run(hub, "restore", file, "--replace").exit_code == 0
    assert not log.exists()
    second = hub.database.with_name("sojourn.sqlite3.replaced-2")
    assert second.read_bytes() == b"damaged" * 1000
    assert second.with_name("sojourn.sqlite3.replaced-2-wal").is_dir()
    hub.start()


def test_what_is_no_backup_changes_nothing(hub: Hub, tmp_path: Path) -> None:
    hub.end()
    (tmp_path / "none").write_bytes(b"not a database" * 1000)
    before = hub.database.read_bytes()
    told = run(hub, "restore", tmp_path / "none", "--replace")
    assert told.exit_code == 1
    assert "file is not a database" in told.output
    assert hub.database.read_bytes() == before


def test_a_hub_put_back_meanwhile_is_not_told_of_the_backup(hub: Hub, tmp_path: Path) -> None:
    """Another epoch, or another revision at that number: then nothing is safe for it."""
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        worker.push([worker.packet("contacts", key)], [revision(key)])
    hub.end()
    file = tmp_path / "backup"
    assert run(hub, "backup", file).exit_code == 0
    for change in ("UPDATE hub SET epoch = zeroblob(16)", "UPDATE entries SET rev = randomblob(32)"):
        with closing(sqlite3.connect(hub.database)) as connection:
            with connection:
                connection.execute("UPDATE collections SET backed_up = 0")
                connection.execute(change)
            saving.note(hub.database, file)
            assert connection.execute("SELECT max(backed_up) FROM collections").fetchone() == (0,)


async def test_postgresql_gets_its_new_epoch_once_its_server_has_restored_it(hub: Hub, database: str) -> None:
    hub.end()
    hub.extra["SOJOURN_DATABASE"] = database
    hub.start()
    hub.end()
    before = await fetch(database, "SELECT epoch FROM hub")
    assert "Backups" in await _told(hub, "backup", "file")
    assert "without FILE" in await _told(hub, "restore", hub.log)
    assert "Start the hub" in await _told(hub, "restore")
    assert await fetch(database, "SELECT epoch FROM hub") != before


async def _told(hub: Hub, *arguments: object) -> str:
    return (await asyncio.to_thread(run, hub, *arguments)).output
