"""What in free text may tell who somebody is; `pwa/tests/app/revealing.test.ts` passes the same vector."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins

from server.imports import revealing_words
from server.imports.revealing import revealing

ROOT = Path(__file__).resolve().parents[3]
CASES = json.loads((ROOT / "tests/vectors/revealing.json").read_text("utf-8"))["valid"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_what_may_tell_who_somebody_is_is_seen_and_nothing_else(case: dict[str, Any]) -> None:
    assert to_builtins(revealing(case["text"])) == case["found"]


def test_the_words_are_those_of_the_browser() -> None:
    source = (ROOT / "pwa/src/app/revealing-words.ts").read_text("utf-8")
    for name, text in re.findall(r"export const (\w+) =(.*?);\n", source, re.DOTALL):
        words = "".join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', text))
        assert getattr(revealing_words, name) == words
