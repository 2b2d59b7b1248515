"""What the headless device decides without network or disk."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

import sync.client
from sync.client.batches import FIRST_BYTES, LARGEST_BYTES, next_size
from sync.client.contacts import gaps, overview
from sync.client.hub import Hub
from sync.client.reading import Opened
from sync.client.retry import LONGEST_SECONDS, Patience, delay
from sync.client.trust import Trust, recipients, with_certificates, with_offer
from sync.crypto import sealing, signing
from sync.enrolment import Card, Certificate, Certificates, sign_card, sign_certificate
from sync.errors import InviteError
from sync.identifiers import Role, device_id, sealing_key_id
from sync.merge import Head, successor, tombstone
from sync.revisions import Value, encode_plaintext

PROGRAMME = bytes(16)
PRIVATE = signing.new_private_key()
PROGRAMME_SEALING_KEY = sealing.public_key(bytes(32))
RECORD = b"r" * 16


def card(generation: int = 1, *, by: signing.SigningPrivateKey = PRIVATE) -> Card:
    return sign_card(
        by,
        programme=PROGRAMME,
        generation=generation,
        sealing_key=PROGRAMME_SEALING_KEY,
        signing_key=signing.public_key(PRIVATE),
        practice=False,
        name="",
    )


def certificate(
    number: int, *, lane: int = 0, role: Role = "worker", n: int = 1, last: int | None = None
) -> Certificate:
    """Of device `number`; last: revoked after that counter."""
    return sign_certificate(
        PRIVATE,
        programme=PROGRAMME,
        lane=bytes([lane]) * 16,
        role=role,
        signing_key=signing.public_key(KEYS[number]),
        sealing_key=sealing.public_key(bytes([number]) * 32),
        n=n,
        revoked=last is not None,
        last_counter=last or 0,
    )


KEYS = [signing.new_private_key() for _ in range(4)]
DEVICES = [device_id(signing.public_key(key)) for key in KEYS]


def trust(*certificates: Certificate) -> Trust:
    return with_certificates(Trust(card=card(), certificates={}), certificates)


def opened(
    device: int, counter: int, *heads: Opened, deleted: bool = False, verified: bool = True, **fields: Value
) -> Opened:
    held = [each.head for each in heads]
    if deleted:
        supersedes, plaintext = tombstone(held, DEVICES[device], counter)
    else:
        supersedes, plaintext = successor(held, DEVICES[device], counter, fields)
    rev = hashlib.sha256(encode_plaintext(plaintext)).digest()
    head = Head(rev=rev, tombstone=deleted, supersedes=supersedes, plaintext=plaintext)
    return Opened(record=RECORD, owner=DEVICES[device], verified=verified, head=head)


def test_the_face_is_what_it_says() -> None:
    assert sorted(sync.client.__all__) == list(sync.client.__all__)
    assert all(hasattr(sync.client, name) for name in sync.client.__all__)


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_and_stay_bounded(attempt: int, drawn: float) -> None:
    assert 0.25 <= delay(attempt, drawn) <= LONGEST_SECONDS
    assert delay(attempt, drawn) <= delay(attempt + 1, drawn)


def test_patience_ends_before_a_pause_that_would_pass_it() -> None:
    patience = Patience(seconds=10, clock=lambda: 100.0)
    assert patience.lasts(95.0, 5.0)
    assert not patience.lasts(95.0, 5.1)
    assert Patience(seconds=None).lasts(0.0, 1e9)


@given(st.integers(FIRST_BYTES, LARGEST_BYTES), st.floats(0, 1000))
def test_a_request_grows_and_shrinks_within_bounds(size: int, took: float) -> None:
    after = next_size(size, took)
    assert FIRST_BYTES <= after <= LARGEST_BYTES
    assert after <= size * 4
    assert after <= size or took < 10


@given(st.sets(st.integers(1, 30), min_size=1))
def test_gaps_are_what_is_missing_below_the_highest(counters: set[int]) -> None:
    missing = {counter for first, last in gaps(counters) for counter in range(first, last + 1)}
    assert missing == set(range(1, max(counters))) - counters


def test_a_certificate_that_does_not_verify_is_left_out() -> None:
    good = certificate(0)
    assert set(trust(good, structs.replace(certificate(1), role="coordinator")).certificates) == {DEVICES[0]}


def test_revoked_never_goes_back() -> None:
    held = trust(certificate(0, n=2, last=5))
    assert with_certificates(held, [certificate(0, n=3)]).standing(DEVICES[0]) == "revoked"


def test_a_card_is_followed_by_one_that_the_held_key_signed() -> None:
    held = trust()
    for offered, generation in ((card(2), 2), (card(1), 1), (card(2, by=KEYS[0]), 1)):
        after = with_offer(held, Certificates(card=offered, certificates=()), DEVICES[0])
        assert after.card.generation == generation


def test_content_keys_go_to_the_programme_and_to_the_rest_of_the_lane() -> None:
    held = trust(certificate(0), certificate(1), certificate(2, lane=9), certificate(3, n=2, last=1))
    programme = sealing_key_id(PROGRAMME_SEALING_KEY)
    assert set(recipients(held, "contacts", DEVICES[0])) == {programme, DEVICES[1]}
    assert set(recipients(held, "admin", DEVICES[0])) == {programme}
    assert set(recipients(held, "members", DEVICES[0])) == {programme, DEVICES[1], DEVICES[2]}
    assert set(recipients(trust(), "contacts", DEVICES[0])) == {programme}


def test_two_answers_to_one_question_are_both_shown() -> None:
    first = opened(0, 1, age=30)
    one, other = opened(0, 2, first, age=31), opened(1, 1, first, age=32)
    (shown,) = overview([first, one, other], trust(certificate(0), certificate(1))).contacts
    assert set(shown.undecided["age"]) == {31, 32}
    assert shown.standing == "certified"


def test_a_contact_deleted_on_one_device_and_kept_on_another_is_shown() -> None:
    first = opened(0, 1, age=30)
    held = trust(certificate(0), certificate(1))
    gone = opened(1, 1, first, deleted=True)
    (shown,) = overview([first, opened(0, 2, first, age=31), gone], held).contacts
    assert shown.deleted_elsewhere
    assert overview([first, gone], held).contacts == ()


def test_nobody_supersedes_what_is_in_anothers_lane() -> None:
    first = opened(0, 1, age=30)
    seen = overview([first, opened(1, 1, first, deleted=True)], trust(certificate(0), certificate(1, lane=9)))
    assert [each.fields for each in seen.contacts] == [{"age": 30}]


def test_what_came_after_a_revocation_is_marked() -> None:
    held = trust(certificate(0, n=2, last=1))
    seen = overview([opened(0, 1, a=1), structs.replace(opened(0, 2, a=2), record=b"s" * 16)], held)
    assert [(each.standing, each.late) for each in seen.contacts] == [("revoked", False), ("revoked", True)]


def test_what_nobody_vouched_for_is_apart_and_counts_for_nobody_certified() -> None:
    seen = overview([opened(0, 5, a=1, verified=False)], trust(certificate(0)))
    assert [each.standing for each in seen.contacts] == ["provisional"]
    assert seen.devices == ()
    unknown = overview([opened(0, 2, a=1, verified=False)], trust())
    assert [(each.standing, each.last, each.missing) for each in unknown.devices] == [
        ("provisional", 2, ((1, 1),))
    ]


def test_what_nobody_vouched_for_neither_deletes_nor_changes_what_somebody_did() -> None:
    first = opened(0, 1, age=30)
    held = trust(certificate(0))
    gone = opened(0, 2, first, deleted=True, verified=False)
    assert [each.fields for each in overview([first, gone], held).contacts] == [{"age": 30}]
    other = opened(0, 2, first, age=99, verified=False)
    seen = [(each.standing, each.fields["age"]) for each in overview([first, other], held).contacts]
    assert sorted(seen) == [("certified", 30), ("provisional", 99)]


def test_one_number_on_two_contacts_is_an_alarm() -> None:
    other = structs.replace(opened(0, 1, a=2), record=b"s" * 16)
    (count,) = overview([opened(0, 1, a=1), other], trust(certificate(0))).devices
    assert count.twice == (1,)


def test_a_past_that_is_known_is_no_gap() -> None:
    first = opened(0, 1, a=1)
    (count,) = overview([opened(0, 2, first, a=2)], trust(certificate(0))).devices
    assert count.missing == ()


@pytest.mark.parametrize("origin", ["http://hub.example", "http://192.168.1.5:8000"])
def test_a_hub_is_not_spoken_to_in_clear(origin: str) -> None:
    with pytest.raises(InviteError):
        Hub(origin, patience=Patience())
