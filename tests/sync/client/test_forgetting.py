"""A headless worker forgets what is old and safe, and nothing else."""

from __future__ import annotations

import secrets
import time

from msgspec import structs

from sync.client import Device
from sync.client.forgetting import forget_old
from sync.client.layout import HeldKey, HeldRevision, Queued
from sync.client.state import Batch
from sync.forgetting import DAY_MILLISECONDS
from tests.sync.client.people import Place, contact

DAYS = 91


async def held(device: Device) -> tuple[int, int]:
    """Revisions of contacts, and content keys."""
    rows = [row async for row in device.ledger.scan()]
    return (
        sum(isinstance(row, HeldRevision) and row.collection == "contacts" for row in rows),
        sum(isinstance(row, HeldKey) and row.collection == "contacts" for row in rows),
    )


async def hub_says(device: Device, days_later: int) -> None:
    """Its day, as the last page would say it then."""
    place = device.ledger.places["contacts"]
    assert place.told is not None
    told = structs.replace(place.told, day=place.told.day + days_later)
    await device.ledger.commit(Batch(), places=[structs.replace(place, told=told)])


def later(days: int) -> int:
    return int(time.time() * 1000) + days * DAY_MILLISECONDS


async def test_what_is_safe_goes_by_both_clocks_and_what_waits_stays(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(1), contact(2)])
    await worker.push()
    await worker.pull()
    assert await forget_old(worker.ledger, later(DAYS)) == 0
    await hub_says(worker, DAYS)
    assert await forget_old(worker.ledger, later(0)) == 0
    assert await forget_old(worker.ledger, later(DAYS)) == 0

    await place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(3)])
    await hub_says(worker, DAYS)

    assert await forget_old(worker.ledger, later(DAYS)) == 2
    # The key in use stays with what waits under it.
    assert await held(worker) == (1, 1)
    assert (await worker.status()).waiting == 1
    await worker.push()
    await place.coordinator.fetch()
    assert len((await place.coordinator.overview()).contacts) == 3


async def test_with_the_last_of_a_key_goes_the_key(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.add([contact(1)])
    await worker.push()
    await place.coordinator.fetch()
    await worker.pull()
    await hub_says(worker, DAYS)

    assert await forget_old(worker.ledger, later(DAYS)) == 1
    assert await held(worker) == (0, 0)
    # The key in use went too, and another one follows it.
    await worker.add([contact(2)])
    assert await held(worker) == (1, 1)


async def test_a_key_whose_contacts_were_all_replaced_goes_once_it_had_its_time(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.add([contact(1)])
    await worker.push()
    await place.coordinator.fetch()
    await worker.pull()
    batch, young, old = Batch(), later(DAYS - 30), later(-1)
    for number, created in enumerate((old, young, 0)):
        worker.ledger.put_key(
            batch, HeldKey(collection="contacts", key=bytes([number]) * 16, created=created)
        )
    await worker.ledger.commit(batch)
    # Nothing may go yet, by the hub's clock: neither may a key. What was never dated begins its time.
    assert await forget_old(worker.ledger, later(DAYS)) == 0
    assert await held(worker) == (1, 4)
    await hub_says(worker, DAYS)
    assert await forget_old(worker.ledger, later(DAYS)) == 1
    left = {row.key[:1] async for row in worker.ledger.scan() if isinstance(row, HeldKey) and row.created}
    assert left >= {bytes([1]), bytes([2])}
    assert bytes([0]) not in left


async def test_a_key_whose_packet_waits_stays(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.add([contact(1)])
    await worker.push()
    await place.coordinator.fetch()
    await worker.pull()
    now = worker.ledger.places["contacts"]
    assert now.key is not None
    waits = Queued(collection="contacts", kind="packet", name=secrets.token_bytes(32), key=now.key)
    batch = Batch()
    place_now = worker.ledger.queue(batch, structs.replace(now, key=None), [waits])
    await worker.ledger.commit(batch, places=[place_now])
    await hub_says(worker, DAYS)

    assert await forget_old(worker.ledger, later(DAYS)) == 1
    assert await held(worker) == (0, 1)


async def test_a_coordinator_forgets_nothing(place: Place) -> None:
    await place.coordinator.add([contact(1)])
    await place.coordinator.push()
    await place.coordinator.fetch()
    await hub_says(place.coordinator, 10 * DAYS)

    assert await forget_old(place.coordinator.ledger, later(10 * DAYS)) == 0
