"""What every store does with programmes, certificates, invites and tokens."""

from __future__ import annotations

import secrets

import msgspec
import pytest

from sync.enrolment import Card, Certificate, Enrolment, InviteRegistration
from sync.errors import (
    AlreadyFoundedError,
    CardChangedError,
    InviteExpiredError,
    InviteUsedError,
    UnknownError,
    WrongTokenError,
)
from sync.exchange import Cursor
from sync.identifiers import collection_id, device_id, new_id
from sync.stores.interface import Store
from tests.sync.stores.conftest import DAY, Feed, certificate_of

NOW = 1_000_000


def card_of(programme: bytes, generation: int = 1) -> Card:
    return Card(
        programme=programme,
        generation=generation,
        sealing_key=secrets.token_bytes(1216),
        signing_key=secrets.token_bytes(65),
        practice=False,
        name="Practice",
        signature=bytes(64),
    )


@pytest.fixture
async def programme(store: Store) -> bytes:
    programme = new_id()
    await store.create_programme(programme, "Practice", practice=True, claim_hash=bytes(32), expiry=NOW)
    return programme


class Invited:
    """An invite and the device that uses it."""

    def __init__(self, store: Store, programme: bytes) -> None:
        self.store = store
        self.programme = programme
        self.registration = InviteRegistration(
            role="worker", lane=new_id(), claim_hash=secrets.token_bytes(32), expiry=NOW
        )
        self.enrolment = self.enrolment_with(secrets.token_bytes(65))

    def enrolment_with(self, signing_key: bytes) -> Enrolment:
        invite = getattr(self, "enrolment", None)
        return Enrolment(
            invite=invite.invite if invite else new_id(),
            claim=bytes(32),
            signing_key=signing_key,
            sealing_key=bytes(1216),
            mac=bytes(32),
        )

    @property
    def device(self) -> bytes:
        return device_id(self.enrolment.signing_key)

    async def register(self) -> None:
        await self.store.register_invite(self.programme, self.enrolment.invite, self.registration)

    async def enrol(
        self, enrolment: Enrolment | None = None, *, claim_hash: bytes | None = None, now: int = NOW
    ) -> bytes:
        """The token's hash."""
        enrolment = enrolment or self.enrolment
        token_hash = secrets.token_bytes(32)
        await self.store.enrol(
            self.programme,
            enrolment,
            device=device_id(enrolment.signing_key),
            claim_hash=claim_hash or self.registration.claim_hash,
            token_hash=token_hash,
            last_day=DAY + 1,
            now=now,
            day=DAY,
        )
        return token_hash


@pytest.fixture
async def invited(store: Store, programme: bytes) -> Invited:
    invited = Invited(store, programme)
    await invited.register()
    return invited


async def test_a_programme_is_founded_once(store: Store, programme: bytes) -> None:
    card, certificate = card_of(programme), certificate_of(programme, role="coordinator")
    assert (await store.programme(programme)).card is None

    await store.found(card, certificate, day=DAY)
    await store.found(card, certificate, day=DAY + 1)  # the answer got lost

    with pytest.raises(AlreadyFoundedError):
        await store.found(card_of(programme), certificate_of(programme), day=DAY)
    assert (await store.programme(programme)).card == card
    assert await store.certificates(programme) == [certificate]


async def test_what_is_not_there_is_unknown(store: Store) -> None:
    with pytest.raises(UnknownError):
        await store.programme(new_id())
    with pytest.raises(UnknownError):
        await store.collection(new_id())
    with pytest.raises(UnknownError):
        await store.found(card_of(new_id()), certificate_of(new_id()), day=DAY)


async def test_the_newest_certificate_holds_and_revoked_stays(store: Store, programme: bytes) -> None:
    first = certificate_of(programme)

    async def offer(n: int, *, revoked: bool) -> Certificate:
        certificate = certificate_of(programme, first.signing_key, n, revoked=revoked)
        await store.certify(programme, [], [certificate], after=None)
        return certificate

    await store.certify(programme, [], [first], after=None)
    second = await offer(2, revoked=False)
    assert await store.certificates(programme) == [second]
    await offer(1, revoked=False)
    assert await store.certificates(programme) == [second]
    third = await offer(3, revoked=True)
    await offer(4, revoked=False)
    assert await store.certificates(programme) == [third]


async def test_the_card_of_the_highest_generation_holds(store: Store, programme: bytes) -> None:
    first, second, rival = card_of(programme), card_of(programme, 2), card_of(programme, 2)
    certificate = certificate_of(programme)
    await store.found(first, certificate, day=DAY)
    under_second = certificate_of(programme, certificate.signing_key, 2)
    feed = Feed(store, programme)
    up_to_date = (await feed.page()).cursor

    with pytest.raises(CardChangedError):  # somebody would be left out
        await store.certify(programme, [second], [certificate_of(programme)], after=first)
    await store.certify(programme, [second], [under_second], after=first)
    with pytest.raises(CardChangedError):
        await store.certify(
            programme, [rival], [certificate_of(programme, certificate.signing_key)], after=first
        )
    with pytest.raises(CardChangedError):  # verified by a key that counts no more
        await store.certify(programme, [], [certificate_of(programme)], after=first)

    known = await store.programme(programme)
    assert (known.card, known.cards) == (second, (first,))
    assert await store.certificates(programme) == [under_second]
    for after in (None, up_to_date):
        assert (await feed.page(after)).generation == 2


async def test_no_new_card_lets_in_again_who_is_revoked(store: Store, programme: bytes) -> None:
    first, second = card_of(programme), card_of(programme, 2)
    device = certificate_of(programme)
    await store.found(first, device, day=DAY)
    revoked = certificate_of(programme, device.signing_key, 2, revoked=True)
    await store.certify(programme, [], [revoked], after=first)
    standing = certificate_of(programme, device.signing_key, 9)
    under_second = certificate_of(programme, device.signing_key, 3, revoked=True)

    for offered in ([standing], [standing, under_second], [under_second, standing]):
        with pytest.raises(CardChangedError):
            await store.certify(programme, [second], offered, after=first)
    assert (await store.programme(programme)).card == first
    assert await store.certificates(programme) == [revoked]
    await store.certify(programme, [second], [under_second], after=first)
    assert await store.certificates(programme) == [under_second]


async def test_a_relay_follows_a_new_card_and_keeps_out_who_was_put_out_there(
    store: Store, programme: bytes
) -> None:
    first, second = card_of(programme), card_of(programme, 2)
    device = certificate_of(programme)
    await store.found(first, device, day=DAY)
    revoked = certificate_of(programme, device.signing_key, 3, revoked=True)
    await store.certify(programme, [], [revoked], after=first)
    others = certificate_of(programme)

    for n in (2, 3, 4):
        under_second = certificate_of(programme, device.signing_key, n)
        cards, after = ([second], first) if n == 2 else ([], second)
        await store.certify(programme, cards, [under_second, others], after=after, follows=True)
        held = {each.device: each for each in await store.certificates(programme)}
        assert held == {device.device: revoked if n < 4 else under_second, others.device: others}


async def test_with_a_new_card_open_invites_are_over_and_numbers_begin_anew(invited: Invited) -> None:
    store, programme = invited.store, invited.programme
    device = certificate_of(programme, n=2**53 - 1)
    await store.certify(programme, [card_of(programme)], [device], after=None)
    again = certificate_of(programme, device.signing_key, 1)
    await store.certify(
        programme, [card_of(programme, 2)], [again], after=(await store.programme(programme)).card
    )

    assert await store.certificates(programme) == [again]
    with pytest.raises(InviteExpiredError):
        await invited.enrol()


async def test_an_invite_is_used_once_and_a_lost_answer_is_given_again(invited: Invited) -> None:
    first = await invited.enrol()
    again = await invited.enrol(now=NOW + 1)  # the same device, after the expiry

    for token in (first, again):
        bearer = await invited.store.bearer(token, day=DAY)
        assert (bearer.device, bearer.role, bearer.lane) == (
            invited.device,
            "worker",
            invited.registration.lane,
        )
        assert bearer.provisional
        assert not bearer.revoked
    with pytest.raises(InviteUsedError):
        await invited.enrol(invited.enrolment_with(secrets.token_bytes(65)))


async def test_a_relay_is_told_of_the_invites_that_are_open(invited: Invited) -> None:
    store, programme = invited.store, invited.programme
    listed = await store.open_invites(programme, now=NOW)
    assert [(each.invite, each.lane, each.claim_hash) for each in listed] == [
        (invited.enrolment.invite, invited.registration.lane, invited.registration.claim_hash)
    ]
    assert await store.open_invites(programme, now=invited.registration.expiry + 1) == []

    await invited.enrol()
    assert await store.open_invites(programme, now=NOW) == []


async def test_a_relays_invite_is_kept_like_any(invited: Invited) -> None:
    relays = msgspec.structs.replace(invited.registration, role="relay")
    await invited.store.register_invite(invited.programme, bytes(16), relays)
    (first, *_) = await invited.store.open_invites(invited.programme, now=NOW)
    assert (first.invite, first.role) == (bytes(16), "relay")


async def test_an_invite_is_open_until_it_is_used_or_expires(invited: Invited) -> None:
    async def is_open(now: int = NOW) -> bool:
        return await invited.store.invite_is_open(invited.programme, invited.enrolment.invite, now=now)

    assert await is_open()
    assert not await is_open(NOW + 1)
    assert not await invited.store.invite_is_open(invited.programme, new_id(), now=NOW)
    await invited.enrol()
    assert not await is_open()


async def test_an_expired_invite_and_another_claim_let_nobody_in(invited: Invited) -> None:
    with pytest.raises(InviteExpiredError):
        await invited.enrol(now=NOW + 1)
    with pytest.raises(UnknownError):
        await invited.enrol(claim_hash=bytes(32))
    assert await invited.store.pending(invited.programme) == []


async def test_an_invite_may_be_registered_again_but_not_changed(invited: Invited) -> None:
    await invited.register()

    invited.registration = InviteRegistration(
        role="coordinator", lane=new_id(), claim_hash=secrets.token_bytes(32), expiry=NOW
    )
    with pytest.raises(InviteUsedError):
        await invited.register()


async def test_an_enrolment_waits_until_its_device_is_certified(invited: Invited) -> None:
    await invited.enrol()
    (pending,) = await invited.store.pending(invited.programme)
    assert pending.signing_key == invited.enrolment.signing_key
    assert pending.day == "2024-10-04"

    certificate = certificate_of(invited.programme, invited.enrolment.signing_key)
    await invited.store.certify(invited.programme, [], [certificate], after=None)

    assert await invited.store.pending(invited.programme) == []


async def test_a_certificate_outranks_the_invite(invited: Invited) -> None:
    token = await invited.enrol()
    known = await invited.store.authors(invited.programme, [invited.device, new_id()])
    assert [author.lane for author in known.values()] == [invited.registration.lane]

    certificate = certificate_of(
        invited.programme, invited.enrolment.signing_key, role="coordinator", revoked=True
    )
    await invited.store.certify(invited.programme, [], [certificate], after=None)

    bearer = await invited.store.bearer(token, day=DAY)
    # A provisional token gives what its invite gives, and nothing once the device is revoked.
    assert (bearer.role, bearer.lane, bearer.revoked) == ("worker", invited.registration.lane, True)
    authors = await invited.store.authors(invited.programme, [invited.device])
    assert authors[invited.device].lane == certificate.lane


async def test_all_tokens_of_a_programme_end_at_once_and_no_others(invited: Invited) -> None:
    store, programme, elsewhere = invited.store, invited.programme, new_id()
    await store.create_programme(elsewhere, "Elsewhere", practice=True, claim_hash=bytes(32), expiry=NOW)
    waiting = await invited.enrol()
    held: list[bytes] = []
    for each in (programme, programme, elsewhere):
        certificate = certificate_of(each)
        await store.certify(each, [], [certificate], after=None)
        held.append(secrets.token_bytes(32))
        await store.keep_token(each, certificate.device, held[-1], last_day=DAY, day=DAY)
    backup = secrets.token_bytes(32)
    await store.create_backup(new_id(), backup, most=1_000_000, month=600)

    assert await store.end_tokens(programme) == 3

    for ended in (waiting, *held[:2]):
        with pytest.raises(WrongTokenError):
            await store.bearer(ended, day=DAY)
    assert (await store.bearer(held[2], day=DAY)).programme == elsewhere
    assert await store.end_tokens(new_id()) == 0
    assert await store.end_tokens(None) >= 1
    with pytest.raises(WrongTokenError):
        await store.bearer(held[2], day=DAY)
    assert (await store.bearer(backup, day=DAY)).backup is not None


async def test_programmes_are_found_by_their_name(store: Store, programme: bytes) -> None:
    named = sorted([new_id(), new_id()])
    for each in named:
        await store.create_programme(each, "Twice", practice=True, claim_hash=bytes(32), expiry=NOW)
    assert await store.programmes_named("Twice") == named
    assert programme in await store.programmes_named("Practice")
    assert await store.programmes_named("twice") == []
    assert await store.programmes_named("") == []


async def test_a_token_lasts_through_its_last_day(store: Store, programme: bytes) -> None:
    certificate = certificate_of(programme)
    await store.certify(programme, [], [certificate], after=None)
    token = secrets.token_bytes(32)

    await store.keep_token(programme, certificate.device, token, last_day=DAY + 1, day=DAY)

    assert (await store.bearer(token, day=DAY + 1)).device == certificate.device
    for wrong, day in ((token, DAY + 2), (secrets.token_bytes(32), DAY)):
        with pytest.raises(WrongTokenError):
            await store.bearer(wrong, day=day)


async def test_who_is_up_to_date_is_told_so_with_whose_the_token_is(store: Store, programme: bytes) -> None:
    certificate, token = certificate_of(programme), secrets.token_bytes(32)
    await store.certify(programme, [], [certificate], after=None)
    await store.keep_token(programme, certificate.device, token, last_day=DAY, day=DAY)
    feed = Feed(store, programme)
    cursor = (await feed.push(feed.packet(), feed.revision())).cursor

    bearer, page = await store.nothing_new(token, feed.collection, cursor, day=DAY)

    assert bearer == await store.bearer(token, day=DAY)
    assert page == await feed.page(cursor)
    start = Cursor(epoch=store.epoch, sequence=0, mark=bytes(8))
    members = collection_id(programme, "members")
    assert (await store.nothing_new(token, members, start, day=DAY))[1] == await store.page(
        members, lane=None, after=start, limit=1, size_bytes=1
    )


async def test_only_who_is_up_to_date_is_told_so(store: Store, programme: bytes) -> None:
    certificate, token = certificate_of(programme), secrets.token_bytes(32)
    await store.certify(programme, [], [certificate], after=None)
    await store.keep_token(programme, certificate.device, token, last_day=DAY, day=DAY)
    feed = Feed(store, programme)
    old = (await feed.push(feed.packet(), feed.revision())).cursor
    last = (await feed.push(feed.revision())).cursor

    for collection, cursor in (
        (feed.collection, old),
        (feed.collection, Cursor(epoch=new_id(), sequence=last.sequence, mark=last.mark)),
        (feed.collection, Cursor(epoch=last.epoch, sequence=last.sequence, mark=bytes(8))),
        (feed.collection, Cursor(epoch=last.epoch, sequence=last.sequence + 1, mark=last.mark)),
        (new_id(), last),
    ):
        bearer, page = await store.nothing_new(token, collection, cursor, day=DAY)
        assert (bearer.device, page) == (certificate.device, None)
    for wrong, day in ((token, DAY + 1), (secrets.token_bytes(32), DAY)):
        with pytest.raises(WrongTokenError):
            await store.nothing_new(wrong, feed.collection, last, day=day)
