"""Forgetting: a worker's contacts that are old and safe with the programme, with the keys that open them."""

from __future__ import annotations

from msgspec import structs

from sync.client.layout import HeldKey, HeldRevision
from sync.client.ledger import Ledger
from sync.client.reading import Keyring, open_revision
from sync.client.state import Batch
from sync.errors import MalformedError, OpeningError
from sync.forgetting import DAY_MILLISECONDS, kept_days, may_forget
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
    records, held_keys = await _held(ledger)
    keys = held_keys.keys()
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
    needed = used | {each.key for each in outbox}
    # Those whose revisions were all replaced go with the others, once they had their whole time.
    since = now - kept_days(told) * DAY_MILLISECONDS if gone else 0
    old = {key for key, each in held_keys.items() if 0 < each.created < since and key != place.key}
    forgotten = (keys & (freed | old)) - needed
    ledger.forget(batch, "contacts", [rev for held in gone for rev in held], forgotten)
    for each in held_keys.values():
        if each.created == 0 and each.key not in forgotten:
            # Made here, or held since before this was kept: its time begins now.
            ledger.put_key(batch, structs.replace(each, created=now))
    if batch.puts or batch.drops:
        await ledger.commit(batch)
    return len(gone)


async def _held(ledger: Ledger) -> tuple[dict[bytes, Revisions], dict[bytes, HeldKey]]:
    """The revisions by record, and the content keys by id."""
    records: dict[bytes, Revisions] = {}
    keys: dict[bytes, HeldKey] = {}
    async for row in ledger.scan():
        match row:
            case HeldRevision(collection="contacts"):
                records.setdefault(row.revision.record, {})[row.rev] = row
            case HeldKey(collection="contacts"):
                keys[row.key] = row
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
