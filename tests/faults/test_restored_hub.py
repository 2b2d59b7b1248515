"""A hub is backed up while it runs, loses its disk, and is restored: its people bring again what came since."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.command import main
from sync.client import Device
from sync.errors import RevokedError
from tests.hubs import Hub
from tests.sync.client.people import Line, Place, contact, numbers


@pytest.fixture
async def place(hub: Hub, tmp_path: Path) -> AsyncIterator[Place]:
    made = Place(hub, tmp_path)
    await made.found()
    yield made
    await made.close()


async def command(hub: Hub, *arguments: object) -> None:
    told = await asyncio.to_thread(
        CliRunner().invoke, main, [str(each) for each in arguments], env=hub.environment
    )
    assert told.exit_code == 0, told.output


async def certified(place: Place, name: str) -> Device:
    device = await place.worker(name)
    await place.coordinator.fetch()
    await device.pull()
    return device


async def send(device: Device, number: int) -> None:
    await device.add([contact(number)])
    assert (await device.push()).waiting == 0


async def test_all_of_it_comes_back_and_who_was_put_out_stays_out(place: Place, tmp_path: Path) -> None:
    hub, file = place.hub, tmp_path / "backup"
    worker, gone, pulled = [await certified(place, name) for name in ("worker", "gone", "pulled")]
    await send(worker, 1)
    await send(gone, 2)
    await command(hub, "backup", file)
    await send(worker, 3)
    await send(pulled, 4)
    late = await certified(place, "late")
    await send(late, 5)
    await place.coordinator.revoke(gone.ledger.device)
    await place.coordinator.fetch()
    # A phone that is lost since: the coordinator alone has what it sent.
    await pulled.close()
    place.opened.remove(pulled)
    hub.end()
    for path in hub.data.iterdir():
        path.unlink()
    await command(hub, "restore", file)
    hub.start()

    # By the backup it is let in, until a coordinator was here.
    await gone.pull()
    order = _watch(place, gone)
    await place.coordinator.fetch()
    assert order.index("put out") < order.index("contacts")
    with pytest.raises(RevokedError):
        await gone.pull()
    await worker.push()
    await worker.pull()
    await late.push()
    await send(late, 6)
    await place.coordinator.fetch()
    assert sorted(numbers(await place.coordinator.overview()), key=str) == [1, 2, 3, 4, 5, 6]
    assert _contents(hub) == 6
    await command(hub, "verify")


async def test_a_file_put_back_under_the_same_epoch_is_noticed_by_phone_and_coordinator(
    place: Place, tmp_path: Path
) -> None:
    """The coordinator's cursor is not reached any more; the phone's is, but another revision is there."""
    hub, copy = place.hub, tmp_path / "copy.sqlite3"
    worker, other = [await certified(place, name) for name in ("worker", "other")]
    await send(worker, 1)
    await worker.pull()
    await place.coordinator.fetch()
    hub.end()
    shutil.copy(hub.database, copy)
    hub.start()
    await send(worker, 2)
    await worker.pull()
    await place.coordinator.fetch()
    hub.end()
    shutil.copy(copy, hub.database)
    hub.start()
    # So that the numbers are there again, with something else.
    await send(other, 3)
    await place.coordinator.fetch()
    assert _contents(hub) == 3
    await worker.pull()
    await worker.push()
    assert (await worker.status()).waiting == 0
    await place.coordinator.fetch()
    assert sorted(numbers(await place.coordinator.overview()), key=str) == [1, 2, 3]


async def test_a_file_put_back_is_noticed_by_whom_it_told_more_than_their_cursor_knows(
    place: Place, tmp_path: Path
) -> None:
    """Others wrote in between, so that the cursors of these stayed before the copy: one reads next, one only sends,
    and one may not read at all yet."""
    hub, copy = place.hub, tmp_path / "copy.sqlite3"
    waits = await place.worker("waits")
    await send(waits, 30)
    reads, sends, other = [await certified(place, name) for name in ("reads", "sends", "other")]
    for number, device in enumerate((reads, sends, other, waits)):
        await send(device, number)
    hub.end()
    shutil.copy(hub.database, copy)
    hub.start()
    for number, device in enumerate((reads, sends, waits)):
        await send(device, 10 + number)
    assert _contents(hub) == 8
    hub.end()
    shutil.copy(copy, hub.database)
    hub.start()
    # So that there is something else at all of their numbers.
    for number in range(20, 30):
        await send(other, number)
    assert _contents(hub) == 15
    await reads.pull()
    await reads.push()
    await sends.push()
    await waits.push()
    assert _contents(hub) == 18
    await place.coordinator.fetch()
    found = sorted(numbers(await place.coordinator.overview()), key=str)
    assert found == sorted([*range(4), 30, 10, 11, 12, *range(20, 30)], key=str)


async def test_whoever_was_told_more_than_their_cursor_knows_goes_on_where_nothing_was_put_back(
    place: Place,
) -> None:
    line = Line()
    worker = await place.worker("worker", line=line)
    asked = _questions(line)
    await send(worker, 0)
    await send(worker, 0)
    assert asked == ["missing"]
    other = await certified(place, "other")
    await worker.pull()
    assert asked == ["missing", "missing"]
    asked.clear()
    await send(other, 1)
    await send(worker, 2)
    assert asked == []
    await send(worker, 3)
    assert asked == ["missing"]
    await worker.pull()
    assert asked == ["missing", "missing"]
    # The cursor vouches for all of it now.
    await send(worker, 4)
    await worker.pull()
    assert asked == ["missing", "missing"]
    assert _contents(place.hub) == 6


def _questions(line: Line) -> list[str]:
    asked: list[str] = []

    def note(request: httpx.Request, _response: httpx.Response) -> None:
        if request.url.path.endswith("/missing"):
            asked.append("missing")

    line.fault = note
    return asked


def _watch(place: Place, gone: Device) -> list[str]:
    """What the hub is told or asked by the coordinator, in order, once each has been answered."""
    order: list[str] = []

    def note(request: httpx.Request, response: httpx.Response) -> None:
        if request.method == "POST" and request.url.path.endswith("/certificates") and response.is_success:
            with closing(sqlite3.connect(place.hub.database)) as connection:
                (revoked,) = connection.execute(
                    "SELECT revoked FROM certificates WHERE device = ?", (gone.ledger.device,)
                ).fetchone()
            order.append("put out" if revoked else "not yet")
        elif request.url.path.endswith("/changes") and response.is_success:
            order.append("contacts")

    line: Line = place.line
    line.fault = note
    return order


def _contents(hub: Hub) -> int:
    """Contacts that count on its disk."""
    with closing(sqlite3.connect(hub.database)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM feed JOIN collections USING (collection) "
            "WHERE name = 'contacts' AND kind = 1 AND superseded IS NULL AND content IS NOT NULL"
        ).fetchone()
    return int(count)
