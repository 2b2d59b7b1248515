"""What coordinators publish in `members`, to all devices of a programme: forms, notices, referral contacts.

Values only; nothing is fetched here. What stands is what a coordinator signed who has not been revoked since: what
is published from a stolen device goes with that device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Literal, TypeAlias

from sync.client.reading import Record
from sync.client.trust import Trust
from sync.revisions import Value

Kind: TypeAlias = Literal["form", "notice", "referrals"]


def form_fields(
    name: str, form_hash: str, version: str, content: str, texts: Mapping[str, str]
) -> dict[str, Value]:
    """content: canonical JSON, of which `form_hash` is the SHA-256. texts: `language` and what is known of others
    (docs/protocol.md, other records)."""
    return {
        "type": "form",
        "form": name,
        "form_hash": form_hash,
        "version": version,
        "content": content,
        **texts,
    }


def notice_fields(text: str) -> dict[str, Value]:
    return {"type": "notice", "text": text}


def referrals_fields(contacts: str) -> dict[str, Value]:
    """contacts: a JSON list of objects with the texts `service`, `kind`, `area`, `phone`, `hours`, `note`."""
    return {"type": "referrals", "contacts": contacts}


def standing(held: Iterable[Record], trust: Trust, kind: Kind) -> list[Record]:
    """Those that are shown, the newest first."""
    shown = [record for record in held if record.value("type") == kind and _stands(record, trust)]
    return sorted(shown, key=lambda record: (-published(record), record.record))


def forms(held: Iterable[Record]) -> dict[str, Record]:
    """Every version that is held, by its hash, whoever published it: what was written with it is read with it.

    One that is not what its hash says would stand in the way of one that is.
    """
    return {
        record.text("form_hash"): record
        for record in held
        if record.value("type") == "form" and not record.merged.deleted and _is_proven(record)
    }


def published(record: Record) -> int:
    """When, in Unix seconds, by the clock of whoever published it."""
    when = record.value("published")
    return when if isinstance(when, int) and not isinstance(when, bool) else 0


def newest(held: Iterable[Record], trust: Trust) -> int:
    """When what stands was published last; 0 where nothing does."""
    return max((published(record) for record in held if _stands(record, trust)), default=0)


def _is_proven(record: Record) -> bool:
    return sha256(record.text("content").encode()).hexdigest() == record.text("form_hash")


def _stands(record: Record, trust: Trust) -> bool:
    # Nothing here is edited: beside a tombstone stands what somebody sealed anew with its old signature.
    deleted = record.merged.deleted or record.merged.deleted_elsewhere
    return not deleted and all(trust.standing(author) == "certified" for author in record.authors)
