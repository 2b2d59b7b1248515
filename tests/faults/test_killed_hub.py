"""The hub is killed (-9) in the middle of pushes, twenty times, at random moments.

FAULTS_SEED=… repeats the moments of an earlier run, as far as two processes can be made to.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import msgspec

from sync.client import Around, Device, Patience
from sync.enrolment import invite_link
from sync.exchange import Pushed
from tests.hubs import Hub
from tests.sync.client.people import CHEAP, PASSPHRASE, Line, Place, contact, numbers

KILLS = 20
WORKERS = 3
CONTACTS_A_PUSH = 4


class Listening(Line):
    """Writes down what the hub acknowledges."""

    def __init__(self) -> None:
        super().__init__()
        self.acknowledged: set[bytes] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith("/changes") and response.is_success:
            receipt = msgspec.msgpack.decode(response.content, type=Pushed)
            assert receipt.refused == ()
            self.acknowledged.update(receipt.stored, receipt.known)
        return response


async def brief_sleep(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.02))


async def test_twenty_kills_lose_nothing_and_double_nothing(hub: Hub, tmp_path: Path) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or secrets.randbits(32))
    print(f"FAULTS_SEED={seed}")
    chance = random.Random(seed)
    place = Place(hub, tmp_path)
    await place.found()
    lines = [Listening() for _ in range(WORKERS)]
    workers = [await _join(place, number, line) for number, line in enumerate(lines)]
    done = asyncio.Event()

    pushing = [asyncio.create_task(_push(worker, number, done)) for number, worker in enumerate(workers)]
    try:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, 0.25))
            hub.kill()
            _check(hub, set[bytes]().union(*(line.acknowledged for line in lines)))
            await asyncio.to_thread(hub.start)
    finally:
        done.set()
        counts = await asyncio.gather(*pushing)

    await place.coordinator.fetch()
    added = sorted(each for count, number in counts for each in range(number, count, WORKERS))
    assert added
    assert sorted(numbers(await place.coordinator.overview())) == added  # type: ignore[type-var]  # all integers
    assert [(await worker.status()).waiting for worker in workers] == [0] * WORKERS
    for worker in workers:
        await worker.close()
    await place.close()


async def _join(place: Place, number: int, line: Line) -> Device:
    link = invite_link(await place.coordinator.invite("worker", days=1))
    around = Around(patience=Patience(seconds=120, sleep=brief_sleep), transport=line, cost=CHEAP)
    return await Device.join(place.folder / f"worker-{number}", PASSPHRASE, link, around)


async def _push(worker: Device, number: int, done: asyncio.Event) -> tuple[int, int]:
    """Adds and sends until it is told to stop; the number after the last contact's, and the first's.

    Nothing here knows of kills: the client goes on by itself.
    """
    following = number
    while not done.is_set():
        added = range(following, following + CONTACTS_A_PUSH * WORKERS, WORKERS)
        await worker.add([contact(each) for each in added])
        following = added.stop
        assert (await worker.push()).waiting == 0
    return following, number


def _check(hub: Hub, acknowledged: set[bytes]) -> None:
    """What a dead hub has on its disk."""
    with closing(sqlite3.connect(hub.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [rev for (rev,) in connection.execute("SELECT rev FROM entries")]
        gaps = connection.execute(
            "SELECT collection FROM entries GROUP BY collection HAVING count(*) <> max(sequence)"
        ).fetchall()
    assert len(kept) == len(set(kept))
    assert acknowledged <= set(kept)
    assert gaps == []
