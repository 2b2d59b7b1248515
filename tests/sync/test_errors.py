"""The codes of docs/protocol.md section 5 and those of the code are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.errors import PROBLEMS, MalformedError

PROTOCOL = Path(__file__).parent.parent.parent / "docs" / "protocol.md"


def documented() -> dict[str, int]:
    rows = re.findall(r"^\| (`[^|]+`) \| (\d{3}) \|", PROTOCOL.read_text("utf-8"), re.MULTILINE)
    return {code: int(status) for codes, status in rows for code in re.findall(r"`([^`]+)`", codes)}


def test_every_problem_is_documented_with_its_status() -> None:
    assert {code: problem.status for code, problem in PROBLEMS.items()} == documented()


def test_an_error_says_its_code_and_what_it_was_told() -> None:
    with pytest.raises(MalformedError, match="malformed: too short") as raised:
        raise MalformedError("too short", field="$.body")
    assert raised.value.field == "$.body"
