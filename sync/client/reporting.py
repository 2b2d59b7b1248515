"""A programme's reports, made once and kept in `admin`, and the threshold below which they tell nothing.

A record of `admin` that is a report says its period, what it tells (`publication.encode`), who made it and when: so it
is its own entry in the log. docs/decisions/reports-are-made-once.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync import canonical
from sync.client.coordinator import Coordinator
from sync.client.publication import (
    LOWEST_THRESHOLD,
    THRESHOLD,
    Publication,
    Question,
    decode,
    encode,
    is_over,
    publish,
    weeks_of,
)
from sync.client.reading import Record, of_type, records
from sync.client.trust import Trust
from sync.errors import MalformedError
from sync.revisions import Value


async def report(coordinator: Coordinator, questions: Sequence[Question], period: str) -> Publication:
    """Of a quarter that is over: as it was made the first time, else made now and kept, to go with the next push.

    Raises MalformedError for what is no quarter, or not over yet.
    """
    weeks_of(period)
    held = await records(coordinator.ledger, "admin")
    kept = reports(held, coordinator.ledger.trust)
    if period in kept:
        return kept[period]
    if not is_over(period, coordinator.week()):
        raise MalformedError("not over")
    seen = await coordinator.overview()
    made = publish(seen.contacts, questions, period, threshold(held, coordinator.ledger.trust))
    await coordinator.file(_report_fields(coordinator, made))
    return made


async def set_threshold(coordinator: Coordinator, number: int, why: str) -> None:
    """For the reports that are not made yet. Raises MalformedError for one that would hide nothing, or no reason."""
    if number < LOWEST_THRESHOLD:
        raise MalformedError("a threshold that hides nothing")
    if not why.strip():
        raise MalformedError("no reason")
    held = _thresholds(await records(coordinator.ledger, "admin"), coordinator.ledger.trust)
    # A clock that ran ahead must not make a number stand against every later one.
    when = max([int(coordinator.around.clock()), *(_order(each)[0] + 1 for each in held)])
    await coordinator.file({"type": "threshold", "threshold": number, "why": why.strip(), "when": when})


def reports(held: Iterable[Record], trust: Trust) -> dict[str, Publication]:
    """By period. Where two coordinators made one at once, the first: by their clocks, else by record; but before
    those of whoever was put out since, who can date theirs as they like."""
    found: dict[str, Publication] = {}
    made_here = sorted(of_type(list(held), "report"), key=_order)
    for record in sorted(made_here, key=lambda each: _is_of_revoked(each, trust)):
        try:
            made = decode(record.text("content"))
        except MalformedError:
            continue
        if made.period == record.text("period"):
            found.setdefault(made.period, made)
    return found


def threshold(held: Iterable[Record], trust: Trust) -> int:
    """The one that was set last by somebody who was not put out since."""
    numbers = [record.value("threshold") for record in sorted(_thresholds(held, trust), key=_order)]
    return next(
        (each for each in reversed(numbers) if isinstance(each, int) and each >= LOWEST_THRESHOLD), THRESHOLD
    )


def _thresholds(held: Iterable[Record], trust: Trust) -> list[Record]:
    return [each for each in of_type(list(held), "threshold") if not _is_of_revoked(each, trust)]


def _is_of_revoked(record: Record, trust: Trust) -> bool:
    return any(trust.standing(author) == "revoked" for author in record.authors)


def _report_fields(coordinator: Coordinator, made: Publication) -> dict[str, Value]:
    return {
        "type": "report",
        "period": made.period,
        "content": encode(made),
        "who": canonical.to_text(coordinator.ledger.device),
        "when": int(coordinator.around.clock()),
    }


def _order(record: Record) -> tuple[int, bytes]:
    when = record.value("when")
    return (when if isinstance(when, int) else 0, record.record)
