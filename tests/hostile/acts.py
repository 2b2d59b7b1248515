"""What somebody does who means harm: each act is one or a few requests of one kind, drawn from a seed.

Each gives the statuses that came back; 0 where the hub cut the connection without a word.
"""

from __future__ import annotations

import http.client
import random
import re
import secrets
import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import msgspec

from sync import canonical
from sync.exchange import Push
from sync.identifiers import collection_id, new_id
from tests.server.api.devices import MSGPACK, Programme, revision

PATIENCE_SECONDS = 60
KEPT_OPEN = 40
"""Connections of one hostile client that hang about; the hub ends them."""
FLOOD = 150
JSON = "application/json"


@dataclass
class Hostile:
    """One that has a worker's token, too: an insider."""

    programme: Programme
    seed: int
    token: str = ""
    kept: list[socket.socket] = field(default_factory=list)
    pushed: bytes = b""

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        worker = self.programme.join()
        self.token = worker.token
        key = new_id()
        push = Push(packets=(worker.packet("contacts", key),), revisions=(revision(key), revision(key)))
        self.pushed = msgspec.msgpack.encode(push)
        self.acts: list[Callable[[], list[int]]] = [
            self.wrong_tokens,
            self.cut_off,
            self.huge,
            self.poured,
            self.malformed,
            self.mutated,
            self.repeated,
            self.out_of_order,
            self.flood,
            self.half_open_wait,
            self.slow,
            self.anything,
        ]

    def act(self) -> list[int]:
        return self.random.choice(self.acts)()

    def leave(self) -> None:
        with ExitStack() as closing_all:
            for connection in self.kept:
                closing_all.callback(connection.close)
        self.kept = []

    def wrong_tokens(self) -> list[int]:
        made = canonical.to_text(secrets.token_bytes(self.random.choice((0, 1, 31, 32, 33, 2_000))))
        token = self.random.choice((made, self.token[:-1], self.token + "A", "\xff" * 20, "", self.token * 9))
        return [self.ask(self.random.choice(("GET", "POST", "PUT")), self.path(), token=token)]

    def cut_off(self) -> list[int]:
        """In the middle of the head, or of the body."""
        whole = self.head("POST", self.path("changes"), len(self.pushed)) + self.pushed
        with closing(self.connect()) as connection:
            self.send(connection, whole[: self.random.randrange(len(whole))])
        return []

    def huge(self) -> list[int]:
        """By its word, or in its head."""
        if self.random.random() < 0.5:
            with closing(self.connect()) as connection:
                self.send(
                    connection, self.head("POST", self.path("changes"), 10 ** self.random.choice((7, 12, 30)))
                )
                return [status_of(connection)]
        connection = self.connect()
        self.send(
            connection, b"GET / HTTP/1.1\r\nHost: hub\r\nA: " + b"a" * self.random.choice((10**5, 10**6))
        )
        self.keep(connection)
        return []

    def poured(self) -> list[int]:
        """No length, and no end."""
        with closing(self.connect()) as connection:
            self.send(connection, self.head("POST", self.path("changes"), None))
            for _ in range(self.random.choice((3, 120))):
                if not self.send(connection, b"10000\r\n" + bytes(0x10000) + b"\r\n"):
                    break
        return []

    def malformed(self) -> list[int]:
        """Bytes that are nothing; short lengths before long contents, and long before short."""
        lying = self.random.choice(
            (b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x81" * 900, b"[" * 9_000)
        )
        body = self.random.choice((lying, self.random.randbytes(self.random.randrange(3_000)), b""))
        kind = self.random.choice((MSGPACK, JSON, "text/plain", ""))
        return [self.ask("POST", self.path(), body, kind=kind)]

    def mutated(self) -> list[int]:
        """A good push with some of its bytes changed, lost or twice."""
        body = bytearray(self.pushed)
        for _ in range(self.random.randrange(1, 6)):
            at = self.random.randrange(len(body))
            what = self.random.random()
            if what < 0.6:
                body[at] = self.random.randrange(256)
            elif what < 0.8:
                del body[at : at + self.random.randrange(1, 40)]
            else:
                body[at:at] = body[at : at + self.random.randrange(1, 40)]
        return [self.ask("POST", self.path("changes"), bytes(body))]

    def repeated(self) -> list[int]:
        return [self.ask("POST", self.path("changes"), self.pushed) for _ in range(3)]

    def out_of_order(self) -> list[int]:
        """Revisions before their keys, cursors of nobody, questions about nothing."""
        early = msgspec.msgpack.encode(Push(revisions=(revision(new_id()),)))
        after = canonical.to_text(secrets.token_bytes(self.random.choice((0, 31, 32, 33))))
        queries = (
            f"after={after}",
            "limit=0",
            "bytes=-1",
            "wait=99",
            "limit=x",
            f"after={'%00' * 9}",
            "&&==",
        )
        return [
            self.ask("POST", self.path("changes"), early),
            self.ask("GET", f"{self.path('changes')}?{self.random.choice(queries)}"),
            self.ask("POST", self.path("missing"), msgspec.msgpack.encode({"revs": [bytes(32)] * 10_001})),
        ]

    def flood(self) -> list[int]:
        """Many in one go."""
        one = (
            b"POST /api/v1/challenge HTTP/1.1\r\nHost: hub\r\n"
            + self.forwarded()
            + b"Content-Length: 0\r\n\r\n"
        )
        with closing(self.connect()) as connection:
            self.send(connection, one * FLOOD)
            return statuses_of(connection, FLOOD)

    def half_open_wait(self) -> list[int]:
        """Asks for news, and goes or stays without reading them."""
        connection = self.connect()
        self.send(connection, self.head("GET", f"{self.path('changes')}?wait=2", 0))
        self.keep(connection)
        return []

    def slow(self) -> list[int]:
        connection = self.connect()
        whole = self.head("POST", self.path("changes"), len(self.pushed)) + self.pushed
        self.send(connection, whole[: self.random.randrange(1, len(whole) - 1)])
        self.keep(connection)
        return []

    def anything(self) -> list[int]:
        method = self.random.choice(("GET", "HEAD", "PATCH", "OPTIONS", "DELETE", "BREW", "CONNECT"))
        paths = (
            "/",
            "/%ff",
            "/..%2f..%2fetc/passwd",
            "/api/v1/",
            "//",
            "/en/" + "a" * 5_000,
            "/api/v1/openapi.json",
        )
        return [self.ask(method, self.random.choice((*paths, self.path())))]

    def path(self, rest: str = "") -> str:
        collection = canonical.to_text(collection_id(self.programme.programme, "contacts"))
        programme = canonical.to_text(self.programme.programme)
        address = canonical.to_text(self.random.randbytes(self.random.choice((16, 32, 32, 5))))
        if rest:
            return f"/api/v1/collections/{collection}/{rest}"
        choices = (
            f"/collections/{collection}/changes",
            f"/collections/{address}/changes",
            f"/collections/{collection}/missing",
            f"/collections/{collection}/audit",
            f"/collections/{collection}/chunks/{address}",
            f"/programmes/{programme}/certificates",
            f"/programmes/{programme}/enrolments",
            f"/programmes/{programme}/founding",
            f"/programmes/{address}/invites/{address}",
            f"/backups/{address}",
            "/token",
            "/challenge",
            "/feedback",
            "/ready",
        )
        return f"/api/v1{self.random.choice(choices)}"

    def ask(
        self, method: str, path: str, body: bytes = b"", *, token: str | None = None, kind: str = MSGPACK
    ) -> int:
        with closing(self.connect()) as connection:
            self.send(connection, self.head(method, path, len(body), token=token, kind=kind) + body)
            return status_of(connection)

    def head(
        self, method: str, path: str, length: int | None, *, token: str | None = None, kind: str = MSGPACK
    ) -> bytes:
        """length: None for chunks."""
        framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        bearer = f"Authorization: Bearer {self.token if token is None else token}"
        lines = f"{method} {path} HTTP/1.1\r\nHost: hub\r\n{bearer}\r\nContent-Type: {kind}\r\n{framing}\r\n"
        return lines.encode("latin-1") + self.forwarded() + b"\r\n"

    def forwarded(self) -> bytes:
        """Often another address, so that limits by address alone would not hold."""
        return b"X-Forwarded-For: 10.8.%d.%d\r\n" % (self.seed % 256, self.random.randrange(8))

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.programme.hub.port), PATIENCE_SECONDS)

    def send(self, connection: socket.socket, content: bytes) -> bool:
        """Whether the hub still listened."""
        try:
            connection.sendall(content)
        except OSError:
            return False
        return True

    def keep(self, connection: socket.socket) -> None:
        self.kept.append(connection)
        if len(self.kept) > KEPT_OPEN:
            self.kept.pop(self.random.randrange(len(self.kept))).close()


def statuses_of(connection: socket.socket, count: int) -> list[int]:
    """Of that many answers to requests that were sent together, or of as many as came."""
    got = b""
    while len(found := re.findall(rb"HTTP/1\.1 (\d{3}) ", got)) < count and (
        piece := connection.recv(65_536)
    ):
        got += piece
    return [int(status) for status in found]


def status_of(connection: socket.socket) -> int:
    """Raises TimeoutError: a hub that does not answer at all is a fault, too."""
    answer = http.client.HTTPResponse(connection)
    try:
        answer.begin()
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException):
        return 0
    return answer.status
