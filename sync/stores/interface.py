"""What a hub needs of a store, whichever database is behind it.

A store keeps and orders; it neither opens nor verifies. Whoever calls has verified signatures, and says by
whom a push may be believed. Every write is whole or not at all, and on the disk before it returns.
Any call may raise UnavailableError.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from msgspec import Struct

from sync.audit import Sums
from sync.enrolment import (
    Card,
    Certificate,
    Enrolment,
    Heard,
    InviteRegistration,
    OpenInvite,
    PendingEnrolment,
)
from sync.exchange import Cursor, Refusal
from sync.identifiers import (
    CollectionId,
    CollectionName,
    DeviceId,
    InviteId,
    KeyId,
    LaneId,
    ProgrammeId,
    Rev,
    Role,
)

COMMON_LANE: LaneId = bytes(16)
"""Where everything in `members` and `admin` is: lanes divide `contacts` only."""

NO_PROGRAMME: ProgrammeId = bytes(16)
"""Whose the personal backups are."""


# Not frozen, as the others are: a push makes a thousand, and that would triple what each takes to make.
@dataclass(kw_only=True, slots=True)
class ArrivedPacket:
    """A packet that its author signed. `own`: the author is the key's owner, so it may say whose the key is."""

    id: Rev
    key: KeyId
    owner: DeviceId
    lane: LaneId
    own: bool
    content: bytes


@dataclass(kw_only=True, slots=True)
class ArrivedRevision:
    """`content` is what is kept of it (`contents.kept_of`)."""

    rev: Rev
    record: bytes
    key: KeyId
    supersedes: tuple[Rev, ...]
    chunks: tuple[Rev, ...] = ()
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """One push. `content` of a packet is the MessagePack of the Struct, as it will travel on.

    lane: the only lane it may touch; None for all. settles: whether what it supersedes ceases to be a head;
    not for someone who only hands back what they hold, or they could hide what is not theirs to change.
    What is known already, and came by such a one, settles with the first push that does.
    quota: bytes that a personal backup may hold; None in a programme's collections. A backup has one reader
    with one key, so that no packet says whose a key is, and what is superseded there loses its body at once.
    room: bytes that a lane of a programme may hold for more to be taken; None: any number.
    token: the hash of the token whose bearer was presumed; None where it was asked for.
    """

    packets: list[ArrivedPacket] = field(default_factory=list[ArrivedPacket])
    revisions: list[ArrivedRevision] = field(default_factory=list[ArrivedRevision])
    lane: LaneId | None = None
    settles: bool = True
    quota: int | None = None
    room: int | None = None
    token: bytes | None = None
    day: int


class Stored(Struct, frozen=True, kw_only=True):
    """What became of a push. `lanes` have news. expired: of what is known, that whose body went with its time."""

    before: Cursor
    cursor: Cursor
    stored: list[Rev]
    known: list[Rev]
    refused: list[Refusal]
    expired: list[Rev]
    safe: int
    lanes: frozenset[LaneId]


class Page(Struct, frozen=True, kw_only=True):
    """Packets and heads above a cursor, oldest first, as MessagePack of their Structs.

    safe: where a device may forget; confirmed: how far of that a coordinator has confirmed it.
    generation: of the programme's card; None where there is none.
    """

    cursor: Cursor
    more: bool
    packets: list[bytes]
    revisions: list[bytes]
    safe: int
    confirmed: int
    generation: int | None = None


def empty_page(at: Cursor, *, safe: int, confirmed: int, generation: int | None) -> Page:
    """Of whoever is up to date."""
    return Page(
        cursor=at,
        more=False,
        packets=[],
        revisions=[],
        safe=safe,
        confirmed=confirmed,
        generation=generation,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Audited:
    """The sums of heads at one moment, and where the collection stood then."""

    cursor: Cursor
    sums: Sums


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """`card` is there once it is founded; cards: the generations before it, in order."""

    programme: ProgrammeId
    name: str
    practice: bool
    claim_hash: bytes
    expiry: int
    card: Card | None
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    collection: CollectionId
    programme: ProgrammeId
    name: CollectionName | Literal["backup"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldBackup:
    """Bytes used; the month of last use, counted from 1970-01."""

    used: int
    month: int


class Bearer(Struct, frozen=True, kw_only=True):
    """Whose a token is. Provisional: enrolled, and waiting for a certificate.

    backup: the only collection that this token opens, where it is a personal backup's, last used in that month.
    """

    programme: ProgrammeId
    device: DeviceId
    role: Role
    lane: LaneId
    provisional: bool
    revoked: bool
    backup: CollectionId | None = None
    used_in: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """What the hub knows of a device that seals and signs packets. Certified or, until then, only invited."""

    device: DeviceId
    role: Role
    lane: LaneId
    signing_key: bytes


class Follower(Protocol):
    """Those who wait for news in this process."""

    def waited(self) -> Iterable[CollectionId]:
        """What somebody waits on."""
        ...

    def wake(self, collection: CollectionId, lanes: Iterable[LaneId] | None) -> None:
        """There may be something new in these lanes; None: in any."""


class Store(Protocol):
    """All of it. `epoch` is made with the database; `challenge_key` is the hub's own secret."""

    @property
    def epoch(self) -> bytes: ...

    @property
    def challenge_key(self) -> bytes: ...

    async def close(self) -> None: ...

    def follow(self, follower: Follower) -> None:
        """From now on whoever waits here is woken also by what other processes store, where there may be others."""

    async def ready(self) -> None:
        """Reads something; raises UnavailableError when that does not work."""

    # Programmes

    async def create_programme(
        self, programme: ProgrammeId, name: str, *, practice: bool, claim_hash: bytes, expiry: int
    ) -> None:
        """A programme without keys, with its collections."""

    async def programme(self, programme: ProgrammeId) -> Programme:
        """Raises UnknownError."""
        ...

    async def programmes_named(self, name: str) -> list[ProgrammeId]: ...

    async def collection(self, collection: CollectionId) -> Collection:
        """Raises UnknownError."""
        ...

    async def found(self, card: Card, certificate: Certificate, *, day: int) -> None:
        """The first card and the first coordinator's certificate; a second time only the very same.

        Raises UnknownError, AlreadyFoundedError.
        """

    # Cards and certificates

    async def certify(
        self,
        programme: ProgrammeId,
        cards: list[Card],
        certificates: list[Certificate],
        *,
        after: Card | None,
        follows: bool = False,
    ) -> None:
        """Keeps what is newer: of certificates a higher n; what is revoked stays so. after: the card that they were
        verified by, or with `cards`, those that follow it, the one before those.

        With a new card all certificates are replaced, and invites that nobody used are over.
        Raises CardChangedError where another card is held, or a new one comes without all certificates, or with one
        that lets in again who is revoked. follows: at a relay, the hub above it, whose word counts; but who was put
        out here under a card before stays out until a certificate has a higher n.
        """

    async def certificates(self, programme: ProgrammeId) -> list[Certificate]: ...

    # Enrolment

    async def register_invite(
        self, programme: ProgrammeId, invite: InviteId, registration: InviteRegistration
    ) -> None:
        """Raises InviteUsedError when the id stands for another invite already."""

    async def invite_is_open(self, programme: ProgrammeId, invite: InviteId, *, now: int) -> bool:
        """Whether a device could still enter with it."""
        ...

    async def open_invites(self, programme: ProgrammeId, *, now: int) -> list[OpenInvite]:
        """Those that a device could still enter with, in order of id."""
        ...

    async def enrol(
        self,
        programme: ProgrammeId,
        enrolment: Enrolment,
        *,
        device: DeviceId,
        claim_hash: bytes,
        token_hash: bytes,
        last_day: int,
        now: int,
        day: int,
    ) -> None:
        """Uses an invite up, once; the same enrolment again only gets another provisional token.

        Raises UnknownError (no such invite, or another claim), InviteExpiredError, InviteUsedError.
        """

    async def pending(self, programme: ProgrammeId) -> list[PendingEnrolment]:
        """Enrolments whose device has no certificate yet."""
        ...

    async def heard(self, programme: ProgrammeId) -> list[Heard]:
        """The last day on which something came of each device that sent contacts, in order of device."""
        ...

    async def authors(self, programme: ProgrammeId, devices: list[DeviceId]) -> dict[DeviceId, Author]:
        """Those of the devices that are known: by certificate (revoked or not), else by enrolment."""
        ...

    # Tokens

    async def keep_token(
        self, programme: ProgrammeId, device: DeviceId, token_hash: bytes, *, last_day: int, day: int
    ) -> None: ...

    async def end_tokens(self, programme: ProgrammeId | None) -> int:
        """Every device's, of one programme or of all; not those of personal backups. Returns how many there were."""
        ...

    async def bearer(self, token_hash: bytes, *, day: int) -> Bearer:
        """Raises WrongTokenError for an unknown or expired one."""
        ...

    async def nothing_new(
        self, token_hash: bytes, collection: CollectionId, after: Cursor, *, day: int
    ) -> tuple[Bearer, Page | None]:
        """As `bearer`, and of a collection the empty page where nothing came after the cursor.

        None where something did, or the cursor is not this database's: then `page` says what. Whether the bearer may
        read there is for the caller to say.
        """
        ...

    def presumed(self, token_hash: bytes, collection: CollectionId, *, day: int) -> Bearer | None:
        """Whose the token was when it was last asked for, where a push to the collection finds out by the way whether
        it still is (`Arrival.token`). Nothing else may be done by it. None: `bearer` has to be asked.
        """
        ...

    # The feed

    async def push(self, collection: CollectionId, arrival: Arrival) -> Stored:
        """Raises UnknownError, QuotaError, PresumedError: then nothing of it is stored."""
        ...

    async def page(
        self,
        collection: CollectionId,
        *,
        lane: LaneId | None,
        after: Cursor | None,
        limit: int,
        size_bytes: int,
        since: int | None = None,
        recipient: DeviceId | None = None,
    ) -> Page:
        """At least one entry when there is any, however large. Raises UnknownError, EpochChangedError.

        recipient: only the packets that are sealed to this one; None: all.
        since: only what arrived on this day or later; in a lane with the packets that this needs, else with all.
        """
        ...

    async def missing(self, collection: CollectionId, revs: list[Rev], *, lane: LaneId | None) -> list[Rev]:
        """Those that are neither held nor superseded in the lane (None: in any), in their order."""
        ...

    async def audit(self, collection: CollectionId, *, lane: LaneId | None) -> Audited:
        """The sums of the heads in a lane (None: in all) that have their body, as kept with every change of them.

        Costs the same whatever the collection holds, and 256 rows for each lane. Raises UnknownError.
        """
        ...

    async def head_revs(
        self,
        collection: CollectionId,
        buckets: Iterable[int],
        *,
        lane: LaneId | None,
        after: Rev | None,
        limit: int,
    ) -> list[Rev]:
        """The heads themselves, in these buckets, from the one after `after` on, in order of rev."""
        ...

    async def confirm(self, collection: CollectionId, sequence: int) -> None:
        """A coordinator holds everything up to here."""

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
        """In `contacts`: drops packets to devices whose key opens nothing that arrived since `packets_before`, and
        bodies that arrived before `bodies_before` and that a coordinator has confirmed; not tombstones. In every
        collection: bodies that were superseded before `superseded_before`. None: leaves these. Revs and rows stay.
        Of personal backups: chunks that no head names since before `chunks_before`, with the room that they took;
        and all of those that were last used before the month `backups_before`.

        Called every day that the store is in use. None of it where it was not, for longer than a month, since that
        day: the clock may have jumped, and nothing is lost by waiting. Costs what is due.
        """

    # Personal backups, and the chunks that only they have

    async def create_backup(
        self, collection: CollectionId, token_hash: bytes, *, most: int, month: int
    ) -> HeldBackup:
        """First come, first served; again with the same token, the one there is.

        Raises WrongTokenError where either stands for something else, NoBackupsError where there are so many.
        """
        ...

    async def backup(self, collection: CollectionId, token_hash: bytes) -> HeldBackup:
        """Raises UnknownError, WrongTokenError."""
        ...

    async def use_backup(self, collection: CollectionId, month: int) -> None:
        """It was used in this month."""

    async def delete_backup(self, collection: CollectionId, token_hash: bytes) -> None:
        """With all that is in it. Raises UnknownError, WrongTokenError."""

    async def put_chunk(
        self, collection: CollectionId, address: Rev, content: bytes, *, quota: int, day: int
    ) -> None:
        """Once. Until a head names it, it may go 30 days after this day. Raises UnknownError, QuotaError."""

    async def has_chunk(self, collection: CollectionId, address: Rev) -> bool: ...

    async def chunk(self, collection: CollectionId, address: Rev) -> bytes:
        """Raises UnknownError."""
        ...

    # Counts that belong to nobody

    async def count(self, name: str) -> None:
        """One more of that name."""

    async def counts(self) -> dict[str, int]:
        """Every name that was counted, by name."""
        ...
