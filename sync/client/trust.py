"""Whom to believe: a programme's card, and the certificates that it signed. Values; nothing is fetched here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, structs

from sync.enrolment import Card, Certificate, Certificates, follow, newer, verify_certificate
from sync.errors import BadSignatureError
from sync.identifiers import CollectionName, sealing_key_id

Standing: TypeAlias = Literal["certified", "provisional", "revoked"]


class Trust(Struct, frozen=True, kw_only=True):
    """certificates: by device, verified, the highest n of each."""

    card: Card
    certificates: Mapping[bytes, Certificate]

    def standing(self, device: bytes) -> Standing:
        certificate = self.certificates.get(device)
        if certificate is None:
            return "provisional"
        return "revoked" if certificate.revoked else "certified"

    def lane(self, device: bytes) -> bytes | None:
        certificate = self.certificates.get(device)
        return certificate.lane if certificate else None

    def may_seal_for(self, author: bytes, owner: bytes) -> bool:
        """An owner for itself; a coordinator for anyone, until it is revoked."""
        certificate = self.certificates.get(author)
        return author == owner or (
            certificate is not None and certificate.role == "coordinator" and not certificate.revoked
        )


def with_offer(trust: Trust, offered: Certificates, own: bytes) -> Trust:
    """With the newest card that a chain of signatures leads to, and the certificates that its key signed. own: the
    device that asks.

    What an older key signed counts no more: whoever left still has that key. So where this device has a
    certificate, a card is taken only together with another one of its own.
    """
    card = follow(trust.card, offered.chain)
    if card is not trust.card:
        after = with_certificates(Trust(card=card, certificates={}), offered.certificates)
        if own in after.certificates or own not in trust.certificates:
            return after
    return with_certificates(trust, offered.certificates)


def with_certificates(trust: Trust, offered: Iterable[Certificate]) -> Trust:
    """With those that are newer and verify. One that does not is left out: it harms nobody but its device."""
    held = dict(trust.certificates)
    for certificate in offered:
        before = held.get(certificate.device)
        if certificate.programme != trust.card.programme or not newer(before, certificate):
            continue
        try:
            verify_certificate(certificate, trust.card.signing_key)
        except BadSignatureError:
            continue
        held[certificate.device] = certificate
    return structs.replace(trust, certificates=held) if held != trust.certificates else trust


def recipients(trust: Trust, collection: CollectionName, owner: bytes) -> dict[bytes, bytes]:
    """To whom a content key of `owner` is sealed: recipient id → sealing key (docs/protocol.md section 3)."""
    programme = {sealing_key_id(trust.card.sealing_key): trust.card.sealing_key}
    lane = trust.lane(owner)
    devices = {
        device: certificate.sealing_key
        for device, certificate in sorted(trust.certificates.items())
        if not certificate.revoked
        and certificate.role != "relay"
        and device != owner
        and (
            collection == "members"
            or (collection == "admin" and certificate.role == "coordinator")
            or (collection == "contacts" and lane is not None and certificate.lane == lane)
        )
    }
    return programme | devices
