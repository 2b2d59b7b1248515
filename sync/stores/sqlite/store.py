"""The store that a hub has when nothing else is set up: one SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from sync.backups import month_of
from sync.enrolment import (
    Card,
    Certificate,
    Enrolment,
    Heard,
    InviteRegistration,
    OpenInvite,
    PendingEnrolment,
)
from sync.errors import PresumedError, UnavailableError
from sync.exchange import Cursor
from sync.stores.auditing import bounds_of
from sync.stores.interface import (
    Arrival,
    Audited,
    Author,
    Bearer,
    Collection,
    Follower,
    HeldBackup,
    Page,
    Programme,
    Stored,
)
from sync.stores.presuming import Presumed
from sync.stores.sqlite import (
    auditing,
    backups,
    chunks,
    enrolments,
    expiring,
    feed,
    paging,
    programmes,
    tallies,
    tokens,
)
from sync.stores.sqlite.migrate import migrate
from sync.stores.sqlite.readers import Readers
from sync.stores.sqlite.threads import connect_to, open_thread
from sync.stores.sqlite.writer import Writer

T = TypeVar("T")

_HUB = "SELECT epoch, challenge_key FROM hub"


class SQLiteStore:
    """A `Store`. One writer, who may be waited for by another process (`sojourn programme create`)."""

    def __init__(self, epoch: bytes, challenge_key: bytes, writer: Writer, readers: Readers) -> None:
        self.epoch = epoch
        self.challenge_key = challenge_key
        self._writer = writer
        self._readers = readers
        self._paging = asyncio.Lock()
        self._presumed = Presumed()

    @classmethod
    async def open(cls, path: Path) -> SQLiteStore:
        """Makes the file when there is none. Raises UnavailableError when it cannot be used."""
        try:
            epoch, challenge_key = await asyncio.to_thread(_prepare, path)
            writer = Writer(await open_thread(path, writes=True))
        except (sqlite3.Error, OSError) as error:
            raise UnavailableError(f"{path}: {error}") from error
        return cls(epoch, challenge_key, writer, await Readers.open(path))

    async def close(self) -> None:
        await self._readers.close()
        await self._writer.close()

    def follow(self, follower: Follower) -> None:
        """Nobody else serves from this file."""

    async def ready(self) -> None:
        await self._read(_hub)

    async def create_programme(
        self, programme: bytes, name: str, *, practice: bool, claim_hash: bytes, expiry: int
    ) -> None:
        await self._write(partial(programmes.create, programme, name, claim_hash, expiry, practice=practice))

    async def programme(self, programme: bytes) -> Programme:
        return await self._read(partial(programmes.programme, programme))

    async def programmes_named(self, name: str) -> list[bytes]:
        return await self._read(partial(programmes.named, name))

    async def collection(self, collection: bytes) -> Collection:
        return await self._read(partial(programmes.collection, collection))

    async def found(self, card: Card, certificate: Certificate, *, day: int) -> None:
        await self._write(partial(programmes.found, card, certificate, day))

    async def certify(
        self,
        programme: bytes,
        cards: list[Card],
        certificates: list[Certificate],
        *,
        after: Card | None,
        follows: bool = False,
    ) -> None:
        work = partial(programmes.certify, programme, cards, certificates, after, follows=follows)
        await self._write(work)

    async def certificates(self, programme: bytes) -> list[Certificate]:
        return await self._read(partial(programmes.certificates_of, programme))

    async def register_invite(
        self, programme: bytes, invite: bytes, registration: InviteRegistration
    ) -> None:
        await self._write(partial(enrolments.register, programme, invite, registration))

    async def invite_is_open(self, programme: bytes, invite: bytes, *, now: int) -> bool:
        return await self._read(partial(enrolments.is_open, programme, invite, now))

    async def open_invites(self, programme: bytes, *, now: int) -> list[OpenInvite]:
        return await self._read(partial(enrolments.open_invites, programme, now))

    async def enrol(
        self,
        programme: bytes,
        enrolment: Enrolment,
        *,
        device: bytes,
        claim_hash: bytes,
        token_hash: bytes,
        last_day: int,
        now: int,
        day: int,
    ) -> None:
        await self._write(
            partial(
                enrolments.enrol,
                programme,
                enrolment,
                device=device,
                claim_hash=claim_hash,
                token_hash=token_hash,
                last_day=last_day,
                now=now,
                day=day,
            )
        )

    async def pending(self, programme: bytes) -> list[PendingEnrolment]:
        return await self._read(partial(enrolments.pending, programme))

    async def heard(self, programme: bytes) -> list[Heard]:
        return await self._read(partial(enrolments.heard, programme))

    async def authors(self, programme: bytes, devices: list[bytes]) -> dict[bytes, Author]:
        return await self._read(partial(enrolments.authors, programme, devices))

    async def keep_token(
        self, programme: bytes, device: bytes, token_hash: bytes, *, last_day: int, day: int
    ) -> None:
        await self._write(
            partial(tokens.keep, programme, device, token_hash, last_day=last_day, day=day, provisional=False)
        )

    async def end_tokens(self, programme: bytes | None) -> int:
        return await self._write(partial(tokens.end, programme))

    async def bearer(self, token_hash: bytes, *, day: int) -> Bearer:
        shown = await self._readers.read_few(partial(tokens.bearer, token_hash, day))
        self._presumed.meet(token_hash, shown)
        return shown.bearer

    def presumed(self, token_hash: bytes, collection: bytes, *, day: int) -> Bearer | None:
        return self._presumed.bearer(token_hash, day)

    async def nothing_new(
        self, token_hash: bytes, collection: bytes, after: Cursor, *, day: int
    ) -> tuple[Bearer, Page | None]:
        bearer = await self.bearer(token_hash, day=day)
        stand = partial(paging.nothing_new, collection, after, self.epoch)
        return bearer, await self._readers.read_few(stand)

    async def push(self, collection: bytes, arrival: Arrival) -> Stored:
        token = arrival.token
        certificate = None if token is None else self._presumed.certificate(token)
        work = partial(feed.push, collection, arrival, self.epoch, certificate=certificate)
        try:
            return await self._write(work)
        except PresumedError:
            if token is not None:
                self._presumed.forget(token)
            raise

    async def page(
        self,
        collection: bytes,
        *,
        lane: bytes | None,
        after: Cursor | None,
        limit: int,
        size_bytes: int,
        since: int | None = None,
        recipient: bytes | None = None,
    ) -> Page:
        if after is not None:
            nothing_new = await self._readers.read_few(
                partial(paging.nothing_new, collection, after, self.epoch)
            )
            if nothing_new is not None:
                return nothing_new
        work = partial(
            paging.page,
            collection,
            after,
            lane=lane,
            limit=limit,
            size_bytes=size_bytes,
            since=since,
            recipient=recipient,
            epoch=self.epoch,
        )
        # Two at once would hand the interpreter to and fro at every row, and both take longer than one after the other.
        async with self._paging:
            return await self._read(work)

    async def missing(self, collection: bytes, revs: list[bytes], *, lane: bytes | None) -> list[bytes]:
        return await self._read(partial(paging.missing, collection, revs, lane))

    async def audit(self, collection: bytes, *, lane: bytes | None) -> Audited:
        return await self._read(partial(auditing.audit, collection, lane, self.epoch))

    async def head_revs(
        self,
        collection: bytes,
        buckets: Iterable[int],
        *,
        lane: bytes | None,
        after: bytes | None,
        limit: int,
    ) -> list[bytes]:
        bounds = bounds_of(buckets, after)
        return await self._read(partial(auditing.revs, collection, bounds, lane, limit))

    async def confirm(self, collection: bytes, sequence: int) -> None:
        await self._write(partial(feed.confirm, collection, sequence))

    async def expire(
        self,
        day: int,
        *,
        packets_before: int | None,
        bodies_before: int | None,
        superseded_before: int | None = None,
        chunks_before: int | None = None,
        backups_before: int | None = None,
    ) -> None:
        lived_since = await self._write(partial(expiring.lived_since, day))
        for collection, programme in await self._read(expiring.contacts):
            for drop, before in (
                (partial(expiring.drop_packets, collection, programme), packets_before),
                (partial(expiring.drop_bodies, collection), bodies_before),
            ):
                if before is None or lived_since > before:
                    continue
                reached = await self._write(partial(drop, None, (before, day)))
                while reached is not None:
                    reached = await self._write(partial(drop, reached, (before, day)))
        if superseded_before is not None and lived_since <= superseded_before:
            while await self._write(partial(expiring.drop_superseded, superseded_before)):
                pass
        if chunks_before is not None and lived_since <= chunks_before:
            while await self._write(partial(backups.drop_chunks, chunks_before)):
                pass
        if backups_before is not None and month_of(lived_since) < backups_before:
            while await self._write(partial(backups.drop_unused, backups_before)):
                pass

    async def create_backup(
        self, collection: bytes, token_hash: bytes, *, most: int, month: int
    ) -> HeldBackup:
        return await self._write(partial(backups.create, collection, token_hash, most, month))

    async def backup(self, collection: bytes, token_hash: bytes) -> HeldBackup:
        return await self._read(partial(backups.backup, collection, token_hash))

    async def use_backup(self, collection: bytes, month: int) -> None:
        await self._write(partial(backups.use, collection, month))

    async def delete_backup(self, collection: bytes, token_hash: bytes) -> None:
        await self._write(partial(backups.delete, collection, token_hash))

    async def put_chunk(
        self, collection: bytes, address: bytes, content: bytes, *, quota: int, day: int
    ) -> None:
        await self._write(partial(backups.put_chunk, collection, address, content, quota=quota, day=day))

    async def has_chunk(self, collection: bytes, address: bytes) -> bool:
        return await self._read(partial(chunks.there, collection, address))

    async def chunk(self, collection: bytes, address: bytes) -> bytes:
        return await self._read(partial(chunks.content, collection, address))

    async def count(self, name: str) -> None:
        await self._write(partial(tallies.add, name))

    async def counts(self) -> dict[str, int]:
        return await self._read(tallies.all_of_them)

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.write(work)

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._readers.read(work)


def _prepare(path: Path) -> tuple[bytes, bytes]:
    """Brings the file up to date; its epoch and challenge key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect_to(path, writes=True)) as connection:
        migrate(connection)
        return _hub(connection)


def _hub(connection: sqlite3.Connection) -> tuple[bytes, bytes]:
    """Its epoch and challenge key."""
    epoch, challenge_key = connection.execute(_HUB).fetchone()
    return epoch, challenge_key
