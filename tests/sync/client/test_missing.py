"""*Is everything on the hub?*, asked by a headless device."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sync.client import Asked
from tests.sync.client.people import Place, contact, numbers


async def test_all_that_was_sent_is_there(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(3)])
    assert await worker.missing() == Asked(held=3, missing=3, queued=0)

    await worker.push()

    assert await worker.missing() == Asked(held=3, missing=0, queued=0)
    await place.coordinator.pull()
    await worker.pull()
    assert await worker.missing() == Asked(held=3, missing=0, queued=0)


async def test_what_a_hub_lost_after_its_receipt_is_queued_and_sent_again(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(3)])
    await worker.push()
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        database.execute("DELETE FROM entries")
        database.execute("DELETE FROM keys")

    asked = await worker.missing()

    assert (asked.held, asked.missing) == (3, 3)
    assert asked.queued > 3
    assert (await worker.missing()).queued == 0
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        database.execute("UPDATE collections SET sequence = 0")
    await worker.push()
    assert (await worker.missing()).missing == 0
    await place.coordinator.pull()
    assert sorted(numbers(await place.coordinator.overview()), key=str) == [0, 1, 2]
