"""Was this page clear? One fixed answer, counted and forgotten: no text, no person, no time (docs/threat-model.md)."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from server.api.hub import Hub
from server.api.limits import limited
from server.api.problems import LIMITED, READS_BODY, answers
from server.api.wire import Body, post_only
from sync.errors import UnknownError

Answer = Literal["clear", "hard-words", "too-long", "not-true"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

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
