"""A headless device: joins by an invite, adds contacts, sends and fetches. `Coordinator` is one that can do more."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx
from msgspec import Struct

from sync.bundles import write_bundle
from sync.client.bundles import Packed, make_bundle, take_receipt
from sync.client.forgetting import forget_old
from sync.client.hub import Hub
from sync.client.layout import Root
from sync.client.ledger import Ledger, encode_root, load
from sync.client.pulling import pull
from sync.client.reading import Record, records
from sync.client.retry import Patience
from sync.client.sending import Asked, Sent, ask_missing, push, turn
from sync.client.session import Session
from sync.client.state import State, create, exists, open_state
from sync.client.writing import AT_ONCE, Draft, share, write
from sync.crypto import sealing, signing, vault
from sync.enrolment import Invite, parse_invite
from sync.errors import EpochChangedError, InviteError, MalformedError, StateBehindError, StateExistsError
from sync.identifiers import CollectionName, Role, new_id
from sync.revisions import Value

_EPOCHS = 3
"""How often in one go a hub may turn out to be another than before."""

T = TypeVar("T")
Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a device needs of the world around it. clock: Unix seconds. waiting: told the cause and the seconds of
    every pause before another try."""

    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = time.time
    transport: httpx.AsyncBaseTransport | None = None
    waiting: Callable[[str, float], None] | None = None
    cost: vault.Cost = field(default_factory=vault.Cost)


class Status(Struct, frozen=True, kw_only=True):
    """made: contacts' revisions so far; waiting: those that no receipt has named; set_aside: refused by the hub."""

    device: bytes
    programme: str
    practice: bool
    provisional: bool
    revoked: bool
    made: int
    waiting: int
    set_aside: int


class Device:
    """Over one state folder, which no other process has open meanwhile. Close it, or use it in `async with`."""

    def __init__(self, ledger: Ledger, around: Around) -> None:
        self.ledger = ledger
        self.around = around
        self._hub = Hub(
            ledger.root.hub, patience=around.patience, transport=around.transport, waiting=around.waiting
        )
        self.session = Session(ledger, self._hub)

    @classmethod
    async def open(cls, folder: Path, passphrase: str, around: Around) -> Self:
        """Raises StateError, OpeningError for a wrong passphrase."""
        opened = await open_state(folder, passphrase)
        try:
            return cls(await load(opened), around)
        except BaseException:
            await opened.close()
            raise

    @classmethod
    async def join(cls, folder: Path, passphrase: str, link: str, around: Around) -> Self:
        """Makes the device's keys in the folder, then shows the invite to the hub. Run again, it goes on.

        Raises InviteError, StateExistsError for a folder that is another device's, ProblemError.
        """
        invite = read_invite(link)
        if invite.founding:
            raise InviteError("founding")
        if invite.role == "relay":
            raise InviteError("relay")
        device = await cls._prepare(folder, passphrase, invite, around)
        try:
            if device.ledger.own_certificate is None:
                await device.session.enrol()
        except BaseException:
            await device.close()
            raise
        return device

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._hub.close()
        await self.ledger.state.close()

    async def add(self, contacts: Sequence[Mapping[str, Value]]) -> list[bytes]:
        """New contacts, each with `form` and `form_hash` among its fields. Returns their record ids.

        They are encrypted and on the disk when this returns. Raises MalformedError for values that no record
        can hold; then none of these is written. Raises StateBehindError in an old copy of a folder.
        """
        if self.ledger.root.behind:
            raise StateBehindError(self.ledger.state.folder)
        records: list[bytes] = []
        for start in range(0, len(contacts), AT_ONCE):
            drafts = [Draft(record=new_id(), changes=fields) for fields in contacts[start : start + AT_ONCE]]
            await write(self.ledger, "contacts", drafts, week=self.week())
            records += [draft.record for draft in drafts]
        return records

    async def push(self, progress: Progress | None = None) -> Sent:
        """Sends what waits, in every collection. Returns what became of the contacts."""
        if self.session.provisional or self.queued:
            await self.session.refresh()
            # Under a new card what waits is sealed anew before it leaves, whoever heard of that card and was cut then.
            await share(self.ledger, "contacts")
        for name in self._collections():
            if name != "contacts":
                await self._send(name)
        return await self._send("contacts", progress)

    async def pull(self, progress: Progress | None = None) -> int:
        """Fetches what is new, and forgets what is old. Returns how many revisions of contacts came.

        A device without a certificate may only send, so it only asks whether there is one.
        """
        changed = await self.session.refresh()
        if self.session.provisional:
            return 0
        came = 0
        for name in self._collections():
            revs = await self._fetch(name, progress if name == "contacts" else None)
            came = len(revs) if name == "contacts" else came
        if changed:
            await self._share()
        await forget_old(self.ledger, self._now())
        return came

    async def members(self) -> list[Record]:
        """What coordinators published and this device can open; see `sync.client.members`."""
        return await records(self.ledger, "members")

    async def missing(self) -> Asked:
        """Is everything on the hub? Asks for all that is held, and queues what it lacks. Returns the contacts' part."""
        if self.session.provisional:
            await self.session.refresh()
        asked = Asked()
        for name in self._collections():
            found = await self._ask_missing(name)
            asked = found if name == "contacts" else asked
        return asked

    async def bundle(self) -> tuple[bytes, Packed]:
        """What waits, as a file that is carried to the hub; with what makes this device known there."""
        packed = await make_bundle(self.ledger, self._collections())
        return write_bundle(self.ledger.signing_private, packed.bundle), packed

    async def take_receipt(self, raw: bytes) -> Sent:
        """Sets the states that a receipt file tells. Raises BundleError, EpochChangedError."""
        return await take_receipt(self.ledger, raw)

    @property
    def queued(self) -> int:
        """At most so many packets and revisions are in the outboxes: for a progress bar."""
        return sum(place.next - place.first for place in self.ledger.places.values())

    async def status(self) -> Status:
        ledger = self.ledger
        own = ledger.own_certificate
        return Status(
            device=ledger.device,
            programme=ledger.trust.card.name,
            practice=ledger.trust.card.practice,
            provisional=own is None,
            revoked=own is not None and own.revoked,
            made=ledger.places["contacts"].counter,
            waiting=await ledger.waiting("contacts"),
            set_aside=len((await ledger.quarantine("contacts")).items),
        )

    # For those who inherit

    @classmethod
    async def _prepare(cls, folder: Path, passphrase: str, invite: Invite, around: Around) -> Self:
        """A folder with keys of its own, before the hub has heard of it; or the one begun with this invite."""
        if exists(folder):
            device = await cls.open(folder, passphrase, around)
            if device.ledger.root.invite == invite:
                return device
            await device.close()
            raise StateExistsError(folder)
        if invite.expiry < around.clock():
            raise InviteError("expired")
        opened = await _new_state(folder, passphrase, invite, around)
        try:
            return cls(await load(opened), around)
        except BaseException:
            await opened.close()
            raise

    def _collections(self) -> list[CollectionName]:
        """Those that this device may enter now, in the order in which they are read."""
        if self.session.provisional:
            return ["contacts"]
        role: Role = self.ledger.root.role
        return ["admin", "contacts", "members"] if role == "coordinator" else ["contacts", "members"]

    async def _send(self, name: CollectionName, progress: Progress | None = None) -> Sent:
        return await self._in_epoch(
            name, lambda: push(self.ledger, self.session, name, progress=progress, now=self._now())
        )

    async def _fetch(self, name: CollectionName, progress: Progress | None = None) -> list[bytes]:
        return await self._in_epoch(
            name, lambda: pull(self.ledger, self.session, name, progress=progress, now=self._now())
        )

    async def _ask_missing(self, name: CollectionName) -> Asked:
        return await self._in_epoch(name, lambda: ask_missing(self.ledger, self.session, name))

    async def _in_epoch(self, name: CollectionName, action: Callable[[], Awaitable[T]]) -> T:
        """When another answers than before: its hub's relay, the hub again, or a hub that was put back."""
        for _ in range(_EPOCHS):
            try:
                return await action()
            except EpochChangedError:
                await turn(self.ledger, self.session, name)
                if self.ledger.root.announce and not self.session.provisional:
                    await self.session.announce()
        return await action()

    async def _share(self) -> None:
        """A device that was certified since may read what this one wrote: its packets, now."""
        if not self.session.provisional and await share(self.ledger, "contacts"):
            await self._send("contacts")

    def _now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.around.clock() * 1000)

    def week(self) -> str:
        """The ISO week by this device's clock."""
        year, week, _ = datetime.fromtimestamp(self.around.clock(), UTC).isocalendar()
        return f"{year}-W{week:02}"


def read_invite(link: str) -> Invite:
    """Raises InviteError for a link that holds none, most often since a part of it is missing."""
    try:
        return parse_invite(link)
    except MalformedError:
        raise InviteError("not-an-invite") from None


async def _new_state(folder: Path, passphrase: str, invite: Invite, around: Around) -> State:
    root = Root(
        role=invite.role,
        hub=invite.hub,
        programme=invite.programme,
        invite=invite,
        signing_key=signing.private_to_bytes(signing.new_private_key()),
        sealing_seed=sealing.new_seed(),
    )
    return await create(folder, passphrase, around.cost, encode_root(root))
