"""The short form, bounded by acts. The long one: `python -m tests.hostile --minutes 5`."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.siege import besiege, besieged

ACTS = 120
SEED = 6
MEGABYTE = 1_000_000


def test_a_hub_that_is_besieged_serves_others_and_does_not_grow(tmp_path: Path) -> None:
    with besieged(tmp_path / "data") as hub:
        outcome = besiege(hub, lambda acts: acts < ACTS, SEED)
        log = hub.log.read_text("utf-8")

    assert outcome.wrong == {}
    assert '"fault"' not in log
    assert outcome.served >= 2
    assert {200, 400, 401, 413, 429} <= set(outcome.statuses)
    before, after = outcome.before, outcome.after
    assert after.memory - before.memory < 64 * MEGABYTE
    assert after.disk - before.disk < 16 * MEGABYTE
    assert after.threads - before.threads <= 8
    assert after.files - before.files <= 16
