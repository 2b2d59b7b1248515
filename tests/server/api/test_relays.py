"""What a relay may do at the hub above it: hand on what it holds, read it all, and change nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sync.enrolment import Certificates, OpenInvites, sign_certificate
from sync.identifiers import collection_id, new_id
from sync.revisions import rev_of
from tests.server.api.devices import Programme, ok, revision
from tests.server.api.devices import code_of as code


def test_a_relay_reads_all_collections_and_lanes(programme: Programme) -> None:
    relay, worker, key = programme.join("relay"), programme.join(), new_id()
    sent = revision(key)
    worker.push([worker.packet("contacts", key)], [sent])
    kept = programme.coordinator.packet("admin", key)
    programme.coordinator.push([kept], [], "admin")

    assert sent in relay.pull().revisions
    assert relay.pull(name="admin").packets == (kept,)
    assert relay.pull(name="members").revisions == ()


def test_a_relay_hands_on_what_others_sealed_and_nothing_of_its_own(programme: Programme) -> None:
    relay, worker, key, own = programme.join("relay"), programme.join(), new_id(), new_id()
    sent = revision(key)

    receipt = relay.push([worker.packet("contacts", key)], [sent])
    refused = relay.push([relay.packet("contacts", own)], [revision(own)])

    assert receipt.refused == ()
    assert sent in worker.pull().revisions
    assert [each.why for each in refused.refused] == ["bad-packet", "unknown-key"]


def test_what_a_relay_hands_on_hides_nothing_that_is_there(programme: Programme) -> None:
    relay, worker, key = programme.join("relay"), programme.join(), new_id()
    first = revision(key)
    worker.push([worker.packet("contacts", key)], [first])
    held = rev_of(collection_id(programme.programme, "contacts"), first)

    relay.push([], [revision(key, 600, first.record, held)])

    # Whoever holds the key sees by itself which of them is a head.
    assert first in worker.pull().revisions
    assert len(worker.pull().revisions) == 2


def test_a_relay_does_not_confirm_what_it_pulls(programme: Programme) -> None:
    relay, worker, key = programme.join("relay"), programme.join(), new_id()
    cursor = worker.push([worker.packet("contacts", key)], [revision(key)]).cursor

    assert relay.pull(cursor).safe == 0
    assert programme.coordinator.pull(cursor).safe == 0  # says so with the next
    assert programme.coordinator.pull(cursor).safe > 0


def test_a_relay_hands_on_certificates_and_is_told_of_open_invites(programme: Programme) -> None:
    relay, worker = programme.join("relay"), programme.join()
    invite, lane = programme.invite()
    assert worker.certificate is not None
    ended = sign_certificate(
        programme.private,
        programme=programme.programme,
        lane=worker.lane,
        role="worker",
        signing_key=worker.signing_key,
        sealing_key=worker.sealing_key,
        n=2,
        revoked=True,
    )

    sent = relay.request("POST", programme.path("/certificates"), Certificates(certificates=(ended,)))
    listed = ok(relay.request("GET", programme.path("/invites")), OpenInvites).invites

    assert sent.status_code == 204, sent.text
    assert code(worker.try_pull()) == "revoked"
    assert [(each.invite, each.lane) for each in listed] == [(invite.invite, lane)]


def test_a_relay_that_was_revoked_gets_nothing(programme: Programme) -> None:
    relay = programme.join("relay")
    programme.certify(relay, 2, revoked=True)
    assert code(relay.try_pull()) == "revoked"
    assert code(relay.fetch_token()) == "revoked"


def test_after_a_relay_was_stolen_all_tokens_end_as_it_is_written(programme: Programme) -> None:
    statement = "DELETE FROM tokens WHERE NOT provisional"
    operating = Path(__file__).parents[3] / "docs" / "operating.md"
    assert f'sqlite3 sojourn.sqlite3 "{statement}"' in operating.read_text("utf-8")
    worker, waits = programme.join(), programme.enrol()

    with closing(sqlite3.connect(programme.hub.database)) as beside, beside:
        beside.execute(statement)

    assert code(programme.coordinator.try_pull()) == "wrong-token"
    assert code(worker.try_pull()) == "wrong-token"
    assert worker.fetch_token().is_success
    assert worker.try_pull().is_success
    key = new_id()
    waits.push([waits.packet("contacts", key)], [revision(key)])
