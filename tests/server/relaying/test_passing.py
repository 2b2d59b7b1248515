"""Personal backups at a relay: passed on to the hub above and back as they are, and nothing of them kept."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from server.api import Hub as Here
from server.api import api, private
from server.api.counts import counted
from server.api.limits import Rates
from server.api.problems import problem_plugin
from server.relaying import PassedOn, Passing, begin
from sync import canonical
from sync.backups import BackupOffer
from sync.crypto.attachments import CHUNK_LIMIT
from sync.enrolment import invite_link
from sync.exchange import Changes, Missing, Push, Question, decode_cursor
from sync.identifiers import collection_id, new_id
from sync.stores.sqlite import SQLiteStore
from tests.browser.network import Instead, Network
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, client_of, code_of, found, ok
from tests.server.api.test_backups import Person

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Litestar 3

PICTURE = secrets.token_bytes(CHUNK_LIMIT)
ADDRESS = hashlib.sha256(PICTURE).digest()


@dataclass
class Centre:
    """A relay below a hub, the line between them, and somebody who meets both."""

    hub: Hub
    relay: Hub
    line: Network
    at_relay: Person
    at_hub: Person


@pytest.fixture
def centre(hub: Hub, tmp_path: Path) -> Iterator[Centre]:
    relay = Hub(tmp_path / "relay", public_url=hub.url)
    with Network(upstream=hub.url) as line, client_of(hub) as above, client_of(relay) as below:
        invite, _ = found(hub, above).invite("relay")
        relay.data.mkdir()
        begin(relay.data, invite_link(invite), now=int(time.time()))
        relay.words = ["relay", "--upstream", line.origin]
        relay.start()
        # A server may close what it has answered before all of a body came.
        below.headers["connection"] = "close"
        person = Person(below)
        try:
            yield Centre(hub, relay, line, person, Person(above, person.recovery_key))
        finally:
            relay.end()


def test_pictures_go_up_and_down_and_are_deleted_at_a_relay_which_keeps_nothing(centre: Centre) -> None:
    there, here = centre.at_relay, centre.at_hub
    offer = ok(there.client.get("/backups", headers={"accept": MSGPACK}), BackupOffer)
    assert offer.offered
    made = there.make()
    assert there.chunk("HEAD", ADDRESS).status_code == 404
    there.put_chunk(PICTURE)
    assert there.chunk("HEAD", ADDRESS).status_code == 200
    note = there.note("a picture", chunks=(ADDRESS,))
    receipt = there.push(note)

    assert (made.used, receipt.receipt, list(receipt.stored)) == (0, "hub", [there.rev(note)])
    for each in (there, here):
        (held,) = each.pull().revisions
        assert held == note
        assert each.chunk("GET", ADDRESS).content == PICTURE
    assert there.look() == here.look()
    question = Question(revs=(bytes(32), there.rev(note)))
    lacking = ok(there.request("POST", f"{there.collection}/missing", question), Missing)
    assert lacking.missing == (bytes(32),)
    _nothing_is_kept(centre)

    assert there.request("DELETE", there.backup).status_code == 204
    assert code_of(here.request("GET", here.backup)) == "unknown"
    assert code_of(there.request("GET", there.backup)) == "unknown"


def test_a_phone_meets_hub_and_relay_by_turns_with_one_cursor(centre: Centre) -> None:
    there, here = centre.at_relay, centre.at_hub
    here.make()
    first = there.push(there.note("one"))
    second = here.push(here.note("two"))

    assert second.before == first.cursor
    for each in (there, here):
        after = {"after": canonical.to_text(first.cursor)}
        page = ok(each.request("GET", f"{each.collection}/changes", params=after), Changes)
        assert (len(page.revisions), page.cursor) == (1, second.cursor)
    told = centre.at_hub.client.get("/health", headers={"accept": MSGPACK}).content
    assert decode_cursor(second.cursor).epoch in told


def test_without_a_line_nobody_believes_a_backup_gone(centre: Centre) -> None:
    there = centre.at_relay
    there.make()
    there.put_chunk(PICTURE)
    centre.line.online = False

    for answer in _everything(there):
        assert code_of(answer) == "unavailable"
        assert int(answer.headers["retry-after"]) > 0
    assert there.chunk("HEAD", ADDRESS).status_code == 503

    centre.line.online = True
    centre.hub.kill()
    for answer in _everything(there):
        assert code_of(answer) == "unavailable"
    centre.hub.start()
    assert there.chunk("GET", ADDRESS).content == PICTURE


def test_a_line_that_is_cut_is_no_answer(centre: Centre) -> None:
    there = centre.at_relay
    there.make()
    there.put_chunk(PICTURE)
    octets = "application/octet-stream"
    centre.line.instead = Instead(kind=octets, body=PICTURE, arrives=0)
    assert code_of(there.chunk("GET", ADDRESS)) == "unavailable"
    # Once something of it is with the phone, all that is left is to cut the phone's connection.
    centre.line.instead = Instead(kind=octets, body=PICTURE, arrives=len(PICTURE) // 2)
    with pytest.raises(httpx.RemoteProtocolError):
        there.chunk("GET", ADDRESS)
    # Somebody else's word: of a network that wants to be paid first, of a proxy without a hub.
    for status in ("302 Found", "200 OK", "404 Not Found", "502 Bad Gateway"):
        centre.line.instead = Instead(status=status, kind="text/html", body=b"<p>Welcome")
        assert code_of(there.request("GET", there.backup)) == "unavailable"
        assert there.chunk("HEAD", ADDRESS).status_code == 503
    centre.line.instead = None
    assert there.chunk("HEAD", ADDRESS).status_code == 200
    assert there.chunk("GET", ADDRESS).content == PICTURE
    _nothing_is_kept(centre)


def test_what_the_hub_refuses_comes_as_it_is(centre: Centre) -> None:
    there, here = centre.at_relay, centre.at_hub
    assert code_of(there.request("GET", there.backup)) == "unknown"
    here.make()
    stranger = Person(there.client)
    bearer = {"authorization": f"Bearer {canonical.to_text(stranger.keys.token)}"}
    assert code_of(there.client.put(there.backup, headers=bearer)) == "wrong-token"
    assert code_of(there.client.get(f"{there.collection}/changes")) == "no-token"
    assert there.client.get(f"{there.collection}/changes").headers["www-authenticate"] == "Bearer"
    assert code_of(there.chunk("PUT", bytes(32), b"other bytes")) == "malformed"
    assert code_of(there.chunk("GET", bytes(32))) == "unknown"
    (refused,) = there.push(there.note("a picture", chunks=(ADDRESS,))).refused
    assert refused.why == "missing-chunks"
    assert code_of(there.chunk("PUT", ADDRESS, PICTURE + b"!")) == "too-large"
    after = {"after": canonical.to_text(bytes(32))}
    assert code_of(there.request("GET", f"{there.collection}/changes", params=after)) == "epoch-changed"
    full = Instead("507 Insufficient Storage", "application/problem+json", body=_problem("quota", 507))
    centre.line.instead = full
    assert code_of(there.chunk("PUT", ADDRESS, PICTURE)) == "quota"
    waits = Instead(
        "429 Too Many Requests",
        "application/problem+json",
        ("retry-after: 17", "set-cookie: a=b", "x-line: 1"),
        _problem("too-fast", 429),
    )
    centre.line.instead = waits
    slowed = there.request("GET", there.backup)
    assert (code_of(slowed), slowed.headers["retry-after"]) == ("too-fast", "17")
    assert not {"set-cookie", "x-line"} & set(slowed.headers)
    assert slowed.headers["cache-control"] == "no-store"


async def test_what_a_relay_held_when_it_was_a_hub_of_its_own_is_not_the_hubs(centre: Centre) -> None:
    there = centre.at_relay
    there.make()
    store = await SQLiteStore.open(centre.relay.database)
    await store.create_backup(
        there.keys.collection, hashlib.sha256(there.keys.token).digest(), most=1, month=700
    )
    await store.close()

    there.push(there.note("one"))

    assert len(centre.at_hub.pull().revisions) == 1


@dataclass
class Above(httpx.AsyncBaseTransport):
    """Stands for the line to the hub, and says what it was asked."""

    asked: list[httpx.Request]
    ended: bool = True
    """Whether it ever answers."""
    crowded: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if len(self.asked) == 8:
            self.crowded.set()
        await request.aread()
        if not self.ended:
            await asyncio.Event().wait()
        return httpx.Response(204, stream=httpx.ByteStream(b""))


@asynccontextmanager
async def alone(
    folder: Path, *ours: bytes, ended: bool = True
) -> AsyncIterator[tuple[Litestar, Here, Above]]:
    """A relay's API without a server, and what is above it."""
    above = Above([], ended)
    app = Litestar(
        route_handlers=[api(PassedOn())],
        plugins=[problem_plugin()],
        before_send=[private, counted],
        logging_config=None,
    )
    store = await SQLiteStore.open(folder / "sojourn.sqlite3")
    app.state.passing = Passing("https://hub.example", ours, above)
    app.state.hub = Here(
        store=store,
        origin="https://hub.example",
        clock=time.time,
        receipt="relay",
        wrong_rates=Rates(burst=20, refill=0.001),
    )
    try:
        yield app, app.state.hub, above
    finally:
        await store.close()


def client_at(app: Litestar) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar's own words for the same
    return httpx.AsyncClient(transport=transport, base_url="https://hub.example/api/v1")


async def test_the_hub_is_told_nothing_of_who_asks(tmp_path: Path) -> None:
    which = canonical.to_text(new_id())
    headers = {
        "authorization": "Bearer AAAA",
        "content-type": "application/octet-stream",
        "x-forwarded-for": "192.0.2.7",
        "forwarded": "for=192.0.2.7",
        "x-real-ip": "192.0.2.7",
        "cookie": "a=b",
        "referer": "https://hub.example/en/rent",
        "user-agent": "a phone of its own kind",
        "accept-language": "tl",
        "connection": "keep-alive, x-more",
        "x-more": "1",
    }
    path = f"/collections/{which}/chunks/{canonical.to_text(ADDRESS)}"
    async with alone(tmp_path) as (app, _, above), client_at(app) as client:
        answer = await client.put(path, headers=headers, content=PICTURE, params={"a": "b c"})
        await client.delete(f"/backups/{which}", headers=headers)

    assert answer.status_code == 204
    sent, ended = above.asked
    assert (sent.method, str(sent.url)) == ("PUT", f"https://hub.example/api/v1{path}?a=b+c")
    assert sent.content == PICTURE
    assert dict(sent.headers) == {
        "host": "hub.example",
        "accept": "*/*",
        "accept-encoding": "identity",
        "authorization": "Bearer AAAA",
        "content-length": str(len(PICTURE)),
        "content-type": "application/octet-stream",
        "via": "1.1 sojourn-relay",
    }
    assert not {"content-length", "content-type", "cookie"} & set(ended.headers)


async def test_one_address_cannot_use_up_the_line(tmp_path: Path) -> None:
    which = canonical.to_text(new_id())
    async with alone(tmp_path) as (app, _, above), client_at(app) as client:
        for _ in range(20):
            await client.get(f"/collections/{which}/changes")
        assert code_of(await client.get(f"/collections/{which}/changes")) == "too-fast"
        assert len(above.asked) == 20
        # And all of them together leave half of what the hub allows an address to the relay itself.
        for at in range(60):
            asked = await client.get("/backups", headers={"x-forwarded-for": f"192.0.2.{at}"})
            assert asked.status_code == 204
        assert code_of(await client.get("/backups")) == "too-fast"
    (tmp_path / "again").mkdir()
    async with alone(tmp_path / "again", ended=False) as (app, _, above), client_at(app) as client:
        waiting = [asyncio.create_task(client.get(f"/collections/{which}/changes")) for _ in range(8)]
        await above.crowded.wait()
        assert code_of(await client.get(f"/collections/{which}/changes")) == "unavailable"
        assert len(above.asked) == 8
        for each in waiting:
            each.cancel()


async def test_a_body_that_is_too_large_is_not_passed_on(tmp_path: Path) -> None:
    path = f"/collections/{canonical.to_text(new_id())}/chunks/{canonical.to_text(ADDRESS)}"

    async def poured() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield bytes(65_536)

    async with alone(tmp_path) as (app, hub, above), client_at(app) as client:
        assert code_of(await client.put(path, content=PICTURE + b"!")) == "too-large"
        assert above.asked == []
        assert code_of(await client.put(path, content=poured())) == "too-large"
        assert hub.backup_bodies.held == 0


async def test_a_phone_that_went_holds_no_place(tmp_path: Path) -> None:
    which = canonical.to_text(new_id())
    async with alone(tmp_path, ended=False) as (app, _, above):
        messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> object:
            return next(messages, {"type": "http.disconnect"})

        async def send(_: object) -> None: ...

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": f"/api/v1/backups/{which}",
            "raw_path": b"",
            "query_string": b"",
            "headers": [],
            "client": ("192.0.2.1", 1),
        }
        async with asyncio.timeout(10):
            await app(scope, receive, send)  # type: ignore[arg-type]  # the least of each
        assert len(above.asked) == 1


async def test_a_relay_that_is_its_own_hub_asks_itself_once(tmp_path: Path) -> None:
    async with alone(tmp_path) as (app, _, above), client_at(app) as client:
        passed = {"via": "1.1 Caddy, 1.1 sojourn-relay"}
        assert code_of(await client.get("/backups", headers=passed)) == "unavailable"
        assert above.asked == []


async def test_what_is_the_relays_own_is_never_asked_for_above(tmp_path: Path) -> None:
    own = collection_id(new_id(), "contacts")
    async with alone(tmp_path, own) as (app, _, above), client_at(app) as client:
        path = f"/collections/{canonical.to_text(own)}/changes"
        assert code_of(await client.get(path)) == "unavailable"
        assert code_of(await client.get("/collections/none/changes")) == "unknown"
        assert code_of(await client.get("/backups/none")) == "unknown"
        assert above.asked == []


def _everything(person: Person) -> Iterator[httpx.Response]:
    """All that can be asked about a backup, but for what has no body to read."""
    yield person.client.get("/backups")
    for method in ("PUT", "GET", "DELETE"):
        yield person.request(method, person.backup)
    yield person.request("GET", f"{person.collection}/changes")
    yield person.request("POST", f"{person.collection}/changes", Push(revisions=(person.note("one"),)))
    yield person.request("POST", f"{person.collection}/missing", Question(revs=(bytes(32),)))
    yield person.chunk("PUT", ADDRESS, PICTURE)
    yield person.chunk("GET", ADDRESS)


def _problem(code: str, status: int) -> bytes:
    return b'{"type":"urn:sojourn:problem:%s","status":%d,"title":"Told"}' % (code.encode(), status)


def _nothing_is_kept(centre: Centre) -> None:
    """Neither on the relay's disk nor in its log, in any shape."""
    keys = centre.at_relay.keys
    secret = [keys.token, hashlib.sha256(keys.token).digest(), keys.collection, ADDRESS, PICTURE[:64]]
    texts = [shape for each in secret for shape in (canonical.to_text(each).encode(), each.hex().encode())]
    for file in centre.relay.data.rglob("*"):
        if file.is_file():
            raw = file.read_bytes()
            assert not any(shape in raw for shape in (*secret, *texts)), file
    assert centre.relay.log.read_text("utf-8").count("\n") < 20
