"""A coordinator's device and its hub find out what only one of them holds, and mend it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sync.client.auditing import Compared
from sync.client.state import Batch
from sync.stores.sqlite.auditing import count_anew
from tests.sync.client.people import Place, contact, numbers


async def test_two_that_hold_the_same_find_no_difference_by_one_question(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(20)])
    await worker.push()
    await place.coordinator.fetch()
    place.line.requests.clear()

    assert await place.coordinator.audit() == Compared()

    asked = [each for each in place.line.requests if each.endswith("/audit")]
    assert len(asked) == 3  # admin, contacts, members


async def test_what_either_side_lost_comes_back(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(6)])
    await worker.push()
    coordinator = place.coordinator
    await coordinator.fetch()
    collection = coordinator.ledger.collections["contacts"]
    # The hub loses two heads, as by a damaged page, and its sums with them.
    with closing(sqlite3.connect(place.hub.database)) as database, database:
        heads = database.execute(
            "SELECT rev FROM feed WHERE collection = ? AND kind = 1 ORDER BY sequence", (collection,)
        ).fetchall()
        database.executemany("DELETE FROM entries WHERE rev = ?", heads[:2])
        count_anew(collection, database)
    # The coordinator loses another, and does not know.
    batch = Batch()
    coordinator.ledger.forget(batch, "contacts", [heads[3][0]], [])
    await coordinator.ledger.commit(batch)

    told = await coordinator.audit()

    assert (told.only_here, told.only_there) == (2, 1)
    assert told.queued == 2
    assert await coordinator.audit() == Compared()
    assert sorted(numbers(await coordinator.overview()), key=str) == list(range(6))
    assert (await coordinator.missing()).missing == 0
