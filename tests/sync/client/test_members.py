"""What coordinators publish: who can read it, who cannot any more, and who cannot speak for them."""

from __future__ import annotations

import secrets
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from sync.client import Coordinator, Device
from sync.client.layout import HeldRevision
from sync.client.members import form_fields, forms, notice_fields, standing
from sync.client.state import Batch
from sync.client.writing import Draft, write
from sync.crypto import bodies, signing
from sync.errors import BadSignatureError, OpeningError, RevokedError
from sync.identifiers import new_id
from sync.merge import successor
from sync.revisions import Revision, encode_plaintext, rev_of
from tests.sync.client.people import PASSPHRASE, Place, around

COORDINATOR = signing.new_private_key()
COLLECTION, RECORD, KEY = (secrets.token_bytes(16) for _ in range(3))
CONTENT = secrets.token_bytes(200)
SIGNED = bodies.sign_content(COORDINATOR, COLLECTION, RECORD, (), key=KEY, content=CONTENT)


async def notices(device: Device) -> list[str]:
    held = await device.members()
    return [each.text("text") for each in standing(held, device.ledger.trust, "notice")]


async def second_coordinator(place: Place) -> Coordinator:
    link = await place.link("coordinator")
    second = await Coordinator.start(place.folder / "second", PASSPHRASE, link, around())
    place.opened.append(second)
    await place.coordinator.fetch()
    await second.fetch()
    return second


async def test_all_devices_read_what_was_published_also_those_that_come_later(place: Place) -> None:
    early = await place.worker("early")
    await place.coordinator.fetch()
    await place.coordinator.publish(notice_fields("first"))
    late = await place.worker("late")
    await place.coordinator.fetch()
    await early.pull()
    await late.pull()
    assert await notices(early) == await notices(late) == ["first"]


async def test_another_coordinator_gives_the_keys_on_to_whom_it_lets_in(place: Place) -> None:
    await place.coordinator.publish(notice_fields("first"))
    second = await second_coordinator(place)
    assert await notices(second) == ["first"]
    worker = await place.worker()
    await second.fetch()
    await worker.pull()
    assert await notices(worker) == ["first"]


async def test_a_revoked_device_gets_neither_what_comes_then_nor_its_key(place: Place) -> None:
    coordinator = place.coordinator
    gone, stays = await place.worker("gone"), await place.worker("stays")
    await coordinator.fetch()
    await coordinator.publish(notice_fields("before"))
    await gone.pull()
    await coordinator.revoke(gone.ledger.device)
    await coordinator.publish(notice_fields("after"))
    await stays.pull()
    assert sorted(await notices(stays)) == ["after", "before"]
    with pytest.raises(RevokedError):
        await gone.pull()
    assert await notices(gone) == ["before"]
    newest = coordinator.ledger.places["members"].key
    assert newest is not None
    key = await coordinator.ledger.key("members", newest)
    assert key is not None
    assert gone.ledger.device not in {packet.recipient for packet in key.packets}
    assert stays.ledger.device in {packet.recipient for packet in key.packets}


async def test_a_device_that_another_coordinator_gave_the_key_is_left_out_once_revoked(place: Place) -> None:
    coordinator = place.coordinator
    await coordinator.publish(notice_fields("before"))
    second = await second_coordinator(place)
    gone = await place.worker("gone")
    await second.fetch()
    await coordinator.fetch()
    before = coordinator.ledger.places["members"].key
    await coordinator.revoke(gone.ledger.device)
    await coordinator.publish(notice_fields("after"))
    assert coordinator.ledger.places["members"].key != before


async def test_a_notice_that_is_withdrawn_or_replaced_is_gone_everywhere(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    for text in ("one", "two"):
        await place.coordinator.publish(notice_fields(text))
    held = {each.text("text"): each for each in await place.coordinator.members()}
    await place.coordinator.withdraw(held["one"])
    await place.coordinator.publish(notice_fields("three"), replaces=[held["two"]])
    await worker.pull()
    assert await notices(worker) == await notices(place.coordinator) == ["three"]


async def test_what_a_revoked_coordinator_published_is_shown_no_more_but_its_forms_are_read(
    place: Place,
) -> None:
    second = await second_coordinator(place)
    await second.publish(notice_fields("from a stolen phone"))
    content = "{}"
    proven = sha256(content.encode()).hexdigest()
    await second.publish(form_fields("contact", proven, "1", content, {}))
    await second.publish(form_fields("contact", proven, "1", "of another hash", {}))
    worker = await place.worker()
    await place.coordinator.fetch()
    await place.coordinator.revoke(second.ledger.device)
    await worker.pull()
    held = await worker.members()
    assert await notices(worker) == []
    assert standing(held, worker.ledger.trust, "form") == []
    assert [form.text("content") for form in forms(held).values()] == [content]


async def test_after_a_stolen_device_that_dated_far_ahead_others_publish_on(place: Place) -> None:
    second = await second_coordinator(place)
    far = {**notice_fields("from a stolen phone"), "published": 2**53 - 1}
    await write(second.ledger, "members", [Draft(record=new_id(), changes=far)], week="2026-W10")
    await second.push()
    await place.coordinator.fetch()
    await place.coordinator.revoke(second.ledger.device)
    await place.coordinator.publish(notice_fields("true"))
    assert await notices(place.coordinator) == ["true"]


async def test_what_was_withdrawn_stays_so_when_a_worker_seals_it_anew(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await place.coordinator.publish(notice_fields("old"))
    await worker.pull()
    ledger, (old,) = worker.ledger, await worker.members()
    (held,) = [each for each in await ledger.revisions("members", ledger.places["members"].revs) if each]
    key = await ledger.key("members", old.keys[0])
    assert key is not None
    assert key.content_key is not None
    collection = ledger.collections["members"]
    signed = bodies.open_body(key.content_key, collection, held.revision)
    await _slip_in(worker, bodies.seal_body(key.content_key, collection, old.record, (), signed))
    (published,) = await place.coordinator.members()
    await place.coordinator.withdraw(published)
    await worker.pull()
    (record,) = await worker.members()
    assert record.merged.deleted_elsewhere
    assert await notices(worker) == []


async def test_what_a_worker_signed_is_not_believed(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await place.coordinator.publish(notice_fields("true"))
    await worker.pull()
    ledger = worker.ledger
    (true,) = await worker.members()
    key = await ledger.key("members", true.keys[0])
    assert key is not None
    assert key.content_key is not None
    collection, record = ledger.collections["members"], new_id()
    for heads in ((), true.heads):
        where = true.record if heads else record
        supersedes, plaintext = successor(heads, ledger.device, 1, notice_fields("false"))
        content = encode_plaintext(plaintext)
        signed = bodies.sign_content(
            ledger.signing_private, collection, where, supersedes, key=key.key, content=content
        )
        await _slip_in(worker, bodies.seal_body(key.content_key, collection, where, supersedes, signed))
    assert await notices(worker) == ["true"]


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_not_a_byte_of_what_was_signed_can_be_another(at: int, change: int) -> None:
    changed = bytearray(SIGNED)
    changed[at] ^= change
    revision = Revision(record=RECORD, supersedes=(), key=KEY, tombstone=False, chunks=(), body=bytes(28))
    with pytest.raises((OpeningError, BadSignatureError)):
        bodies.verify_signed(
            bodies.read_signed(bytes(changed)), signing.public_key(COORDINATOR), COLLECTION, revision
        )


async def _slip_in(device: Device, revision: Revision) -> None:
    """As a hub, or whoever has its disk, could hand it over."""
    ledger = device.ledger
    rev = rev_of(ledger.collections["members"], revision)
    batch, held = Batch(), ledger.places["members"]
    ledger.put_revision(batch, HeldRevision(collection="members", rev=rev, revision=revision))
    await ledger.commit(batch, places=[structs.replace(held, revs=tuple(sorted({*held.revs, rev})))])
