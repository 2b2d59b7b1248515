"""A push by a token whose bearer is presumed: it is stored only while the token is what it was."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.enrolment import Certificate
from sync.errors import PresumedError
from sync.identifiers import new_id
from sync.stores import presuming
from sync.stores.interface import Arrival, Bearer, Store, Stored
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.postgresql import tokens as postgresql_tokens
from sync.stores.sqlite import tokens as sqlite_tokens
from tests.postgresql import fetch
from tests.sync.stores.conftest import DAY, Feed, certificate_of

LAST_DAY = DAY + 1


class Asked:
    """How often a token was asked for by itself."""

    def __init__(self) -> None:
        self.times = 0

    def since(self) -> int:
        times, self.times = self.times, 0
        return times


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    counted = Asked()

    def count(module: Any) -> None:
        bearer = module.bearer

        def counting(*values: Any) -> Any:
            counted.times += 1
            return bearer(*values)

        monkeypatch.setattr(module, "bearer", counting)

    count(sqlite_tokens)
    count(postgresql_tokens)
    return counted


class Member:
    """A device of a programme, with its token, who pushes contacts."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.store = feed.store
        self.token = secrets.token_bytes(32)
        self.certificate = certificate_of(feed.programme)

    async def join(self) -> Member:
        await self.store.certify(self.feed.programme, [], [self.certificate], after=None)
        await self.store.keep_token(
            self.feed.programme, self.certificate.device, self.token, last_day=LAST_DAY, day=DAY
        )
        return self

    async def settle(self) -> Member:
        """Until it is presumed."""
        await self.store.bearer(self.token, day=DAY)
        await self.feed.push(self.feed.revision())
        assert self.presumed() is not None
        return self

    def presumed(self, day: int = DAY) -> Bearer | None:
        return self.store.presumed(self.token, self.feed.collection, day=day)

    async def push(self, day: int = DAY) -> Stored:
        arrival = Arrival(revisions=[self.feed.revision()], token=self.token, day=day)
        return await self.store.push(self.feed.collection, arrival)

    async def certify(self, n: int, *, revoked: bool = False) -> Certificate:
        again = certificate_of(self.feed.programme, self.certificate.signing_key, n, revoked=revoked)
        await self.store.certify(self.feed.programme, [], [again], after=None)
        return again


@pytest.fixture
async def member(store: Store) -> Member:
    return await (await Member(await Feed(store).open()).join()).settle()


@pytest.fixture
def from_beside(
    store: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str], Awaitable[object]]:
    """Runs a statement that the store does not hear of."""
    if isinstance(store, PostgreSQLStore):
        address = request.getfixturevalue("database")
        return lambda sql: fetch(address, sql)

    async def on_the_file(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)) as connection:
            connection.execute(sql)

    return on_the_file


async def test_a_token_that_was_asked_for_is_presumed(store: Store, asked: Asked) -> None:
    member = await Member(await Feed(store).open()).join()
    assert member.presumed() is None
    bearer = await store.bearer(member.token, day=DAY)
    await member.feed.push(member.feed.revision())
    asked.since()

    assert member.presumed() == member.presumed(LAST_DAY) == bearer
    for _ in range(5):
        assert len((await member.push()).stored) == 1
    assert asked.since() == 0

    assert member.presumed(LAST_DAY + 1) is None
    assert store.presumed(secrets.token_bytes(32), member.feed.collection, day=DAY) is None


async def test_a_device_that_was_revoked_stores_nothing(member: Member) -> None:
    await member.certify(2, revoked=True)
    before = await member.feed.heads()
    for _ in range(2):
        with pytest.raises(PresumedError):
            await member.push()
    assert await member.feed.heads() == before
    assert (await member.store.bearer(member.token, day=DAY)).revoked
    await member.feed.push(member.feed.revision())
    assert member.presumed() is None, "nobody is let in by what is remembered of one who was revoked"


async def test_a_device_that_is_another_by_its_certificate_is_asked_for_anew(member: Member) -> None:
    again = await member.certify(2)
    with pytest.raises(PresumedError):
        await member.push()
    assert (await member.store.bearer(member.token, day=DAY)).lane == again.lane
    await member.feed.push(member.feed.revision())
    assert len((await member.push()).stored) == 1


@pytest.mark.parametrize("how", ["ended", "provisional"])
async def test_a_token_that_is_no_more_what_it_was_stores_nothing(
    member: Member, from_beside: Callable[[str], Awaitable[object]], how: str
) -> None:
    if how == "ended":
        await member.store.end_tokens(member.feed.programme)
    else:
        # A truth value in one, a number in the other.
        await from_beside("UPDATE tokens SET provisional = (1 = 1)")
    before = await member.feed.heads()
    with pytest.raises(PresumedError):
        await member.push()
    assert await member.feed.heads() == before


async def test_a_token_counts_no_longer_than_its_last_day_where_it_is_asked_for(
    member: Member, store: Store, asked: Asked
) -> None:
    """PostgreSQL asks by itself where what comes cannot be stored at once, and presumes only where it likely can."""
    is_postgresql = isinstance(store, PostgreSQLStore)
    assert (store.presumed(member.token, new_id(), day=DAY) is None) == is_postgresql
    known = member.feed.revision()
    await member.feed.push(known)
    arrival = Arrival(revisions=[known], token=member.token, day=LAST_DAY)
    assert (await store.push(member.feed.collection, arrival)).known == [known.rev]
    assert asked.since() == is_postgresql
    with pytest.raises(PresumedError):
        await member.push(LAST_DAY + 1)


async def test_who_was_revoked_takes_nobody_along(member: Member) -> None:
    """Pushes that wait for one another share a transaction."""
    other = await Member(member.feed).join()
    await other.store.bearer(other.token, day=DAY)
    await other.certify(2, revoked=True)
    pushes = [each.push() for each in (member, member, other, member)]
    told = await asyncio.gather(*pushes, return_exceptions=True)
    assert [type(each) for each in told] == [Stored, Stored, PresumedError, Stored]
    assert len(await member.feed.heads()) == 4


async def test_what_is_forgotten_is_asked_for(member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presuming, "TOKENS", 1)
    other = await Member(member.feed).join()
    await other.store.bearer(other.token, day=DAY)
    assert member.presumed() is None
    with pytest.raises(PresumedError):
        await member.push()
    assert len((await other.push()).stored) == 1


async def test_the_token_of_a_backup_is_never_presumed(member: Member) -> None:
    store, backup, collection = member.store, secrets.token_bytes(32), new_id()
    await store.create_backup(collection, backup, most=1_000_000, month=600)
    assert (await store.bearer(backup, day=DAY)).backup == collection
    for which in (collection, member.feed.collection):
        assert store.presumed(backup, which, day=DAY) is None
