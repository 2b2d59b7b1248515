"""`sojourn feedback` as an operator types it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from server.command import main
from tests.hubs import Hub


def feedback(data: Path) -> Result:
    return CliRunner().invoke(main, ["feedback"], env={"SOJOURN_DATA": str(data)})


def test_where_no_hub_ran_it_says_so_and_makes_no_database(tmp_path: Path) -> None:
    result = feedback(tmp_path / "mistyped")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: SOJOURN_DATA: no hub has run there")
    assert list(tmp_path.iterdir()) == []


def test_a_hub_that_nobody_answered_yet_says_so(hub: Hub) -> None:
    result = feedback(hub.database.parent)
    assert result.output == "Nobody has sent an answer yet.\n"
