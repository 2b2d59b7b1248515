"""Devices as the API meets them: real keys and signatures, plain requests, bodies of noise.

The hub opens nothing, so the least valid revision is a random body under a key that a packet announces.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import msgspec

from server.command.programme import create_programme
from server.settings import parse_settings
from sync import canonical
from sync.crypto import signing
from sync.enrolment import (
    Card,
    Certificate,
    Certificates,
    Challenge,
    Enrolled,
    Founding,
    Invite,
    InviteRegistration,
    TokenGrant,
    TokenRequest,
    claim_of,
    enrolment_of,
    sign_card,
    sign_certificate,
    token_message,
)
from sync.exchange import Changes, KeyPacket, Push, Pushed, packet_message
from sync.identifiers import CollectionName, Role, collection_id, device_id, new_id, sealing_key_id
from sync.revisions import Revision
from tests.hubs import Hub

T = TypeVar("T")

Query = Mapping[str, int]

MSGPACK = "application/vnd.msgpack"


def client_of(hub: Hub) -> httpx.Client:
    """From an address of its own, as a proxy would tell it: rates are kept by address."""
    address = ".".join(["10", *(str(secrets.randbelow(256)) for _ in range(3))])
    return httpx.Client(
        base_url=f"{hub.url}/api/v1", headers={"x-forwarded-for": address}, trust_env=False, timeout=30
    )


@dataclass
class Device:
    """One enrolled device. `token` is provisional until `fetch_token`."""

    hub: Hub
    client: httpx.Client
    programme: bytes
    role: Role
    lane: bytes
    private: signing.SigningPrivateKey = field(default_factory=signing.new_private_key)
    sealing_key: bytes = field(default_factory=lambda: secrets.token_bytes(1216))
    token: str = ""
    certificate: Certificate | None = None

    @property
    def signing_key(self) -> bytes:
        return signing.public_key(self.private)

    @property
    def device(self) -> bytes:
        return device_id(self.signing_key)

    def request(
        self, method: str, path: str, body: msgspec.Struct | None = None, **options: Any
    ) -> httpx.Response:
        headers = {"accept": MSGPACK}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        content = None
        if body is not None:
            headers["content-type"] = MSGPACK
            content = msgspec.msgpack.encode(body)
        return self.client.request(method, path, content=content, headers=headers, **options)

    def collection(self, name: CollectionName) -> str:
        return f"/collections/{canonical.to_text(collection_id(self.programme, name))}/changes"

    def fetch_token(self) -> httpx.Response:
        """A full token, for the certificate."""
        assert self.certificate is not None
        challenge = ok(self.client.post("/challenge", headers={"accept": MSGPACK}), Challenge).challenge
        message = token_message(self.hub.url, challenge, self.device)
        request = TokenRequest(
            certificate=self.certificate, challenge=challenge, signature=signing.sign(self.private, message)
        )
        answer = self.request("POST", "/token", request)
        if answer.is_success:
            self.token = msgspec.msgpack.decode(answer.content, type=TokenGrant).token
        return answer

    def packet(self, name: CollectionName, key: bytes, **changes: Any) -> KeyPacket:
        unsigned = KeyPacket(
            key=key,
            suite=1,
            owner=self.device,
            recipient=sealing_key_id(self.sealing_key),
            author=self.device,
            sealed=secrets.token_bytes(1168),
            signature=bytes(64),
        )
        unsigned = msgspec.structs.replace(unsigned, **changes)
        message = packet_message(self.programme, collection_id(self.programme, name), unsigned)
        return msgspec.structs.replace(unsigned, signature=signing.sign(self.private, message))

    def push(
        self, packets: list[KeyPacket], revisions: list[Revision], name: CollectionName = "contacts"
    ) -> Pushed:
        return ok(self.try_push(packets, revisions, name), Pushed)

    def try_push(
        self, packets: list[KeyPacket], revisions: list[Revision], name: CollectionName = "contacts"
    ) -> httpx.Response:
        return self.request(
            "POST", self.collection(name), Push(packets=tuple(packets), revisions=tuple(revisions))
        )

    def pull(
        self, after: bytes | None = None, name: CollectionName = "contacts", query: Query | None = None
    ) -> Changes:
        return ok(self.try_pull(after, name, query), Changes)

    def try_pull(
        self, after: bytes | None = None, name: CollectionName = "contacts", query: Query | None = None
    ) -> httpx.Response:
        params: dict[str, str | int] = dict(query or {})
        if after is not None:
            params["after"] = canonical.to_text(after)
        return self.request("GET", self.collection(name), params=params)


@dataclass
class Programme:
    """A founded programme: its key, and its first coordinator with a full token."""

    hub: Hub
    private: signing.SigningPrivateKey
    card: Card
    coordinator: Device

    @property
    def programme(self) -> bytes:
        return self.card.programme

    def path(self, rest: str = "") -> str:
        return f"/programmes/{canonical.to_text(self.programme)}{rest}"

    def invite(self, role: Role = "worker", lane: bytes | None = None, days: int = 1) -> tuple[Invite, bytes]:
        """A registered invite, and its lane."""
        lane = lane or new_id()
        invite = Invite(
            hub=self.hub.url,
            invite=new_id(),
            programme=self.programme,
            signing_key_hash=hashlib.sha256(self.card.signing_key).digest(),
            role=role,
            expiry=int(time.time()) + days * 86_400,
            secret=secrets.token_bytes(32),
        )
        registration = InviteRegistration(
            role=role,
            lane=lane,
            claim_hash=hashlib.sha256(claim_of(invite.secret)).digest(),
            expiry=invite.expiry,
        )
        answer = self.coordinator.request(
            "PUT", self.path(f"/invites/{canonical.to_text(invite.invite)}"), registration
        )
        assert answer.status_code == 204, answer.text
        return invite, lane

    def enrol(self, role: Role = "worker", lane: bytes | None = None) -> Device:
        """A device with a provisional token."""
        invite, lane = self.invite(role, lane)
        device = Device(self.hub, self.coordinator.client, self.programme, role, lane)
        enrolment = enrolment_of(invite, device.signing_key, device.sealing_key)
        device.token = ok(device.request("POST", self.path("/enrolments"), enrolment), Enrolled).token
        return device

    def certify(self, device: Device, n: int = 1, *, revoked: bool = False) -> None:
        device.certificate = sign_certificate(
            self.private,
            programme=self.programme,
            lane=device.lane,
            role=device.role,
            signing_key=device.signing_key,
            sealing_key=device.sealing_key,
            n=n,
            revoked=revoked,
        )
        sent = Certificates(certificates=(device.certificate,))
        answer = self.coordinator.request("POST", self.path("/certificates"), sent)
        assert answer.status_code == 204, answer.text

    def join(self, role: Role = "worker", lane: bytes | None = None) -> Device:
        """A certified device with a full token."""
        device = self.enrol(role, lane)
        self.certify(device)
        assert device.fetch_token().is_success
        return device


def create(hub: Hub, *, days: int = 1) -> Invite:
    """A programme without keys; its founding invite."""
    return asyncio.run(create_programme(parse_settings(hub.environment), "Practice", days, practice=True))


def founding_of(invite: Invite, client: httpx.Client, hub: Hub) -> tuple[Programme, Founding]:
    private = signing.new_private_key()
    card = sign_card(
        private,
        programme=invite.programme,
        generation=1,
        sealing_key=secrets.token_bytes(1216),
        signing_key=signing.public_key(private),
        practice=True,
        name="Practice",
    )
    coordinator = Device(hub, client, invite.programme, "coordinator", new_id())
    coordinator.certificate = sign_certificate(
        private,
        programme=invite.programme,
        lane=coordinator.lane,
        role="coordinator",
        signing_key=coordinator.signing_key,
        sealing_key=coordinator.sealing_key,
    )
    founding = Founding(claim=claim_of(invite.secret), card=card, certificate=coordinator.certificate)
    return Programme(hub, private, card, coordinator), founding


def found(hub: Hub, client: httpx.Client) -> Programme:
    programme, founding = founding_of(create(hub), client, hub)
    answer = programme.coordinator.request("POST", programme.path("/founding"), founding)
    assert answer.status_code == 204, answer.text
    assert programme.coordinator.fetch_token().is_success
    return programme


def revision(key: bytes, size: int = 600, record: bytes | None = None, *supersedes: bytes) -> Revision:
    return Revision(
        record=record or new_id(),
        supersedes=tuple(sorted(supersedes)),
        key=key,
        tombstone=False,
        chunks=(),
        body=secrets.token_bytes(size),
    )


def ok(answer: httpx.Response, kind: type[T]) -> T:
    assert answer.is_success, answer.text
    return msgspec.msgpack.decode(answer.content, type=kind)


def code_of(answer: httpx.Response) -> str:
    """The problem's code, once its shape was looked at."""
    assert answer.headers["content-type"] == "application/problem+json", answer.headers
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    prefix, _, code = problem["type"].rpartition(":")
    assert prefix == "urn:sojourn:problem"
    return str(code)
