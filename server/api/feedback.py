"""Was this page clear? One fixed answer, counted and forgotten: no text, no person, no time (docs/threat-model.md).

Coordinators are told the counts in whole tens (docs/decisions/feedback-is-told-in-tens.md), the operator as they are.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from server.api.bearers import certified, coordinator, enrolled, of_programme
from server.api.hub import Hub
from server.api.limits import limited
from server.api.problems import LIMITED, NEEDS_TOKEN, READS_BODY, answers
from server.api.wire import SECURED, Body, Wire, get, post_only
from sync.errors import UnknownError, WrongCollectionError, WrongRoleError

Answer = Literal["clear", "hard-words", "too-long", "not-true"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

STEP = 10
"""Somebody who asks day after day must not see one reader's answer arrive."""

SEPARATOR = " "
PREFIX = "feedback"


class Feedback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`slug` is a topic's, `locale` a tag of the site's."""

    locale: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?$")]
    slug: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    answer: Answer


@post_only(
    "/feedback",
    guards=[limited],
    dto=Body[Feedback],
    return_dto=None,
    operation_id="feedback",
    summary="Whether a page was clear",
    responses=answers(*READS_BODY, *LIMITED, UnknownError),
)
async def feedback(data: Feedback, hub: Hub) -> None:
    """Only of pages that there are, so that nobody fills the table with what they like."""
    if not hub.has_page(f"/{data.locale}/topics/{data.slug}"):
        raise UnknownError
    await hub.store.count(SEPARATOR.join((PREFIX, data.locale, data.slug, data.answer)))


class ToldCount(Feedback, frozen=True, kw_only=True):
    """At least so often, in steps of `STEP`: never less than that."""

    count: int


class ToldFeedback(Struct, frozen=True, kw_only=True):
    feedback: tuple[ToldCount, ...]


@get(
    "/programmes/{programme:str}/feedback",
    guards=[enrolled, of_programme, certified, coordinator],
    security=SECURED,
    operation_id="feedbackCounts",
    summary="How many readers found each page clear or not, in whole tens",
    responses=answers(*NEEDS_TOKEN, WrongCollectionError, WrongRoleError, UnknownError),
)
async def feedback_counts(hub: Hub) -> Wire[ToldFeedback]:
    """Of all pages of the hub: readers are no programme's."""
    counts = counts_of(await hub.store.counts())
    return Wire(ToldFeedback(feedback=tuple(_told(each) for each in counts if each.count >= STEP)))


class Count(Struct, frozen=True, kw_only=True):
    """How often one answer was given of one page in one language."""

    feedback: Feedback
    count: int


def counts_of(tallies: dict[str, int]) -> list[Count]:
    """The counts of feedback among all counts, in the order of their names."""
    found = [(name.split(SEPARATOR), count) for name, count in tallies.items()]
    return [
        # Only the handler above writes such names.
        Count(feedback=Feedback(locale=words[1], slug=words[2], answer=words[3]), count=count)  # type: ignore[arg-type]
        for words, count in found
        if words[0] == PREFIX
    ]


def _told(counted: Count) -> ToldCount:
    said = counted.feedback
    count = counted.count // STEP * STEP
    return ToldCount(locale=said.locale, slug=said.slug, answer=said.answer, count=count)
