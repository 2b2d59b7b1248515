"""`sojourn verify`: what is whole is said to be, beside a running hub; each kind of damage is named."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from server.command import main
from sync import canonical
from sync.identifiers import new_id
from sync.stores.sqlite.counting import mend
from tests.hubs import Hub
from tests.postgresql import fetch
from tests.server.api.devices import client_of, found, revision

TOKEN = canonical.to_text(secrets.token_bytes(32))

WRONG_COUNTS = (
    "UPDATE held SET used = used + 1",
    "UPDATE backups SET used = used + 1",
    "UPDATE buckets SET count = count + 1",
    # Of lanes too, which have none, and of keys that lost what came under them.
    "UPDATE numbers SET day = coalesce(day, 0) + 1",
)


def verify(hub: Hub, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments], env=hub.environment)


def fill(hub: Hub) -> bytes:
    """Contacts, one of them replaced, a personal backup with a picture: the rev of a contact."""
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        first = revision(key)
        stored = worker.push([worker.packet("contacts", key)], [first, revision(key)]).stored
        edit = revision(key, 600, first.record, stored[1])
        never_here = secrets.token_bytes(32)
        worker.push([], [edit, revision(key, 600, None, never_here)])
        backup, chunk = f"/backups/{canonical.to_text(new_id())}", secrets.token_bytes(1_000)
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert client.put(backup, headers=bearer).status_code == 200
        address = canonical.to_text(hashlib.sha256(chunk).digest())
        path = f"{backup.replace('backups', 'collections')}/chunks/{address}"
        octets = {**bearer, "content-type": "application/octet-stream"}
        assert client.put(path, content=chunk, headers=octets).status_code == 204
    return stored[2]


@pytest.fixture(scope="module")
def filled(lasting_hub: Hub) -> tuple[Hub, bytes]:
    return lasting_hub, fill(lasting_hub)


@pytest.fixture
def copy(filled: tuple[Hub, bytes], tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The database of the running hub, to be damaged."""
    with (
        closing(sqlite3.connect(filled[0].database)) as origin,
        closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as made,
    ):
        origin.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")
        yield made


def test_a_running_hub_that_is_whole_is_said_to_be(filled: tuple[Hub, bytes]) -> None:
    hub, _ = filled
    told = verify(hub)
    assert told.exit_code == 0, told.output
    assert "5 entries and 1 chunk were read.\nAll of it is as it was stored." in told.output
    assert json.loads(verify(hub, "--json").output) == {"entries": 5, "chunks": 1, "faults": 0, "found": []}


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (
            "UPDATE entries SET content = CAST(substr(content, 1, length(content) - 4) || 'oops' AS BLOB) "
            "WHERE rev = :rev",
            ("entry", "its content is not what was stored"),
        ),
        ("UPDATE entries SET key = 99 WHERE rev = :rev", ("entry", "its key is missing here")),
        (
            "DELETE FROM numbers WHERE id = (SELECT key FROM feed WHERE rev = :rev)",
            ("entry", "its key is missing here"),
        ),
        (
            "DELETE FROM numbers WHERE id = (SELECT lane FROM feed WHERE rev = :rev)",
            ("disk", "it is lost which lane or key"),
        ),
        (
            "DELETE FROM numbers WHERE id = (SELECT lane FROM feed WHERE rev = :rev)",
            ("entry", "its key is missing here"),
        ),
        ("DELETE FROM entries WHERE rev = :rev", ("order", "are missing")),
        (
            "UPDATE collections SET sequence = sequence + 1 WHERE name = 'contacts'",
            ("order", "ends at number"),
        ),
        ("UPDATE entries SET superseded = 1 WHERE rev = :rev", ("superseded", "counts as replaced")),
        (
            "INSERT INTO superseded SELECT collection, zeroblob(32), lane, record FROM feed WHERE rev = :rev",
            ("superseded", "a revision that is not here counts as replaced"),
        ),
        (
            "UPDATE collections SET confirmed = sequence + 1 WHERE name = 'contacts'",
            ("safe", "counts as safe"),
        ),
        (
            "UPDATE collections SET backed_up = sequence + 1 WHERE name = 'contacts'",
            ("safe", "counts as safe"),
        ),
        (
            "UPDATE cards SET card = CAST(substr(card, 1, length(card) - 4) || 'oops' AS BLOB)",
            ("signature", "its card"),
        ),
        ("UPDATE certificates SET n = n + 1", ("signature", "the certificate")),
        ("UPDATE buckets SET sum = zeroblob(32)", ("count", "its sums are not those")),
        ("UPDATE numbers SET day = day - 1", ("count", "the last days of its keys")),
        ("UPDATE held SET used = used + 1", ("room", "bytes count as taken")),
        ("DELETE FROM held", ("room", "lane")),
        ("UPDATE backups SET used = 0", ("room", ": 0 bytes count as taken, and 1000 are")),
        ("UPDATE chunks SET content = zeroblob(1000)", ("chunk", "is not what was stored")),
        ("DELETE FROM programmes WHERE programme = zeroblob(16)", ("disk", "programmes")),
    ],
)
def test_each_kind_of_damage_is_named(
    filled: tuple[Hub, bytes], copy: sqlite3.Connection, tmp_path: Path, how: str, named: tuple[str, str]
) -> None:
    with copy:
        copy.execute("PRAGMA foreign_keys = OFF")
        assert copy.execute(how, {"rev": filled[1]} if ":rev" in how else {}).rowcount > 0
    told = verify(filled[0], str(tmp_path / "copy.sqlite3"), "--json")
    assert told.exit_code == 1
    found = json.loads(told.output)["found"]
    assert [each for each in found if each["kind"] == named[0] and named[1] in each["detail"]]
    plain = verify(filled[0], str(tmp_path / "copy.sqlite3"))
    assert plain.exit_code == 1
    assert "Wrong: " in plain.output


def test_a_forged_packet_is_named(
    filled: tuple[Hub, bytes], copy: sqlite3.Connection, tmp_path: Path
) -> None:
    """Its id still fits what is in it, so that the signature alone can tell."""
    with copy:
        (content,) = copy.execute("SELECT content FROM entries WHERE kind = 0 LIMIT 1").fetchone()
        packet = msgspec.msgpack.decode(content)
        forged = msgspec.msgpack.encode({**packet, "signature": secrets.token_bytes(64)})
        copy.execute("UPDATE entries SET content = ? WHERE content = ?", (forged, content))
    told = verify(filled[0], str(tmp_path / "copy.sqlite3"))
    assert told.exit_code == 1
    assert "its signature does not verify" in told.output


async def test_postgresql_is_gone_through_too(hub: Hub, database: str) -> None:
    hub.end()
    hub.extra["SOJOURN_DATABASE"] = database
    hub.start()
    await asyncio.to_thread(fill, hub)
    told = await asyncio.to_thread(verify, hub)
    assert told.exit_code == 0, told.output
    for statement in (*WRONG_COUNTS, "UPDATE collections SET generation = 9 WHERE name = 'contacts'"):
        await fetch(database, statement)
    told = await asyncio.to_thread(verify, hub)
    assert told.exit_code == 1
    assert "it names card 9, and the newest is 1" in told.output
    assert "the last days of its keys are not those" in told.output
    assert len([line for line in told.output.splitlines() if "bytes count as taken" in line]) == 2
    assert (await asyncio.to_thread(verify, hub, "--mend")).exit_code == 0
    assert (await asyncio.to_thread(verify, hub)).exit_code == 0
    await fetch(database, "UPDATE entries SET content = 'oops' WHERE kind = 1 AND superseded IS NULL")
    told = await asyncio.to_thread(verify, hub)
    assert told.exit_code == 1
    assert "its content is not what was stored" in told.output


def test_counts_that_are_wrong_are_mended_beside_the_running_hub(hub: Hub, tmp_path: Path) -> None:
    rev = fill(hub)
    damage(hub, *WRONG_COUNTS)
    told = verify(hub)
    assert told.exit_code == 1
    assert "sojourn verify --mend counts it anew" in told.output
    told = verify(hub, "--mend")
    assert told.exit_code == 0, told.output
    assert "are counted anew" in told.output
    assert verify(hub).exit_code == 0
    # What is damaged otherwise is not counted as if it were whole.
    damage(hub, *WRONG_COUNTS)
    with closing(sqlite3.connect(hub.database)) as connection, connection:
        connection.execute("UPDATE entries SET content = zeroblob(9) WHERE rev = ?", (rev,))
    told = verify(hub, "--mend")
    assert told.exit_code == 1
    assert "bytes count as taken" in told.output
    file = tmp_path / "file"
    file.write_bytes(hub.database.read_bytes())
    assert verify(hub, str(file), "--mend").exit_code == 2


def test_a_contact_that_counts_again_although_it_was_replaced_is_no_matter_of_sums(
    hub: Hub, tmp_path: Path
) -> None:
    rev = fill(hub)
    hub.end()
    with closing(sqlite3.connect(hub.database)) as connection:
        (replaced,) = connection.execute("SELECT rev FROM entries WHERE superseded IS NOT NULL").fetchone()
    assert replaced != rev
    damage(hub, "UPDATE entries SET superseded = NULL")
    told = verify(hub, "--mend", "--json")
    assert told.exit_code == 1
    assert [each["kind"] for each in json.loads(told.output)["found"]] == ["count", "superseded"]
    assert "counts, and something here replaces it" in told.output
    file = tmp_path / "file"
    assert CliRunner().invoke(main, ["backup", str(file)], env=hub.environment).exit_code == 1
    assert not file.exists()
    # With right sums it is what a relay handed on, which a wrong sum elsewhere says nothing of.
    mend(hub.database)
    assert verify(hub).exit_code == 0
    other = replaced[0] ^ 1
    damage(
        hub, f"INSERT OR REPLACE INTO buckets SELECT collection, lane, {other}, 9, sum FROM buckets LIMIT 1"
    )
    assert verify(hub).exit_code == 1
    assert verify(hub, "--mend").exit_code == 0


def test_a_contact_whose_content_went_before_its_time_is_no_matter_of_sums(hub: Hub, tmp_path: Path) -> None:
    fill(hub)
    hub.end()
    damage(hub, "UPDATE entries SET content = NULL WHERE kind = 1 AND superseded IS NULL")
    told = verify(hub, "--mend", "--json")
    assert told.exit_code == 1
    assert "its content is missing" in told.output
    assert "Nothing is lost" not in verify(hub).output
    kept = tmp_path / "kept"
    kept.write_bytes(hub.database.read_bytes())
    for words in (["backup", str(tmp_path / "file")], ["restore", str(kept), "--replace"]):
        assert CliRunner().invoke(main, words, env=hub.environment).exit_code == 1
    # Once a coordinator has it, that may be its age.
    damage(hub, "UPDATE collections SET confirmed = sequence WHERE name = 'contacts'")
    assert verify(hub, "--mend").exit_code == 0


async def test_postgresql_loses_no_contact_to_a_mend_either(hub: Hub, database: str) -> None:
    hub.end()
    hub.extra["SOJOURN_DATABASE"] = database
    hub.start()
    await asyncio.to_thread(fill, hub)
    hub.end()
    await fetch(database, "UPDATE entries SET superseded = NULL")
    told = await asyncio.to_thread(verify, hub, "--mend")
    assert told.exit_code == 1
    assert "counts, and something here replaces it" in told.output
    await fetch(database, "UPDATE entries SET content = NULL WHERE kind = 1")
    told = await asyncio.to_thread(verify, hub, "--mend")
    assert told.exit_code == 1
    assert "its content is missing" in told.output
    await fetch(database, "UPDATE collections SET confirmed = sequence WHERE name = 'contacts'")
    assert (await asyncio.to_thread(verify, hub, "--mend")).exit_code == 0


def test_a_backup_is_made_although_counts_are_wrong_and_its_restore_counts_anew(
    hub: Hub, tmp_path: Path
) -> None:
    fill(hub)
    hub.end()
    damage(hub, *WRONG_COUNTS)
    for words in (["backup", str(tmp_path / "file")], ["restore", str(tmp_path / "file"), "--replace"]):
        told = CliRunner().invoke(main, words, env=hub.environment)
        assert told.exit_code == 0, told.output
    assert "are counted anew" in told.output
    assert verify(hub).exit_code == 0


def damage(hub: Hub, *statements: str) -> None:
    with closing(sqlite3.connect(hub.database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_what_is_no_database_is_a_plain_error(filled: tuple[Hub, bytes], tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"not a database" * 1000)
    told = verify(filled[0], str(tmp_path / "none"))
    assert told.exit_code == 1
    assert "file is not a database" in told.output
