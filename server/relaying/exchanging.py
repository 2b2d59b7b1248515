"""One exchange of a relay with the hub above, for one programme: cut off anywhere, the next one goes on."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct, structs

from server.api import Hub
from server.relaying.carrying import Carrying
from server.relaying.kept import Keeper, Place
from server.relaying.line import Line
from server.relaying.membership import follow, give_enrolments, take_invites
from sync.client.hub import Hub as HubClient
from sync.errors import EpochChangedError, RevokedError
from sync.exchange import Health
from sync.identifiers import COLLECTIONS

MEMBERSHIP_SECONDS = 600
"""Every certificate of a programme is some 1.5 KB, and a relay's line may be paid for by the megabyte."""

WAITED_SECONDS = 120


class Exchanged(Struct, frozen=True, kw_only=True):
    """up, down: packets and revisions that were new there, and here. provisional: no coordinator has let the relay in
    yet. refused: enrolments that came too late. out_here: devices that were put out here, and not at the hub
    above, which has another card by now."""

    up: int = 0
    down: int = 0
    refused: int = 0
    out_here: int = 0
    provisional: bool = False


@dataclass(kw_only=True)
class Relay:
    """keeper: of one programme. hub: this one, whose store it fills. above: the way to the other."""

    keeper: Keeper
    hub: Hub
    above: HubClient
    _followed: float | None = None

    def __post_init__(self) -> None:
        self._line = Line(self.keeper, self.above)

    @property
    def out_here(self) -> int:
        """As the last exchange found it."""
        return self._line.out_here

    async def exchange(self) -> Exchanged:
        """Up first: what is only here is what a stolen box would lose.

        Raises UnreachableError, ProblemError (RevokedError once a coordinator put this relay out).
        """
        hub, keeper = self.hub, self.keeper
        await self._recall()
        await self._meet()
        changed = await self._follow()
        certificate = self._line.certificate
        if certificate is None:
            return Exchanged(provisional=True)
        if certificate.revoked:
            raise RevokedError
        refused = await give_enrolments(self._line)
        if changed or keeper.kept.day != hub.day:
            places = {name: place.anew() for name, place in keeper.kept.places.items()}
            keeper.save(structs.replace(keeper.kept, places=places, day=hub.day))
        carrying = Carrying(store=hub.store, line=self._line, waiters=hub.waiters, day=hub.day)
        up = down = 0
        try:
            for name in ("contacts", "admin", "members"):
                up += await carrying.up(name)
            for name in COLLECTIONS:
                down += await carrying.down(name)
        except EpochChangedError:
            # The same epoch, and yet another past: it was put back by hand. The next exchange begins anew.
            keeper.save(structs.replace(keeper.kept, places={}))
        return Exchanged(up=up, down=down, refused=refused, out_here=self._line.out_here)

    async def _recall(self) -> None:
        """After a start: a token that ended meanwhile is asked for with the certificate. The database counts where it
        has one; it may have been lost, and begun anew."""
        if self._line.certificate is None:
            held = await self.hub.store.certificates(self.keeper.kept.programme)
            own = (each for each in held if each.device == self.keeper.kept.device)
            self._line.certificate = next(own, self.keeper.kept.certificate)

    async def _meet(self) -> None:
        """Another life of the hub above: everything is asked for again."""
        told = await self.above.ask(Health, "GET", "health")
        kept = self.keeper.kept
        if told.epoch != kept.epoch:
            self.keeper.save(structs.replace(kept, epoch=told.epoch, places=dict[str, Place]()))
            self._followed = None

    async def _follow(self) -> bool:
        hub, line = self.hub, self._line
        since = None if self._followed is None else hub.clock() - self._followed
        if since is not None and line.certificate is not None and 0 <= since < await self._seconds():
            return False
        changed = await follow(hub.store, line, day=hub.day)
        if changed:
            hub.waiters.wake_all()
        if line.certificate is not None:
            await self._settle_in()
            await take_invites(hub.store, line, now=hub.now)
        self._followed = hub.clock()
        return changed

    async def _seconds(self) -> int:
        """Less while somebody who came with an invite waits here for a coordinator's word."""
        waits = await self.hub.store.pending(self.keeper.kept.programme)
        return WAITED_SECONDS if waits else MEMBERSHIP_SECONDS

    async def _settle_in(self) -> None:
        """The token of before was a provisional one, and the invite has done its work."""
        certificate = self._line.certificate
        self.keeper.save(structs.replace(self.keeper.kept, certificate=certificate))
        kept = self.keeper.kept
        if any(kept.invite.secret) and certificate is not None:
            await self._line.renew()
            invite = structs.replace(kept.invite, secret=bytes(32))
            self.keeper.save(structs.replace(self.keeper.kept, invite=invite))
