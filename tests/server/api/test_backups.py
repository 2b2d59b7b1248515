"""Personal backups over real HTTP: made, filled, found by the recovery key alone, ended."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import pytest

from sync import canonical
from sync.backups import KEEP_MONTHS, Backup, BackupKeys, BackupOffer, backup_keys, month_of
from sync.crypto.attachments import CHUNK_LIMIT
from sync.crypto.bodies import open_body, seal_body
from sync.exchange import Changes, Missing, Push, Pushed, Question
from sync.identifiers import new_id
from sync.revisions import Revision, rev_of
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, Programme, client_of, code_of, ok


@dataclass
class Person:
    """Someone with a recovery key, and nothing else."""

    client: httpx.Client
    recovery_key: bytes = field(default_factory=lambda: secrets.token_bytes(20))

    @property
    def keys(self) -> BackupKeys:
        return backup_keys(self.recovery_key)

    def request(
        self, method: str, path: str, body: msgspec.Struct | None = None, **options: Any
    ) -> httpx.Response:
        headers = {"accept": MSGPACK, "authorization": f"Bearer {canonical.to_text(self.keys.token)}"}
        if body is not None:
            headers["content-type"] = MSGPACK
            options["content"] = msgspec.msgpack.encode(body)
        return self.client.request(method, path, headers=headers, **options)

    @property
    def backup(self) -> str:
        return f"/backups/{canonical.to_text(self.keys.collection)}"

    @property
    def collection(self) -> str:
        return f"/collections/{canonical.to_text(self.keys.collection)}"

    def make(self) -> Backup:
        return ok(self.request("PUT", self.backup), Backup)

    def look(self) -> Backup:
        return ok(self.request("GET", self.backup), Backup)

    def push(self, *revisions: Revision) -> Pushed:
        return ok(self.request("POST", f"{self.collection}/changes", Push(revisions=revisions)), Pushed)

    def pull(self) -> Changes:
        return ok(self.request("GET", f"{self.collection}/changes"), Changes)

    def note(self, text: str, *before: Revision, chunks: tuple[bytes, ...] = ()) -> Revision:
        record = before[0].record if before else new_id()
        replaced = sorted(self.rev(each) for each in before)
        return seal_body(
            self.keys.key, self.keys.collection, record, replaced, text.encode(), chunks=sorted(chunks)
        )

    def rev(self, revision: Revision) -> bytes:
        return rev_of(self.keys.collection, revision)

    def chunk(self, method: str, address: bytes, content: bytes | None = None) -> httpx.Response:
        return self.request(method, f"{self.collection}/chunks/{canonical.to_text(address)}", content=content)

    def put_chunk(self, content: bytes) -> bytes:
        address = hashlib.sha256(content).digest()
        answer = self.chunk("PUT", address, content)
        assert answer.status_code == 204, answer.text
        return address


@pytest.fixture
def person(client: httpx.Client) -> Person:
    return Person(client)


def unnamed(hub: Hub, address: bytes) -> int | None:
    with closing(sqlite3.connect(hub.database)) as database:
        (day,) = database.execute("SELECT unnamed FROM chunks WHERE address = ?", (address,)).fetchone()
        found: int | None = day
        return found


def test_a_second_phone_finds_and_opens_it_with_the_recovery_key_alone(person: Person) -> None:
    made = person.make()
    note = person.note("what happened on Tuesday")
    receipt = person.push(note)

    again = Person(person.client, person.recovery_key)
    (found,) = again.pull().revisions

    assert (made.used, made.quota) == (0, 20_000_000)
    assert list(receipt.stored) == [person.rev(note)]
    assert receipt.safe == 0
    assert open_body(again.keys.key, again.keys.collection, found) == b"what happened on Tuesday"
    assert again.make().used == again.look().used > len(note.body)


def test_it_is_kept_for_24_months_after_the_month_of_its_last_use(person: Person, lasting_hub: Hub) -> None:
    made = person.make()
    year, month = made.used_in.split("-")
    assert made.kept_until == f"{int(year) + 2}-{month}"
    with closing(sqlite3.connect(lasting_hub.database)) as database, database:
        database.execute("UPDATE backups SET month = 600 WHERE collection = ?", (person.keys.collection,))

    person.pull()

    with closing(sqlite3.connect(lasting_hub.database)) as database:
        (used_in,) = database.execute(
            "SELECT month FROM backups WHERE collection = ?", (person.keys.collection,)
        ).fetchone()
    assert used_in == (int(year) - 1970) * 12 + int(month) - 1


def test_nobody_else_gets_in(person: Person, programme: Programme) -> None:
    person.make()
    stranger = Person(person.client)
    stranger.make()
    path = f"{person.collection}/changes"

    assert code_of(stranger.request("GET", path)) == "wrong-collection"
    assert code_of(programme.coordinator.request("GET", path)) == "wrong-collection"
    assert code_of(stranger.request("GET", person.backup)) == "wrong-token"
    assert code_of(stranger.request("PUT", person.backup)) == "wrong-token"
    assert code_of(stranger.request("DELETE", person.backup)) == "wrong-token"
    assert code_of(Person(person.client).request("GET", path)) == "wrong-token"
    assert code_of(person.client.get(person.backup)) == "no-token"
    assert code_of(Person(person.client).request("GET", Person(person.client).backup)) == "unknown"


def test_a_backups_token_opens_nothing_of_a_programme(person: Person, programme: Programme) -> None:
    person.make()
    nobody = f"/programmes/{canonical.to_text(bytes(16))}"

    assert code_of(person.request("GET", programme.coordinator.collection("contacts"))) == "wrong-collection"
    assert code_of(person.request("GET", programme.path("/certificates"))) == "wrong-collection"
    assert code_of(person.request("GET", f"{nobody}/certificates")) == "wrong-collection"
    assert code_of(person.request("GET", nobody)) == "unknown"


def test_a_programmes_collection_cannot_be_taken_for_a_backup(person: Person, programme: Programme) -> None:
    contacts = programme.coordinator.collection("contacts").split("/")[2]

    assert code_of(person.request("PUT", f"/backups/{contacts}")) == "wrong-token"
    assert code_of(person.request("DELETE", f"/backups/{contacts}")) == "unknown"
    assert code_of(programme.coordinator.request("PUT", person.backup)) == "wrong-token"


def test_packets_are_refused_there(person: Person, programme: Programme) -> None:
    person.make()
    packet = programme.coordinator.packet("contacts", new_id())

    receipt = ok(person.request("POST", f"{person.collection}/changes", Push(packets=(packet,))), Pushed)

    assert [each.why for each in receipt.refused] == ["bad-packet"]


def test_missing_is_answered_there_too(person: Person) -> None:
    person.make()
    first = person.note("one")
    second = person.note("two", first)
    person.push(first)
    person.push(second)
    unknown = secrets.token_bytes(32)
    asked = Question(revs=(person.rev(first), unknown, person.rev(second)))

    assert ok(person.request("POST", f"{person.collection}/missing", asked), Missing).missing == (unknown,)


def test_a_chunk_is_stored_once_and_comes_back_whole(person: Person) -> None:
    person.make()
    content = secrets.token_bytes(CHUNK_LIMIT)
    address = hashlib.sha256(content).digest()

    assert person.chunk("HEAD", address).status_code == 404
    assert person.put_chunk(content) == person.put_chunk(content) == address
    assert person.chunk("HEAD", address).status_code == 200
    found = person.chunk("GET", address)
    assert found.content == content
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["cache-control"] == "no-store"
    assert person.look().used == CHUNK_LIMIT


def test_a_chunk_that_is_not_what_its_address_says_is_refused(person: Person) -> None:
    person.make()
    answer = person.chunk("PUT", secrets.token_bytes(32), b"changed on the way")

    assert code_of(answer) == "malformed"
    assert answer.json()["field"] == "address"
    assert code_of(person.chunk("PUT", bytes(31), b"")) == "unknown"
    assert code_of(person.chunk("GET", bytes(32))) == "unknown"
    assert person.look().used == 0
    # Last, as the hub closes a connection whose body it did not read.
    assert code_of(person.chunk("PUT", bytes(32), bytes(CHUNK_LIMIT + 1))) == "too-large"


def test_a_revision_waits_for_its_chunks(person: Person) -> None:
    person.make()
    contents = [secrets.token_bytes(1_000) for _ in range(2)]
    photo = person.note("photo", chunks=tuple(hashlib.sha256(each).digest() for each in contents))
    plain = person.note("plain")

    person.put_chunk(contents[0])
    receipt = person.push(photo, plain)
    assert [(each.rev, each.why) for each in receipt.refused] == [(person.rev(photo), "missing-chunks")]
    assert list(receipt.stored) == [person.rev(plain)]

    person.put_chunk(contents[1])
    assert list(person.push(photo).stored) == [person.rev(photo)]


def test_a_contact_that_names_chunks_is_refused(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    sent = Revision(
        record=new_id(), supersedes=(), key=key, tombstone=False, chunks=(bytes(32),), body=bytes(600)
    )

    receipt = worker.push([worker.packet("contacts", key)], [sent])

    assert [each.why for each in receipt.refused] == ["malformed"]
    path = worker.collection("contacts").replace("/changes", f"/chunks/{canonical.to_text(bytes(32))}")
    assert code_of(worker.client.put(path, headers={"authorization": f"Bearer {worker.token}"})) == (
        "wrong-collection"
    )


def test_a_chunk_that_no_head_names_has_the_day_since_when(person: Person, lasting_hub: Hub) -> None:
    person.make()
    shared, own = (person.put_chunk(secrets.token_bytes(1_000)) for _ in range(2))
    assert unnamed(lasting_hub, own) is not None
    first, other = person.note("a", chunks=(shared, own)), person.note("b", chunks=(shared,))
    person.push(first, other)
    assert (unnamed(lasting_hub, shared), unnamed(lasting_hub, own)) == (None, None)

    # A revision that names another record's rev frees nothing of it.
    person.push(
        seal_body(person.keys.key, person.keys.collection, new_id(), [person.rev(first)], b"elsewhere")
    )
    assert unnamed(lasting_hub, own) is None

    person.push(person.note("a without photo", first))
    assert unnamed(lasting_hub, shared) is None
    assert unnamed(lasting_hub, own) is not None


def test_what_is_superseded_there_loses_its_body_and_its_room(person: Person, lasting_hub: Hub) -> None:
    person.make()
    note = person.note("a" * 20_000)
    person.push(note)
    full = person.look().used

    person.push(person.note("", note))

    assert person.look().used < full - 15_000
    with closing(sqlite3.connect(lasting_hub.database)) as database:
        kept = database.execute("SELECT content FROM entries WHERE rev = ?", (person.rev(note),)).fetchone()
    assert kept == (None,)


def test_deleting_destroys_all_of_it_and_nothing_else(person: Person, lasting_hub: Hub) -> None:
    other = Person(person.client)
    for each in (person, other):
        each.make()
        chunk = each.put_chunk(secrets.token_bytes(5_000))
        each.push(each.note("note", chunks=(chunk,)))

    assert person.request("DELETE", person.backup).status_code == 204

    with closing(sqlite3.connect(lasting_hub.database)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            if "collection" in columns:
                held = {row[0] for row in database.execute(f"SELECT collection FROM {table}")}
                assert person.keys.collection not in held, table
    assert code_of(person.request("GET", f"{person.collection}/changes")) == "wrong-token"
    assert len(other.pull().revisions) == 1
    assert person.make().used == 0
    assert person.pull().revisions == ()


@pytest.fixture
def small_hub(hub: Hub) -> Hub:
    """Takes two backups of a megabyte each."""
    hub.end()
    hub.extra = {"SOJOURN_BACKUPS": "2", "SOJOURN_BACKUP_MB": "1"}
    hub.start()
    return hub


def test_a_full_backup_takes_nothing_in_part(small_hub: Hub) -> None:
    with client_of(small_hub) as client:
        person = Person(client)
        person.make()
        chunks = [person.put_chunk(secrets.token_bytes(CHUNK_LIMIT)) for _ in range(3)]
        before = person.look().used

        assert code_of(person.chunk("PUT", *hashed(secrets.token_bytes(CHUNK_LIMIT)))) == "quota"
        notes = tuple(person.note("a" * 60_000) for _ in range(5))
        pushed = person.request("POST", f"{person.collection}/changes", Push(revisions=notes))

        assert code_of(pushed) == "quota"
        assert person.look().used == before
        assert person.pull().revisions == ()
        assert len(person.push(notes[0]).stored) == 1
        assert person.chunk("HEAD", chunks[0]).status_code == 200


def test_the_sweep_takes_what_nobody_needs_and_nothing_else(hub: Hub) -> None:
    with client_of(hub) as client:
        gone, kept = Person(client), Person(client)
        for each in (gone, kept):
            each.make()
            each.push(each.note("note"))
        named, unnamed, young = (kept.put_chunk(secrets.token_bytes(1_000)) for _ in range(3))
        kept.push(kept.note("photo", chunks=(named,)))
        used = kept.look().used
        hub.end()
        today = int(time.time()) // 86_400
        with closing(sqlite3.connect(hub.database)) as database, database:
            database.executemany(
                "INSERT INTO days (day) VALUES (?)", [(today - ago,) for ago in range(20, 820, 20)]
            )
            database.execute(
                "UPDATE backups SET month = ? WHERE collection = ?",
                (month_of(today) - KEEP_MONTHS - 1, gone.keys.collection),
            )
            database.execute("UPDATE chunks SET unnamed = ? WHERE address = ?", (today - 31, unnamed))
        hub.start()

        path = f"{gone.collection}/changes"
        # Asked with the token it would be used: so the database says when.
        with closing(sqlite3.connect(hub.database)) as database:
            while database.execute("SELECT count(*) FROM backups").fetchone() != (1,):
                time.sleep(0.02)
        assert code_of(gone.request("GET", path)) == "wrong-token"
        assert kept.chunk("HEAD", unnamed).status_code == 404
        assert [kept.chunk("HEAD", each).status_code for each in (named, young)] == [200, 200]
        assert kept.look().used == used - 1_000
        assert len(kept.pull().revisions) == 2
        # Again as if it had never been there.
        assert gone.make().used == 0


def hashed(content: bytes) -> tuple[bytes, bytes]:
    return hashlib.sha256(content).digest(), content


def test_a_hub_takes_so_many_and_no_more(small_hub: Hub) -> None:
    with client_of(small_hub) as client:
        for _ in range(2):
            Person(client).make()
        third = Person(client)
        assert code_of(third.request("PUT", third.backup)) == "no-backups"


def test_a_hub_that_has_ended_them_lets_them_be_read_and_deleted(small_hub: Hub) -> None:
    with client_of(small_hub) as client:
        offer = ok(client.get("/backups", headers={"accept": MSGPACK}), BackupOffer)
        assert (offer.offered, offer.quota, offer.keep_months) == (True, 1_000_000, 24)
        person = Person(client)
        person.make()
        person.push(person.note("kept"))
        small_hub.end()
        small_hub.extra = {"SOJOURN_BACKUPS": "0"}
        small_hub.start()

        assert not ok(client.get("/backups", headers={"accept": MSGPACK}), BackupOffer).offered
        assert code_of(person.request("PUT", person.backup)) == "no-backups"
        assert code_of(person.request("POST", f"{person.collection}/changes", Push())) == "no-backups"
        assert code_of(person.chunk("PUT", *hashed(b"x"))) == "no-backups"
        assert len(person.pull().revisions) == 1
        assert person.request("DELETE", person.backup).status_code == 204
