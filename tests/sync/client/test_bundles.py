"""Contacts carried to a hub in a file, and the receipt carried back."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import msgspec
import pytest

from server.bundles import Imported, import_bundle
from sync.bundles import Bundled, read_bundle, write_bundle, write_receipt
from sync.client import Device
from sync.client.layout import HeldRevision
from sync.crypto import signing
from sync.crypto.bodies import seal_body
from sync.errors import (
    BundleError,
    EpochChangedError,
    InviteExpiredError,
    InviteUsedError,
    UnavailableError,
)
from sync.exchange import Push
from sync.identifiers import new_id
from sync.stores.interface import Arrival, Stored
from sync.stores.sqlite import SQLiteStore
from tests.hubs import Hub
from tests.sync.client.people import Place, change_epoch, contact, numbers


async def imported(hub: Hub, raw: bytes, *, take_revoked: bool = False) -> Imported:
    """As `sojourn bundle import` does, beside the running hub."""
    store = await SQLiteStore.open(hub.database)
    now = int(time.time())
    try:
        return await import_bundle(store, raw, now=now, day=now // 86_400, take_revoked=take_revoked)
    finally:
        await store.close()


def rows(hub: Hub) -> int:
    with closing(sqlite3.connect(hub.database)) as database:
        (count,) = database.execute("SELECT count(*) FROM entries").fetchone()
        found: int = count
        return found


async def hiding(worker: Device) -> bytes:
    """A bundle with a revision that supersedes the only contact there is."""
    ledger, collection = worker.ledger, worker.ledger.collections["contacts"]
    key = await ledger.key("contacts", ledger.places["contacts"].key or b"")
    ((rev, record),) = [
        (row.rev, row.revision.record)
        async for row in ledger.scan()
        if isinstance(row, HeldRevision) and row.collection == "contacts"
    ]
    assert key is not None
    assert key.content_key is not None
    revision = seal_body(key.content_key, collection, record, [rev], b"nothing")
    empty = read_bundle((await worker.bundle())[0]).bundle
    pushed = Bundled(collection, msgspec.msgpack.encode(Push(revisions=(revision,))))
    return write_bundle(ledger.signing_private, msgspec.structs.replace(empty, pushes=(pushed,)))


async def certified(place: Place) -> Device:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    return worker


async def test_what_was_carried_is_what_the_coordinator_reads(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(n) for n in range(3)])

    raw, packed = await worker.bundle()
    told = await imported(place.hub, raw)
    sent = await worker.take_receipt(write_receipt(told.receipt))
    await place.coordinator.fetch()

    assert (packed.revisions, packed.left) == (3, 0)
    assert (sent.stored, sent.waiting) == (3, 0)
    assert sorted(numbers(await place.coordinator.overview()), key=str) == [0, 1, 2]
    assert (await worker.missing()).missing == 0


async def test_carried_twice_it_is_stored_once_and_so_are_its_receipts(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(n) for n in range(2)])
    raw, _ = await worker.bundle()
    first = await imported(place.hub, raw)
    before = rows(place.hub)

    second = await imported(place.hub, raw)
    again = await worker.take_receipt(write_receipt(second.receipt))
    late = await worker.take_receipt(write_receipt(first.receipt))

    assert rows(place.hub) == before
    assert (second.stored, second.known) == (0, first.stored)
    assert (again.known, again.waiting) == (2, 0)
    assert (late.stored, late.known, late.waiting) == (0, 0, 0)


async def test_a_device_that_waits_for_its_certificate_can_be_carried_too(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(1)])

    await imported(place.hub, (await worker.bundle())[0])
    await place.coordinator.fetch()

    assert numbers(await place.coordinator.overview()) == [1]


async def test_a_hub_that_has_lost_the_device_takes_it_in_again(place: Place) -> None:
    provisional, worker = await place.worker("one"), await certified(place)
    for device in (provisional, worker):
        await device.add([contact(1)])
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        database.execute("DELETE FROM tokens")
        database.execute("DELETE FROM enrolments")
        database.execute("DELETE FROM certificates WHERE device = ?", (worker.ledger.device,))

    told = [await imported(place.hub, (await device.bundle())[0]) for device in (provisional, worker)]

    assert all(each.stored and not each.refused for each in told)


@pytest.mark.parametrize("end", ["used", "over", "gone"])
async def test_an_invite_that_lets_nobody_in_takes_nothing_of_a_bundle(place: Place, end: str) -> None:
    worker = await place.worker()
    await worker.add([contact(1)])
    raw, _ = await worker.bundle()
    device = worker.ledger.device
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        database.execute("DELETE FROM tokens WHERE device = ?", (device,))
        if end == "used":
            database.execute(
                "UPDATE enrolments SET device = ?, signing_key = ? WHERE device = ?",
                (new_id(), bytes(65), device),
            )
        else:
            (invite,) = database.execute(
                "SELECT invite FROM enrolments WHERE device = ?", (device,)
            ).fetchone()
            database.execute("DELETE FROM enrolments WHERE device = ?", (device,))
            change = "UPDATE invites SET expiry = 0" if end == "over" else "DELETE FROM invites"
            database.execute(f"{change} WHERE invite = ?", (invite,))
    before = rows(place.hub)

    with pytest.raises((InviteUsedError, InviteExpiredError, BundleError)) as raised:
        await imported(place.hub, raw)

    expected = {"used": "invite-used", "over": "invite-expired", "gone": "unknown-device"}
    assert getattr(raised.value, "why", getattr(raised.value, "code", "")) == expected[end]
    assert rows(place.hub) == before


async def test_an_import_that_is_cut_short_by_a_full_disk_is_finished_by_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = await certified(place)
    await worker.add([contact(n) for n in range(2)])
    whole = read_bundle((await worker.bundle())[0]).bundle
    ((collection, message),) = [(each.collection, each.message) for each in whole.pushes]
    push = msgspec.msgpack.decode(message, type=Push)
    parts = (
        Push(packets=push.packets, revisions=push.revisions[:1]),
        Push(revisions=push.revisions[1:]),
    )
    pushes = tuple(Bundled(collection, msgspec.msgpack.encode(each)) for each in parts)
    raw = write_bundle(worker.ledger.signing_private, msgspec.structs.replace(whole, pushes=pushes))
    stored, real = [], SQLiteStore.push

    async def full(self: SQLiteStore, collection: bytes, arrival: Arrival) -> Stored:
        if stored:
            raise UnavailableError("the disk is full")
        stored.append(arrival)
        return await real(self, collection, arrival)

    with monkeypatch.context() as patched:
        patched.setattr(SQLiteStore, "push", full)
        with pytest.raises(UnavailableError):
            await imported(place.hub, raw)
    told = await imported(place.hub, raw)
    sent = await worker.take_receipt(write_receipt(told.receipt))

    assert (told.stored, told.known, told.refused) == (1, len(push.packets) + 1, 0)
    assert (sent.stored + sent.known, sent.waiting) == (2, 0)
    await place.coordinator.fetch()
    assert sorted(numbers(await place.coordinator.overview()), key=str) == [0, 1]


async def test_a_bundle_puts_nothing_into_a_personal_backup(place: Place) -> None:
    worker, backup = await certified(place), new_id()
    store = await SQLiteStore.open(place.hub.database)
    await store.create_backup(backup, new_id() + new_id(), most=1_000_000, month=600)
    await store.close()
    before = rows(place.hub)
    empty = read_bundle((await worker.bundle())[0]).bundle
    pushed = Bundled(backup, msgspec.msgpack.encode(Push()))

    with pytest.raises(BundleError) as raised:
        await imported(
            place.hub,
            write_bundle(worker.ledger.signing_private, msgspec.structs.replace(empty, pushes=(pushed,))),
        )

    assert raised.value.why == "unknown-programme"
    assert rows(place.hub) == before


async def test_a_bundle_that_the_named_device_did_not_make_is_refused_whole(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(1)])
    before = rows(place.hub)
    honest = read_bundle((await worker.bundle())[0]).bundle
    forged = write_bundle(signing.new_private_key(), honest)

    with pytest.raises(BundleError) as raised:
        await imported(place.hub, forged)

    assert raised.value.why == "bad-signature"
    assert rows(place.hub) == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"programme": new_id()}, "unknown-programme"),
        ({"certificate": b"\xc1"}, "not-a-bundle"),
        ({"pushes": (Bundled(new_id(), b"\xc1"),)}, "unknown"),
    ],
)
async def test_what_is_for_elsewhere_or_unreadable_is_refused_whole(
    place: Place, change: dict[str, object], why: str
) -> None:
    worker = await certified(place)
    await worker.add([contact(1)])
    before = rows(place.hub)
    honest = read_bundle((await worker.bundle())[0]).bundle
    changed = msgspec.structs.replace(honest, **change)

    with pytest.raises(BundleError) as raised:
        await imported(place.hub, write_bundle(worker.ledger.signing_private, changed))

    assert raised.value.why == why
    assert rows(place.hub) == before


async def test_one_bad_push_keeps_the_good_ones_out_too(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(1)])
    before = rows(place.hub)
    honest = read_bundle((await worker.bundle())[0]).bundle
    broken = msgspec.structs.replace(honest.pushes[0], message=b"\xc1")
    changed = msgspec.structs.replace(honest, pushes=(*honest.pushes, broken))

    with pytest.raises(BundleError) as raised:
        await imported(place.hub, write_bundle(worker.ledger.signing_private, changed))

    assert raised.value.why == "malformed"
    assert rows(place.hub) == before


async def test_a_revoked_devices_bundle_is_taken_only_when_told_and_hides_nothing(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(1)])
    await worker.push()
    raw = await hiding(worker)
    await place.coordinator.fetch()
    await place.coordinator.revoke(worker.ledger.device)

    with pytest.raises(BundleError) as raised:
        await imported(place.hub, raw)
    assert raised.value.why == "revoked"
    told = await imported(place.hub, raw, take_revoked=True)

    assert (told.revoked, told.stored, told.refused) == (True, 1, 0)
    with closing(sqlite3.connect(place.hub.database)) as database:
        heads = database.execute(
            "SELECT count(*) FROM feed WHERE collection = ? AND kind = 1 AND superseded IS NULL",
            (worker.ledger.collections["contacts"],),
        )
        assert heads.fetchone() == (2,)


async def test_a_receipt_of_another_device_or_another_epoch_changes_nothing(place: Place) -> None:
    worker, other = await certified(place), await place.worker("other")
    await worker.add([contact(1)])
    raw, _ = await worker.bundle()
    receipt = write_receipt((await imported(place.hub, raw)).receipt)

    with pytest.raises(BundleError) as raised:
        await other.take_receipt(receipt)
    assert raised.value.why == "not-its-device"
    place.hub.end()
    change_epoch(place.hub)
    place.hub.start()
    later = write_receipt((await imported(place.hub, raw)).receipt)
    with pytest.raises(EpochChangedError):
        await worker.take_receipt(later)
    assert (await worker.status()).waiting == 1


async def test_a_forged_receipt_loses_nothing_for_good(place: Place) -> None:
    worker = await certified(place)
    await worker.add([contact(1)])
    raw, _ = await worker.bundle()
    honest = await imported(place.hub, raw)
    await worker.take_receipt(write_receipt(honest.receipt))
    # As if nothing had been imported at all.
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        collection = worker.ledger.collections["contacts"]
        database.execute(
            "DELETE FROM entries WHERE collection = (SELECT number FROM collections WHERE collection = ?)",
            (collection,),
        )
        database.execute("UPDATE collections SET sequence = 0 WHERE collection = ?", (collection,))
        database.execute("DELETE FROM keys WHERE collection = ?", (collection,))

    asked = await worker.missing()
    assert (asked.missing, asked.queued > 0) == (1, True)
    await worker.push()
    assert (await worker.missing()).missing == 0
