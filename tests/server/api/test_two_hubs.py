"""Two hubs over one PostgreSQL database: any takes any request; what one stores wakes who waits at the other."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from sync.exchange import Changes
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.postgresql import Server
from tests.server.api.devices import Device, Programme, client_of, code_of, found, revision


@dataclasses.dataclass
class Pair:
    """The same programme, as a device reaches it by either hub."""

    programme: Programme
    other: httpx.Client

    def there(self, device: Device) -> Device:
        return dataclasses.replace(device, client=self.other)


@pytest.fixture(scope="module")
def hubs(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, Hub]]:
    with ExitStack() as ending:
        address = ending.enter_context(postgresql.schema())
        folders = [tmp_path_factory.mktemp(name) for name in ("here", "there")]
        here = _hub(folders[0], address)
        there = _hub(folders[1], address, public_url=here.url)
        for each in (here, there):
            ending.callback(each.end)
            each.start()
        yield here, there


@pytest.fixture
def pair(hubs: tuple[Hub, Hub]) -> Iterator[Pair]:
    here, there = hubs
    with client_of(here) as client, client_of(there) as other:
        yield Pair(found(here, client), other)


def _hub(data: Path, address: str, public_url: str | None = None) -> Hub:
    made = Hub(data, public_url=public_url)
    made.extra = {"SOJOURN_DATABASE": address}
    return made


def test_any_hub_takes_any_request(pair: Pair) -> None:
    worker, key = pair.programme.join(), new_id()
    coordinator = pair.there(pair.programme.coordinator)
    sent = [revision(key) for _ in range(3)]

    worker.push([worker.packet("contacts", key)], sent[:1])
    receipt = pair.there(worker).push([], sent[1:])

    for each in (coordinator, pair.programme.coordinator):
        page = each.pull()
        assert page.revisions == tuple(sent)
        assert page.cursor == receipt.cursor
    # Both have the same secret for what a device signs, so that a token may be begun here and fetched there.
    assert pair.there(worker).fetch_token().is_success


def test_who_waits_at_one_hub_is_woken_by_a_push_at_the_other(pair: Pair) -> None:
    worker, key = pair.programme.join(), new_id()
    cursor = worker.push([worker.packet("contacts", key)], []).cursor
    coordinator = pair.there(pair.programme.coordinator)
    pages: list[Changes] = []
    for _ in range(3):
        sent = revision(key)
        waiting = threading.Thread(
            target=lambda after: pages.append(coordinator.pull(after, query={"wait": 25})),
            args=[cursor],
            daemon=True,
        )
        waiting.start()
        time.sleep(0.5)  # on its way; when it is slower still it finds the push at once
        worker.push([], [sent])
        waiting.join(20)

        assert pages[-1].revisions == (sent,)
        cursor = pages[-1].cursor
    assert len(pages) == 3


def test_a_device_that_waits_at_one_hub_and_is_revoked_at_the_other_is_told_so(pair: Pair) -> None:
    worker = pair.programme.join()
    answers: list[httpx.Response] = []
    waiting = threading.Thread(
        target=lambda: answers.append(pair.there(worker).try_pull(query={"wait": 25})), daemon=True
    )
    waiting.start()
    time.sleep(0.5)  # as above

    pair.programme.certify(worker, 2, revoked=True)
    waiting.join(20)

    assert [code_of(answer) for answer in answers] == ["revoked"]


def test_the_same_push_to_both_hubs_is_stored_once(pair: Pair) -> None:
    worker, key = pair.programme.join(), new_id()
    packet, sent = worker.packet("contacts", key), [revision(key) for _ in range(200)]
    devices = [worker, pair.there(worker)]

    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda device: device.push([packet], sent), devices))

    stored = [rev for answer in answers for rev in answer.stored]
    assert len(stored) == len(set(stored)) == 201
    assert all(len(answer.stored) + len(answer.known) == 201 for answer in answers)
    assert worker.pull().revisions == pair.there(worker).pull().revisions == tuple(sent)


def test_a_hub_that_ends_takes_nothing_along(hubs: tuple[Hub, Hub], pair: Pair) -> None:
    here, _ = hubs
    worker, key = pair.programme.join(), new_id()
    sent = revision(key)
    worker.push([worker.packet("contacts", key)], [sent])

    here.kill()
    try:
        assert pair.there(worker).pull().revisions == (sent,)
        assert len(pair.there(worker).push([], [revision(key)]).stored) == 1
    finally:
        here.start()
    assert len(worker.pull().revisions) == 2


def test_a_device_that_is_revoked_at_one_hub_pushes_nothing_more_at_the_other(pair: Pair) -> None:
    """Which has stopped asking whose the token is, and finds out with the push."""
    worker, key = pair.programme.join(), new_id()
    there = pair.there(worker)
    there.push([worker.packet("contacts", key)], [])
    sent = [revision(key) for _ in range(4)]
    for each in sent[:3]:
        there.push([], [each])

    pair.programme.certify(worker, 2)
    there.push([], sent[3:])

    pair.programme.certify(worker, 3, revoked=True)
    assert code_of(there.try_push([], [revision(key)])) == "revoked"
    assert pair.programme.coordinator.pull().revisions == tuple(sent)
