"""Cells in CSV: nothing acts as a formula, and what was typed comes back."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from server.exports import Column, Sheet, csv_lines, neutral, spreadsheet, typed

TEXTS = st.text(st.one_of(st.sampled_from("=+-@\t\r\n '\",;1a＝"), st.characters(exclude_categories=["Cs"])))


@given(TEXTS)
def test_what_was_made_harmless_is_read_back_as_it_was_typed(text: str) -> None:
    assert typed(neutral(text)) == text


@given(TEXTS)
def test_no_cell_begins_as_a_formula_does_but_a_number(text: str) -> None:
    told = neutral(text)
    if told and told[0] in "=+-@\t\r\n\0＝＋－＠":
        assert float(told) < 0


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers()), max_size=5))
def test_every_cell_of_a_csv_comes_back(rows: list[tuple[str, str, int]]) -> None:
    sheet = Sheet(name="x", columns=tuple(Column(name=name) for name in "abc"), rows=rows)
    text = "".join(f"{line}\n" for line in csv_lines(sheet))
    _, *read = csv.reader(io.StringIO(text, newline=""))
    assert [[typed(cell) for cell in row] for row in read] == [[a, b, str(c)] for a, b, c in rows]


@given(st.lists(st.text(min_size=1), max_size=6))
def test_names_of_sheets_are_short_and_each_is_another(names: list[str]) -> None:
    told = [name for name, _ in spreadsheet([Sheet(name=name, columns=(), rows=()) for name in names])]
    assert len({name.lower() for name in told}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in told)
