"""What a hub asks of the certificates that come with a new card, whichever database is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync.enrolment import Card, Certificate, newer, verify_certificate
from sync.errors import BadSignatureError, CardChangedError


def check_all_come(held: Iterable[Certificate], offered: Sequence[Certificate]) -> None:
    """Nobody is left out by an oversight, and nobody is let in again whom another coordinator put out meanwhile.

    Raises CardChangedError: the coordinator reads what is held, and signs anew.
    """
    named = {certificate.device for certificate in offered}
    standing = {certificate.device for certificate in offered if not certificate.revoked}
    for certificate in held:
        if certificate.device not in named:
            raise CardChangedError("a certificate is missing")
        if certificate.revoked and certificate.device in standing:
            raise CardChangedError("a device was put out meanwhile")


def with_those_out(held: Iterable[Certificate], offered: Iterable[Certificate]) -> list[Certificate]:
    """Of a relay that follows the hub above to a new card: what is offered, but for a device that was put out here
    alone, under the card before. Its certificate of then stays, until one under a later card has a higher n."""
    after = {certificate.device: certificate for certificate in offered}
    for certificate in held:
        given = after.get(certificate.device)
        if certificate.revoked and (given is None or not (given.revoked or given.n > certificate.n)):
            after[certificate.device] = certificate
    return list(after.values())


def newer_above(held: Certificate | None, offered: Certificate, card: Card) -> bool:
    """As `newer`, at a relay: whoever was put out under a card before this one is let in again by a higher n."""
    if newer(held, offered):
        return True
    if held is None or offered.n <= held.n:
        return False
    try:
        verify_certificate(held, card.signing_key)
    except BadSignatureError:
        return True
    return False
