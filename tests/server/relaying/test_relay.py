"""A relay with real processes: phones at it alone, a hub that is away for a while, a power cut in between."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import pytest

from sync.bundles import read_receipt
from sync.client import Coordinator, Device
from sync.client.layout import HeldRevision
from sync.client.pulling import epoch_of
from sync.client.sending import all_held
from sync.enrolment import invite_link
from sync.errors import RevokedError, UnreachableError
from sync.exchange import Push, Pushed, decode_cursor
from tests.hubs import PATIENCE_SECONDS, Hub
from tests.sync.client.people import PASSPHRASE, Line, Place, around, contact, numbers


@dataclass
class Centre:
    """A programme at a hub, and a drop-in centre with a relay."""

    place: Place
    relay: Hub
    lines: list[Line] = field(default_factory=list)

    def line(self) -> Line:
        """Of a phone that only ever meets the relay."""
        line = Line()
        line.port = self.relay.port
        self.lines.append(line)
        return line

    def sojourn(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from server.command import main; main()", *words],
            env=self.relay.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def exchange(self, *words: str) -> str:
        done = self.sojourn("relay", "--once", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def worker(self, name: str, link: str | None = None) -> Device:
        """Joins at the relay; certified once both sides have talked."""
        link = link or await self.place.link()
        self.exchange()
        device = await Device.join(self.place.folder / name, PASSPHRASE, link, around(self.line()))
        self.place.opened.append(device)
        return device

    async def certified(self, name: str) -> Device:
        """As `worker`, and let in by the coordinator, who is at the hub."""
        device = await self.worker(name)
        self.exchange()
        await self.place.coordinator.fetch()
        self.exchange()
        await device.pull()
        assert not device.session.provisional
        return device


@pytest.fixture
async def centre(hub: Hub, tmp_path: Path) -> AsyncIterator[Centre]:
    """The relay is certified, and not started yet."""
    place = Place(hub, tmp_path)
    await place.found()
    relay = Hub(tmp_path / "relay", public_url=hub.url)
    relay.words = ["relay"]
    relay.data.mkdir()
    made = Centre(place, relay)
    invite = invite_link(await place.coordinator.invite("relay", days=7))
    assert "No coordinator has let this relay in" in made.exchange("--invite", invite)
    fetched = await place.coordinator.fetch()
    assert len(fetched.certified) == 1
    made.exchange()
    yield made
    relay.end()
    await place.close()


async def test_phones_at_a_relay_and_the_hub_get_all_of_one_another(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    lane = bytes(range(16))
    here = await place.worker("here", lane=lane)
    link = await place.link(lane=lane)
    relay.start()
    there = await centre.worker("there", link)
    await place.coordinator.fetch()
    await here.add([contact(1)])
    await here.push()
    # The one at the relay sends before anybody let it in: weeks may go by like that.
    await there.add([contact(2)])
    sent = await there.push()
    assert (sent.stored, sent.waiting) == (1, 0)

    await until(lambda: came(place, {1, 2}))

    centre.exchange()  # beside the one that serves
    await until(lambda: certified(there))
    await there.add([contact(3)])
    await there.push()
    await until(lambda: came(place, {1, 2, 3}))
    await until(lambda: holds(here, 3))
    # The relay asks above once a minute; a second one beside it does now.
    centre.exchange()
    await until(lambda: holds(there, 3))
    # A relay's receipt is not the hub's: nothing may be forgotten by it.
    assert there.ledger.places["contacts"].told is None


async def test_a_relay_is_away_for_weeks_and_killed_in_between_and_nothing_is_lost_nor_twice(
    centre: Centre,
) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")

    place.hub.kill()
    await phone.add([contact(number) for number in range(1, 4)])
    await phone.push()
    relay.kill()
    relay.days_ahead = 40  # its token at the hub has ended meanwhile
    relay.start()
    await phone.add([contact(4)])
    # The phone's own token has ended too, and the relay gives another without a line.
    await phone.push()
    relay.kill()
    place.hub.days_ahead = 40
    place.hub.start()
    relay.start()

    await until(lambda: came(place, {1, 2, 3, 4}))
    relay.end()
    # Two at once, and again: everything is known already.
    await asyncio.gather(*(asyncio.to_thread(centre.exchange) for _ in range(2)))
    assert "0 items handed on, 0 items came." in centre.exchange()
    await place.coordinator.fetch()
    assert sorted(numbers(await place.coordinator.overview())) == [1, 2, 3, 4]


async def test_at_a_relay_only_what_the_hub_above_has_is_safe(centre: Centre) -> None:
    """The upstream of `safe`: a coordinator who pulls at the relay, which may be stolen tomorrow, makes nothing so."""
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")
    place.hub.kill()
    await phone.add([contact(1)])
    assert (await phone.push()).stored == 1
    place.line.port = relay.port
    await place.coordinator.fetch()
    assert sorted(numbers(await place.coordinator.overview())) == [1]
    await phone.pull()
    at_relay = phone.ledger.places["contacts"]
    assert at_relay.cursor is not None
    sent = decode_cursor(at_relay.cursor).sequence
    assert at_relay.safe < sent
    place.hub.start()
    centre.exchange()
    await phone.pull()
    assert phone.ledger.places["contacts"].safe >= sent


async def test_a_revocation_reaches_the_relay_and_ends_a_phone_there(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")

    await place.coordinator.revoke(phone.ledger.device)
    centre.exchange()

    with pytest.raises(RevokedError):
        await phone.pull()


async def test_a_relay_that_was_revoked_hands_on_nothing_and_says_so(centre: Centre) -> None:
    place = centre.place
    (relay,) = [each for each in place.coordinator.devices() if each.role == "relay"]

    await place.coordinator.revoke(relay.device)

    done = centre.sojourn("relay", "--once")
    assert done.returncode != 0
    assert "revoked" in done.stderr


async def test_a_new_card_reaches_the_relay_from_the_hub_alone(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")

    await place.coordinator.rotate()
    centre.exchange()
    await phone.pull()
    assert phone.ledger.trust.card.generation == 2
    await phone.add([contact(1)])
    await phone.push()
    await until(lambda: came(place, {1}))

    place.line.port = relay.port  # the coordinator visits
    with pytest.raises(UnreachableError):
        await place.coordinator.invite("worker", days=1)


async def test_a_coordinator_with_a_newer_card_exchanges_all_else_at_a_relay(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")
    newcomer = await centre.worker("newcomer")
    centre.exchange()
    assert (await place.coordinator.fetch()).certified == (newcomer.ledger.device,)
    await place.coordinator.rotate()
    await phone.add([contact(1)])
    await phone.push()

    place.line.port = relay.port  # the coordinator visits, and the relay has not got the card
    await place.coordinator.fetch()

    assert numbers(await place.coordinator.overview()) == [1]
    assert place.coordinator.ledger.trust.card.generation == 2


async def test_a_bundle_that_is_taken_at_a_relay_goes_up_with_who_made_it(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.worker("phone")
    await phone.add([contact(1)])
    raw, _ = await phone.bundle()
    relay.end()
    # As if it had never met the relay: all that comes of it is in the file.
    with closing(sqlite3.connect(relay.database)) as database, database:
        for table in ("tokens", "enrolments"):
            database.execute(f"DELETE FROM {table}")
    for kept in relay.data.glob("relay/*.enrolment"):
        kept.unlink()
    file = place.folder / "carried"
    file.write_bytes(raw)

    first = centre.sojourn("bundle", "import", str(file))
    for kept in relay.data.glob("relay/*.enrolment"):
        kept.unlink()  # cut off before it was there
    again = centre.sojourn("bundle", "import", str(file))

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    (bundled, *_) = read_receipt(file.with_name("carried.receipt").read_bytes()).receipts
    assert msgspec.msgpack.decode(bundled.message, type=Pushed).receipt == "relay"
    centre.exchange()
    await place.coordinator.fetch()
    assert numbers(await place.coordinator.overview()) == [1]


async def test_who_was_put_out_at_a_relay_under_the_card_before_is_put_out_at_the_hub_by_the_log(
    centre: Centre,
) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")
    device = phone.ledger.device
    line = Line()
    traveller = await Coordinator.start(
        place.folder / "traveller", PASSPHRASE, await place.link("coordinator"), around(line)
    )
    place.opened.append(traveller)
    await place.coordinator.fetch()
    await traveller.fetch()
    centre.exchange()
    await place.coordinator.rotate()

    line.port = relay.port  # neither the relay nor the traveller has heard of the new card
    await traveller.revoke(device)
    assert "1 device is put out here and not yet at the hub" in centre.exchange()
    assert not place.coordinator.ledger.certificates[device].revoked
    await place.coordinator.fetch()

    held = place.coordinator.ledger.certificates[device]
    assert held.revoked
    assert place.coordinator.ledger.trust.card.generation == 2
    offered = await place.coordinator.session.offered()
    assert held in offered.certificates
    assert "put out here" not in centre.exchange()
    line.port = None
    await traveller.fetch()
    assert traveller.ledger.certificates[device] == held


async def test_a_device_meets_hub_and_relay_by_turns_without_starting_over(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    lane = bytes(range(16))
    line, at_hub = Traffic(), await place.worker("at-hub", lane=lane)
    phone = await place.worker("phone", lane=lane, line=line)
    await place.coordinator.fetch()
    await at_hub.pull()
    await phone.pull()
    await phone.add([contact(1), contact(2)])
    await phone.push()
    await phone.pull()
    hubs = phone.ledger.places["contacts"].epoch

    line.port = relay.port
    centre.exchange()
    await phone.pull()  # met for the first time: all that is held goes there, and all is read
    await phone.push()
    assert phone.ledger.places["contacts"].epoch != hubs
    assert [epoch_of(each) for each in phone.ledger.places["contacts"].elsewhere] == [hubs]
    await phone.add([contact(3)])
    await phone.push()
    await at_hub.add([contact(4)])
    await at_hub.push()

    for port, name in ((None, "hub"), (relay.port, "relay"), (None, "hub")):
        centre.exchange()
        line.port = port
        line.begin()
        await phone.pull()
        await phone.push()
        # At the hub what only the relay had named: the hub names it too.
        assert line.from_the_start == 0, name
        assert line.sent <= (1 if name == "hub" else 0), name
        place_of = phone.ledger.places["contacts"]
        assert len(place_of.elsewhere) == 1
    held = await all_held(phone.ledger, "contacts")
    assert sum(each.kind == "revision" for each in held) == 4
    receipts = [row.receipt async for row in phone.ledger.scan() if isinstance(row, HeldRevision)]
    assert [receipt.by for receipt in receipts if receipt] == ["hub"] * 4
    assert {receipt.epoch for receipt in receipts if receipt} == {hubs}
    place_of = phone.ledger.places["contacts"]
    assert place_of.told is not None
    assert place_of.told.epoch == place_of.epoch == hubs


async def test_a_coordinator_by_turns_hands_over_what_only_one_side_has(centre: Centre) -> None:
    place, relay = centre.place, centre.relay
    relay.start()
    phone = await centre.certified("phone")
    await phone.add([contact(1)])
    await phone.push()
    line = Traffic()
    traveller = await Coordinator.start(
        place.folder / "traveller", PASSPHRASE, await place.link("coordinator"), around(line)
    )
    place.opened.append(traveller)
    await place.coordinator.fetch()
    await traveller.fetch()
    line.port = relay.port
    await traveller.fetch()
    await until(lambda: came(place, {1}))

    line.port = None
    line.begin()
    await traveller.fetch()

    assert numbers(await traveller.overview()) == [1]
    assert line.from_the_start == 0


class Traffic(Line):
    """What a device asks: pages from the start, and revisions of contacts that it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.begin()
        self.fault = self._count

    def begin(self) -> None:
        self.from_the_start = self.sent = 0

    def _count(self, request: httpx.Request, _: httpx.Response) -> None:
        if not request.url.path.endswith("/changes"):
            return
        if request.method == "GET":
            self.from_the_start += "after" not in request.url.params
        else:
            self.sent += len(msgspec.msgpack.decode(request.content, type=Push).revisions)


async def came(place: Place, wanted: set[int]) -> bool:
    await place.coordinator.fetch()
    return set(numbers(await place.coordinator.overview())) == wanted


async def certified(device: Device) -> bool:
    await device.pull()
    return not device.session.provisional


async def holds(device: Device, count: int) -> bool:
    await device.pull()
    held = await all_held(device.ledger, "contacts")
    return sum(each.kind == "revision" for each in held) == count


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Asks until it is so, more seldom than a hub lets one token ask."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not await done():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(1)
