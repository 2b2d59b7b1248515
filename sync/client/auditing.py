"""A coordinator's device keeps everything: whether a hub holds the same heads, and what is done where it does not."""

from __future__ import annotations

from msgspec import Struct, structs

from sync import canonical
from sync.audit import Audit, AuditQuestion, buckets_of, differing, sums_of
from sync.client.ledger import Ledger
from sync.client.pulling import check_epoch
from sync.client.sending import all_held, queue_lacking
from sync.client.session import Session
from sync.client.state import Batch
from sync.identifiers import CollectionName


class Compared(Struct, frozen=True, kw_only=True):
    """Heads that only this side holds (of which `queued` packets and heads wait to be sent now), and heads that only
    the hub holds: where there are any, the next pull begins at the start."""

    only_here: int = 0
    only_there: int = 0
    queued: int = 0


async def compare(ledger: Ledger, session: Session, name: CollectionName) -> Compared:
    """Two questions: the sums, and the revs where they differ. Pull first: what is new at the hub differs.

    What the hub holds no more because it went with its time is `only_here`, and not queued.
    Raises EpochChangedError.
    """
    held = await all_held(ledger, name)
    ours = {each.name for each in held if each.kind == "revision"}
    told = await _ask(ledger, session, name, AuditQuestion())
    check_epoch(ledger.places[name], told.cursor)
    buckets = differing(buckets_of(sums_of(ours)), told.buckets)
    if not buckets:
        return Compared()
    theirs = await _listed(ledger, session, name, buckets)
    only_here = {rev for rev in ours if rev[0] in buckets} - theirs
    only_there = theirs - ours
    if only_there:
        await ledger.commit(Batch(), places=[structs.replace(ledger.places[name], cursor=None)])
    keys = {revision.revision.key for revision in await ledger.revisions(name, list(only_here)) if revision}
    asked = [each for each in held if each.name in only_here or (each.kind == "packet" and each.key in keys)]
    _, queued = await queue_lacking(ledger, session, name, asked)
    return Compared(only_here=len(only_here), only_there=len(only_there), queued=queued)


async def _listed(ledger: Ledger, session: Session, name: CollectionName, buckets: list[int]) -> set[bytes]:
    """The heads that the hub has in these buckets."""
    revs: set[bytes] = set()
    after: bytes | None = None
    while True:
        page = await _ask(ledger, session, name, AuditQuestion(buckets=tuple(buckets), after=after))
        revs.update(page.revs)
        # A page that says there is more and brings nothing would go on for ever.
        if not page.more or not page.revs or (after is not None and page.revs[-1] <= after):
            return revs
        after = page.revs[-1]


async def _ask(ledger: Ledger, session: Session, name: CollectionName, question: AuditQuestion) -> Audit:
    path = f"collections/{canonical.to_text(ledger.collections[name])}/audit"
    return await session.ask(Audit, "POST", path, body=question)
