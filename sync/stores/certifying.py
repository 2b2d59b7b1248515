"""What a hub asks of the certificates that come with a new card, whichever database is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync.enrolment import Certificate
from sync.errors import CardChangedError


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
