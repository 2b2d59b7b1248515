"""Every store there is, on a fresh database: the contract is the same for all."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sync.enrolment import Certificate
from sync.exchange import Cursor
from sync.identifiers import Role, collection_id, device_id, new_id
from sync.stores.interface import Arrival, ArrivedPacket, ArrivedRevision, Page, Store, Stored
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.sqlite import SQLiteStore

Open = Callable[[], Awaitable[Store]]

DAY = 20_000


def opaque(size_bytes: int) -> bytes:
    """What a store keeps of a revision and does not read. A map, as a revision is: a store tells by the first byte
    what it has shortened."""
    return b"\x86" + secrets.token_bytes(size_bytes - 1)


@pytest.fixture(params=["sqlite", "postgresql"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same database each time."""
    if request.param == "sqlite":
        return lambda: SQLiteStore.open(tmp_path / "store.sqlite3")
    address = request.getfixturevalue("database")
    return lambda: PostgreSQLStore.open(address)


@pytest.fixture
async def store(open_store: Open) -> AsyncIterator[Store]:
    opened = await open_store()
    yield opened
    await opened.close()


@dataclass
class Feed:
    """The `contacts` of a programme of its own, with one content key in one lane."""

    store: Store
    programme: bytes = field(default_factory=new_id)
    key: bytes = field(default_factory=new_id)
    owner: bytes = field(default_factory=new_id)
    lane: bytes = field(default_factory=new_id)

    @property
    def collection(self) -> bytes:
        return collection_id(self.programme, "contacts")

    async def open(self) -> Feed:
        await self.store.create_programme(
            self.programme, "Practice", practice=True, claim_hash=bytes(32), expiry=0
        )
        await self.push(self.packet())
        return self

    def packet(self, **changes: bytes | bool) -> ArrivedPacket:
        fields: dict[str, bytes | bool] = {
            "id": secrets.token_bytes(32),
            "key": self.key,
            "owner": self.owner,
            "lane": self.lane,
            "own": True,
            "content": secrets.token_bytes(100),
        }
        return ArrivedPacket(**{**fields, **changes})  # type: ignore[arg-type]  # by name

    def revision(self, *supersedes: ArrivedRevision, key: bytes | None = None) -> ArrivedRevision:
        """A new record, or the next revision of the record of what it supersedes."""
        return ArrivedRevision(
            rev=secrets.token_bytes(32),
            record=supersedes[0].record if supersedes else new_id(),
            key=key or self.key,
            supersedes=tuple(sorted(each.rev for each in supersedes)),
            content=opaque(100),
        )

    async def push(
        self,
        *sent: ArrivedPacket | ArrivedRevision,
        lane: bytes | None = None,
        settles: bool = True,
        day: int = DAY,
    ) -> Stored:
        arrival = Arrival(
            packets=[each for each in sent if isinstance(each, ArrivedPacket)],
            revisions=[each for each in sent if isinstance(each, ArrivedRevision)],
            lane=lane,
            settles=settles,
            day=day,
        )
        return await self.store.push(self.collection, arrival)

    async def page(
        self,
        after: Cursor | None = None,
        *,
        lane: bytes | None = None,
        limit: int = 1_000,
        size_bytes: int = 1 << 22,
        since: int | None = None,
    ) -> Page:
        return await self.store.page(
            self.collection, lane=lane, after=after, limit=limit, size_bytes=size_bytes, since=since
        )

    async def heads(self, *, lane: bytes | None = None) -> list[bytes]:
        """The contents of all that a new reader gets."""
        return (await self.page(lane=lane)).revisions


@pytest.fixture
async def feed(store: Store) -> Feed:
    return await Feed(store).open()


def certificate_of(
    programme: bytes,
    signing_key: bytes | None = None,
    n: int = 1,
    role: Role = "worker",
    *,
    revoked: bool = False,
) -> Certificate:
    signing_key = signing_key or secrets.token_bytes(65)
    return Certificate(
        programme=programme,
        device=device_id(signing_key),
        lane=new_id(),
        role=role,
        signing_key=signing_key,
        sealing_key=bytes(1216),
        n=n,
        revoked=revoked,
        last_counter=0,
        signature=bytes(64),
    )
