"""What an enrolling device believes, and what it does not."""

from __future__ import annotations

import hashlib

import pytest
from msgspec import structs

from sync.crypto import sealing, signing
from sync.enrolment import (
    Card,
    Certificate,
    Invite,
    PendingEnrolment,
    enrolment_of,
    first_card,
    mac_key_of,
    newer,
    sign_card,
    sign_certificate,
    verify_enrolment,
)
from sync.errors import BadSignatureError, MalformedError

PROGRAMME = bytes(16)
PRIVATE = signing.new_private_key()
SIGNING_KEY = signing.public_key(PRIVATE)
SEALING_KEY = sealing.public_key(bytes(32))
INVITE = Invite(
    hub="https://hub.example",
    invite=bytes(16),
    programme=PROGRAMME,
    signing_key_hash=hashlib.sha256(SIGNING_KEY).digest(),
    role="worker",
    expiry=2_000_000_000,
    secret=bytes(32),
)


def card(generation: int = 1) -> Card:
    return sign_card(
        PRIVATE,
        programme=PROGRAMME,
        generation=generation,
        sealing_key=SEALING_KEY,
        signing_key=SIGNING_KEY,
        practice=False,
        name="A programme",
    )


def certificate(n: int = 1, *, revoked: bool = False) -> Certificate:
    return sign_certificate(
        PRIVATE,
        programme=PROGRAMME,
        lane=bytes(16),
        role="worker",
        signing_key=SIGNING_KEY,
        sealing_key=SEALING_KEY,
        n=n,
        revoked=revoked,
    )


def test_the_invited_programmes_card_is_believed() -> None:
    shown = card()
    assert first_card([shown], INVITE) is shown


@pytest.mark.parametrize("generation", [1, 2])
def test_a_sealing_key_that_the_hub_put_there_is_not_believed(generation: int) -> None:
    changed = structs.replace(card(generation), sealing_key=sealing.public_key(b"\x01" * 32))
    with pytest.raises(BadSignatureError):
        first_card([changed], INVITE)


def test_another_programmes_card_is_not_believed() -> None:
    with pytest.raises(BadSignatureError):
        first_card([card()], structs.replace(INVITE, signing_key_hash=bytes(32)))
    with pytest.raises(BadSignatureError):
        first_card([card()], structs.replace(INVITE, programme=b"\x01" * 16))


def test_an_enrolment_is_bound_to_its_keys_role_and_expiry() -> None:
    sent = enrolment_of(INVITE, SIGNING_KEY, SEALING_KEY)
    pending = PendingEnrolment(
        invite=sent.invite, signing_key=SIGNING_KEY, sealing_key=SEALING_KEY, mac=sent.mac, day="2026-03-01"
    )
    mac_key = mac_key_of(INVITE.secret)
    verify_enrolment(pending, mac_key, PROGRAMME, "worker", INVITE.expiry)
    with pytest.raises(BadSignatureError):
        verify_enrolment(pending, mac_key, PROGRAMME, "coordinator", INVITE.expiry)
    with pytest.raises(BadSignatureError):
        verify_enrolment(pending, mac_key, PROGRAMME, "worker", INVITE.expiry + 1)
    other = structs.replace(pending, sealing_key=sealing.public_key(b"\x01" * 32))
    with pytest.raises(BadSignatureError):
        verify_enrolment(other, mac_key, PROGRAMME, "worker", INVITE.expiry)


def test_the_highest_certificate_wins_and_revoked_stays_revoked() -> None:
    assert newer(None, certificate())
    assert newer(certificate(), certificate(2, revoked=True))
    assert not newer(certificate(2), certificate())
    assert not newer(certificate(2, revoked=True), certificate(3))
    assert not newer(certificate(), certificate())


def test_a_private_key_of_another_kind_is_refused() -> None:
    with pytest.raises(MalformedError):
        signing.private_from_bytes(b"not a key")
    with pytest.raises(MalformedError):
        sealing.seal(bytes(10), b"", b"")
    with pytest.raises(MalformedError):
        sealing.public_key(bytes(31))
