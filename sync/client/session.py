"""A device's standing with one hub: its token, its certificate, the programme's card."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, structs

from sync import canonical
from sync.client.hub import Hub
from sync.client.ledger import Ledger
from sync.client.state import Batch
from sync.client.trust import with_offer
from sync.crypto import signing
from sync.enrolment import (
    Card,
    Certificate,
    Certificates,
    Challenge,
    Enrolled,
    TokenGrant,
    TokenRequest,
    chain_to,
    enrolment_of,
    first_card,
    token_message,
)
from sync.errors import (
    BadSignatureError,
    CardChangedError,
    InviteError,
    NoTokenError,
    RevokedError,
    StateDamagedError,
    WrongTokenError,
)
from sync.exchange import Health

T = TypeVar("T", bound=Struct)


class Session:
    """Nothing local is ever deleted or locked for what a hub answers here."""

    def __init__(self, ledger: Ledger, hub: Hub) -> None:
        self._ledger = ledger
        self._hub = hub

    @property
    def provisional(self) -> bool:
        return self._ledger.own_certificate is None

    async def ask(
        self,
        answer: type[T],
        method: str,
        path: str,
        *,
        body: Struct | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> T:
        """With this device's token; asks for a new one when the hub does not know it. Raises ProblemError.

        A hub's own `revoked` is for this once: only a revocation that the programme signed keeps from asking again.
        """
        token = await self._held_token()
        try:
            return await self._hub.ask(answer, method, path, body=body, query=query, token=token)
        except (NoTokenError, WrongTokenError):
            token = await self.renew()
            return await self._hub.ask(answer, method, path, body=body, query=query, token=token)

    async def epoch(self) -> bytes:
        """Of whoever answers now, hub or relay."""
        return (await self._hub.ask(Health, "GET", "health")).epoch

    async def tell(self, method: str, path: str, body: Struct) -> None:
        token = await self._held_token()
        try:
            await self._hub.tell(method, path, body=body, token=token)
        except (NoTokenError, WrongTokenError):
            await self._hub.tell(method, path, body=body, token=await self.renew())

    async def renew(self) -> str:
        """A token for this device's certificate, or a provisional one for its invite. Raises RevokedError."""
        certificate = self._ledger.own_certificate
        if certificate is None:
            return await self.enrol()
        if certificate.revoked:
            raise RevokedError
        return await self._token(certificate)

    async def enrol(self) -> str:
        """Shows the invite; safe to repeat. Raises InviteError when the card is not the invited programme's."""
        ledger = self._ledger
        invite = ledger.root.invite
        if invite is None:
            raise StateDamagedError(ledger.state.folder, "neither invite nor certificate")
        body = enrolment_of(invite, ledger.signing_key, ledger.sealing_key)
        path = f"{self.programme_path}/enrolments"
        enrolled = await self._hub.ask(Enrolled, "POST", path, body=body)
        offered = Certificates(card=enrolled.card, cards=enrolled.cards, certificates=enrolled.certificates)
        card = ledger.root.card
        if card is None:
            try:
                card = first_card(offered.chain, invite)
            except BadSignatureError:
                raise InviteError("wrong-key") from None
        root = structs.replace(ledger.root, card=card, token=enrolled.token)
        await ledger.commit(Batch(), root=root)
        await self._accept(offered)
        return enrolled.token

    async def refresh(self) -> bool:
        """Fetches card and certificates. True when something was new."""
        was_provisional = self.provisional
        changed = await self._accept(await self.offered())
        if was_provisional and not self.provisional:
            await self.renew()
        return changed

    async def announce(self, more: Collection[Certificate] = ()) -> bool:
        """A coordinator's first words at every new epoch: cards, certificates, revocations; `more` besides. False where
        the hub follows another card: all else goes on, and it is said again."""
        ledger = self._ledger
        if not await self._announce(more):
            # The hub is ahead: what it has is read next.
            await self.refresh()
            if not await self._announce(more):
                return False
        held = {**ledger.certificates, **{each.device: each for each in more}}
        root = structs.replace(ledger.root, announce=False)
        await ledger.commit(Batch(), root=root, certificates=held.values())
        return True

    async def offered(self) -> Certificates:
        """Card and certificates as the hub has them, whatever of it is believed."""
        return await self.ask(Certificates, "GET", f"{self.programme_path}/certificates")

    async def publish(
        self, card: Card | None, certificates: Iterable[Certificate], cards: Sequence[Card]
    ) -> None:
        """cards: that lead to this one. Raises CardChangedError where the hub has another card, or a certificate of a
        device that is not among these."""
        told = Certificates(card=card, cards=tuple(cards), certificates=tuple(certificates))
        await self.tell("POST", f"{self.programme_path}/certificates", told)

    @property
    def programme_path(self) -> str:
        return f"programmes/{canonical.to_text(self._ledger.root.programme)}"

    async def _announce(self, more: Collection[Certificate]) -> bool:
        ledger = self._ledger
        told = {**ledger.certificates, **{each.device: each for each in more}}
        try:
            await self.publish(ledger.root.card, told.values(), ledger.root.cards)
        except (CardChangedError, BadSignatureError):
            return False
        return True

    async def _accept(self, offered: Certificates) -> bool:
        ledger = self._ledger
        before = ledger.trust
        after = with_offer(before, offered, ledger.device)
        cards = chain_to(after.card, {*ledger.root.cards, before.card, *offered.chain})
        if after is before and cards == ledger.root.cards:
            return False
        own = after.certificates.get(ledger.device)
        root = structs.replace(
            ledger.root,
            card=after.card,
            cards=cards,
            invite=ledger.root.invite if own is None else None,
        )
        # Once certified, the role is the certificate's: the coordinator's word, not the invite's.
        if own is not None:
            root = structs.replace(root, role=own.role)
        await ledger.commit(Batch(), root=root, certificates=after.certificates.values())
        return True

    async def _held_token(self) -> str:
        """Raises RevokedError, without asking, where the programme's key has revoked this device."""
        certificate = self._ledger.own_certificate
        if certificate is not None and certificate.revoked:
            raise RevokedError
        return self._ledger.root.token or await self.renew()

    async def _token(self, certificate: Certificate) -> str:
        ledger = self._ledger
        challenge = (await self._hub.ask(Challenge, "POST", "challenge")).challenge
        message = token_message(ledger.root.hub, challenge, ledger.device)
        body = TokenRequest(
            certificate=certificate,
            challenge=challenge,
            signature=signing.sign(ledger.signing_private, message),
        )
        grant = await self._hub.ask(TokenGrant, "POST", "token", body=body)
        await ledger.commit(Batch(), root=structs.replace(ledger.root, token=grant.token))
        return grant.token
