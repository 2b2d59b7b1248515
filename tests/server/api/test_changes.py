"""Push and pull over real HTTP to a real hub."""

from __future__ import annotations

import threading
import time

import httpx
import msgspec
import pytest
from click.testing import CliRunner

from server.command import main
from sync import canonical
from sync.exchange import BYTES_LIMIT, Changes, Pushed, decode_cursor, packet_id
from sync.identifiers import collection_id, new_id
from sync.revisions import Revision, rev_of
from tests.server.api.devices import MSGPACK, Device, Programme, code_of, found, ok, revision


def revs(device: Device, *revisions: Revision, name: str = "contacts") -> list[bytes]:
    collection = collection_id(device.programme, name)  # type: ignore[arg-type]  # one of the three
    return [rev_of(collection, each) for each in revisions]


def test_what_a_worker_pushes_the_coordinator_pulls(programme: Programme) -> None:
    worker = programme.join()
    key = new_id()
    packet, sent = worker.packet("contacts", key), [revision(key) for _ in range(3)]

    receipt = worker.push([packet], sent)
    page = programme.coordinator.pull()

    name = packet_id(programme.programme, collection_id(programme.programme, "contacts"), packet)
    assert list(receipt.stored) == [name, *revs(worker, *sent)]
    assert receipt.receipt == "hub"
    assert list(page.packets) == [packet]
    assert list(page.revisions) == sent
    assert page.cursor == receipt.cursor
    assert not page.more


def test_a_push_sent_twice_is_stored_once(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    packet, sent = worker.packet("contacts", key), [revision(key)]

    first, again = worker.push([packet], sent), worker.push([packet], sent)

    assert again.stored == ()
    assert again.known == first.stored
    assert again.before == again.cursor == first.cursor
    assert len(worker.pull().revisions) == 1


def test_up_to_date_is_an_empty_answer(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    receipt = worker.push([worker.packet("contacts", key)], [revision(key)])

    page = worker.pull(receipt.cursor)

    assert (page.packets, page.revisions, page.more) == ((), (), False)
    assert page.cursor == receipt.cursor


def test_a_provisional_device_sends_contacts_and_reads_none(programme: Programme) -> None:
    device, key = programme.enrol(), new_id()

    receipt = device.push([device.packet("contacts", key)], [revision(key)])

    assert len(receipt.stored) == 2
    assert code_of(device.try_pull()) == "wrong-role"
    assert code_of(device.try_push([], [], "members")) == "wrong-role"
    assert code_of(device.try_push([], [], "admin")) == "wrong-role"


def test_a_worker_reads_its_own_lane_only(programme: Programme) -> None:
    one, other, key = programme.join(), programme.join(), new_id()
    one.push([one.packet("contacts", key)], [revision(key)])

    assert other.pull().revisions == ()
    assert len(programme.join(lane=one.lane).pull().revisions) == 1


def test_who_is_up_to_date_is_let_in_no_further_than_others(programme: Programme) -> None:
    worker, waiting = programme.join(), programme.enrol()
    contacts = worker.pull().cursor
    admin = programme.coordinator.pull(name="admin").cursor

    assert code_of(worker.try_pull(admin, "admin")) == "wrong-role"
    assert code_of(waiting.try_pull(contacts)) == "wrong-role"
    elsewhere = found(programme.hub, worker.client).join()
    assert code_of(elsewhere.request("GET", worker.collection("contacts"))) == "wrong-collection"
    params = {"after": canonical.to_text(contacts)}
    answer = elsewhere.request("GET", worker.collection("contacts"), params=params)
    assert code_of(answer) == "wrong-collection"
    programme.certify(worker, 2, revoked=True)
    assert code_of(worker.try_pull(contacts)) == "revoked"


def test_who_was_let_in_before_is_let_in_no_longer_than_it_is_so(programme: Programme) -> None:
    """Whose a token is, a push does not ask anew: it is stored only while that is so."""
    worker, key = programme.join(), new_id()
    worker.push([worker.packet("contacts", key)], [revision(key)])
    programme.certify(worker, 2)
    assert len(worker.push([], [revision(key)]).stored) == 1

    programme.certify(worker, 3, revoked=True)
    for _ in range(2):
        assert code_of(worker.try_push([], [revision(key)])) == "revoked"

    other, theirs = programme.join(), new_id()
    other.push([other.packet("contacts", theirs)], [])
    ended = CliRunner().invoke(main, ["tokens", "end"], env=programme.hub.environment)
    assert ended.exit_code == 0, ended.output
    for _ in range(2):
        assert code_of(other.try_push([], [revision(theirs)])) == "wrong-token"
    assert programme.coordinator.fetch_token().is_success
    assert len(programme.coordinator.pull().revisions) == 2


def test_a_revision_in_anothers_lane_is_refused_and_the_rest_is_stored(programme: Programme) -> None:
    one, other, theirs, ours = programme.join(), programme.join(), new_id(), new_id()
    one.push([one.packet("contacts", theirs)], [])
    forged, good = revision(theirs), revision(ours)

    receipt = other.push([other.packet("contacts", ours)], [forged, good])

    assert [(each.rev, each.why) for each in receipt.refused] == [(*revs(other, forged), "wrong-lane")]
    assert revs(other, good)[0] in receipt.stored


def test_a_revision_without_a_packet_is_refused(programme: Programme) -> None:
    worker = programme.join()

    receipt = worker.push([], [revision(new_id())])

    assert [each.why for each in receipt.refused] == ["unknown-key"]
    assert receipt.stored == ()


def test_a_packet_that_its_author_did_not_sign_is_refused(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    packet = msgspec.structs.replace(worker.packet("contacts", key), sealed=b"changed")

    receipt = worker.push([packet], [revision(key)])

    assert sorted(each.why for each in receipt.refused) == ["bad-packet", "unknown-key"]


def test_a_worker_may_not_seal_for_another_device(programme: Programme) -> None:
    worker, sibling, key = programme.join(), programme.join(), new_id()
    packet = worker.packet("contacts", key, owner=sibling.device)

    assert [each.why for each in worker.push([packet], []).refused] == ["bad-packet"]


def test_a_coordinator_may_seal_a_workers_key_again(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    worker.push([worker.packet("contacts", key)], [revision(key)])
    again = programme.coordinator.packet("contacts", key, owner=worker.device)

    assert len(programme.coordinator.push([again], []).stored) == 1
    assert again in worker.pull().packets


def test_an_edit_takes_the_place_of_what_it_supersedes(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    first = revision(key)
    (rev,) = revs(worker, first)
    edit = revision(key, 600, first.record, rev)

    worker.push([worker.packet("contacts", key)], [first])
    worker.push([], [edit])

    assert worker.pull().revisions == (edit,)


def test_what_arrives_superseded_is_stored_and_not_kept(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    first = revision(key)
    (rev,) = revs(worker, first)
    edit = revision(key, 600, first.record, rev)

    worker.push([worker.packet("contacts", key)], [edit])
    receipt = worker.push([], [first])

    assert receipt.stored == (rev,)
    assert receipt.cursor == receipt.before
    assert worker.pull().revisions == (edit,)


def test_nobody_can_hide_a_record_of_another_lane(programme: Programme) -> None:
    one, other, theirs, ours = programme.join(), programme.join(), new_id(), new_id()
    contact = revision(theirs)
    one.push([one.packet("contacts", theirs)], [contact])

    other.push([other.packet("contacts", ours)], [revision(ours, 600, contact.record, *revs(one, contact))])

    assert one.pull().revisions == (contact,)


def test_a_worker_hands_back_what_members_lost_but_settles_nothing(programme: Programme) -> None:
    coordinator, worker, key = programme.coordinator, programme.join(), new_id()
    form = revision(key)
    coordinator.push([coordinator.packet("members", key)], [form], "members")

    receipt = worker.push(
        [], [revision(key, 600, form.record, *revs(worker, form, name="members"))], "members"
    )

    assert len(receipt.stored) == 1
    assert form in worker.pull(name="members").revisions


def test_a_worker_owns_no_key_outside_contacts(programme: Programme) -> None:
    worker, key = programme.join(), new_id()

    receipt = worker.push([worker.packet("members", key)], [revision(key)], "members")

    assert sorted(each.why for each in receipt.refused) == ["bad-packet", "unknown-key"]
    assert code_of(worker.try_pull(name="admin")) == "wrong-role"


def test_a_malformed_revision_does_not_hold_up_the_rest(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    good, large = revision(key), revision(key, 64 * 1024 + 1)

    receipt = worker.push([worker.packet("contacts", key)], [large, good])

    assert [(each.rev, each.why) for each in receipt.refused] == [(*revs(worker, large), "too-large")]
    assert revs(worker, good)[0] in receipt.stored


def test_pages_are_cut_by_count_and_by_bytes(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    sent = [revision(key, 1000) for _ in range(10)]
    worker.push([worker.packet("contacts", key)], sent)

    def read(query: dict[str, int]) -> tuple[list[Revision], int]:
        found: list[Revision] = []
        page, pages = worker.pull(query=query), 1
        found.extend(page.revisions)
        while page.more:
            page, pages = worker.pull(page.cursor, query=query), pages + 1
            found.extend(page.revisions)
        return found, pages

    assert read({"limit": 3}) == (sent, 4)
    assert read({"bytes": 2500}) == (sent, 6)
    assert read({"bytes": 1})[0] == sent


def test_safe_rises_when_a_coordinator_comes_back_with_the_cursor(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    receipt = worker.push([worker.packet("contacts", key)], [revision(key)])
    page = programme.coordinator.pull()
    assert page.safe == receipt.safe == 0

    programme.coordinator.pull(page.cursor)

    assert worker.pull(receipt.cursor).safe == decode_cursor(page.cursor).sequence


def test_every_answer_says_who_gives_it_and_the_hubs_day(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    today = int(time.time() // 86_400)

    receipt = worker.push([worker.packet("contacts", key)], [revision(key)])
    page = worker.pull()

    assert receipt.receipt == page.receipt == "hub"
    assert page.keep_days == 90
    for day in (receipt.day, page.day):
        assert day in (today, today + 1)
    assert receipt.expired == ()


def test_a_cursor_of_another_epoch_is_an_epoch_change(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    cursor = worker.push([worker.packet("contacts", key)], [revision(key)]).cursor

    for wrong in (
        new_id() + cursor[16:],  # another epoch
        cursor[:24] + bytes(8),  # another rev there
        cursor[:16] + (99).to_bytes(8, "big") + cursor[24:],  # not reached yet
    ):
        assert code_of(worker.try_pull(wrong)) == "epoch-changed"


def test_a_waiting_pull_is_woken_by_a_push(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    cursor = worker.push([worker.packet("contacts", key)], []).cursor
    sent = revision(key)
    pages: list[Changes] = []
    waiting = threading.Thread(
        target=lambda: pages.append(programme.coordinator.pull(cursor, query={"wait": 25})), daemon=True
    )

    waiting.start()
    worker.push([], [sent])
    waiting.join(20)

    assert [page.revisions for page in pages] == [(sent,)]


def test_waiting_ends_with_an_empty_page(programme: Programme) -> None:
    assert programme.join().pull(query={"wait": 1}).revisions == ()


def test_a_device_revoked_while_it_waits_is_told_so(programme: Programme) -> None:
    worker = programme.join()
    answers: list[httpx.Response] = []
    waiting = threading.Thread(
        target=lambda: answers.append(worker.try_pull(query={"wait": 25})), daemon=True
    )
    waiting.start()
    time.sleep(0.2)  # on its way; when it is slower still it is refused at the door, with the same words

    programme.certify(worker, 2, revoked=True)
    waiting.join(20)

    assert [code_of(answer) for answer in answers] == ["revoked"]


def test_json_says_the_same_as_messagepack(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    body = msgspec.json.encode({"packets": [worker.packet("contacts", key)], "revisions": [revision(key)]})
    headers = {"authorization": f"Bearer {worker.token}", "accept": "application/json"}

    pushed = worker.client.post(
        worker.collection("contacts"), content=body, headers={**headers, "content-type": "application/json"}
    )
    pulled = worker.client.get(worker.collection("contacts"), headers=headers)

    assert len(msgspec.json.decode(pushed.content, type=Pushed).stored) == 2
    assert msgspec.json.decode(pulled.content, type=Changes) == worker.pull()


def test_too_many_and_too_much_are_refused_whole(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    packet = worker.packet("contacts", key)

    assert code_of(worker.try_push([packet], [revision(key, 28)] * 1001)) == "too-large"
    assert code_of(worker.try_push([packet], [revision(key, 1)] * 1001)) == "too-large"
    assert code_of(worker.try_push([packet] * 2001, [])) == "too-large"
    large = [revision(key, 64 * 1024)] * (BYTES_LIMIT // (64 * 1024) + 1)
    assert code_of(worker.try_push([packet], large)) == "too-large"
    assert worker.pull().packets == ()


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(programme: Programme) -> None:
    worker = programme.join()
    headers = {"authorization": f"Bearer {worker.token}", "content-type": MSGPACK}

    announced = worker.client.post(
        worker.collection("contacts"), content=bytes(8 * 1024 * 1024), headers=headers
    )
    streamed = worker.client.post(
        worker.collection("contacts"), content=(bytes(1024 * 1024) for _ in range(8)), headers=headers
    )

    assert code_of(announced) == code_of(streamed) == "too-large"


def test_a_restarted_hub_goes_on_where_it_was(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    receipt = worker.push([worker.packet("contacts", key)], [revision(key)])

    assert programme.hub.end() == 0
    programme.hub.start()

    assert worker.pull(receipt.cursor).cursor == receipt.cursor


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"wait": 26}, {"bytes": 0}])
def test_a_query_out_of_bounds_is_malformed(programme: Programme, query: dict[str, int]) -> None:
    assert code_of(programme.join().try_pull(query=query)) == "malformed"


def test_answers_are_for_one_device_alone(programme: Programme) -> None:
    answer = programme.join().try_pull()

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["server"] == ""
    assert "set-cookie" not in answer.headers
    ok(answer, Changes)


def test_a_worker_gets_those_packets_of_members_that_are_sealed_to_it(programme: Programme) -> None:
    worker, other = programme.join(), programme.join()
    coordinator, key = programme.coordinator, new_id()
    packets = [coordinator.packet("members", key, recipient=to) for to in (worker.device, other.device)]
    coordinator.push(packets, [revision(key)], "members")
    page = worker.pull(name="members", query={"limit": 1})
    while page.more:
        assert len(page.packets) + len(page.revisions) == 1
        page = worker.pull(page.cursor, "members", {"limit": 1})
    whole = worker.pull(name="members")
    assert (whole.packets, len(whole.revisions)) == ((packets[0],), 1)
    assert set(coordinator.pull(name="members").packets) == set(packets)
