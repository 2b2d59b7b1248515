"""Cards in every order and company: only signatures lead anywhere, and only forward."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.client.layout import ProgrammeSecret, Rotation
from sync.client.rotation import certificates_under
from sync.crypto import signing
from sync.enrolment import (
    Card,
    Certificate,
    chain_to,
    follow,
    sign_card,
    sign_certificate,
    verify_card,
    verify_certificate,
)
from sync.identifiers import LIMIT

PROGRAMME = bytes(16)
KEYS = [signing.new_private_key() for _ in range(6)]
STRANGER = signing.new_private_key()


def card(
    generation: int, by: signing.SigningPrivateKey, own: signing.SigningPrivateKey, name: str = ""
) -> Card:
    return sign_card(
        by,
        programme=PROGRAMME,
        generation=generation,
        sealing_key=bytes([generation]) * 1216,
        signing_key=signing.public_key(own),
        practice=False,
        name=name,
        own=own,
    )


CHAIN = [card(1, KEYS[0], KEYS[0]), *(card(n + 1, KEYS[n - 1], KEYS[n]) for n in range(1, 6))]
NOISE = [
    # Nobody's, another's key beside the right signature, a card that stands for itself alone, another programme's.
    *(card(n, STRANGER, STRANGER) for n in range(1, 9)),
    *(structs.replace(each, sealing_key=bytes(1216)) for each in CHAIN),
    *(structs.replace(each, own_signature=CHAIN[0].signature) for each in CHAIN[1:]),
    *(structs.replace(each, programme=b"\x01" * 16) for each in CHAIN),
    *(structs.replace(each, generation=each.generation + 7) for each in CHAIN),
]

offers = st.lists(st.sampled_from([*CHAIN, *NOISE]), max_size=12)


@given(st.sampled_from(CHAIN), offers)
def test_only_the_chain_is_followed_and_only_forward(held: Card, offered: list[Card]) -> None:
    found = follow(held, offered)
    assert found in CHAIN[CHAIN.index(held) :]
    # As far as nothing is missing, and no farther.
    reach = CHAIN.index(held)
    while reach + 1 < len(CHAIN) and CHAIN[reach + 1] in offered:
        reach += 1
    assert found == CHAIN[reach]


@given(st.sampled_from(CHAIN), offers, st.randoms())
def test_neither_order_nor_repetition_matters(held: Card, offered: list[Card], random: object) -> None:
    shuffled = [*offered, *offered]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = follow(held, offered)
    assert follow(held, shuffled) == found
    assert follow(found, offered) == found


@given(st.sampled_from(CHAIN), offers)
def test_what_led_to_a_card_leads_there_again(held: Card, offered: list[Card]) -> None:
    before = chain_to(held, offered)
    assert [each.generation for each in before] == sorted(each.generation for each in before)
    for one, two in pairwise([*before, held]):
        verify_card(two, one.signing_key)
    if before:
        assert follow(before[0], [*before, held]) == held


def certificate(number: int, n: int, *, revoked: bool) -> Certificate:
    return sign_certificate(
        KEYS[0],
        programme=PROGRAMME,
        lane=bytes(16),
        role="worker",
        signing_key=signing.public_key(KEYS[number]),
        sealing_key=bytes(1216),
        n=n,
        revoked=revoked,
        last_counter=7 if revoked else 0,
    )


HELD = [certificate(number, n, revoked=number == 5) for number, n in enumerate([1, 2, LIMIT - 1, 1, 9, 3])]
devices = st.sets(st.sampled_from([each.device for each in HELD]))


@given(devices, devices, devices)
def test_under_a_new_card_is_everybody_and_revoked_is_who_left_or_came_unasked(
    out: set[bytes], known: set[bytes], vouched: set[bytes]
) -> None:
    rotation = Rotation(
        card=CHAIN[1],
        secret=ProgrammeSecret(
            generation=2, signing_key=signing.private_to_bytes(KEYS[1]), sealing_seed=bytes(32)
        ),
        out=tuple(out),
        known=tuple(known),
    )
    made = certificates_under(rotation, HELD, vouched, {each.device: 3 for each in HELD})
    assert [each.device for each in made] == [each.device for each in HELD]
    for before, after in zip(HELD, made, strict=True):
        verify_certificate(after, CHAIN[1].signing_key)
        stays = not before.revoked and before.device not in out and before.device in known | vouched
        assert after.revoked == (not stays)
        assert after.last_counter == (before.last_counter if before.revoked else 0 if stays else 3)
        assert before.n <= after.n < LIMIT
        assert structs.replace(after, n=1, revoked=False, last_counter=0, signature=bytes(64)) == (
            structs.replace(before, n=1, revoked=False, last_counter=0, signature=bytes(64))
        )
