"""What a programme may publish of its contacts: a fixed set of tables for a quarter that is over.

Security rule 5. `pwa/src/counts/publication.ts` is the same in the browser; tests/vectors/publication.json holds the
two together, and docs/decisions/reports-are-made-once.md says why it is this and no more. Pure.

The rule, in words that can be checked by hand: when a row of a table is below the threshold, that row is hidden, and
with it every row up to the first that is larger than the smallest by the threshold or more; when there is no such row,
the whole table is. When all contacts together are below the threshold, everything is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

import msgspec
from msgspec import Struct

from sync.client.contacts import Contact
from sync.errors import MalformedError
from sync.revisions import Value

THRESHOLD = 11
"""What a programme that has set no other uses: no number from 0 to 10 is told."""
LOWEST_THRESHOLD = 3
"""Below this, what a hidden row can be is no question any more."""

REPORTED = (
    "place",
    "language",
    "age_band",
    "gender",
    "needs",
    "indicators_deception",
    "indicators_coercion",
    "indicators_vulnerability",
    "indicators_conditions",
    "indicators_control",
    "indicators_dependence",
    "exploitation_form",
    "official_status",
    "referral_type",
    "outcome",
)
"""The questions that have a table in every report, after the table of weeks, as far as a form asks them.

No two of them are counted against each other, and nothing of one follows from another but their common total.
"""
NO_ANSWER = ""
"""The row of whoever gave no answer, or one that no form knows: what is not a choice is never shown as text."""
_QUARTER = re.compile(r"(20[0-9]{2})-Q([1-4])")
_WEEKS = 13


class Question(Struct, frozen=True, kw_only=True):
    """many: a contact counts in each of its answers, so that the rows add up to nothing. choices: by name, in order."""

    name: str
    many: bool
    choices: tuple[str, ...]


class Row(Struct, frozen=True, array_like=True):
    """count: nothing where it is hidden."""

    name: str
    count: int | None


class Table(Struct, frozen=True, kw_only=True):
    """rows: of `week` weeks, else choices; `NO_ANSWER` last where every contact is in one row."""

    question: str
    rows: tuple[Row, ...]


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """total: contacts of the quarter that count; nothing where they are below the threshold."""

    period: str
    threshold: int
    total: int | None
    tables: tuple[Table, ...]


Hidden: TypeAlias = tuple[int | None, ...]


def hide(counts: Sequence[int], threshold: int) -> Hidden:
    """The counts of one table as they may be told. What is hidden depends on the counts alone, not on their order."""
    smallest = min(counts, default=threshold)
    if smallest >= threshold:
        return tuple(counts)
    # Whatever hidden row one looks at, it may be the smallest as well as one that is larger by the threshold: so
    # nobody who knows this rule, the total and all that is told can say within less than that what it is.
    larger = [count for count in counts if count - smallest >= threshold]
    last = min(larger, default=max(counts))
    return tuple(count if count > last else None for count in counts)


def publish(
    contacts: Iterable[Contact], questions: Sequence[Question], period: str, threshold: int = THRESHOLD
) -> Publication:
    """Every table of the quarter, hidden as `hide` says. A table of one row, which nothing could hide, is left out.

    Raises MalformedError for what is no quarter.
    """
    weeks = weeks_of(period)
    counted = [each for each in contacts if counts(each) and each.fields.get("week") in weeks]
    by_name = {question.name: question for question in questions}
    asked = [by_name[name] for name in REPORTED if name in by_name]
    weekly = Question(name="week", many=True, choices=weeks)
    told = [_table(each, counted, threshold) for each in (weekly, *asked)]
    enough = len(counted) >= threshold
    return Publication(
        period=period,
        threshold=threshold,
        total=len(counted) if enough else None,
        tables=tuple(each if enough else _nothing(each) for each in told if len(each.rows) > 1),
    )


def counts(contact: Contact) -> bool:
    """Whether a contact is counted: not while it is provisional, came late or waits for a decision."""
    odd = contact.standing == "provisional" or contact.late or contact.deleted_elsewhere
    return not odd and not contact.undecided


def count(question: Question, contacts: Iterable[Contact]) -> dict[str, int]:
    """Contacts by row, in the order of the rows."""
    rows = [*question.choices] if question.many else [*question.choices, NO_ANSWER]
    found = dict.fromkeys(rows, 0)
    for contact in contacts:
        for row in _rows_of(question, contact.fields):
            found[row] += 1
    return found


def quarter_of(week: str) -> str:
    """Of an ISO week. A 53rd week is of the fourth quarter."""
    return f"{week[:4]}-Q{min((int(week[-2:]) - 1) // _WEEKS + 1, 4)}"


def weeks_of(period: str) -> tuple[str, ...]:
    """The ISO weeks of a quarter: no week is of two. Raises MalformedError."""
    found = _QUARTER.fullmatch(period)
    if found is None:
        raise MalformedError("not a quarter")
    year, quarter = int(found[1]), int(found[2])
    # 28 December is always in the last week of its year.
    last = date(year, 12, 28).isocalendar().week if quarter == 4 else quarter * _WEEKS
    return tuple(f"{year}-W{week:02}" for week in range((quarter - 1) * _WEEKS + 1, last + 1))


def is_over(period: str, this_week: str) -> bool:
    """Raises MalformedError."""
    return weeks_of(period)[-1] < this_week


def encode(publication: Publication) -> str:
    """JSON with sorted keys: what a report said is kept as this, and told again from it."""
    return msgspec.json.encode(publication, order="sorted").decode()


def decode(content: str) -> Publication:
    """Raises MalformedError."""
    try:
        return msgspec.json.decode(content, type=Publication)
    except msgspec.DecodeError as fault:
        raise MalformedError("not a report") from fault


def _table(question: Question, contacts: Sequence[Contact], threshold: int) -> Table:
    found = count(question, contacts)
    told = hide(list(found.values()), threshold)
    return Table(question=question.name, rows=tuple(map(Row, found, told)))


def _nothing(table: Table) -> Table:
    return Table(question=table.question, rows=tuple(Row(row.name, None) for row in table.rows))


def _rows_of(question: Question, fields: Mapping[str, Value]) -> list[str]:
    value = fields.get(question.name)
    named = value if isinstance(value, tuple) else (value,)
    known = list(dict.fromkeys(each for each in named if isinstance(each, str) and each in question.choices))
    if question.many:
        return known
    return known if len(known) == 1 else [NO_ANSWER]
