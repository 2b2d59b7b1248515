from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

SETTINGS = "| settings |\n| | form_title | form_id | version |\n| | Test | test | 1 |\n"
CHOICES = "| choices |\n| | list_name | name | label |\n| | answers | yes | Yes |\n| | answers | no | No |\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an XLSForm as a Markdown table: the rows of its survey, with or without other sheets."""

    def write(*survey: str, choices: str = CHOICES, settings: str = SETTINGS) -> Path:
        rows = "".join(f"| | {row} |\n" for row in survey)
        path = tmp_path / "form.md"
        path.write_text(f"| survey |\n{rows}{choices}{settings}", "utf-8")
        return path

    return write
