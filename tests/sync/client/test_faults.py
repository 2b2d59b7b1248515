"""Answers lost, hubs killed and put back, folders damaged: nothing typed is lost, nothing is there twice."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import msgspec
import pytest

from sync import canonical
from sync.client import Coordinator, Device
from sync.client.layout import HeldRevision
from sync.client.state import HEADER, ROWS, Batch
from sync.errors import (
    OpeningError,
    StateBehindError,
    StateBusyError,
    StateDamagedError,
    StateMissingError,
    UnreachableError,
)
from tests.sync.client.people import PASSPHRASE, Line, Place, around, change_epoch, contact, numbers


async def test_a_push_whose_answer_was_lost_is_stored_once(place: Place) -> None:
    line = Line()
    worker = await place.worker(line=line)
    await worker.add([contact(1), contact(2)])
    lost: list[httpx.Request] = []

    def lose_first(request: httpx.Request, _: httpx.Response) -> None:
        if request.method == "POST" and "changes" in request.url.path and not lost:
            lost.append(request)
            raise httpx.ReadError("cut")

    line.fault = lose_first
    sent = await worker.push()
    assert lost
    assert (sent.stored, sent.known, sent.waiting) == (0, 2, 0)
    await place.coordinator.fetch()
    assert numbers(await place.coordinator.overview()) == [1, 2]


async def test_a_hub_that_repeats_a_page_is_not_asked_for_ever(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(1)])
    await worker.push()
    contacts = canonical.to_text(worker.ledger.collections["contacts"])
    pages: list[httpx.Response] = []

    def repeat(request: httpx.Request, answer: httpx.Response) -> None:
        if request.method == "GET" and f"{contacts}/changes" in request.url.path:
            assert len(pages) < 10
            pages.append(answer)
            answer._content = pages[0].content

    place.line.fault = repeat
    with pytest.raises(UnreachableError):
        await place.coordinator.fetch()


async def test_a_hub_that_does_not_answer_costs_nothing_but_patience(place: Place) -> None:
    line = Line()
    worker = await place.worker(line=line)
    await worker.add([contact(1)])

    def never(request: httpx.Request, _: httpx.Response) -> None:
        raise httpx.ConnectError("down")

    line.fault = never
    with pytest.raises(UnreachableError):
        await worker.push()
    assert (await worker.status()).waiting == 1
    line.fault = None
    assert (await worker.push()).stored == 1


async def test_a_captive_portal_is_no_hub(place: Place) -> None:
    line = Line()
    worker = await place.worker(line=line)
    await worker.add([contact(1)])

    def portal(_: httpx.Request, response: httpx.Response) -> None:
        response.headers["content-type"] = "text/html"

    line.fault = portal
    with pytest.raises(UnreachableError) as raised:
        await worker.push()
    assert raised.value.cause == "not-a-hub"
    assert (await worker.status()).waiting == 1


async def test_a_token_that_the_hub_forgot_is_asked_for_again(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    with closing(sqlite3.connect(place.hub.database)) as connection, connection:
        connection.execute("DELETE FROM tokens")
    await worker.add([contact(1)])
    assert (await worker.push()).stored == 1
    assert (await place.coordinator.fetch()).contacts == 1


async def test_a_provisional_token_that_the_hub_forgot_is_asked_for_again(place: Place) -> None:
    worker = await place.worker()
    with closing(sqlite3.connect(place.hub.database)) as connection, connection:
        connection.execute("DELETE FROM tokens")
    await worker.add([contact(1)])
    assert (await worker.push()).stored == 1


async def test_a_hub_put_back_from_an_old_copy_gets_everything_again(lone_place: Place) -> None:
    hub = lone_place.hub
    worker, other = await lone_place.worker("worker"), await lone_place.worker("other")
    await lone_place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    hub.end()
    copy = hub.data.parent / "copy"
    shutil.copytree(hub.data, copy)
    hub.start()
    await worker.add([contact(2)])
    await worker.push()
    await other.add([contact(3)])
    await other.push()
    late = await lone_place.worker("late")
    await lone_place.coordinator.fetch()
    await late.pull()
    hub.end()
    for path in hub.data.glob("sojourn.sqlite3*"):
        path.unlink()
    for path in copy.glob("sojourn.sqlite3*"):
        shutil.copy(path, hub.data)
    change_epoch(hub)
    hub.start()
    await worker.add([contact(4)])
    await worker.push()
    assert (await worker.status()).waiting == 0
    await lone_place.coordinator.fetch()
    second = await Coordinator.start(
        lone_place.folder / "second", PASSPHRASE, await lone_place.link("coordinator"), around()
    )
    lone_place.opened.append(second)
    await lone_place.coordinator.fetch()
    await second.fetch()
    assert sorted(numbers(await second.overview()), key=str) == [1, 2, 3, 4]
    await late.add([contact(5)])
    sent = await late.push()
    assert (sent.stored + sent.known, sent.waiting) == (1, 0)


async def test_a_copy_with_the_same_epoch_is_found_out_too(lone_place: Place) -> None:
    """A snapshot of the disk: the epoch is the same, but the sequence that the device knows is not reached."""
    hub = lone_place.hub
    worker = await lone_place.worker()
    await lone_place.coordinator.fetch()
    await worker.pull()
    hub.end()
    copy = hub.data.parent / "copy"
    shutil.copytree(hub.data, copy)
    hub.start()
    await worker.add([contact(1)])
    await worker.push()
    await worker.pull()
    hub.end()
    shutil.rmtree(hub.data)
    shutil.copytree(copy, hub.data)
    hub.start()
    await worker.pull()
    await worker.push()
    await lone_place.coordinator.fetch()
    assert numbers(await lone_place.coordinator.overview()) == [1]


async def test_a_folder_from_before_cursors_were_kept_for_each_epoch_opens(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    ledger = worker.ledger
    batch = Batch()
    for name, held in ledger.places.items():
        before = msgspec.msgpack.decode(msgspec.msgpack.encode(held))
        del before["elsewhere"]
        batch.put(ledger.state.address("place", name), msgspec.msgpack.encode(before))
    await ledger.commit(batch)
    folder = ledger.state.folder
    await worker.close()

    worker = await Device.open(folder, PASSPHRASE, around())
    place.opened.append(worker)

    assert worker.ledger.places["contacts"].elsewhere == ()
    assert worker.ledger.places["contacts"].cursor == ledger.places["contacts"].cursor
    await worker.add([contact(1)])
    assert (await worker.push()).stored == 1


async def test_a_hub_killed_while_contacts_are_sent_has_each_of_them_once(lone_place: Place) -> None:
    line = Line()
    worker = await lone_place.worker(line=line)
    await worker.add([contact(n) for n in range(300)])
    kills = [2, 5, 9]

    def kill(request: httpx.Request, _: httpx.Response) -> None:
        if request.method == "POST" and kills and len(line.requests) >= kills[0]:
            kills.pop(0)
            lone_place.hub.kill()
            lone_place.hub.start()
            raise httpx.ReadError("killed")

    line.requests.clear()
    line.fault = kill
    sent = await worker.push()
    assert sent.waiting == 0
    await lone_place.coordinator.fetch()
    assert numbers(await lone_place.coordinator.overview()) == list(range(300))


async def test_a_revision_that_is_not_what_it_was_is_set_aside_and_never_sent(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(1), contact(2)])
    held = [row async for row in worker.ledger.scan() if isinstance(row, HeldRevision)]
    batch = Batch()
    changed = HeldRevision(collection="contacts", rev=held[0].rev, revision=held[1].revision)
    worker.ledger.put_revision(batch, changed)
    await worker.ledger.commit(batch)
    sent = await worker.push()
    assert (sent.stored, sent.waiting) == (1, 0)
    assert [(item.name, item.why) for item in sent.refused] == [(held[0].rev, "changed-here")]
    assert (await worker.status()).set_aside == 1


async def test_a_missing_number_is_shown_as_a_gap(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(5)])
    batch = Batch()
    first = worker.ledger.places["contacts"].first
    for number in (first + 2, first + 3):
        batch.drop(worker.ledger.state.address("outbox", "contacts", number))
    await worker.ledger.commit(batch)
    await worker.push()
    await place.coordinator.fetch()
    (count,) = (await place.coordinator.overview()).devices
    assert count.last == 5
    assert sum(last - first + 1 for first, last in count.missing) == 2


async def test_a_folder_put_back_from_an_old_copy_adds_no_more_and_raises_the_alarm(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    folder = worker.ledger.state.folder
    await worker.close()
    place.opened.remove(worker)
    shutil.copytree(folder, place.folder / "copy")
    async with await Device.open(folder, PASSPHRASE, around()) as ahead:
        await ahead.add([contact(1), contact(2)])
        await ahead.push()
    async with await Device.open(place.folder / "copy", PASSPHRASE, around()) as behind:
        await behind.add([contact(3)])
        await behind.pull()
        with pytest.raises(StateBehindError):
            await behind.add([contact(4)])
        await behind.push()
    await place.coordinator.fetch()
    seen = await place.coordinator.overview()
    assert sorted(numbers(seen), key=str) == [1, 2, 3]
    assert [each.twice for each in seen.devices] == [(1,)]


async def test_a_wrong_passphrase_opens_nothing(place: Place) -> None:
    worker = await place.worker()
    await worker.close()
    place.opened.remove(worker)
    with pytest.raises(OpeningError):
        await Device.open(worker.ledger.state.folder, "wrong", around())
    async with await Device.open(worker.ledger.state.folder, f"  {PASSPHRASE}\u200b ", around()):
        pass


async def test_a_folder_is_open_in_one_process_at_a_time(place: Place) -> None:
    with pytest.raises(StateBusyError):
        await Coordinator.open(place.coordinator.ledger.state.folder, PASSPHRASE, around())


async def test_an_empty_folder_is_no_device(tmp_path: Path) -> None:
    with pytest.raises(StateMissingError):
        await Device.open(tmp_path, PASSPHRASE, around())


async def closed_folder(place: Place) -> Path:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(3)])
    await worker.close()
    place.opened.remove(worker)
    return worker.ledger.state.folder


async def test_a_damaged_header_is_said_to_be_damaged(place: Place) -> None:
    folder = await closed_folder(place)
    (folder / HEADER).write_bytes(b"\x00" + (folder / HEADER).read_bytes()[1:])
    with pytest.raises(StateDamagedError):
        await Device.open(folder, PASSPHRASE, around())


async def test_a_file_that_is_no_database_is_said_to_be_damaged(place: Place) -> None:
    folder = await closed_folder(place)
    (folder / ROWS).write_bytes(secrets.token_bytes(8192))
    for beside in folder.glob(f"{ROWS}-*"):
        beside.unlink()
    with pytest.raises(StateDamagedError):
        await Device.open(folder, PASSPHRASE, around())


async def test_rows_that_were_swapped_are_found_out(place: Place) -> None:
    folder = await closed_folder(place)
    with closing(sqlite3.connect(folder / ROWS)) as connection, connection:
        connection.execute("UPDATE rows SET value = (SELECT value FROM rows LIMIT 1)")
    with pytest.raises(StateDamagedError):
        async with await Device.open(folder, PASSPHRASE, around()):
            pass


async def test_one_damaged_contact_does_not_hide_the_others(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(n) for n in range(3)])
    await worker.push()
    coordinator = place.coordinator
    await coordinator.fetch()
    held = [row async for row in coordinator.ledger.scan() if isinstance(row, HeldRevision)]
    rev = next(row.rev for row in held if row.collection == "contacts")
    folder = coordinator.ledger.state.folder
    address = coordinator.ledger.state.address("revision", "contacts", rev)
    await coordinator.close()
    place.opened.remove(coordinator)
    with closing(sqlite3.connect(folder / ROWS)) as connection, connection:
        connection.execute("UPDATE rows SET value = zeroblob(600) WHERE address = ?", (address,))
    async with await Coordinator.open(folder, PASSPHRASE, around()) as opened:
        seen = await opened.overview()
    assert len(seen.contacts) == 2
    assert seen.unreadable == 1
