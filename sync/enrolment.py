"""How a device enters a programme: invites, cards, certificates, tokens (docs/protocol.md sections 3 and 4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct, msgpack, structs

from sync import canonical
from sync.crypto import signing
from sync.crypto.derivation import derive
from sync.errors import BadSignatureError, MalformedError, RevokedError
from sync.identifiers import (
    DeviceId,
    Hash,
    InviteId,
    LaneId,
    Natural,
    Positive,
    ProgrammeId,
    Role,
    SealingKey,
    Secret,
    Signature,
    SigningKey,
    device_id,
)

NO_KEY_YET = bytes(32)
"""Stands for the hash of the programme's signing key in the founding invite, before there is one."""


class Invite(
    Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, tag="sojourn/1/invite"
):
    """What an invite link's fragment holds. `hub` is an origin; `expiry` is in Unix seconds."""

    hub: str
    invite: InviteId
    programme: ProgrammeId
    signing_key_hash: Hash
    role: Role
    expiry: Natural
    secret: Secret

    def __post_init__(self) -> None:
        if not _is_origin(self.hub):
            raise MalformedError("hub must be an origin")

    @property
    def founding(self) -> bool:
        return self.signing_key_hash == NO_KEY_YET


class Card(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a programme's signing key says of the programme's own keys.

    own_signature: of a later generation, by its own signing key, beside that of the one before.
    """

    programme: ProgrammeId
    generation: Positive
    sealing_key: SealingKey
    signing_key: SigningKey
    practice: bool
    name: Annotated[str, Meta(max_length=200)]
    signature: Signature
    own_signature: Signature | None = None


class Certificate(Struct, frozen=True, kw_only=True):
    """What the programme's signing key says of a device. The highest `n` wins; `revoked` never goes back.

    last_counter: the last counter of `contacts` that is accepted from a revoked device; 0 while not revoked.
    """

    programme: ProgrammeId
    device: DeviceId
    lane: LaneId
    role: Role
    signing_key: SigningKey
    sealing_key: SealingKey
    n: Positive
    revoked: bool
    last_counter: Natural
    signature: Signature


class ProgrammeName(Struct, frozen=True, kw_only=True):
    """What the operator called it: the founding coordinator's client puts both into the card."""

    name: Annotated[str, Meta(max_length=200)]
    practice: bool


class Founding(Struct, frozen=True, kw_only=True):
    """The card of generation 1 and the first coordinator's certificate; once a programme."""

    claim: Secret
    card: Card
    certificate: Certificate


class InviteRegistration(Struct, frozen=True, kw_only=True):
    """What a hub learns of an invite beforehand. claim_hash: SHA-256 of the claim."""

    role: Role
    lane: LaneId
    claim_hash: Hash
    expiry: Natural


class OpenInvite(InviteRegistration, frozen=True, kw_only=True):
    """An invite that nobody used yet, as a relay keeps it to let a device in where there is no line."""

    invite: InviteId


class OpenInvites(Struct, frozen=True, kw_only=True):
    invites: tuple[OpenInvite, ...]


class Enrolment(Struct, frozen=True, kw_only=True):
    """A device asks to enter. `mac` proves to a coordinator, not to the hub, that it held the invite."""

    invite: InviteId
    claim: Secret
    signing_key: SigningKey
    sealing_key: SealingKey
    mac: Hash


class Enrolled(Struct, frozen=True, kw_only=True):
    """`token` is provisional: it pushes, until there is a certificate. cards: the generations before, in order."""

    device: DeviceId
    token: str
    card: Card
    certificates: tuple[Certificate, ...]
    cards: tuple[Card, ...] = ()


class PendingEnrolment(Struct, frozen=True, kw_only=True):
    """An enrolment as a coordinator finds it. `day`: of arrival at the hub, ISO 8601 (`2026-03-01`)."""

    invite: InviteId
    signing_key: SigningKey
    sealing_key: SealingKey
    mac: Hash
    day: str


class PendingEnrolments(Struct, frozen=True, kw_only=True):
    enrolments: tuple[PendingEnrolment, ...]


class Heard(Struct, frozen=True, kw_only=True):
    """`day`: on which something of this device last arrived in `contacts`, ISO 8601."""

    device: DeviceId
    day: str


class HeardDevices(Struct, frozen=True, kw_only=True):
    devices: tuple[Heard, ...]


class Certificates(Struct, frozen=True, kw_only=True):
    """Sent by coordinators, read by every device of the programme. cards: the generations before, in order."""

    certificates: tuple[Certificate, ...]
    card: Card | None = None
    cards: tuple[Card, ...] = ()

    @property
    def chain(self) -> tuple[Card, ...]:
        return self.cards if self.card is None else (*self.cards, self.card)


class Challenge(Struct, frozen=True, kw_only=True):
    """Good for two minutes."""

    challenge: Annotated[bytes, Meta(min_length=16, max_length=256)]


class TokenRequest(Struct, frozen=True, kw_only=True):
    certificate: Certificate
    challenge: Annotated[bytes, Meta(min_length=16, max_length=256)]
    signature: Signature


class TokenGrant(Struct, frozen=True, kw_only=True):
    """`expires` is in Unix seconds."""

    token: str
    expires: Natural


_invite_decoder = msgpack.Decoder(Invite)


def invite_link(invite: Invite) -> str:
    return f"{invite.hub}/join#{canonical.to_text(msgpack.encode(invite))}"


def parse_invite(link: str) -> Invite:
    """From a link, or from its fragment alone. Raises MalformedError."""
    fragment = link.strip().rpartition("#")[2]
    return canonical.decode(_invite_decoder, canonical.from_text(fragment))


def claim_of(secret: bytes) -> bytes:
    """What the device shows to the hub, which holds its SHA-256."""
    return derive(secret, "sojourn/1/invite-claim")


def mac_key_of(secret: bytes) -> bytes:
    """What the hub never sees; coordinators keep it in `admin`."""
    return derive(secret, "sojourn/1/invite-mac")


def enrolment_mac(
    mac_key: bytes,
    *,
    programme: bytes,
    invite: bytes,
    role: Role,
    expiry: int,
    signing_key: bytes,
    sealing_key: bytes,
) -> bytes:
    message = canonical.encode(["sojourn/1/enrol", programme, invite, role, expiry, signing_key, sealing_key])
    return hmac.digest(mac_key, message, "sha256")


def enrolment_of(invite: Invite, signing_key: bytes, sealing_key: bytes) -> Enrolment:
    mac = enrolment_mac(
        mac_key_of(invite.secret),
        programme=invite.programme,
        invite=invite.invite,
        role=invite.role,
        expiry=invite.expiry,
        signing_key=signing_key,
        sealing_key=sealing_key,
    )
    return Enrolment(
        invite=invite.invite,
        claim=claim_of(invite.secret),
        signing_key=signing_key,
        sealing_key=sealing_key,
        mac=mac,
    )


def verify_enrolment(
    pending: PendingEnrolment, mac_key: bytes, programme: bytes, role: Role, expiry: int
) -> None:
    """role, expiry: from the coordinator's own record of the invite. Raises BadSignatureError."""
    mac = enrolment_mac(
        mac_key,
        programme=programme,
        invite=pending.invite,
        role=role,
        expiry=expiry,
        signing_key=pending.signing_key,
        sealing_key=pending.sealing_key,
    )
    if not hmac.compare_digest(mac, pending.mac):
        raise BadSignatureError


def sign_card(
    private: signing.SigningPrivateKey,
    *,
    programme: bytes,
    generation: int,
    sealing_key: bytes,
    signing_key: bytes,
    practice: bool,
    name: str,
    own: signing.SigningPrivateKey | None = None,
) -> Card:
    """private: of the card's own signing key for generation 1, of the one before for the next; own: of its own then."""
    unsigned = Card(
        programme=programme,
        generation=generation,
        sealing_key=sealing_key,
        signing_key=signing_key,
        practice=practice,
        name=name,
        signature=bytes(64),
    )
    message = _card_message(unsigned)
    return structs.replace(
        unsigned,
        signature=signing.sign(private, message),
        own_signature=None if own is None else signing.sign(own, message),
    )


def verify_card(card: Card, signing_key: bytes) -> None:
    """signing_key: of the key that must have signed it. Raises BadSignatureError."""
    signing.verify(signing_key, card.signature, _card_message(card))


def verify_own(card: Card) -> None:
    """The card's own key stands for it, whatever its generation. Raises BadSignatureError."""
    signing.verify(card.signing_key, card.own_signature or card.signature, _card_message(card))


def follow(held: Card, offered: Iterable[Card]) -> Card:
    """The newest card that a chain of signatures leads to from the one held; what does not fit is passed over.

    One generation after the other: a card that skips some is taken only where nothing leads there.
    """
    for card in sorted(offered, key=lambda each: each.generation):
        if card.generation > held.generation and card.programme == held.programme:
            try:
                verify_card(card, held.signing_key)
                verify_own(card)
            except BadSignatureError:
                continue
            held = card
    return held


def first_card(offered: Sequence[Card], invite: Invite) -> Card:
    """Of the cards that an enrolling device is shown: the one of the key that the invite names, and where it leads.

    That key must have signed it, whatever its generation: the hash covers the signing key alone, and a hub
    could else put a sealing key of its own beside it. Raises BadSignatureError.
    """
    for card in offered:
        if card.programme == invite.programme and _hash(card.signing_key) == invite.signing_key_hash:
            verify_own(card)
            return follow(card, offered)
    raise BadSignatureError


def chain_to(card: Card, offered: Iterable[Card]) -> tuple[Card, ...]:
    """The cards that lead to this one, in order, without it."""
    chain = [card]
    for before in sorted(offered, key=lambda each: -each.generation):
        if before.generation < chain[0].generation and before.programme == card.programme:
            try:
                verify_card(chain[0], before.signing_key)
                verify_own(before)
            except BadSignatureError:
                continue
            chain.insert(0, before)
    return tuple(chain[:-1])


def fingerprint(card: Card) -> str:
    """Five groups of four hex digits, for two people to compare."""
    raw = canonical.digest(["sojourn/1/fingerprint", card.programme, card.signing_key, card.sealing_key])[:10]
    return " ".join(raw[start : start + 2].hex() for start in range(0, 10, 2))


def sign_certificate(
    private: signing.SigningPrivateKey,
    *,
    programme: bytes,
    lane: bytes,
    role: Role,
    signing_key: bytes,
    sealing_key: bytes,
    n: int = 1,
    revoked: bool = False,
    last_counter: int = 0,
) -> Certificate:
    unsigned = Certificate(
        programme=programme,
        device=device_id(signing_key),
        lane=lane,
        role=role,
        signing_key=signing_key,
        sealing_key=sealing_key,
        n=n,
        revoked=revoked,
        last_counter=last_counter,
        signature=bytes(64),
    )
    return structs.replace(unsigned, signature=signing.sign(private, _certificate_message(unsigned)))


def verify_certificate(certificate: Certificate, programme_signing_key: bytes) -> None:
    """Raises BadSignatureError, also when the device's id is not that of its signing key."""
    if certificate.device != device_id(certificate.signing_key):
        raise BadSignatureError
    signing.verify(programme_signing_key, certificate.signature, _certificate_message(certificate))


def newer(held: Certificate | None, offered: Certificate) -> bool:
    """Whether a verified certificate takes the place of the one held: the highest n wins, revoked stays."""
    return held is None or (offered.n > held.n and offered.revoked >= held.revoked)


def token_message(origin: str, challenge: bytes, device: bytes) -> bytes:
    """What a device signs to get a token; origin: of the hub, as its invites name it."""
    return canonical.encode(["sojourn/1/token", origin, challenge, device])


def verify_token_request(request: TokenRequest, origin: str) -> None:
    """The challenge's age and the certificate's own signature are the hub's to check.

    Raises BadSignatureError, RevokedError.
    """
    if request.certificate.revoked:
        raise RevokedError
    message = token_message(origin, request.challenge, request.certificate.device)
    signing.verify(request.certificate.signing_key, request.signature, message)


def _certificate_message(certificate: Certificate) -> bytes:
    return canonical.encode(
        [
            "sojourn/1/device",
            certificate.programme,
            certificate.device,
            certificate.lane,
            certificate.role,
            certificate.signing_key,
            certificate.sealing_key,
            certificate.n,
            certificate.revoked,
            certificate.last_counter,
        ]
    )


def _card_message(card: Card) -> bytes:
    return canonical.encode(
        [
            "sojourn/1/card",
            card.programme,
            card.generation,
            card.sealing_key,
            card.signing_key,
            card.practice,
            card.name,
        ]
    )


def _hash(signing_key: bytes) -> bytes:
    return hashlib.sha256(signing_key).digest()


def _is_origin(text: str) -> bool:
    """scheme://host[:port], lower case, nothing else."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    whole = f"{parts.scheme}://{parts.netloc}"
    plain = text == whole == text.lower() and "@" not in text and port != 0
    return plain and bool(host) and parts.scheme in {"http", "https"}
