"""The hub's clock jumps by ten years, forward and back: nothing is dropped for it, and everybody goes on."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

from click.testing import CliRunner

from server.command import main
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.server.api.devices import Device, client_of, code_of, found, revision

YEARS = 10
DAYS = YEARS * 365
DAY_SECONDS = 86_400


def test_ten_years_ahead_and_back_lose_nothing(hub: Hub) -> None:
    """Where the operator wants contacts dropped after a week, and a coordinator has them, so that they may be."""
    hub.end()
    (hub.data / "operator.toml").write_text("keep_days = 7\nhub_keep_days = 7\n", "utf-8")
    hub.start()
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        coordinator = programme.coordinator
        sent = [revision(key)]
        worker.push([worker.packet("contacts", key)], sent)
        coordinator.pull(coordinator.pull().cursor)

        for days in (DAYS, -DAYS, 0):
            hub.end()
            hub.days_ahead = days
            hub.start()
            _wait_for_sweep(hub)
            _enter(worker)
            _enter(coordinator)
            sent.append(revision(key))
            assert len(worker.push([], sent[-1:]).stored) == 1
            assert set(coordinator.pull().revisions) == set(sent)
            assert sent[-1] in worker.pull().revisions
    assert CliRunner().invoke(main, ["verify"], env=hub.environment).exit_code == 0


def _enter(device: Device) -> None:
    """A token that is over is asked for again; one that is from later on is good."""
    answer = device.try_pull()
    if not answer.is_success:
        assert code_of(answer) == "wrong-token"
        assert device.fetch_token().is_success
        assert device.try_pull().is_success


def _wait_for_sweep(hub: Hub) -> None:
    """Until it has looked what is to go, by the day that it has noted."""
    today = int(time.time()) // DAY_SECONDS + hub.days_ahead
    with closing(sqlite3.connect(hub.database)) as connection:
        while not connection.execute(
            "SELECT 1 FROM days WHERE day BETWEEN ? AND ? + 1", (today, today)
        ).fetchone():
            time.sleep(0.02)
