"""*Is everything on the hub?*, over real HTTP to a real hub."""

from __future__ import annotations

import secrets

import msgspec

from sync import canonical
from sync.exchange import QUESTION_LIMIT, Missing, Question, packet_id
from sync.identifiers import collection_id, new_id
from sync.revisions import rev_of
from tests.server.api.devices import Device, Programme, code_of, ok, revision


def ask(device: Device, *revs: bytes) -> list[bytes]:
    collection = canonical.to_text(collection_id(device.programme, "contacts"))
    answer = device.request("POST", f"/collections/{collection}/missing", Question(revs=revs))
    return list(ok(answer, Missing).missing)


def test_what_is_held_or_superseded_is_not_missing_and_the_rest_is_in_the_order_asked(
    programme: Programme,
) -> None:
    worker, key, collection = programme.join(), new_id(), collection_id(programme.programme, "contacts")
    packet, first = worker.packet("contacts", key), revision(key)
    never_sent = secrets.token_bytes(32)
    second = revision(key, 600, first.record, rev_of(collection, first), never_sent)
    worker.push([packet], [first])
    worker.push([], [second])
    unknown = [secrets.token_bytes(32) for _ in range(2)]
    held = [rev_of(collection, first), rev_of(collection, second), never_sent]

    name = packet_id(programme.programme, collection, packet)
    assert ask(worker, unknown[1], *held, name, unknown[0]) == [unknown[1], unknown[0]]
    assert ask(programme.coordinator, *held, unknown[0]) == [unknown[0]]
    assert ask(worker) == []


def test_another_lanes_are_missing(programme: Programme) -> None:
    worker, other, key = programme.join(), programme.join(), new_id()
    sent = revision(key)
    worker.push([worker.packet("contacts", key)], [sent])
    rev = rev_of(collection_id(programme.programme, "contacts"), sent)

    assert ask(other, rev) == [rev]
    assert ask(worker, rev) == []


def test_a_device_that_waits_for_its_certificate_may_ask(programme: Programme) -> None:
    worker, key = programme.enrol(), new_id()
    sent = revision(key)
    worker.push([worker.packet("contacts", key)], [sent])

    assert ask(worker, rev_of(collection_id(programme.programme, "contacts"), sent)) == []


def test_a_question_has_its_limit(programme: Programme) -> None:
    worker = programme.join()
    revs = [secrets.token_bytes(32) for _ in range(QUESTION_LIMIT)]
    collection = canonical.to_text(collection_id(programme.programme, "contacts"))

    assert ask(worker, *revs) == revs
    answer = worker.request(
        "POST", f"/collections/{collection}/missing", Question(revs=(*revs, secrets.token_bytes(32)))
    )
    assert code_of(answer) == "too-large"
    short = worker.client.post(
        f"/collections/{collection}/missing",
        content=msgspec.json.encode({"revs": ["AAAA"]}),
        headers={"authorization": f"Bearer {worker.token}", "content-type": "application/json"},
    )
    assert code_of(short) == "malformed"
    assert short.json()["field"] == "$.revs[0]"
