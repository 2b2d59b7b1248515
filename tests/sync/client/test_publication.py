"""What is published keeps what it hides: attacked by whoever has every report, and knows the rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from sync.client.contacts import Contact
from sync.client.publication import (
    NO_ANSWER,
    THRESHOLD,
    Publication,
    Question,
    Table,
    decode,
    encode,
    hide,
    is_over,
    publish,
    quarter_of,
    weeks_of,
)
from sync.errors import MalformedError
from tests.sync.test_vectors import Case, each
from tests.vectors.cases.publication import contacts_of

PLACES = ("border", "coast", "city", "sea")
QUESTIONS = (
    Question(name="place", many=False, choices=PLACES),
    Question(name="gender", many=False, choices=("woman", "man")),
    Question(name="needs", many=True, choices=("medical", "shelter", "legal")),
    Question(name="outcome", many=False, choices=("accepted", "no_place")),
)
PERIODS = ("2026-Q3", "2026-Q4")


@each("publication", "valid")
def test_a_quarter_is_published_as_the_vectors_say(case: Case) -> None:
    questions = convert(case["questions"], tuple[Question, ...])
    groups = [(times, _tupled(fields), odd) for times, fields, odd in case["contacts"]]
    told = publish(contacts_of(groups), questions, case["period"], case["threshold"])
    assert json.loads(encode(told)) == case["publication"]
    assert decode(encode(told)) == told


@each("publication", "invalid")
def test_what_is_no_quarter_has_no_report(case: Case) -> None:
    with pytest.raises(MalformedError):
        weeks_of(case["period"])


def test_every_week_is_of_one_quarter_which_is_over_when_it_is() -> None:
    seen: list[str] = []
    for year, quarter in product(range(2024, 2030), range(1, 5)):
        weeks = weeks_of(f"{year}-Q{quarter}")
        assert {quarter_of(week) for week in weeks} == {f"{year}-Q{quarter}"}
        assert not is_over(f"{year}-Q{quarter}", weeks[-1])
        seen += weeks
    assert seen == sorted(set(seen))
    assert is_over("2026-Q4", "2027-W01")


@pytest.mark.parametrize("threshold", [3, 4])
def test_nobody_who_knows_the_rule_says_within_the_threshold_what_a_hidden_row_is(threshold: int) -> None:
    """Every table there is of so many contacts: what else, with the same total, would have looked the same?"""
    for rows, total in product(range(2, 5), range(threshold, 4 * threshold)):
        alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
        for counts in _splits(total, rows):
            alike.setdefault(hide(counts, threshold), []).append(counts)
        for told, candidates in alike.items():
            assert all(count is None or count >= threshold for count in told)
            for row in range(rows):
                values = {counts[row] for counts in candidates}
                assert told[row] is not None or max(values) - min(values) >= threshold, (told, candidates)


@pytest.mark.parametrize("threshold", [3, 4])
def test_nobody_who_knows_also_which_rows_are_empty_finds_out_a_small_one(threshold: int) -> None:
    for rows, total in product(range(2, 5), range(threshold, 4 * threshold)):
        for counts in _splits(total, rows):
            hidden = [
                count for count, told in zip(counts, hide(counts, threshold), strict=True) if told is None
            ]
            inhabited = [count for count in hidden if count]
            assert len(inhabited) != 1 or inhabited[0] >= threshold


@given(
    st.lists(
        st.tuples(
            st.integers(1, 40),
            st.sampled_from(["2026-W26", "2026-W27", "2026-W39", "2026-W40", "2026-W47", "2027-W01"]),
            st.sampled_from([*PLACES, None]),
            st.sampled_from(["woman", "man", None]),
            st.lists(st.sampled_from(QUESTIONS[2].choices), unique=True),
            st.sampled_from(["accepted", "no_place", None]),
        ),
        max_size=14,
    ),
    st.integers(0, 14),
)
def test_no_linear_attack_on_all_tables_of_successive_reports_finds_a_hidden_row(
    groups: list[tuple[int, str, str | None, str | None, list[str], str | None]], later: int
) -> None:
    """The first report is made, more contacts come, the second is made. Nothing else is ever told: a quarter's
    report is made once, so a quarter that grew has no second one (tests/server/command/test_reporting.py)."""
    contacts = [
        contacts_of(
            [
                (
                    times,
                    {
                        "week": week,
                        "place": place,
                        "gender": gender,
                        "needs": tuple(needs),
                        "outcome": outcome,
                    },
                    {},
                )
            ]
        )
        for times, week, place, gender, needs, outcome in groups
    ]
    reports = [
        publish(_flat(contacts[: len(contacts) - later]), QUESTIONS, PERIODS[0]),
        publish(_flat(contacts), QUESTIONS, PERIODS[1]),
    ]
    equations = list(_equations(reports))
    hidden = sorted({cell for cells, _ in equations for cell in cells})
    for at, found in enumerate(_solved(equations, hidden)):
        assert not found, hidden[at]
    for cells, total in equations:
        # No row is below zero: that is all else that is known of it, since no row is in two equations.
        assert total >= THRESHOLD
        assert len(cells) > 1
    assert len({cell for cells, _ in equations for cell in cells}) == sum(
        len(cells) for cells, _ in equations
    )
    for report in reports:
        assert report.total is None or report.total >= THRESHOLD
        assert all(row.count is None or row.count >= THRESHOLD for each in report.tables for row in each.rows)


def test_the_attack_finds_what_a_report_without_the_rule_would_give_away() -> None:
    """One row hidden and no other: subtraction finds it, and so does the attack of the test above."""
    careless = Publication(
        period="2026-Q4",
        threshold=THRESHOLD,
        total=100,
        tables=(
            convert(
                {"question": "gender", "rows": [["woman", 60], ["man", None], [NO_ANSWER, 38]]},
                Table,
            ),
        ),
    )
    equations = list(_equations([careless]))
    assert _solved(equations, sorted({cell for cells, _ in equations for cell in cells})) == [True]


Cell = tuple[str, str, str]


def _equations(reports: Sequence[Publication]) -> Iterator[tuple[set[Cell], int]]:
    """Of every table in which each contact is in one row: its hidden rows, and what they add up to."""
    many = {question.name for question in QUESTIONS if question.many}
    for report in reports:
        for table in report.tables:
            if report.total is None or table.question in many:
                continue
            cells = {(report.period, table.question, row.name) for row in table.rows if row.count is None}
            if cells:
                yield cells, report.total - sum(row.count or 0 for row in table.rows)


def _solved(equations: Sequence[tuple[set[Cell], int]], hidden: Sequence[Cell]) -> list[bool]:
    """Whether each hidden row follows from all equations together, by Gauss and Jordan."""
    rows = [[Fraction(cell in cells) for cell in hidden] for cells, _ in equations]
    done: list[list[Fraction]] = []
    for column in range(len(hidden)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [_less(row, pivot, column) for row in rows]
        done = [*(_less(row, pivot, column) for row in done), pivot]
    return [any(row[column] and sum(map(bool, row)) == 1 for row in done) for column in range(len(hidden))]


def _less(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    return [value - row[column] * other for value, other in zip(row, pivot, strict=True)]


def _splits(total: int, rows: int) -> Iterator[tuple[int, ...]]:
    if rows == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, rows - 1):
            yield first, *rest


def _flat(contacts: Sequence[Sequence[Contact]]) -> list[Contact]:
    return [contact for group in contacts for contact in group]


def _tupled(fields: Case) -> Case:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
