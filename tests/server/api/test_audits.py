"""*Do we hold the same?*, over real HTTP to a real hub."""

from __future__ import annotations

import secrets

from sync import canonical
from sync.audit import BUCKETS, Audit, AuditQuestion, buckets_of, sums_of
from sync.identifiers import collection_id, new_id
from sync.revisions import rev_of
from tests.server.api.devices import Device, Programme, code_of, ok, revision


def ask(device: Device, *buckets: int, after: bytes | None = None) -> Audit:
    collection = canonical.to_text(collection_id(device.programme, "contacts"))
    question = AuditQuestion(buckets=buckets, after=after)
    return ok(device.request("POST", f"/collections/{collection}/audit", question), Audit)


def test_a_worker_is_told_of_its_lane_and_a_coordinator_of_all(programme: Programme) -> None:
    collection = collection_id(programme.programme, "contacts")
    lanes: list[list[bytes]] = []
    for _ in range(2):
        worker, key = programme.join(), new_id()
        sent = [revision(key) for _ in range(8)]
        receipt = worker.push([worker.packet("contacts", key)], sent)
        edit = revision(key, 600, sent[0].record, rev_of(collection, sent[0]))
        receipt = worker.push([], [edit])
        heads = [rev_of(collection, each) for each in (*sent[1:], edit)]
        told = ask(worker)
        assert (told.buckets, told.cursor) == (buckets_of(sums_of(heads)), receipt.cursor)
        assert (told.revs, told.more) == ((), False)
        lanes.append(heads)

    everything = sorted(lanes[0] + lanes[1])
    assert ask(programme.coordinator).buckets == buckets_of(sums_of(everything))
    assert list(ask(programme.coordinator, *range(BUCKETS)).revs) == everything
    assert list(ask(programme.coordinator, *range(BUCKETS), after=everything[4]).revs) == everything[5:]
    first = everything[0][0]
    assert list(ask(worker, first).revs) == sorted(rev for rev in lanes[1] if rev[0] == first)


def test_what_is_no_question_is_malformed(programme: Programme) -> None:
    collection = canonical.to_text(collection_id(programme.programme, "contacts"))
    client, token = programme.coordinator.client, programme.coordinator.token
    for question, field in (
        ({"buckets": [256]}, "$.buckets[0]"),
        ({"buckets": [-1]}, "$.buckets[0]"),
        ({"buckets": [0] * 257}, "$.buckets"),
        ({"after": canonical.to_text(secrets.token_bytes(31)) + "=="}, "$.after"),
    ):
        answer = client.post(
            f"/collections/{collection}/audit", json=question, headers={"authorization": f"Bearer {token}"}
        )
        assert (code_of(answer), answer.json()["field"]) == ("malformed", field)
