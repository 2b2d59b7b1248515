"""Forgetting: a worker's contacts that are old and safe with the programme, with the keys that open them."""

from __future__ import annotations

from sync.client.layout import HeldKey, HeldRevision
from sync.client.ledger import Ledger
from sync.client.reading import Keyring, open_revision
from sync.client.state import Batch
from sync.errors import MalformedError, OpeningError
from sync.forgetting import may_forget
from sync.merge import Head, merge
from sync.revisions import heads_of

Revisions = dict[bytes, HeldRevision]


async def forget_old(ledger: Ledger, now: int) -> int:
    """How many records went, in one transaction. now: milliseconds."""
    place = ledger.places["contacts"]
    told = place.told
    # A coordinator's device confirms by keeping.
    if told is None or told.epoch != place.epoch or ledger.root.role != "worker":
        return 0
    records, keys = await _held(ledger)
    outbox = [each async for _, each in ledger.outbox("contacts")]
    kept = {each.name for each in outbox}
    kept |= {item.name for item in (await ledger.quarantine("contacts")).items}
    ring = Keyring(ledger, "contacts")
    gone: list[Revisions] = []
    for held in records.values():
        heads = _heads(held)
        if kept & held.keys() or not may_forget([each.receipt for each in heads], told, now):
            continue
        if await _is_decided(ledger, ring, heads):
            gone.append(held)
    freed = {each.revision.key for held in gone for each in held.values()}
    used = {each.revision.key for held in records.values() if held not in gone for each in held.values()}
    batch = Batch()
    # A packet that waits lies in its key's row.
    forgotten = (keys & freed) - used - {place.key, *(each.key for each in outbox)}
    ledger.forget(batch, "contacts", [rev for held in gone for rev in held], forgotten)
    if gone:
        await ledger.commit(batch)
    return len(gone)


async def _held(ledger: Ledger) -> tuple[dict[bytes, Revisions], set[bytes]]:
    """The revisions by record, and the ids of the content keys."""
    records: dict[bytes, Revisions] = {}
    keys: set[bytes] = set()
    async for row in ledger.scan():
        match row:
            case HeldRevision(collection="contacts"):
                records.setdefault(row.revision.record, {})[row.rev] = row
            case HeldKey(collection="contacts"):
                keys.add(row.key)
            case _:
                pass
    return records, keys


def _heads(held: Revisions) -> list[HeldRevision]:
    return [held[rev] for rev in heads_of({rev: each.revision for rev, each in held.items()})]


async def _is_decided(ledger: Ledger, ring: Keyring, heads: list[HeldRevision]) -> bool:
    """No two values stand beside each other. What never opened decides nothing."""
    opened: list[Head] = []
    for each in heads:
        key = await ring.get(each.revision.key)
        try:
            opened += [] if key is None else [open_revision(ledger, each, key).head]
        except (OpeningError, MalformedError):
            continue
    if not opened:
        return True
    merged = merge(opened)
    return not merged.deleted_elsewhere and all(len(each) < 2 for each in merged.fields.values())
