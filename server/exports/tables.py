"""The tables of a report, exactly as they were published, for spreadsheets and for HXL. Pure.

Nothing is counted here: docs/decisions/reports-are-made-once.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from server.exports.cells import Cell, Column, Sheet
from server.exports.columns import newest_first
from server.forms import Form, fields
from sync.client.publication import NO_ANSWER, Publication, weeks_of

HIDDEN = "hidden"
_TABLE = tuple(Column(name=name) for name in ("period", "question", "answer", "label", "contacts"))
# The number is of contacts: #reached and #respondee would say that it is of people.
_TAGGED = (
    Column(name="period", hxl="#meta+period"),
    Column(name="start", hxl="#date+start"),
    Column(name="end", hxl="#date+end"),
    Column(name="question", hxl="#indicator+code"),
    Column(name="question_label", hxl="#indicator+name"),
    Column(name="answer", hxl="#group+code"),
    Column(name="label", hxl="#group+name"),
    Column(name="contacts", hxl="#indicator+value+num"),
    Column(name="suppressed", hxl="#meta+suppressed"),
)


class Labels(Struct, frozen=True, kw_only=True):
    """What questions and answers are called, in one language; what has no label goes by its name."""

    questions: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    all_contacts: str = "All contacts"
    no_answer: str = "No answer"

    def answer(self, question: str, row: str) -> str:
        if row == NO_ANSWER:
            return self.no_answer
        return self.answers.get(question, {}).get(row, row)


def labels_of(forms: Iterable[Form]) -> Labels:
    """The newest version's."""
    questions: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    for form in newest_first(forms):
        for field in fields(form):
            questions.setdefault(field.name, field.label)
            for choice in form.choices.get(field.choices, ()):
                answers.setdefault(field.name, {}).setdefault(choice.name, choice.label)
    return Labels(questions=questions, answers=answers)


def report_table(made: Publication, labels: Labels) -> Sheet:
    """All tables below each other. A number that is not told is the word `hidden`."""
    rows = [
        [made.period, question, answer, label, HIDDEN if count is None else count]
        for question, answer, label, count in _rows(made, labels)
    ]
    return Sheet(name="report", columns=_TABLE, rows=rows)


def tagged_table(made: Publication, labels: Labels) -> Sheet:
    """As `report_table`, for HXL 1.1: a number that is not told is an empty cell, and the column after it says why."""
    start, end = days(made.period)
    why = f"below {made.threshold}, or could be worked out"
    rows = [
        [
            *(made.period, start.isoformat(), end.isoformat()),
            *(question, labels.questions.get(question, question), answer, label),
            *(("", why) if count is None else (count, "")),
        ]
        for question, answer, label, count in _rows(made, labels)
    ]
    return Sheet(name="report", columns=_TAGGED, rows=rows)


def report_sheets(made: Publication, labels: Labels, notices: Sequence[str]) -> list[Sheet]:
    """A sheet about the report, which carries the notices, then one for each table. To be written as a spreadsheet."""
    start, end = days(made.period)
    facts: list[tuple[str, Cell]] = [
        ("period", made.period),
        ("start", start.isoformat()),
        ("end", end.isoformat()),
        ("threshold", made.threshold),
        ("contacts", HIDDEN if made.total is None else made.total),
        *(("note", notice) for notice in notices),
    ]
    told = [
        Sheet(
            name=each.question,
            columns=tuple(Column(name=name) for name in ("question", "answer", "label", "contacts")),
            rows=[
                [
                    labels.questions.get(each.question, each.question),
                    row.name,
                    labels.answer(each.question, row.name),
                    HIDDEN if row.count is None else row.count,
                ]
                for row in each.rows
            ],
        )
        for each in made.tables
    ]
    return [Sheet(name="report", columns=(Column(name="name"), Column(name="value")), rows=facts), *told]


def days(period: str) -> tuple[date, date]:
    """The Monday that a quarter begins with and the Sunday that it ends with. Raises MalformedError."""
    first, *_, last = weeks_of(period)
    return _day(first, 1), _day(last, 7)


def _rows(made: Publication, labels: Labels) -> Iterator[tuple[str, str, str, int | None]]:
    """The question, the answer, its label, and what is told of it."""
    yield "", "", labels.all_contacts, made.total
    for each in made.tables:
        for row in each.rows:
            yield each.question, row.name, labels.answer(each.question, row.name), row.count


def _day(week: str, day: int) -> date:
    return date.fromisocalendar(int(week[:4]), int(week[-2:]), day)
