"""A coordinator leaves: a new card, which the others follow, and which the one who left can neither read nor sign."""

from __future__ import annotations

import shutil
from typing import Any

import httpx
import pytest
from msgspec import structs

from sync import canonical
from sync.client import Coordinator, Device
from sync.client.administration import deed_fields, logged_out
from sync.client.layout import HeldKey, HeldRevision
from sync.client.members import notice_fields, standing
from sync.client.publication import Publication, encode
from sync.client.reading import Keyring, of_type, records
from sync.client.reporting import reports, set_threshold, threshold
from sync.client.rotation import done_under
from sync.client.state import Batch
from sync.client.trust import with_offer
from sync.client.writing import Draft, write
from sync.crypto import packets, signing
from sync.enrolment import Certificates, fingerprint, invite_link, sign_card, sign_certificate
from sync.errors import ProblemError, RevokedError, TooLargeError, WrongRoleError
from sync.identifiers import new_id, sealing_key_id
from tests.sync.client.people import PASSPHRASE, Line, Place, around, contact, numbers


async def coordinator_beside(place: Place, name: str, line: Line | None = None) -> Coordinator:
    link = await place.link("coordinator")
    made = await Coordinator.start(place.folder / name, PASSPHRASE, link, around(line))
    place.opened.append(made)
    await place.coordinator.fetch()
    await made.fetch()
    return made


async def notices(device: Device) -> list[str]:
    held = await device.members()
    return [each.text("text") for each in standing(held, device.ledger.trust, "notice")]


async def can_open(leaver: Coordinator, hub_of: Coordinator) -> list[Any]:
    """The content keys of `contacts` that the secrets of one open, of all that another holds: as if the hub helped."""
    seeds, opened = leaver.ledger.seeds(), []
    async for row in hub_of.ledger.scan():
        for packet in getattr(row, "packets", ()):
            if packet.recipient in seeds and row.collection == "contacts":
                opened.append(
                    packets.open_packet(
                        packet,
                        leaver.ledger.root.programme,
                        leaver.ledger.collections["contacts"],
                        seeds[packet.recipient],
                    )
                )
    return opened


async def test_two_coordinators_both_read_and_both_let_in(place: Place) -> None:
    second = await coordinator_beside(place, "second")
    worker = await place.worker()
    await second.fetch()
    link = invite_link(await second.invite("worker", days=7))
    other = await Device.join(place.folder / "other", PASSPHRASE, link, around())
    place.opened.append(other)
    await place.coordinator.fetch()
    for number, device in enumerate((worker, other)):
        await device.pull()
        await device.add([contact(number)])
        await device.push()
    for coordinator in (place.coordinator, second):
        await coordinator.fetch()
        assert sorted(map(str, numbers(await coordinator.overview()))) == ["0", "1"]


async def test_who_leaves_reads_nothing_new_lets_nobody_in_and_publishes_nothing(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    open_link = await place.link()
    await first.fetch()
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    await leaver.fetch()
    await leaver.publish(notice_fields("of the one who leaves"))
    await first.publish(notice_fields("of the one who stays"))
    before = fingerprint(first.ledger.trust.card)

    rotated = await first.rotate(out=[leaver.ledger.device])

    assert rotated.card.generation == 2
    assert [each.device for each in rotated.out] == [leaver.ledger.device]
    assert rotated.invites == 1
    assert worker.ledger.device not in rotated.unvouched
    assert fingerprint(rotated.card) != before
    # The worker follows, and what it writes from now on is sealed to the new card alone.
    await worker.pull()
    assert worker.ledger.trust.card == rotated.card
    await worker.add([contact(2)])
    await worker.push()
    await first.fetch()
    assert sorted(map(str, numbers(await first.overview()))) == ["1", "2"]
    assert await notices(worker) == ["of the one who stays"]
    # With the whole hub in hand, the secrets of before open what was there before and nothing else.
    assert len(await can_open(leaver, first)) == 1
    with pytest.raises(RevokedError):
        await leaver.fetch()
    with pytest.raises(ProblemError):
        await leaver.invite("worker", days=7)
    # An invite of before lets nobody in, whoever made it.
    with pytest.raises(ProblemError, match="invite-expired"):
        await Device.join(place.folder / "late", PASSPHRASE, open_link, around())


async def test_the_keys_of_before_are_sealed_to_the_new_card_for_whoever_comes_later(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    workers = [await place.worker(f"worker {number}") for number in range(3)]
    await first.fetch()
    for number, worker in enumerate(workers):
        await worker.pull()
        await worker.add([contact(number)])
        await worker.push()
    seen: list[int] = []
    rotated = await first.rotate(out=[leaver.ledger.device], progress=seen.append)
    assert rotated.resealed >= len(workers)
    assert sum(seen) >= len(workers)
    link = invite_link(await first.invite("coordinator", days=7))
    later = await Coordinator.start(place.folder / "later", PASSPHRASE, link, around())
    place.opened.append(later)
    await first.fetch()
    await later.fetch()
    assert len(later.ledger.root.secrets) == 2
    # With the new secret alone: nobody needs the old one for what is sealed anew.
    newest = sealing_key_id(rotated.card.sealing_key)
    async for row in later.ledger.scan():
        if getattr(row, "packets", None) and row.collection == "contacts":  # type: ignore[union-attr]
            assert newest in {packet.recipient for packet in row.packets}  # type: ignore[union-attr]
    assert len((await later.overview()).contacts) == len(workers)


async def test_a_coordinator_who_stays_gets_the_secrets_and_certifies_under_the_new_card(
    place: Place,
) -> None:
    first = place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    await first.revoke(leaver.ledger.device)
    await second.fetch()
    assert second.ledger.trust.card == first.ledger.trust.card
    link = invite_link(await second.invite("worker", days=7))
    worker = await Device.join(place.folder / "worker", PASSPHRASE, link, around())
    place.opened.append(worker)
    assert (await second.fetch()).certified == (worker.ledger.device,)
    await worker.pull()
    await worker.add([contact(7)])
    await worker.push()
    for coordinator in (first, second):
        await coordinator.fetch()
        assert numbers(await coordinator.overview()) == [7]


class _CutError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("answered", [False, True])
async def test_a_rotation_that_is_cut_at_any_request_goes_on(place: Place, *, answered: bool) -> None:
    leaver = await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    folder, device = place.folder / "coordinator", leaver.ledger.device
    await place.coordinator.close()
    place.opened.remove(place.coordinator)
    cuts = 0
    while True:
        line = _Cut(after=cuts, answered=answered)
        again = await Coordinator.open(folder, PASSPHRASE, around(line))
        try:
            await again.rotate(out=[device])
            break
        except _CutError:
            cuts += 1
            # As a kill leaves it: what was not on the disk is gone.
            shutil.copytree(folder, place.folder / f"copy {cuts}")
        finally:
            await again.close()
            folder = place.folder / f"copy {cuts}" if cuts else folder
    assert cuts > 5
    again = await Coordinator.open(folder, PASSPHRASE, around())
    place.opened.append(again)
    await again.fetch()
    assert again.ledger.certificates[device].revoked
    assert again.ledger.root.rotation is None
    assert len(again.ledger.root.secrets) == again.ledger.trust.card.generation
    await worker.pull()
    assert worker.ledger.trust.card == again.ledger.trust.card
    await worker.add([contact(2)])
    await worker.push()
    await again.fetch()
    assert sorted(map(str, numbers(await again.overview()))) == ["1", "2"]


class _Cut(Line):
    """Ends the process at the request of this number: before it left, or after the hub had taken it."""

    def __init__(self, *, after: int, answered: bool) -> None:
        super().__init__()
        self._left, self._answered = after, answered

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left == -1 and not self._answered:
            raise _CutError
        answer = await super().handle_async_request(request)
        if self._left == -1:
            raise _CutError
        return answer


async def test_of_two_who_rotate_at_once_one_card_holds_and_everybody_who_is_to_go_goes(place: Place) -> None:
    line = Line()
    first, second = place.coordinator, await coordinator_beside(place, "second", line)
    leaver, other = await coordinator_beside(place, "leaver"), await coordinator_beside(place, "other")
    for each in (first, second):
        await each.fetch()
    place.line.fault = None
    done = False

    def meanwhile(request: httpx.Request, _: httpx.Response) -> None:
        # The first one's card is ready when the second one's is taken.
        nonlocal done
        if not done and request.method == "POST" and request.url.path.endswith("/changes"):
            done = True
            raise _CutError

    place.line.fault = meanwhile
    with pytest.raises(_CutError):
        await first.rotate(out=[leaver.ledger.device])
    place.line.fault = None
    assert first.ledger.root.rotation is not None
    await second.rotate(out=[other.ledger.device])
    await first.fetch()
    await second.fetch()
    assert first.ledger.trust.card == second.ledger.trust.card
    for each in (first, second):
        assert each.ledger.certificates[leaver.ledger.device].revoked
        assert each.ledger.certificates[other.ledger.device].revoked
        assert len(each.ledger.root.secrets) == each.ledger.trust.card.generation
    await first.publish(notice_fields("one"))
    await second.fetch()
    assert await notices(second) == ["one"]


async def test_contacts_arrive_while_the_hub_takes_no_card(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()

    async def takes_none(*_: Any) -> None:
        raise TooLargeError

    publish = first.session.publish
    first.session.publish = takes_none  # type: ignore[method-assign]
    with pytest.raises(TooLargeError):
        await first.rotate(out=[leaver.ledger.device])
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    with pytest.raises(TooLargeError):
        await first.fetch()
    assert numbers(await first.overview()) == [1]
    first.session.publish = publish  # type: ignore[method-assign]
    await first.fetch()
    assert first.ledger.certificates[leaver.ledger.device].revoked


async def test_a_device_that_is_let_in_meanwhile_by_who_stays_stays_and_by_who_leaves_goes(
    place: Place,
) -> None:
    first = place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    for each in (first, second, leaver):
        await each.fetch()
    kept_link = invite_link(await second.invite("worker", days=7))
    kept = await Device.join(place.folder / "kept", PASSPHRASE, kept_link, around())
    place.opened.append(kept)
    stranger = signing.new_private_key()
    raced = False
    publish = first.session.publish

    async def after_others(*arguments: Any) -> None:
        nonlocal raced
        if not raced:
            raced = True
            await second.certify_pending()
            secret = signing.private_from_bytes(leaver.ledger.root.secrets[-1].signing_key)
            forged = sign_certificate(
                secret,
                programme=first.ledger.root.programme,
                lane=new_id(),
                role="coordinator",
                signing_key=signing.public_key(stranger),
                sealing_key=leaver.ledger.sealing_key,
            )
            await leaver.session.publish(leaver.ledger.trust.card, [forged], ())
        await publish(*arguments)

    first.session.publish = after_others  # type: ignore[method-assign]
    await first.rotate(out=[leaver.ledger.device])
    held = first.ledger.certificates.values()
    assert {each.revoked for each in held if each.signing_key == kept.ledger.signing_key} == {False}
    assert {each.revoked for each in held if each.signing_key == signing.public_key(stranger)} == {True}


async def begun(first: Coordinator, leaver: Coordinator) -> None:
    """The secrets of the next card are with those who stay; the card is not with the hub."""

    async def cut(*_: Any) -> None:
        raise _CutError

    publish = first.session.publish
    first.session.publish = cut  # type: ignore[method-assign]
    with pytest.raises(_CutError):
        await first.rotate(out=[leaver.ledger.device])
    first.session.publish = publish  # type: ignore[method-assign]


async def generations(coordinator: Coordinator) -> list[int]:
    """Of the secrets that lie open to it."""
    seeds = of_type(await records(coordinator.ledger, "admin"), "seeds")
    return sorted(len(each.value("signing_keys")) for each in seeds)  # type: ignore[arg-type]


async def test_secrets_of_a_card_that_is_to_be_are_for_whoever_stays_with_it(place: Place) -> None:
    first = place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    await begun(first, leaver)
    link = invite_link(await second.invite("coordinator", days=7))
    joined = await Coordinator.start(place.folder / "joined", PASSPHRASE, link, around())
    place.opened.append(joined)
    await second.fetch()
    await joined.fetch()
    assert await generations(second) == [1, 2]
    assert await generations(joined) == [1]
    await first.fetch()
    assert first.ledger.root.rotation is None
    await joined.fetch()
    assert len(joined.ledger.root.secrets) == 2
    await joined.invite("worker", days=7)


async def test_nor_do_they_go_to_the_present_card_that_who_leaves_has_too(place: Place) -> None:
    first = place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    await first.rotate()
    await leaver.fetch()
    await begun(first, leaver)
    # Finds a new card, and seals to it what is not sealed yet.
    await second.fetch()
    assert await generations(second) == [1, 2, 3]
    await leaver.fetch()
    assert await generations(leaver) == [1, 2]


async def test_who_is_put_out_meanwhile_by_another_stays_out(place: Place) -> None:
    first = place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    worker = await place.worker()
    for each in (first, second):
        await each.fetch()
    publish, raced = first.session.publish, False

    async def after_another(*arguments: Any) -> None:
        nonlocal raced
        if not raced:
            raced = True
            # The card is signed by now, with a certificate for the one who is put out here.
            await second.revoke(worker.ledger.device)
        await publish(*arguments)

    first.session.publish = after_another  # type: ignore[method-assign]
    await first.rotate(out=[leaver.ledger.device])
    await second.fetch()
    for each in (first, second):
        assert each.ledger.trust.card.generation == 2
        assert each.ledger.certificates[worker.ledger.device].revoked
        assert each.ledger.certificates[leaver.ledger.device].revoked
    with pytest.raises(RevokedError):
        await worker.pull()


async def test_a_card_is_followed_only_with_ones_own_certificate_and_never_on_the_hubs_word(
    place: Place,
) -> None:
    leaver = await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await place.coordinator.fetch()
    await worker.pull()
    ledger = worker.ledger
    held, own = ledger.trust, ledger.own_certificate
    assert own is not None
    rotated = await place.coordinator.rotate(out=[leaver.ledger.device])
    theirs = tuple(place.coordinator.ledger.certificates.values())
    mine = tuple(each for each in theirs if each.device == ledger.device)
    others = tuple(each for each in theirs if each.device != ledger.device)

    def after(card: Any, certificates: Any) -> int:
        return with_offer(
            held, Certificates(card=card, certificates=certificates), ledger.device
        ).card.generation

    assert after(rotated.card, theirs) == 2
    assert after(rotated.card, mine) == 2
    assert after(rotated.card, others) == 1
    stranger = signing.new_private_key()
    made_up = sign_card(
        stranger,
        programme=rotated.card.programme,
        generation=9,
        sealing_key=rotated.card.sealing_key,
        signing_key=signing.public_key(stranger),
        practice=False,
        name="",
        own=stranger,
    )
    assert after(made_up, theirs) == 1
    # What the key of before signs counts no more, however high its number.
    secret = signing.private_from_bytes(leaver.ledger.root.secrets[-1].signing_key)
    parts = {"programme": own.programme, "lane": own.lane, "signing_key": own.signing_key}
    forged = sign_certificate(
        secret, **parts, role="worker", sealing_key=own.sealing_key, n=2**53 - 1, revoked=True
    )
    followed = with_offer(held, Certificates(card=rotated.card, certificates=theirs), ledger.device)
    assert with_offer(followed, Certificates(certificates=(forged,)), ledger.device) is followed
    before = with_offer(held, Certificates(certificates=(forged,)), ledger.device)
    assert before.standing(ledger.device) == "revoked"
    after_all = with_offer(before, Certificates(card=rotated.card, certificates=theirs), ledger.device)
    assert after_all.standing(ledger.device) == "certified"


async def test_what_waits_here_is_not_sealed_to_the_card_of_before(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()
    await worker.pull()
    await worker.add([contact(1)])  # no line: the content key's packet waits with it
    await first.rotate(out=[leaver.ledger.device])
    await worker.push()
    await first.fetch()
    assert numbers(await first.overview()) == [1]
    assert await can_open(leaver, first) == []


@pytest.mark.parametrize("certified", [True, False])
async def test_nor_after_a_cut_between_the_card_and_the_push(place: Place, *, certified: bool) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    if certified:
        await first.fetch()
        await worker.pull()
    await worker.add([contact(1)])
    await first.rotate(out=[leaver.ledger.device])
    # The process ends here: it has the card, and has sealed nothing to it.
    await worker.session.refresh()
    await worker.push()
    assert await can_open(leaver, first) == []
    await first.fetch()
    assert await can_open(leaver, first) == []
    assert len((await first.overview()).contacts) == 1


async def test_a_revoked_coordinators_packets_vouch_for_nothing(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    await leaver.fetch()
    await first.rotate(out=[leaver.ledger.device])
    ledger = first.ledger
    packet = packets.seal_packet(
        b"\x07" * 32,
        ledger.root.programme,
        ledger.collections["contacts"],
        owner=worker.ledger.device,
        author=leaver.ledger.device,
        author_key=leaver.ledger.signing_private,
        recipient=sealing_key_id(ledger.trust.card.sealing_key),
        sealing_key=ledger.trust.card.sealing_key,
    )
    batch = Batch()
    ledger.put_key(batch, HeldKey(collection="contacts", key=packet.key, packets=(packet,)))
    await ledger.commit(batch)
    opened = await Keyring(ledger, "contacts").get(packet.key)
    assert opened is not None
    assert not opened.verified


async def test_with_the_hubs_help_who_left_hides_nothing_and_what_they_withdrew_before_stays_so(
    place: Place,
) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()
    await leaver.fetch()
    await leaver.publish(notice_fields("of the one who leaves"))
    for text in ("withdrawn", "stands", "stands too"):
        await first.publish(notice_fields(text))
    await leaver.fetch()
    held = {each.text("text"): each for each in await leaver.members()}
    await leaver.withdraw(held["withdrawn"])
    await worker.pull()
    await first.revoke(leaver.ledger.device)
    before = set(leaver.ledger.places["members"].revs)
    drafts = [
        Draft(record=held["stands"].record, changes={}, heads=held["stands"].heads, deleted=True),
        Draft(record=held["stands too"].record, changes={"text": "false"}, heads=held["stands too"].heads),
    ]
    await write(leaver.ledger, "members", drafts, week="2026-W10")
    forged = [rev for rev in leaver.ledger.places["members"].revs if rev not in before]
    await worker.pull()
    for device in (first, worker):
        ledger, batch = device.ledger, Batch()
        for row in await leaver.ledger.revisions("members", forged):
            assert row is not None
            ledger.put_revision(batch, row)
        members = ledger.places["members"]
        revs = tuple(sorted({*members.revs, *forged}))
        await ledger.commit(batch, places=[structs.replace(members, revs=revs)])
        assert sorted(await notices(device)) == ["stands", "stands too"]


async def test_nobody_puts_itself_out(place: Place) -> None:
    with pytest.raises(WrongRoleError):
        await place.coordinator.rotate(out=[place.coordinator.ledger.device])


async def test_a_phone_that_was_away_for_two_cards_follows_both(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()
    await worker.pull()
    await first.rotate(out=[leaver.ledger.device])
    await first.rotate()
    await worker.pull()
    assert worker.ledger.trust.card.generation == 3
    assert [each.generation for each in worker.ledger.root.cards] == [1, 2]
    newcomer = await place.worker("newcomer")
    assert (await first.fetch()).certified == (newcomer.ledger.device,)
    await newcomer.pull()
    await newcomer.add([contact(3)])
    await newcomer.push()
    await first.fetch()
    assert numbers(await first.overview()) == [3]


async def test_the_log_says_who_invited_put_out_and_changed_the_keys(place: Place) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    worker = await place.worker()
    await first.fetch()
    await first.revoke(worker.ledger.device)
    await first.revoke(leaver.ledger.device)
    await first.rotate()
    logged = of_type(await records(first.ledger, "admin"), "log")
    deeds = sorted((each.text("what"), each.text("about")) for each in logged)
    assert [what for what, _ in deeds] == ["invite", "invite", "revoke", "revoke", "rotate"]
    gone = {canonical.to_text(each.ledger.device) for each in (worker, leaver)}
    assert {about for what, about in deeds if what == "revoke"} == gone
    assert await first.log() == []


async def test_of_a_coordinator_who_was_put_out_no_threshold_stands_and_no_report_before_anothers(
    place: Place,
) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")

    async def threshold_at(coordinator: Coordinator) -> int:
        return threshold(await records(coordinator.ledger, "admin"), coordinator.ledger.trust)

    await set_threshold(first, 15, "Few contacts.")
    forged = Publication(period="2025-Q4", threshold=3, total=1000, tables=())
    await leaver.file({"type": "threshold", "threshold": 3, "why": "none", "when": 4_102_444_800})
    report_of = {"type": "report", "period": "2025-Q4", "content": encode(forged), "when": 0}
    await leaver.file(report_of)
    await leaver.push()
    await first.fetch()
    assert await threshold_at(first) == 3
    await set_threshold(first, 12, "Whatever clock they had.")
    assert await threshold_at(first) == 12
    mine = structs.replace(forged, total=None)
    await first.file({**report_of, "content": encode(mine), "when": 5})
    held = await records(first.ledger, "admin")
    assert reports(held, first.ledger.trust) == {"2025-Q4": forged}
    await leaver.file({"type": "threshold", "threshold": 3, "why": "none", "when": 4_202_444_800})
    await leaver.push()
    await first.fetch()
    assert await threshold_at(first) == 3

    await first.rotate(out=[leaver.ledger.device])
    assert await threshold_at(first) == 12
    held = await records(first.ledger, "admin")
    assert reports(held, first.ledger.trust) == {"2025-Q4": mine}


async def test_a_hub_put_back_from_before_a_card_is_led_on_with_what_others_did_there_since(
    lone_place: Place,
) -> None:
    place, hub, first = lone_place, lone_place.hub, lone_place.coordinator
    second, leaver = await coordinator_beside(place, "second"), await coordinator_beside(place, "leaver")
    out = await place.worker("out")
    await first.fetch()
    await second.fetch()
    hub.end()
    copy = hub.data.parent / "copy"
    shutil.copytree(hub.data, copy)
    hub.start()
    await first.rotate(out=[leaver.ledger.device])
    hub.end()
    shutil.rmtree(hub.data)
    shutil.copytree(copy, hub.data)
    hub.start()
    came: dict[str, Device] = {}
    for by, name in ((second, "let in"), (leaver, "of the leaver")):
        link = invite_link(await by.invite("worker", days=7))
        came[name] = await Device.join(place.folder / name, PASSPHRASE, link, around())
        place.opened.append(came[name])
        await by.fetch()
    await second.revoke(out.ledger.device)
    await came["let in"].pull()
    await came["let in"].add([contact(1)])
    await came["let in"].push()

    await first.fetch()
    await second.fetch()

    gone = {each.ledger.device for each in (out, leaver, came["of the leaver"])}
    for coordinator in (first, second):
        assert coordinator.ledger.trust.card.generation == 2
        assert {each.device for each in coordinator.devices() if each.revoked} == gone
        assert numbers(await coordinator.overview()) == [1]
    assert not first.ledger.root.announce
    await came["let in"].pull()
    assert came["let in"].ledger.trust.card == first.ledger.trust.card
    with pytest.raises(ProblemError):
        await leaver.fetch()


async def test_whom_the_key_of_before_puts_out_at_such_a_hub_stays_unless_somebody_who_stays_logged_it(
    place: Place,
) -> None:
    first, leaver = place.coordinator, await coordinator_beside(place, "leaver")
    phone, lost = await place.worker("phone"), await place.worker("lost")
    await first.fetch()
    ledger, before = first.ledger, first.ledger.trust.card
    key = signing.private_from_bytes(leaver.ledger.root.secrets[0].signing_key)
    put_out = tuple(
        sign_certificate(
            key,
            programme=each.programme,
            lane=each.lane,
            role=each.role,
            signing_key=each.signing_key,
            sealing_key=each.sealing_key,
            n=each.n + 1,
            revoked=True,
        )
        for each in ledger.certificates.values()
    )
    await leaver.file(deed_fields(leaver.ledger.device, "revoke", phone.ledger.device, 5))
    await leaver.push()
    await first.rotate(out=[leaver.ledger.device])
    # After it: an exchange puts out whom the log of somebody who stays names.
    await first.file(deed_fields(first.ledger.device, "revoke", lost.ledger.device, 5))
    await first.push()
    logged = logged_out(await records(ledger, "admin"), ledger.trust)
    assert logged == {leaver.ledger.device, lost.ledger.device}

    offered = Certificates(card=before, certificates=put_out)
    told = set(ledger.certificates), logged
    done = done_under(
        ledger.trust, ledger.root.cards, offered, told, ledger.root.secrets[-1], own=ledger.device
    )
    assert [(each.device, each.revoked) for each in done] == [(lost.ledger.device, True)]
    told = set(ledger.certificates), set(ledger.certificates)
    done = done_under(
        ledger.trust, ledger.root.cards, offered, told, ledger.root.secrets[-1], own=ledger.device
    )
    assert {each.device for each in done} == {phone.ledger.device, lost.ledger.device}


async def test_contacts_arrive_from_a_hub_that_follows_another_card(lone_place: Place) -> None:
    place, hub, first = lone_place, lone_place.hub, lone_place.coordinator
    second = await coordinator_beside(place, "second")
    worker = await place.worker()
    await first.fetch()
    await second.fetch()
    hub.end()
    copy = hub.data.parent / "copy"
    shutil.copytree(hub.data, copy)
    hub.start()
    await first.rotate()
    hub.end()
    shutil.rmtree(hub.data)
    shutil.copytree(copy, hub.data)
    hub.start()
    await second.rotate()
    await worker.pull()
    await worker.add([contact(1)])
    await worker.push()
    await first.fetch()
    await second.fetch()
    assert numbers(await second.overview()) == [1]
    # Nobody leads it from one card to another that did not come from it: people compare fingerprints.
    assert first.ledger.trust.card != second.ledger.trust.card
    for coordinator in (first, second):
        assert len(await coordinator.ledger.revisions("contacts", await revs_of(coordinator))) == 1


async def revs_of(coordinator: Coordinator) -> list[bytes]:
    held = [row async for row in coordinator.ledger.scan() if isinstance(row, HeldRevision)]
    return [row.rev for row in held if row.collection == "contacts"]
