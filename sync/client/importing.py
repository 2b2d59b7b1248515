"""Contacts made elsewhere, in a coordinator's own lane: each row under a record of its own, so that none comes twice.

docs/decisions/imports-derive-their-records.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from sync.client.administration import log_fields
from sync.client.coordinator import Coordinator
from sync.client.device import Progress
from sync.client.layout import HeldRevision
from sync.client.writing import AT_ONCE, Draft, write
from sync.crypto.imports import imported_record
from sync.errors import StateBehindError, StateDamagedError
from sync.revisions import Value


class Made(Struct, frozen=True, kw_only=True):
    """A row. identity: what tells it from all others. record: its own record, where it comes from Sojourn.

    fields: with `form` and `form_hash`.
    """

    identity: str
    record: bytes | None
    fields: Mapping[str, Value]


async def fresh(coordinator: Coordinator, made: Sequence[Made]) -> list[Made]:
    """Those that the programme has not got, as far as it was fetched; what was deleted does not come again either."""
    known = {
        row.revision.record
        async for row in coordinator.ledger.scan()
        if isinstance(row, HeldRevision) and row.collection == "contacts"
    }
    return [each for each in made if not known & {*_records(coordinator, each.identity), each.record}]


async def bring_in(coordinator: Coordinator, made: Sequence[Made], progress: Progress) -> int:
    """Writes those that are not here, and into the log how many; they go with the next push. Returns how many.

    On the disk when this returns; cut off, run it again. Raises StateDamagedError while the programme's secrets are
    not here, StateBehindError in an old copy of a folder.
    """
    if coordinator.ledger.root.behind:
        raise StateBehindError(coordinator.ledger.state.folder)
    left = await fresh(coordinator, made)
    if left:
        when = int(coordinator.around.clock())
        who = coordinator.ledger.device
        logged = log_fields(who, "", when, {"count": len(left)})
        await coordinator.file({**logged, "what": "import"})
    for start in range(0, len(left), AT_ONCE):
        drafts = [
            Draft(record=_records(coordinator, each.identity)[0], changes=each.fields)
            for each in left[start : start + AT_ONCE]
        ]
        await write(coordinator.ledger, "contacts", drafts, week=coordinator.week())
        progress(len(drafts))
    return len(left)


def _records(coordinator: Coordinator, identity: str) -> list[bytes]:
    """Under the secrets of each generation, the newest first: it was brought in under one of them."""
    ledger = coordinator.ledger
    if not ledger.root.secrets:
        raise StateDamagedError(ledger.state.folder, "the programme's keys are not here yet")
    return [imported_record(secret.sealing_seed, identity) for secret in reversed(ledger.root.secrets)]
