"""What a coordinator's device does with the programme's keys: finds them, writes under them, changes them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from sync.client.administration import (
    fit,
    kept_invites,
    keys_to_come,
    logged_out,
    programme_secrets,
    seeds_fields,
)
from sync.client.contacts import Overview, overview
from sync.client.device import Device, Progress
from sync.client.layout import HeldRevision, ProgrammeSecret, Rotation
from sync.client.reading import Keyring, Opened, Record, counters, open_revision, records
from sync.client.rotation import (
    all_keys,
    begin,
    certificates_under,
    done_under,
    keys_of,
    reseal,
    trust_after,
)
from sync.client.state import Batch
from sync.client.trust import Trust
from sync.client.writing import Draft, seal_to, write
from sync.errors import CardChangedError, MalformedError, OpeningError, ProblemError, StateDamagedError
from sync.identifiers import new_id
from sync.revisions import Value

TRIES = 8
"""Other coordinators may be first so often: with a card of theirs, or with a device that they let in."""


class Rotating(Device):
    """Of a coordinator. `Coordinator` is one that can do more."""

    async def overview(self) -> Overview:
        """Every contact, opened and merged."""
        ring = Keyring(self.ledger, "contacts")
        opened: list[Opened] = []
        unreadable = 0
        async for row in self.ledger.scan():
            if not isinstance(row, HeldRevision) or row.collection != "contacts":
                continue
            key = await ring.get(row.revision.key)
            try:
                if key is None:
                    raise OpeningError
                opened.append(open_revision(self.ledger, row, key))
            except (OpeningError, MalformedError):
                unreadable += 1
        await ring.save()
        return overview(opened, self.ledger.trust, unreadable=unreadable + self.ledger.state.damaged)

    async def _find_secrets(self) -> None:
        """A coordinator who was let in finds the programme's secrets in `admin`."""
        ledger = self.ledger
        if ledger.root.secrets and fit(ledger.root.secrets[-1], ledger.trust):
            return
        found, _ = programme_secrets(await records(ledger, "admin"), ledger.trust)
        if found:
            await ledger.commit(Batch(), root=structs.replace(ledger.root, secrets=found))

    def _secret(self) -> ProgrammeSecret:
        """The present generation's. Raises StateDamagedError while this coordinator has not got it."""
        held = [each for each in self.ledger.root.secrets if fit(each, self.ledger.trust)]
        if not held:
            raise StateDamagedError(self.ledger.state.folder, "the programme's keys are not here yet")
        return held[-1]

    async def _lead_on(self) -> None:
        """A hub that was put back from before a card, and on which somebody was let in or put out under the card of
        then, to the newest card. Only who has the keys of now can."""
        ledger = self.ledger
        held = [each for each in ledger.root.secrets if fit(each, ledger.trust)]
        if not held:
            return
        admin = await records(ledger, "admin")
        kept = kept_invites(admin, ledger.trust)
        vouched = {each.device for each in kept.values() if each.device}
        offered = await self.session.offered()
        told = vouched, logged_out(admin, ledger.trust)
        done = done_under(ledger.trust, ledger.root.cards, offered, told, held[-1], own=ledger.device)
        await self.session.announce(done)

    async def _go_on_rotating(self) -> ProblemError | None:
        """Until the hub has a card that was begun here. What it refuses is given back, so that all else goes on."""
        for _ in range(TRIES):
            rotation = self.ledger.root.rotation
            if rotation is None:
                return None
            try:
                await self._finish_rotation(rotation)
            except ProblemError as problem:
                return problem
            generation = self.ledger.trust.card.generation
            if self.ledger.root.rotation == rotation and rotation.card.generation <= generation:
                return None  # the secret of another's card is not here yet
        return None

    async def _finish_rotation(self, rotation: Rotation) -> None:
        """The secret to those who stay, then the card with all certificates, in one request, to the hub."""
        ledger = self.ledger
        if rotation.card.generation > ledger.trust.card.generation:
            admin = await records(ledger, "admin")
            gone = trust_after(
                rotation, (c for c in ledger.certificates.values() if c.device not in rotation.out)
            )
            vouched = {each.device for each in kept_invites(admin, gone).values() if each.device}
            certificates = certificates_under(
                rotation, ledger.certificates.values(), vouched, await self._counts()
            )
            if not rotation.secret_kept:
                fields = seeds_fields([*ledger.root.secrets, rotation.secret])
                await self._write_admin(fields, trust_after(rotation, certificates))
                rotation = structs.replace(rotation, secret_kept=True)
                await ledger.commit(Batch(), root=structs.replace(ledger.root, rotation=rotation))
            # On the hub before the card: else it would be lost with this device.
            await self._send("admin")
            cards = (*ledger.root.cards, ledger.trust.card)
            try:
                await self.session.publish(rotation.card, certificates, cards)
            except CardChangedError:
                # Another coordinator was first, with a card or with a device; or an answer got lost before.
                await self.session.refresh()
                await self._fetch("admin")
            else:
                root = structs.replace(ledger.root, card=rotation.card, cards=cards)
                await ledger.commit(Batch(), root=root, certificates=certificates)
        await self._settle_rotation(rotation)

    async def _settle_rotation(self, rotation: Rotation) -> None:
        """Takes the secret over with the card. A card that came too late is replaced by another where somebody is
        still to go: at no moment does it stand nowhere who that is."""
        ledger = self.ledger
        if rotation.card == ledger.trust.card:
            held = ledger.root.secrets
            if not fit(held[-1], ledger.trust):  # or they came by `admin`, after an answer that got lost
                held = (*held, rotation.secret)
            await ledger.commit(Batch(), root=structs.replace(ledger.root, secrets=held, rotation=None))
        elif rotation.card.generation <= ledger.trust.card.generation:
            await self._find_secrets()
            gone = [device for device in rotation.out if not ledger.certificates[device].revoked]
            if not gone:
                await ledger.commit(Batch(), root=structs.replace(ledger.root, rotation=None))
            elif fit(ledger.root.secrets[-1], ledger.trust):
                await begin(ledger, self._secret(), gone)

    async def _reseal(self, came: list[bytes], progress: Progress | None = None) -> int:
        """Everything once after each new card; then what comes still, from phones that had not heard of it."""
        ledger = self.ledger
        generation = ledger.trust.card.generation
        if ledger.root.resealed < generation:
            keys = await all_keys(ledger)
            admin = keys["admin"] - keys_to_come(await records(ledger, "admin"), ledger.trust)
            count = await reseal(ledger, "admin", admin, progress)
            count += await reseal(ledger, "contacts", keys["contacts"], progress)
            await ledger.commit(Batch(), root=structs.replace(ledger.root, resealed=generation))
            return count
        if generation == 1 or not came:
            return 0
        return await reseal(ledger, "contacts", await keys_of(ledger, came))

    async def _share_secrets(self, recipients: Mapping[bytes, bytes]) -> None:
        """Seals the content key of the present card's secrets to those coordinators (id → sealing key) who have it not
        yet. The secrets of a card that is to be are for whoever stays with it."""
        ledger = self.ledger
        batch, place = Batch(), ledger.places["admin"]
        _, keys = programme_secrets(await records(ledger, "admin"), ledger.trust)
        for key_id in keys:
            key = await ledger.key("admin", key_id)
            if key is None or key.content_key is None:
                continue
            reached = {key.owner, *(packet.recipient for packet in key.packets)}
            missing = {who: to for who, to in recipients.items() if who not in reached}
            if missing:
                place = seal_to(ledger, batch, place, key, missing)
        await ledger.commit(batch, places=[place])

    async def _counts(self) -> dict[bytes, int]:
        """The highest counter seen of each device: a coordinator's in `members`, a worker's in `contacts`."""
        counts = {each.device: each.last for each in (await self.overview()).devices}
        published = await counters(self.ledger, "members")
        return {
            device: published.get(device, 0) if held.role == "coordinator" else counts.get(device, 0)
            for device, held in self.ledger.certificates.items()
        }

    async def _write_admin(self, fields: Mapping[str, Value], trust: Trust | None = None) -> None:
        draft = Draft(record=new_id(), changes=fields)
        await write(self.ledger, "admin", [draft], week=self.week(), trust=trust)

    async def _edit_admin(self, record: Record, changes: Mapping[str, Value]) -> None:
        draft = Draft(record=record.record, changes=changes, heads=record.heads)
        await write(self.ledger, "admin", [draft], week=self.week())
