"""A headless coordinator: makes the programme's keys, lets devices in and puts them out, reads contacts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Self

from msgspec import Struct, structs

from sync import canonical
from sync.client.administration import (
    Deed,
    KeptInvite,
    deed_fields,
    fit,
    invite_fields,
    kept_invites,
    log_fields,
    logged_out,
    seeds_fields,
    why_not,
)
from sync.client.auditing import Compared, compare
from sync.client.device import Around, Progress, read_invite
from sync.client.layout import ProgrammeSecret
from sync.client.members import newest
from sync.client.reading import Record, of_type, records
from sync.client.rotating import TRIES, Rotating
from sync.client.rotation import begin
from sync.client.state import Batch
from sync.client.trust import recipients
from sync.client.writing import Draft, share, share_members, write
from sync.crypto import sealing, signing
from sync.enrolment import (
    Card,
    Certificate,
    Certificates,
    Founding,
    Invite,
    InviteRegistration,
    PendingEnrolment,
    PendingEnrolments,
    ProgrammeName,
    claim_of,
    mac_key_of,
    sign_card,
    sign_certificate,
)
from sync.errors import (
    BadSignatureError,
    CardChangedError,
    InviteError,
    UnknownError,
    WrongRoleError,
)
from sync.identifiers import Role, device_id, new_id
from sync.revisions import Value

DAY_SECONDS = 86_400


class Refused(Struct, frozen=True, kw_only=True):
    """A device that asked to enter and was not let in, and why: `why_not` in `administration`."""

    device: bytes
    why: str


class Fetched(Struct, frozen=True, kw_only=True):
    """contacts: revisions that came. certified: devices let in by this pull."""

    contacts: int
    certified: tuple[bytes, ...]
    refused: tuple[Refused, ...]


class Rotated(Struct, frozen=True, kw_only=True):
    """card: the new one. out: revoked with it. unvouched: devices that stay, though nobody who stays let them in.
    invites: that were open, and let nobody in any more. resealed: content keys."""

    card: Card
    out: tuple[Certificate, ...]
    unvouched: tuple[bytes, ...]
    invites: int
    resealed: int


class Coordinator(Rotating):
    """Of one programme; the first one founds it, others join by an invite of one who is there."""

    @classmethod
    async def start(cls, folder: Path, passphrase: str, link: str, around: Around) -> Self:
        """Founds the programme, or joins it, as the invite says. Run again, it goes on where it was cut.

        Raises InviteError, StateError, ProblemError (AlreadyFoundedError when somebody else was first).
        """
        invite = read_invite(link)
        if invite.role != "coordinator":
            raise InviteError("relay" if invite.role == "relay" else "worker")
        if invite.founding:
            return await cls.found(folder, passphrase, invite, around)
        return await cls.join(folder, passphrase, link, around)

    @classmethod
    async def found(cls, folder: Path, passphrase: str, invite: Invite, around: Around) -> Self:
        """The programme's keys are made here and are on the disk before the hub hears of them."""
        coordinator = await cls._prepare(folder, passphrase, invite, around)
        try:
            await coordinator._found(invite)
        except BaseException:
            await coordinator.close()
            raise
        return coordinator

    async def invite(self, role: Role, *, days: int, lane: bytes | None = None) -> Invite:
        """A one-use invite. lane: of another device of the same worker; a new one when not given."""
        self._secret()
        card = self.ledger.trust.card
        invite = Invite(
            hub=self.ledger.root.hub,
            invite=new_id(),
            programme=card.programme,
            signing_key_hash=sha256(card.signing_key).digest(),
            role=role,
            expiry=int(self.around.clock()) + days * DAY_SECONDS,
            secret=secrets.token_bytes(32),
        )
        lane = lane or new_id()
        mac_key = mac_key_of(invite.secret)
        fields = invite_fields(invite.invite, role, lane, invite.expiry, mac_key, generation=card.generation)
        await self._write_admin(fields)
        await self._note("invite", invite.invite)
        registration = InviteRegistration(
            role=role, lane=lane, claim_hash=sha256(claim_of(invite.secret)).digest(), expiry=invite.expiry
        )
        path = f"{self.session.programme_path}/invites/{canonical.to_text(invite.invite)}"
        await self.session.tell("PUT", path, registration)
        await self._send("admin")
        return invite

    async def fetch(self, progress: Progress | None = None) -> Fetched:
        """Everything new; lets in the devices whose enrolment verifies; sends what waits. Goes on with a rotation
        that was cut. Raises what the hub says of that, once all else is done."""
        announces = self.ledger.root.announce
        if announces and not self.session.provisional:
            await self.session.announce()
        changed = await self.session.refresh()
        if self.session.provisional:
            return Fetched(contacts=0, certified=(), refused=())
        came = await self._fetch("admin")
        await self._find_secrets()
        if self.ledger.root.announce:
            # Once all is read of which somebody was let in there.
            await self._lead_on()
        problem = await self._go_on_rotating()
        if announces or changed or came:
            await self._put_out_again()
        certified, refused = await self.certify_pending()
        contacts = await self._fetch("contacts", progress)
        await self._fetch("members")
        # Whoever was let in while another card was on its way gets its secrets once it holds, not before.
        trust = self.ledger.trust
        await self._share_secrets(recipients(trust, "admin", self.ledger.device))
        await share_members(self.ledger)
        await self._reseal(contacts)
        await self.push()
        if problem is not None:
            raise problem
        return Fetched(contacts=len(contacts), certified=certified, refused=refused)

    async def audit(self) -> Compared:
        """Does the hub hold what this device holds? Fetches and sends what differs. Returns the contacts' part."""
        await self.fetch()
        told = Compared()
        for name in self._collections():
            found = await self._in_epoch(name, partial(compare, self.ledger, self.session, name))
            told = found if name == "contacts" else told
            if found.only_there:
                await self._fetch(name)
        await self.push()
        return told

    async def certify_pending(self) -> tuple[tuple[bytes, ...], tuple[Refused, ...]]:
        """Signs the certificates of the devices that wait and may come in; the others, with the reason."""
        path = f"{self.session.programme_path}/enrolments"
        pending = (await self.session.ask(PendingEnrolments, "GET", path)).enrolments
        admin = await records(self.ledger, "admin") if pending else []
        kept = kept_invites(admin, self.ledger.trust)
        certified: list[bytes] = []
        refused: list[Refused] = []
        for each in pending:
            device = device_id(each.signing_key)
            held = self.ledger.certificates.get(device)
            if held is not None:
                # A hub that lost its certificate; above all one that revokes must not be begun anew.
                with suppress(
                    CardChangedError, BadSignatureError
                ):  # a relay without the newest card: not now
                    await self._publish(held)
                continue
            invite = kept.get(each.invite)
            last_day = "" if invite is None else _day(invite.expiry)
            why = why_not(each, invite, self.ledger.trust.card, last_day)
            if invite is None or why is not None:
                refused.append(Refused(device=device, why=why or "unknown-invite"))
                continue
            try:
                await self._certify(each, invite)
            except (CardChangedError, BadSignatureError):
                continue
            # One invite, one device, also where a hub shows two at once.
            kept[each.invite] = structs.replace(invite, device=device)
            certified.append(device)
        return tuple(certified), tuple(refused)

    async def _put_out_again(self) -> None:
        """Who is out by the log of those who stay, and not by a certificate under the newest card: it was done at a
        relay, under the card of before, which the hub did not take. A coordinator goes with a new card."""
        ledger = self.ledger
        has_secret = any(fit(each, ledger.trust) for each in ledger.root.secrets)
        if not ledger.root.cards or not has_secret:
            return
        out = logged_out(await records(ledger, "admin"), ledger.trust)
        held = [ledger.certificates[each] for each in sorted(out & ledger.certificates.keys())]
        still_in = [each for each in held if not each.revoked and each.role != "coordinator"]
        counts = await self._counts() if still_in else {}
        for each in still_in:
            with suppress(CardChangedError, BadSignatureError):  # a relay without the newest card: not now
                await self._publish(self._ended(each, counts))

    def devices(self) -> list[Certificate]:
        """Every device that was ever certified, in order of id."""
        return [self.ledger.certificates[device] for device in sorted(self.ledger.certificates)]

    async def revoke(self, device: bytes) -> Certificate:
        """Puts a device out. What it made up to the highest counter seen is accepted, later ones are marked.

        A coordinator knows the programme's keys: with one goes the card, see `rotate`.
        Raises UnknownError for no device of this programme, WrongRoleError for this device itself.
        """
        held = self.ledger.certificates.get(device)
        if held is None:
            raise UnknownError("no such device")
        if device == self.ledger.device:
            raise WrongRoleError("a coordinator cannot put itself out")
        if held.revoked:
            return held
        if held.role == "coordinator":
            await self.rotate(out=[device])
            return self.ledger.certificates[device]
        counts = await self._counts()
        # First what is told of it: a revocation that nobody can find in the log would be one to be ashamed of.
        await self._note("revoke", device)
        await self._send("admin")
        certificate = self._ended(held, counts)
        await self._publish(certificate)
        return certificate

    def _ended(self, held: Certificate, counts: Mapping[bytes, int]) -> Certificate:
        """The same device's, revoked. counts: the highest counter seen of each."""
        return sign_certificate(
            signing.private_from_bytes(self._secret().signing_key),
            programme=held.programme,
            lane=held.lane,
            role=held.role,
            signing_key=held.signing_key,
            sealing_key=held.sealing_key,
            n=held.n + 1,
            revoked=True,
            last_counter=counts.get(held.device, 0),
        )

    async def rotate(self, *, out: Sequence[bytes] = (), progress: Progress | None = None) -> Rotated:
        """Gives the programme a new card, under which those in `out` are revoked, and seals the content keys to it.

        Cut off anywhere, it goes on when it is run again, or with the next `fetch`. Where another coordinator does it
        at the same time, one of the two cards holds, and whoever is still to go, goes with the next. progress: told
        how many content keys were looked at. Raises WrongRoleError where this device is in `out`, UnknownError.
        """
        ledger = self.ledger
        if ledger.device in out:
            raise WrongRoleError("a coordinator cannot put itself out")
        before = ledger.trust.card.generation
        await self.fetch()
        if not set(out) <= ledger.certificates.keys():
            raise UnknownError("no such device")
        for device in (each for each in out if not ledger.certificates[each].revoked):
            await self._note("revoke", device)
        if not out and ledger.trust.card.generation == before:
            await self._note("rotate", b"")
        tries = 0
        while (
            any(not ledger.certificates[device].revoked for device in out)
            if out
            else ledger.trust.card.generation == before
        ):
            tries += 1
            if tries > TRIES:
                raise CardChangedError("the hub takes no card")
            rotation = ledger.root.rotation
            if rotation is None or not set(out) <= set(rotation.out):
                rotation = await begin(ledger, self._secret(), out)
            await self._finish_rotation(rotation)
        admin = await records(ledger, "admin")
        kept = kept_invites(admin, ledger.trust).values()
        ended = [
            each for each in kept if each.device is None and each.generation < ledger.trust.card.generation
        ]
        vouched = {each.device for each in kept} | {ledger.device}
        await share(ledger, "admin")
        await share_members(ledger)
        resealed = await self._reseal([], progress)
        await self.push()
        return Rotated(
            card=ledger.trust.card,
            out=tuple(ledger.certificates[device] for device in out),
            unvouched=tuple(
                each.device for each in self.devices() if not each.revoked and each.device not in vouched
            ),
            invites=sum(1 for each in ended if each.expiry > self.around.clock()),
            resealed=resealed,
        )

    async def publish(self, fields: Mapping[str, Value], *, replaces: Sequence[Record] = ()) -> bytes:
        """Puts a record into `members`, in place of others, and sends it. Returns its id.

        Ask `fetch` first: the key is sealed to the devices that this coordinator knows, and to no revoked one.
        """
        record = new_id()
        # Later than all that stands, also by a clock that runs behind: the newest is what counts. What a revoked
        # coordinator dated is not asked: no number may be left above it.
        last = newest(await self.members(), self.ledger.trust)
        changes = {**fields, "published": max(int(self.around.clock()), last + 1)}
        withdrawn = [
            Draft(record=each.record, changes={}, heads=each.heads, deleted=True) for each in replaces
        ]
        drafts = [Draft(record=record, changes=changes), *withdrawn]
        await write(self.ledger, "members", drafts, week=self.week())
        await self._send("members")
        return record

    async def withdraw(self, record: Record) -> None:
        """From all devices, as they next pull."""
        draft = Draft(record=record.record, changes={}, heads=record.heads, deleted=True)
        await write(self.ledger, "members", [draft], week=self.week())
        await self._send("members")

    async def log_export(self, why: str, exported: Mapping[str, Value]) -> None:
        """Writes into `admin` who exported, why, when, what; on the disk before any contact leaves."""
        when = int(self.around.clock())
        await self._write_admin(log_fields(self.ledger.device, why, when, exported))

    async def file(self, fields: Mapping[str, Value]) -> None:
        """Writes a record into `admin`, on the disk; it goes with the next push."""
        await self._write_admin(fields)

    async def log(self) -> list[Record]:
        """The exports so far."""
        logged = of_type(await records(self.ledger, "admin"), "log")
        return [each for each in logged if each.text("what") in ("", "export")]

    async def _note(self, what: Deed, about: bytes) -> None:
        when = int(self.around.clock())
        await self._write_admin(deed_fields(self.ledger.device, what, about, when))

    async def _found(self, invite: Invite) -> None:
        ledger = self.ledger
        if not ledger.root.secrets:
            first = ProgrammeSecret(
                generation=1,
                signing_key=signing.private_to_bytes(signing.new_private_key()),
                sealing_seed=sealing.new_seed(),
            )
            await ledger.commit(Batch(), root=structs.replace(ledger.root, secrets=(first,)))
        if ledger.root.card is None:
            path = self.session.programme_path
            named = await self._hub.ask(ProgrammeName, "GET", path)
            await ledger.commit(Batch(), root=structs.replace(ledger.root, card=self._first_card(named)))
        certificate = ledger.own_certificate or self._own_certificate()
        await ledger.commit(Batch(), certificates=[certificate])
        founding = Founding(claim=claim_of(invite.secret), card=ledger.trust.card, certificate=certificate)
        await self._hub.tell("POST", f"{self.session.programme_path}/founding", body=founding)
        if not ledger.places["admin"].revs:
            await self._write_admin(seeds_fields(ledger.root.secrets))
        await self._send("admin")
        await ledger.commit(Batch(), root=structs.replace(ledger.root, invite=None))

    def _first_card(self, named: ProgrammeName) -> Card:
        secret = self.ledger.root.secrets[0]
        private = signing.private_from_bytes(secret.signing_key)
        return sign_card(
            private,
            programme=self.ledger.root.programme,
            generation=1,
            sealing_key=sealing.public_key(secret.sealing_seed),
            signing_key=signing.public_key(private),
            practice=named.practice,
            name=named.name,
        )

    def _own_certificate(self) -> Certificate:
        return sign_certificate(
            signing.private_from_bytes(self.ledger.root.secrets[0].signing_key),
            programme=self.ledger.root.programme,
            lane=new_id(),
            role="coordinator",
            signing_key=self.ledger.signing_key,
            sealing_key=self.ledger.sealing_key,
        )

    async def _certify(self, pending: PendingEnrolment, invite: KeptInvite) -> None:
        """Marks the invite as used before the certificate is out: cut in between, the next pull goes on."""
        device = device_id(pending.signing_key)
        if invite.device is None:
            used: dict[str, Value] = {"device": canonical.to_text(device)}
            await self._edit_admin(invite.record, used)
        if invite.role == "coordinator":
            await self._share_secrets({device: pending.sealing_key})
        await self._send("admin")
        await self._publish(
            sign_certificate(
                signing.private_from_bytes(self._secret().signing_key),
                programme=self.ledger.root.programme,
                lane=invite.lane,
                role=invite.role,
                signing_key=pending.signing_key,
                sealing_key=pending.sealing_key,
            )
        )

    async def _publish(self, certificate: Certificate) -> None:
        ledger = self.ledger
        path = f"{self.session.programme_path}/certificates"
        await self.session.tell("POST", path, Certificates(certificates=(certificate,)))
        held = {**ledger.certificates, certificate.device: certificate}
        await ledger.commit(Batch(), certificates=held.values())


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
