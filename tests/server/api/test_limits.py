"""What the crowd cannot use up."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from litestar.connection import ASGIConnection
from litestar.types import HTTPDisconnectEvent, HTTPRequestEvent

from server.api import limits
from server.api.limits import ADDRESSES, Bodies, Budget, Proxies, Rates
from server.api.problems import TooSlowError
from server.api.waiting import Waiters
from sync import canonical
from sync.errors import TooFastError, UnavailableError
from sync.identifiers import new_id
from tests.hubs import PATIENCE_SECONDS, Hub
from tests.server.api.devices import MSGPACK, client_of, code_of, found, revision
from tests.server.api.test_backups import Person


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_a_steady_rate() -> None:
    clock = Clock()
    rates = Rates(burst=3, refill=0.5, clock=clock)

    for _ in range(3):
        rates.take("192.0.2.1")
    with pytest.raises(TooFastError) as refused:
        rates.take("192.0.2.1")
    assert refused.value.retry_after == 2.0
    rates.take("192.0.2.2")  # somebody else
    clock.now += 4
    rates.take("192.0.2.1")


def test_who_keeps_knocking_is_not_shut_out_for_ever() -> None:
    clock = Clock()
    rates = Rates(burst=1, refill=1.0, clock=clock)
    rates.take("192.0.2.1")
    for _ in range(1000):
        with pytest.raises(TooFastError):
            rates.take("192.0.2.1")

    clock.now += 2

    rates.take("192.0.2.1")


def test_one_households_addresses_count_as_one() -> None:
    rates = Rates(burst=1)
    rates.take("2001:db8::1")

    with pytest.raises(TooFastError):
        rates.take("2001:db8::2")
    rates.take("2001:db8:0:1::1")


def test_addresses_of_version_4_are_those_whichever_way_they_are_told() -> None:
    rates = Rates(burst=1)
    rates.take("::ffff:192.0.2.1")

    with pytest.raises(TooFastError):
        rates.take("192.0.2.1")
    rates.take("::ffff:192.0.2.2")


def test_one_lines_households_do_not_use_up_what_is_everybodys(hub: Hub) -> None:
    with httpx.Client(base_url=f"{hub.url}/api/v1", trust_env=False) as client:

        def ask(address: str) -> int:
            return client.post("/challenge", headers={"x-forwarded-for": address}).status_code

        assert {ask(f"2001:db8:0:{number:x}::1") for number in range(limits.LINE_BURST + 200)} == {200, 429}
        assert ask("2001:db8:1::1") == 200


def test_no_address_is_kept_and_not_too_many_of_what_is() -> None:
    rates = Rates()
    for number in range(ADDRESSES + 10):
        rates.take(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    kept = rates._buckets
    assert len(kept) == ADDRESSES
    assert all(len(name) == 8 for name in kept)
    assert Rates()._key != rates._key


def test_the_hub_answers_a_flood_with_when_to_come_back(hub: Hub) -> None:
    with client_of(hub) as client:
        answers = [client.post("/challenge") for _ in range(limits.BURST + 20)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert code_of(refused[0]) == "too-fast"
    assert int(refused[0].headers["retry-after"]) >= 1


def test_bodies_are_counted_together() -> None:
    budget = Budget(limit_bytes=10)
    with budget.hold(6), budget.hold(4), pytest.raises(UnavailableError), budget.hold(1):
        pass
    with budget.hold(10):
        pass


def test_nobody_has_more_than_a_share_of_the_bodies() -> None:
    budget = Budget(limit_bytes=10, share_bytes=6)
    with budget.hold(4, b"a"), budget.hold(2, b"a"):
        with pytest.raises(UnavailableError), budget.hold(1, b"a"):
            pass
        with budget.hold(4, b"b"), pytest.raises(UnavailableError), budget.hold(1, b"b"):
            pass
    assert (budget.held, budget._shares) == (0, {})


def test_one_token_alone_keeps_nobodys_contacts_out(hub: Hub) -> None:
    announced = b" HTTP/1.1\r\nHost: hub\r\nContent-Type: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    length = 4 * 1024 * 1024
    with client_of(hub) as client, ExitStack() as held:
        programme = found(hub, client)
        worker, other, backup, others = programme.join(), programme.join(), Person(client), Person(client)

        def begin(asked: bytes, path: str, token: str) -> socket.socket:
            slow = held.enter_context(socket.create_connection(("127.0.0.1", hub.port), PATIENCE_SECONDS))
            head = announced % (MSGPACK.encode(), token.encode(), length)
            slow.sendall(asked % path.encode() + head)
            return slow

        for each in (backup, others):
            each.make()
        token = canonical.to_text(backup.keys.token)
        for _ in range(limits.BODIES_BYTES // length + 2):
            # Without a body that anybody reads, which hyper lets through.
            begin(b"GET /api/v1%s/changes?wait=25", backup.collection, token)
        share = limits.TOKEN_BODIES_BYTES // length
        for path, whose in (
            (f"{backup.collection}/changes", token),
            (worker.collection("contacts"), worker.token),
        ):
            slow = [begin(b"POST /api/v1%s", path, whose) for _ in range(share + 3)]
            answered: set[socket.socket] = set()
            while len(answered) < 3:
                answered |= set(select.select(slow, [], [], PATIENCE_SECONDS)[0])
            assert {each.recv(12) for each in answered} == {b"HTTP/1.1 503"}

        key = new_id()
        assert other.push([other.packet("contacts", key)], [revision(key)]).stored
        assert others.push(others.note("note")).stored


def test_slow_bodies_without_a_token_do_not_keep_contacts_out(hub: Hub) -> None:
    with client_of(hub) as client, ExitStack() as held:
        worker = found(hub, client).join()
        for number in range(limits.BODIES_BYTES // limits.SMALL_BODY_LIMIT + 2):
            slow = held.enter_context(socket.create_connection(("127.0.0.1", hub.port)))
            slow.sendall(
                b"POST /api/v1/token HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
                b"X-Forwarded-For: 10.%d.%d.9\r\nContent-Length: %d\r\n\r\n{"
                % (number >> 8, number & 255, limits.SMALL_BODY_LIMIT)
            )
        key = new_id()
        assert worker.push([worker.packet("contacts", key)], [revision(key)]).stored
        assert code_of(client.post("/token", content=b"{}")) == "unavailable"


def test_one_line_holds_no_more_than_its_share_and_that_as_long_as_the_route_reads(hub: Hub) -> None:
    fitting = limits.SMALL_SHARE_BYTES // limits.SMALL_BODY_LIMIT
    with client_of(hub) as client, ExitStack() as held:
        slow = {
            held.enter_context(socket.create_connection(("127.0.0.1", hub.port), PATIENCE_SECONDS))
            for _ in range(fitting + 3)
        }
        for number, each in enumerate(slow):
            each.sendall(
                b"POST /api/v1/token HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
                b"X-Forwarded-For: 192.0.2.%d\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n" % number
            )
        refused: set[socket.socket] = set()
        while len(refused) < 3:
            refused |= set(select.select(slow - refused, [], [], PATIENCE_SECONDS)[0])
        assert {each.recv(12) for each in refused} == {b"HTTP/1.1 503"}
        assert code_of(client.post("/token", json={})) == "malformed"
        for each in slow - refused:
            each.sendall(b"0\r\n\r\n")
            assert each.recv(12) == b"HTTP/1.1 400"


def test_one_device_asks_only_so_fast_and_others_are_served(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data")
    hub.extra["SOJOURN_TOKEN_RATE"] = "1"
    hub.start()
    try:
        with client_of(hub) as client:
            programme = found(hub, client)
            busy, other = programme.join(), programme.join()
            answers = [busy.try_pull() for _ in range(limits.TOKEN_BURST_SECONDS + 20)]
            assert other.try_pull().is_success
            # A new token is no new device.
            assert busy.fetch_token().is_success
            assert not all(busy.try_pull().is_success for _ in range(limits.TOKEN_BURST_SECONDS // 2))
    finally:
        hub.end()

    refused = next(answer for answer in answers if not answer.is_success)
    assert code_of(refused) == "too-fast"
    assert int(refused.headers["retry-after"]) >= 1


def test_who_tries_tokens_is_told_to_wait(hub: Hub) -> None:
    with client_of(hub) as client, client_of(hub) as elsewhere:
        programme = found(hub, elsewhere)
        tried = programme.path("/certificates")
        wrong = {"authorization": f"Bearer {canonical.to_text(bytes(32))}"}
        codes = {code_of(client.get(tried, headers=wrong)) for _ in range(limits.WRONG_BURST + 100)}
        assert programme.join().token

    assert codes == {"wrong-token", "too-fast"}


def test_a_revoked_device_is_told_to_wait_too(hub: Hub) -> None:
    with client_of(hub) as client, client_of(hub) as elsewhere:
        programme = found(hub, elsewhere)
        device = programme.join()
        programme.certify(device, 2, revoked=True)
        device.client = client
        codes = {code_of(device.try_pull()) for _ in range(limits.WRONG_BURST + 100)}

    assert codes == {"revoked", "too-fast"}


async def test_all_addresses_together_ask_only_so_fast() -> None:
    hub = SimpleNamespace(
        rates=Rates(), line_rates=Rates(), everybodys_rates=Rates(burst=3), proxies=Proxies()
    )

    async def ask(address: str) -> None:
        state = SimpleNamespace(state=SimpleNamespace(hub=hub))
        connection = ASGIConnection[Any, Any, Any, Any](
            {"type": "http", "client": (address, 1), "headers": [], "litestar_app": state}  # type: ignore[arg-type]  # all that is read
        )
        await limits.limited(connection, None)  # type: ignore[arg-type]  # not read

    for number in range(3):
        await ask(f"192.0.2.{number}")
    with pytest.raises(TooFastError):
        await ask("192.0.2.9")


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("10.1.1.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.1.1.1", ["192.0.2.9, 192.0.2.1"], "192.0.2.1"),
        ("10.1.1.1", ["192.0.2.9", "192.0.2.1"], "192.0.2.1"),
        ("10.1.1.1", [], "10.1.1.1"),
        ("192.0.2.7", ["192.0.2.1"], "192.0.2.7"),
        ("", ["192.0.2.1"], "192.0.2.1"),
        ("10.1.1.1", ["192.0.2.9, 192.0.2.1, 10.2.2.2"], "192.0.2.1"),
        ("10.1.1.1", ["192.0.2.1", "10.2.2.2, 10.3.3.3"], "192.0.2.1"),
        ("10.1.1.1", ["10.3.3.3, 10.2.2.2"], "10.3.3.3"),
        ("10.1.1.1", [","], "10.1.1.1"),
        ("::ffff:10.1.1.1", ["192.0.2.1"], "192.0.2.1"),
    ],
)
def test_only_a_proxy_says_for_whom_it_asks(peer: str, headers: list[str], expected: str) -> None:
    sent = [(b"x-forwarded-for", header.encode()) for header in headers]
    connection = ASGIConnection[Any, Any, Any, Any](
        {"type": "http", "client": (peer, 1), "headers": sent}  # type: ignore[arg-type]  # all that is read
    )

    assert Proxies([ip_network("10.0.0.0/8")]).address_of(connection) == expected


async def test_a_trickle_is_given_up_and_a_slow_line_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    pieces = [b"x"] * 60
    seconds = 1.0

    async def arriving() -> HTTPRequestEvent:
        clock.now += seconds
        await asyncio.sleep(0)
        return {"type": "http.request", "body": pieces.pop(), "more_body": True}

    receive = limits.impatient(arriving)

    async def read_all() -> None:
        while pieces:
            await receive()

    with pytest.raises(TooSlowError):
        await read_all()
    assert 60 - len(pieces) <= limits.IDLE_SECONDS + 2

    pieces = [bytes(600)] * 600
    receive = limits.impatient(arriving)
    await read_all()


def test_a_body_without_a_length_is_measured_as_it_comes(hub: Hub) -> None:
    with client_of(hub) as client:
        worker = found(hub, client).join()

        def pour() -> Iterator[bytes]:
            while True:
                yield bytes(65_536)

        for path, token in (("/token", ""), (worker.collection("contacts"), worker.token)):
            headers = {"content-type": MSGPACK, "authorization": f"Bearer {token}"}
            # The answer may come while the body is still being sent, and cut the connection.
            with suppress(httpx.TransportError):
                assert code_of(client.post(path, content=pour(), headers=headers)) == "too-large"
        assert worker.pull().receipt == "hub"


@pytest.mark.parametrize(
    ("headers", "asked"),
    [
        ([(b"content-length", b"6")], 2),
        ([(b"content-length", b"7")], 3),
        ([(b"transfer-encoding", b"chunked")], 3),
        ([(b"content-length", b"6"), (b"transfer-encoding", b"chunked")], 3),
    ],
)
async def test_nobody_waits_for_the_end_of_a_body_whose_last_byte_is_here(
    headers: list[tuple[bytes, bytes]], asked: int
) -> None:
    pieces = [b"", b"def", b"abc"]
    hub = SimpleNamespace(bodies=Budget())
    scope: Any = {
        "type": "http",
        "path": "/api/v1/collections/a/changes",
        "headers": headers,
        "auth": SimpleNamespace(backup=None, device=bytes(16)),
        "route_handler": None,
        "litestar_app": SimpleNamespace(state=SimpleNamespace(hub=hub)),
    }

    async def receive() -> HTTPRequestEvent:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def read(_scope: Any, counted: Any, _send: Any) -> None:
        while (await counted())["more_body"]:
            pass

    await Bodies()(read)(scope, receive, read)  # type: ignore[arg-type]  # nobody sends

    assert (3 - len(pieces), hub.bodies.held) == (asked, 0)


def test_a_connection_goes_on_after_a_body_whose_end_nobody_waited_for(hub: Hub) -> None:
    head = b"POST /api/v1/token HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n%s\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hub.port), PATIENCE_SECONDS) as line:
        for sent in (
            head % b"Content-Length: 2" + b"{}",
            head % b"Transfer-Encoding: chunked" + b"2\r\n{}\r\n0\r\n\r\n",
            head % b"Content-Length: 2" + b"{}",
        ):
            line.sendall(sent)
            answer = line.recv(4096)
            assert answer.startswith(b"HTTP/1.1 400")
            while b'"malformed"' not in answer and b":malformed" not in answer:
                answer += line.recv(4096)


async def test_a_body_that_is_cut_off_is_no_fault() -> None:
    async def cut() -> HTTPDisconnectEvent:
        return {"type": "http.disconnect"}

    with pytest.raises(TooSlowError):
        await limits.impatient(cut)()


async def test_a_body_that_stops_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.01)

    with pytest.raises(TooSlowError):
        await limits.impatient(lambda: asyncio.Event().wait())()  # type: ignore[arg-type, return-value]  # never comes


async def test_news_wakes_whoever_may_read_it() -> None:
    waiters, collection, lane = Waiters(), bytes(16), b"l" * 16
    with (
        waiters.listen(collection, lane) as ours,
        waiters.listen(collection, None) as all_lanes,
        waiters.listen(collection, b"o" * 16) as other,
        waiters.listen(b"c" * 16, None) as elsewhere,
    ):
        waiters.wake(collection, [lane])
        heard = [event is not None and event.is_set() for event in (ours, all_lanes, other, elsewhere)]

    assert heard == [True, True, False, False]


async def test_only_so_many_wait_and_none_once_the_hub_stops() -> None:
    waiters = Waiters(limit=1)
    with waiters.listen(bytes(16), None) as first:
        with waiters.listen(bytes(16), None) as second:
            assert second is None
        waiters.close()
        assert first is not None
        assert first.is_set()
    with waiters.listen(bytes(16), None) as late:
        assert late is None
    assert waiters._events == {}
