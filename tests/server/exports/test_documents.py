"""docs/exports.md says every column, and its examples are what the vectors hold."""

from __future__ import annotations

import re
from pathlib import Path

from server.exports import codebook_of
from server.exports.columns import HXL
from server.exports.ctdc import COLUMNS
from tests.server.forms.vectors import vectors

PAGE = (Path(__file__).parents[3] / "docs/exports.md").read_text("utf-8")


def test_the_page_names_every_column_with_what_it_is_filled_from() -> None:
    for number, column in enumerate(COLUMNS, start=1):
        told = "; ".join(f"`{name}`: {source}" for name, source in column.choices) or column.note
        assert f"| {number} | `{column.name}` | {told} |\n" in PAGE
    for field, tag in HXL.items():
        assert f"| `{field}` | `{tag}` |\n" in PAGE
    # What stands before, between and after the answers.
    own = {
        "period",
        "start",
        "end",
        "question",
        "question_label",
        "answer",
        "label",
        "contacts",
        "suppressed",
    }
    own |= {column.name for column in codebook_of([], csv=True).columns}
    files = [text for case in vectors("exports.json")["valid"] for text in _files(case)]
    own |= {name for file in files for name in re.split("[,\n]", file) if re.fullmatch("_[a-z_]+", name)}
    assert [name for name in sorted(own) if f"`{name}`" not in PAGE] == []


def test_every_line_of_an_example_is_in_a_file_of_the_vectors() -> None:
    lines = {
        line
        for case in vectors("exports.json")["valid"]
        for text in _files(case)
        for line in text.split("\n")
    }
    shown = [
        line for block in re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
    ]
    assert shown
    assert [line for line in shown if line not in lines] == []


def _files(case: dict[str, object]) -> list[str]:
    """Every file of a case that is text."""
    submissions = case.get("submissions", {})
    texts = [*case.values(), *(submissions.values() if isinstance(submissions, dict) else [])]
    return [text for text in texts if isinstance(text, str)]
