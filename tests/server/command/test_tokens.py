"""`sojourn tokens end` where no hub is: nobody is told that a thief's tokens ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from server.command import main
from server.settings import parse_settings
from server.stores import named


@pytest.mark.parametrize("words", [("tokens", "end"), ("bundle", "import", "carried")])
def test_a_mistyped_folder_is_refused_and_stays_away(words: tuple[str, ...], tmp_path: Path) -> None:
    mistyped, carried = tmp_path / "mistyped", tmp_path / "carried"
    carried.write_bytes(b"a bundle")
    given = [str(carried) if word == "carried" else word for word in words]

    told = CliRunner().invoke(main, given, env={"SOJOURN_DATA": str(mistyped)})

    assert told.exit_code == 1, told.output
    assert f"{mistyped / 'sojourn.sqlite3'} is missing" in told.output
    assert not mistyped.exists()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://hub:secret@one,two:5433/sojourn", "postgresql://one,two:5433/sojourn"),
        ("postgresql://hub:s@cret@one/sojourn?sslmode=verify-full", "postgresql://one/sojourn"),
        ("postgresql:///sojourn?user=hub&password=s@cret", "postgresql:///sojourn"),
        ("/srv/hub/sojourn.sqlite3", "/srv/hub/sojourn.sqlite3"),
    ],
)
def test_a_database_is_named_without_what_opens_it(given: str, shown: str) -> None:
    assert named(parse_settings({"SOJOURN_DATABASE": given})) == shown
