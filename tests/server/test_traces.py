"""Who was here, and what they asked for, stands nowhere: not in what the hub prints, its folder, its metrics."""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from server.logs import EVENT
from sync import canonical
from sync.identifiers import collection_id, new_id
from tests.hubs import Hub, free_port
from tests.server.api.devices import Programme, client_of, code_of, found, revision

PEER = "127.83.97.211"
FORWARDED = "203.0.113.217"
FORWARDED_6 = "2001:db8:5a7e:91b3::7c1d"
AGENT = "Zwerchfell/7.3 (a certain phone)"
QUERY = "quittenmus"
REFERRER = "https://birnbaum.example/from"
COOKIE = "holunder=beere"
TRACES = (PEER, FORWARDED, FORWARDED_6, "Zwerchfell", QUERY, "birnbaum", "holunder")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path / "data")
    hub.extra["SOJOURN_METRICS_PORT"] = str(free_port())
    hub.start()
    yield hub
    hub.end()


def ask(hub: Hub, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
    """From an address of its own; 0 where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, source_address=(PEER, 0), timeout=30)
    with closing(connection):
        try:
            connection.request(method, path, body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def odd(hub: Hub, programme: Programme, token: str) -> set[int]:
    """Right, wrong and broken requests, with all that could be remembered of who sends them."""
    collection = canonical.to_text(collection_id(programme.programme, "contacts"))
    statuses = set()
    for forwarded in (FORWARDED, FORWARDED_6):
        headers = {
            "user-agent": AGENT,
            "x-forwarded-for": forwarded,
            "x-real-ip": forwarded,
            "forwarded": f"for={forwarded}",
            "referer": REFERRER,
            "cookie": COOKIE,
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
        }
        for method, path, body in (
            ("GET", f"/?q={QUERY}", b""),
            ("GET", f"/{QUERY}", b""),
            ("GET", f"/api/v1/{QUERY}", b""),
            ("GET", f"/api/v1/collections/{collection}/changes?wait={QUERY}", b""),
            ("GET", f"/api/v1/collections/{collection}/changes?x={QUERY}", b""),
            ("POST", f"/api/v1/collections/{collection}/changes?x={QUERY}", b"{"),
            ("POST", "/api/v1/token", json.dumps({QUERY: QUERY}).encode()),
            (
                "POST",
                "/api/v1/feedback",
                json.dumps({"locale": "en", "slug": QUERY, "answer": "clear"}).encode(),
            ),
            ("POST", "/api/v1/forms", json.dumps({"sheet": "AAAA", "language": QUERY}).encode()),
            (
                "GET",
                f"/api/v1/programmes/{canonical.to_text(programme.programme)}/certificates?x={QUERY}",
                b"",
            ),
            ("PATCH", f"/api/v1/health?x={QUERY}", b""),
            (QUERY.upper(), "/", b""),
        ):
            statuses.add(ask(hub, method, path, headers, body))
        statuses.add(ask(hub, "GET", "/", {**headers, "authorization": QUERY * 100_000}))
    return statuses


def break_database(hub: Hub) -> None:
    """What the hub has no answer to."""
    with closing(sqlite3.connect(hub.database)) as connection, connection:
        connection.execute("UPDATE certificates SET certificate = x'c1'")


def test_nothing_is_kept_of_who_asks_for_what(watched: Hub) -> None:
    hub = watched
    with client_of(hub) as client:
        programme = found(hub, client)
        worker = programme.join()
        key = new_id()
        worker.push([worker.packet("contacts", key)], [revision(key)])
        assert {200, 400, 401, 404, 405} <= odd(hub, programme, worker.token) | odd(hub, programme, QUERY)
        break_database(hub)
        faulty = programme.coordinator.request("GET", programme.path(f"/certificates?x={QUERY}"))
        assert code_of(faulty) == "fault"
        assert 500 in odd(hub, programme, worker.token)
    metrics = httpx.get(f"http://127.0.0.1:{hub.extra['SOJOURN_METRICS_PORT']}/metrics", trust_env=False).text
    hub.kill()
    hub.start()
    with client_of(hub) as client:
        odd(hub, programme, worker.token)
    hub.end()

    log = hub.log.read_text("utf-8")
    assert '"event":"fault"' in log
    kept = {path.name: path.read_bytes() for path in hub.data.rglob("*") if path.is_file()}
    kept["metrics"] = metrics.encode()
    needles = [trace.encode(encoding) for trace in TRACES for encoding in ("utf-8", "utf-16-le")]
    needles.append(ip_address(FORWARDED_6).packed)
    assert [(name, needle) for name, held in kept.items() for needle in needles if needle in held] == []
    assert_plain(log, hub)
    assert_counts_alone(metrics)


def assert_plain(log: str, hub: Hub) -> None:
    """Objects with an event, and what the start says to whoever started it."""
    lines = [line for line in log.splitlines() if line != f"Sojourn is at {hub.url} (Ctrl+C ends it)"]
    told = [json.loads(line) for line in lines]
    assert {"started", "ended", "fault"} == {each["event"] for each in told}
    for each in told:
        assert EVENT.fullmatch(each["event"])
        assert set(each) <= {"level", "event", "error", "at"}
        assert all(re.fullmatch(r"[\w/.-]+:\d+ \S+", frame) for frame in each.get("at", []))


def assert_counts_alone(metrics: str) -> None:
    """Only the labels that the operator's document names, and only words of ours in them."""
    samples = [line for line in metrics.splitlines() if not line.startswith("#")]
    assert samples
    for sample in samples:
        assert re.fullmatch(r'\w+(\{operation="[A-Za-z]+",status="\d{3}"\})? [0-9.e+]+', sample), sample
    assert 'sojourn_answers_total{operation="push",status="200"} 1.0' in samples
    assert "sojourn_waiting 0.0" in samples
