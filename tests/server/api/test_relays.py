"""What a relay may do at the hub above it: hand on what it holds, read it all, and change nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from sync import canonical
from sync.enrolment import Certificates, Enrolled, OpenInvites, enrolment_of, sign_certificate
from sync.identifiers import collection_id, new_id
from sync.revisions import rev_of
from tests.server.api.devices import Device, Programme, create, ok, revision
from tests.server.api.devices import code_of as code
from tests.server.command.keyboard import typed


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


def test_after_a_relay_was_stolen_all_tokens_end_as_it_is_written(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    operating = Path(__file__).parents[3] / "docs" / "operating.md"
    assert "sojourn tokens end\n" in operating.read_text("utf-8")
    for name, value in programme.hub.environment.items():
        if name.startswith("SOJOURN_"):
            monkeypatch.setenv(name, value)
    worker, stolen = programme.join(), programme.join("relay")
    invite, _ = programme.invite()
    waits = Device(programme.hub, programme.coordinator.client, programme.programme, "worker", new_id())
    enrolment = enrolment_of(invite, waits.signing_key, waits.sealing_key)
    enrol = partial(waits.request, "POST", programme.path("/enrolments"), enrolment)
    waits.token = ok(enrol(), Enrolled).token
    programme.certify(stolen, 2, revoked=True)

    ended = typed("tokens", "end", "--programme", canonical.to_text(programme.programme))

    assert ended.stdout.startswith("6 tokens ended."), ended.output
    assert str(programme.hub.database) in ended.stdout
    for device in (programme.coordinator, worker, stolen):
        assert code(device.try_pull()) == "wrong-token"
    key = new_id()
    assert code(waits.try_push([waits.packet("contacts", key)], [revision(key)])) == "wrong-token"
    # Each asks again with what it holds; who waits, with its invite; the relay in vain.
    assert worker.fetch_token().is_success
    assert worker.try_pull().is_success
    waits.token = ok(enrol(), Enrolled).token
    waits.push([waits.packet("contacts", key)], [revision(key)])
    assert code(stolen.fetch_token()) == "revoked"


def test_tokens_end_of_a_programme_that_is_there(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in programme.hub.environment.items():
        if name.startswith("SOJOURN_"):
            monkeypatch.setenv(name, value)
    unknown = typed("tokens", "end", "--programme", "Nowhere")
    assert unknown.exit_code == 2
    assert "no programme Nowhere" in unknown.output
    create(programme.hub)
    for unset in ("", " "):
        assert typed("tokens", "end", "--programme", unset).exit_code == 2
    several = typed("tokens", "end", "--programme", "Practice")
    assert several.exit_code == 2
    assert canonical.to_text(programme.programme) in several.output
    assert programme.coordinator.try_pull().is_success
    everybodys = typed("tokens", "end")
    assert everybodys.exit_code == 0
    none_left = typed("tokens", "end")
    assert none_left.exit_code == 1
    assert f"No token ended: {programme.hub.database} holds none" in none_left.output
    assert code(programme.coordinator.try_pull()) == "wrong-token"
    assert programme.coordinator.fetch_token().is_success
