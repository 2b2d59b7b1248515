"""The line to the hub above: a relay's token there, and its requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, structs

from server.relaying.kept import Keeper
from sync import canonical
from sync.client.hub import Hub
from sync.crypto import signing
from sync.enrolment import (
    Certificate,
    Challenge,
    Enrolled,
    TokenGrant,
    TokenRequest,
    enrolment_of,
    token_message,
)
from sync.errors import NoTokenError, WrongTokenError
from sync.identifiers import CollectionName, collection_id

T = TypeVar("T", bound=Struct)


class Line:
    """certificate: the relay's own, once it is here; until then it waits with a provisional token. out_here: how many
    devices are out here alone, by a certificate of before the hub's card."""

    def __init__(self, keeper: Keeper, hub: Hub) -> None:
        self.keeper = keeper
        self.hub = hub
        self.certificate: Certificate | None = None
        self.out_here = 0

    @property
    def programme_path(self) -> str:
        return f"programmes/{canonical.to_text(self.keeper.kept.programme)}"

    def collection_path(self, name: CollectionName) -> str:
        return f"collections/{canonical.to_text(collection_id(self.keeper.kept.programme, name))}"

    async def ask(
        self,
        answer: type[T],
        method: str,
        path: str,
        *,
        body: Struct | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> T:
        """Raises ProblemError, UnreachableError."""
        token = self.keeper.kept.token or await self.renew()
        try:
            return await self.hub.ask(answer, method, path, body=body, query=query, token=token)
        except (NoTokenError, WrongTokenError):
            return await self.hub.ask(answer, method, path, body=body, query=query, token=await self.renew())

    async def tell(self, method: str, path: str, body: Struct) -> None:
        token = self.keeper.kept.token or await self.renew()
        try:
            await self.hub.tell(method, path, body=body, token=token)
        except (NoTokenError, WrongTokenError):
            await self.hub.tell(method, path, body=body, token=await self.renew())

    async def renew(self) -> str:
        """A token for the certificate; before there is one, a provisional one for the invite."""
        kept = self.keeper.kept
        if self.certificate is None:
            body = enrolment_of(kept.invite, kept.public_key, kept.sealing_key)
            path = f"{self.programme_path}/enrolments"
            token = (await self.hub.ask(Enrolled, "POST", path, body=body)).token
        else:
            challenge = (await self.hub.ask(Challenge, "POST", "challenge")).challenge
            # For the origin that devices know, by whatever address the hub above is reached from here.
            message = token_message(kept.invite.hub, challenge, kept.device)
            private = signing.private_from_bytes(kept.signing_key)
            request = TokenRequest(
                certificate=self.certificate,
                challenge=challenge,
                signature=signing.sign(private, message),
            )
            token = (await self.hub.ask(TokenGrant, "POST", "token", body=request)).token
        self.keeper.save(structs.replace(self.keeper.kept, token=token))
        return token
