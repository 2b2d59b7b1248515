"""From a worker's folder to a coordinator's, through a real hub."""

from __future__ import annotations

import httpx
import pytest

from sync.client import Coordinator, Device
from sync.client.state import Batch
from sync.errors import InviteError, InviteUsedError, RevokedError, StateExistsError, WrongRoleError
from sync.revisions import Value
from tests.sync.client.people import PASSPHRASE, Line, Place, around, contact, numbers


async def test_what_was_added_is_what_the_coordinator_reads(place: Place) -> None:
    worker = await place.worker()
    typed: list[dict[str, Value]] = [
        contact(1, text="ខ្មែរ مرحبا 🙂\n line", chosen=("b", "a"), none=None, yes=True, no=False),
        contact(-5, text="", chosen=()),
    ]
    await worker.add(typed)
    sent = await worker.push()
    assert (sent.stored, sent.waiting, sent.refused) == (2, 0, ())
    await place.coordinator.fetch()
    seen = await place.coordinator.overview()
    read = [{**each.fields, "form": each.form, "form_hash": each.form_hash} for each in seen.contacts]
    assert read == typed
    assert seen.unreadable == 0


async def test_contacts_sent_before_the_certificate_are_read_after_it(place: Place) -> None:
    worker = await place.worker()
    assert worker.session.provisional
    await worker.add([contact(1)])
    await worker.push()
    fetched = await place.coordinator.fetch()
    assert fetched.certified == (worker.ledger.device,)
    assert [each.standing for each in (await place.coordinator.overview()).contacts] == ["certified"]
    await worker.pull()
    assert not worker.session.provisional
    assert worker.ledger.root.invite is None
    await worker.add([contact(2)])
    assert (await worker.push()).stored == 1
    assert (await place.coordinator.fetch()).contacts == 1


async def test_a_push_with_nothing_to_send_asks_the_hub_nothing(place: Place) -> None:
    line = Line()
    worker = await place.worker(line=line)
    await place.coordinator.fetch()
    await worker.pull()
    line.requests.clear()
    assert (await worker.push()).stored == 0
    assert line.requests == []


async def test_a_pull_after_ones_own_push_fetches_nothing_again(place: Place) -> None:
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(n) for n in range(20)])
    await worker.push()
    assert await worker.pull() == 0


async def test_another_device_of_the_same_worker_reads_the_lane(place: Place) -> None:
    first = await place.worker("first")
    await place.coordinator.fetch()
    await first.pull()
    await first.add([contact(1)])
    await first.push()
    own = first.ledger.own_certificate
    assert own is not None
    second = await place.worker("second", lane=own.lane)
    await place.coordinator.fetch()
    await first.pull()
    assert await second.pull() == 1
    held = [row async for row in second.ledger.scan() if row.__class__.__name__ == "HeldRevision"]
    assert len(held) == 1


async def test_another_worker_reads_nothing_of_it(place: Place) -> None:
    first, second = await place.worker("first"), await place.worker("second")
    await first.add([contact(1)])
    await first.push()
    await place.coordinator.fetch()
    assert await second.pull() == 0


async def test_an_invite_lets_one_device_in(place: Place) -> None:
    link = await place.link()
    async with await Device.join(place.folder / "one", PASSPHRASE, link, around()):
        pass
    with pytest.raises(InviteUsedError):
        await Device.join(place.folder / "two", PASSPHRASE, link, around())


async def test_joining_again_with_the_same_invite_goes_on(place: Place) -> None:
    link = await place.link()
    async with await Device.join(place.folder / "one", PASSPHRASE, link, around()) as first:
        device = first.ledger.device
    async with await Device.join(place.folder / "one", PASSPHRASE, link, around()) as again:
        assert again.ledger.device == device


async def test_a_folder_that_holds_a_device_is_not_used_for_another(place: Place) -> None:
    worker = await place.worker()
    await worker.close()
    place.opened.remove(worker)
    with pytest.raises(StateExistsError):
        await Device.join(worker.ledger.state.folder, PASSPHRASE, await place.link(), around())


async def test_a_workers_invite_makes_no_coordinator(place: Place) -> None:
    with pytest.raises(InviteError):
        await Coordinator.start(place.folder / "x", PASSPHRASE, await place.link(), around())


async def test_a_second_coordinator_reads_and_lets_in(place: Place) -> None:
    worker = await place.worker("before")
    await worker.add([contact(1)])
    await worker.push()
    link = await place.link("coordinator")
    second = await Coordinator.start(place.folder / "second", PASSPHRASE, link, around())
    place.opened.append(second)
    assert (await second.fetch()).contacts == 0
    await place.coordinator.fetch()
    assert (await second.fetch()).contacts == 1
    assert numbers(await second.overview()) == [1]
    invited = place.coordinator
    place.coordinator = second
    late = await place.worker("late")
    await late.add([contact(2)])
    await late.push()
    assert (await second.fetch()).certified == (late.ledger.device,)
    await invited.fetch()
    assert numbers(await invited.overview()) == numbers(await second.overview())


async def test_a_revoked_device_keeps_what_it_has_and_sends_no_more(place: Place) -> None:
    worker = await place.worker()
    await worker.add([contact(1), contact(2)])
    await worker.push()
    await place.coordinator.fetch()
    revoked = await place.coordinator.revoke(worker.ledger.device)
    assert (revoked.revoked, revoked.n, revoked.last_counter) == (True, 2, 2)
    await worker.add([contact(3)])
    with pytest.raises(RevokedError):
        await worker.push()
    assert (await worker.status()).waiting == 1
    assert [each.standing for each in (await place.coordinator.overview()).contacts] == ["revoked", "revoked"]


async def test_only_a_signed_revocation_keeps_a_device_from_asking_again(place: Place) -> None:
    line = Line()
    worker = await place.worker(line=line)
    await place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(1)])

    def says_revoked(request: httpx.Request, response: httpx.Response) -> None:
        raise RevokedError

    line.fault = says_revoked
    with pytest.raises(RevokedError):
        await worker.push()
    assert (await worker.status()).waiting == 1
    line.fault = None
    sent = await worker.push()
    assert (sent.stored + sent.known, sent.waiting) == (1, 0)

    certificate = await place.coordinator.revoke(worker.ledger.device)
    held = {**worker.ledger.certificates, certificate.device: certificate}
    await worker.ledger.commit(Batch(), certificates=held.values())
    await worker.add([contact(2)])
    line.requests.clear()
    with pytest.raises(RevokedError):
        await worker.push()
    assert line.requests == []
    assert (await worker.status()).waiting == 1


async def test_a_coordinator_cannot_put_itself_out(place: Place) -> None:
    with pytest.raises(WrongRoleError):
        await place.coordinator.revoke(place.coordinator.ledger.device)


async def test_the_programmes_log_keeps_who_exported_when_and_why(place: Place) -> None:
    await place.coordinator.log_export("report to the funder", {"format": "csv", "count": 3})
    (entry,) = await place.coordinator.log()
    assert entry.text("why") == "report to the funder"
    assert (entry.value("format"), entry.value("count")) == ("csv", 3)


async def test_the_hub_holds_no_word_that_was_typed(place: Place) -> None:
    worker = await place.worker()
    word = "unmistakable-word"
    await worker.add([contact(1, text=word)])
    await worker.push()
    await place.coordinator.fetch()
    for path in [*place.hub.data.rglob("*"), *place.folder.rglob("*")]:
        if path.is_file():
            content = path.read_bytes()
            assert word.encode() not in content
            assert word.encode("utf-16-le") not in content
            assert worker.ledger.root.sealing_seed not in content
