"""A worker's device that sends without end, over real HTTP: it is told that there is no room, and nobody else is."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sync.identifiers import new_id
from tests.hubs import Hub
from tests.server.api.devices import Programme, client_of, code_of, found, revision

CONTACT = 60_000


@pytest.fixture
def small_hub(hub: Hub) -> Hub:
    """A megabyte for each worker, two for contacts."""
    hub.end()
    hub.extra = {"SOJOURN_DEVICE_MB": "1"}
    hub.start()
    return hub


@pytest.fixture
def client(small_hub: Hub) -> Iterator[httpx.Client]:
    with client_of(small_hub) as client:
        yield client


@pytest.fixture
def programme(small_hub: Hub, client: httpx.Client) -> Programme:
    return found(small_hub, client)


def test_contacts_have_twice_the_room_then_none_and_nobody_else_is_kept_out(programme: Programme) -> None:
    worker, key = programme.join(), new_id()
    sent = [revision(key, CONTACT) for _ in range(20)]
    worker.push([worker.packet("contacts", key)], sent)
    # Above a megabyte only contacts, and their keys, have room.
    assert code_of(worker.try_push([], [revision(key, 1 << 16)])) == "quota"
    next_key = new_id()
    worker.push([worker.packet("contacts", next_key)], [])
    worker.push([], [revision(next_key, CONTACT) for _ in range(10)])
    over = [revision(key, CONTACT) for _ in range(5)]

    assert code_of(worker.try_push([], over)) == "quota"

    assert len(worker.pull().revisions) == 30
    # What is there is still answered, and what is small enough goes in.
    assert len(worker.push([], sent).known) == 20
    assert len(worker.push([], over[:1]).stored) == 1
    # Whoever hands back what a restored hub lost is never refused, and other workers have their own room.
    assert len(programme.coordinator.push([], over).stored) == 4
    other, other_key = programme.enrol(), new_id()
    assert len(other.push([other.packet("contacts", other_key)], [revision(other_key, CONTACT)]).stored) == 2


def test_a_worker_cannot_fill_what_all_read_and_coordinators_go_on(programme: Programme) -> None:
    worker, coordinator, key = programme.join(), programme.coordinator, new_id()
    coordinator.push([coordinator.packet("members", key)], [], "members")
    for _ in range(16):
        worker.push([], [revision(key, CONTACT)], "members")

    assert code_of(worker.try_push([], [revision(key, CONTACT)], "members")) == "quota"

    assert len(coordinator.push([], [revision(key, CONTACT)], "members").stored) == 1
    assert len(worker.pull(name="members").revisions) == 17
