"""Vectors of what may be published: contacts by their answers, and every table of the quarter as it is told."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from sync.client.contacts import Contact
from sync.client.publication import Question, publish
from sync.client.trust import Standing
from sync.revisions import Value
from tests.vectors.cases.inputs import Case, Cases

QUESTIONS = (
    Question(name="outcome", many=False, choices=("accepted", "no_place", "unknown")),
    Question(name="place", many=False, choices=("border", "coast", "city", "sea")),
    Question(name="needs", many=True, choices=("medical", "shelter", "legal")),
    Question(name="official_status", many=True, choices=("identified",)),
    Question(name="not_in_reports", many=False, choices=("yes", "no")),
)
Group = tuple[int, dict[str, Value], dict[str, Any]]
"""So many contacts alike: their answers, and what is odd about them."""


def publication_cases() -> Cases:
    valid = [
        _case("nothing to hide", [_of(30, place=p, needs=("medical", "shelter", "legal")) for p in _places()]),
        _case("one small row, and the next that is larger by the threshold", _by_place(40, 3, 13, 14, 60)),
        _case("two rows alike where the last is hidden", _by_place(14, 3, 14, 60, 80)),
        _case("rows that are all near each other", _by_place(5, 9, 12, 15, 13)),
        _case("exactly the threshold", _by_place(11, 11, 11, 11, 11)),
        _case("fewer contacts than the threshold", _by_place(3, 3, 4, 0, 0)),
        _case("no contacts", []),
        _case("another threshold", _by_place(40, 3, 13, 14, 60), threshold=4),
        _case("answers that no form knows, one where many are asked for, and a number", [
            _of(12, place="Anna's house", needs="medical"),
            _of(13, place=("coast", "city"), needs=("medical", "medical", "x")),
            _of(14, place=("coast",), needs=7),
            _of(15, place=None),
        ]),
        _case("what is set apart", [
            *_by_place(20, 20, 20, 20, 20),
            _of(7, {"standing": "provisional"}, place="border"),
            _of(8, {"late": True}, place="border"),
            _of(9, {"undecided": True}, place="border"),
            _of(10, {"deleted_elsewhere": True}, place="border"),
            _of(11, {"standing": "revoked"}, place="border"),
        ]),
        _case("weeks before, after and none", [
            *_by_place(20, 20, 20, 20, 20),
            *(_of(5, week=week) for week in ("2026-W39", "2027-W01", "2025-W45", "2026-W54", "Friday", 45)),
            _of(12, week="2026-W53", place="sea"),
        ]),
        _case("a year of 52 weeks", [_of(20, week="2025-W52"), _of(3, week="2025-W53")], period="2025-Q4"),
        _case("the first quarter", [_of(20, week="2026-W01"), _of(3, week="2026-W14")], period="2026-Q1"),
    ]  # fmt: skip
    invalid: list[Case] = [
        {"why": why, "period": period}
        for why, period in (
            ("no quarter", "2026-Q5"),
            ("a month", "2026-10"),
            ("a year", "2026"),
            ("weeks", "2026-W40"),
            ("of another century", "1999-Q4"),
            ("more than a quarter", "2026-Q4 "),
        )
    ]
    description = (
        "so many contacts alike, by their answers and what is odd about them, and all tables of the quarter as they "
        "are published, null where hidden; invalid: periods of which there is no report"
    )
    return description, valid, invalid


def contacts_of(groups: list[Group]) -> list[Contact]:
    return [_contact(fields, odd) for times, fields, odd in groups for _ in range(times)]


def _case(why: str, groups: list[Group], *, period: str = "2026-Q4", threshold: int = 11) -> Case:
    told = publish(contacts_of(groups), QUESTIONS, period, threshold)
    return {
        "why": why,
        "questions": to_builtins(QUESTIONS),
        "contacts": to_builtins(groups),
        "period": period,
        "threshold": threshold,
        "publication": to_builtins(told),
    }


def _of(times: int, odd: dict[str, Any] | None = None, **fields: Value) -> Group:
    return times, {"week": "2026-W47", **fields}, odd or {}


def _by_place(*counts: int) -> list[Group]:
    """The last of them answered nothing."""
    return [
        _of(times, place=place, needs=("medical",) if number % 2 else ("shelter", "legal"))
        for number, (times, place) in enumerate(zip(counts, (*_places(), None), strict=True))
    ]


def _places() -> tuple[str, ...]:
    return QUESTIONS[1].choices


def _contact(fields: dict[str, Value], odd: dict[str, Any]) -> Contact:
    standing: Standing = odd.get("standing", "certified")
    return Contact(
        record=bytes(16),
        device=bytes(16),
        counter=1,
        form="contact",
        form_hash="",
        fields=fields,
        undecided={"place": ("border", "coast")} if odd.get("undecided") else {},
        deleted_elsewhere=odd.get("deleted_elsewhere", False),
        standing=standing,
        late=odd.get("late", False),
    )
