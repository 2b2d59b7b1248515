"""Contacts as coordinators see them: merged, in the order in which they were made, with what is odd about them.

A pure function of what was opened and of whom to believe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sync.client.reading import Opened
from sync.client.trust import Standing, Trust
from sync.merge import Head, Merged, merge, stamps_of
from sync.revisions import Alternative, Stamp, Value

FORM_FIELDS = ("form", "form_hash")
"""What every contact carries beside the form's own fields."""


class Contact(Struct, frozen=True, kw_only=True):
    """One contact. fields: the form's, ascending by name, undecided ones with the first of their values.

    device, counter: of the revision that began it, as far as is known. undecided: every value of the fields
    where two devices disagreed. standing: of its authors; `provisional` ones nobody has vouched for yet.
    late: made by a revoked device after the last contact that is accepted from it.
    """

    record: bytes
    device: bytes
    counter: int
    form: str
    form_hash: str
    fields: dict[str, Value]
    undecided: dict[str, tuple[Value, ...]]
    deleted_elsewhere: bool
    standing: Standing
    late: bool


class DeviceCount(Struct, frozen=True, kw_only=True):
    """What has come from a device. last: the highest counter seen, to be compared with its screen's "sent".

    missing: ranges of counters that were never seen, first and last. twice: counters with two revisions,
    which is an alarm: a device restored from an old copy, or two that say they are one.
    """

    device: bytes
    standing: Standing
    last: int
    missing: tuple[tuple[int, int], ...]
    twice: tuple[int, ...]


class Overview(Struct, frozen=True, kw_only=True):
    """unreadable: revisions that do not open, most often since their key packet has not come yet."""

    contacts: tuple[Contact, ...]
    devices: tuple[DeviceCount, ...]
    unreadable: int


def overview(opened: Iterable[Opened], trust: Trust, *, unreadable: int = 0) -> Overview:
    held = list(opened)
    records: dict[tuple[bytes, bool, bytes], list[Opened]] = {}
    for each in held:
        # A record is its lane's: nobody can touch, or supersede, what is in another's. Nor can what nobody
        # vouched for, since a hub can make it: the sealing key is public.
        lane = trust.lane(each.owner) or each.owner
        records.setdefault((lane, each.verified, each.record), []).append(each)
    contacts = [contact for each in records.values() if (contact := _contact(each, trust)) is not None]
    contacts.sort(key=lambda contact: (contact.device, contact.counter, contact.record))
    return Overview(
        contacts=tuple(contacts), devices=tuple(device_counts(held, trust)), unreadable=unreadable
    )


def device_counts(opened: Sequence[Opened], trust: Trust) -> list[DeviceCount]:
    """For each device, in order of id. What nobody vouched for counts for a device only while it has no certificate."""
    seen: dict[bytes, dict[int, set[bytes]]] = {}
    for each in opened:
        for rev, stamp in stamps_of(each.head).items():
            if each.verified or trust.standing(stamp.device) == "provisional":
                seen.setdefault(stamp.device, {}).setdefault(stamp.counter, set()).add(rev)
    return [
        DeviceCount(
            device=device,
            standing=trust.standing(device),
            last=max(counters),
            missing=tuple(gaps(counters)),
            twice=tuple(sorted(counter for counter, revs in counters.items() if len(revs) > 1)),
        )
        for device, counters in sorted(seen.items())
    ]


def gaps(counters: Iterable[int]) -> list[tuple[int, int]]:
    """The ranges below the highest counter that are not there; counters begin at 1."""
    missing: list[tuple[int, int]] = []
    expected = 1
    for counter in sorted(counters):
        if counter > expected:
            missing.append((expected, counter - 1))
        expected = counter + 1
    return missing


def _contact(held: Sequence[Opened], trust: Trust) -> Contact | None:
    """Nothing for a record that was deleted."""
    superseded = {rev for each in held for rev in each.head.supersedes}
    heads = [each for each in held if each.head.rev not in superseded]
    merged = merge(each.head for each in heads)
    if merged.deleted:
        return None
    live = [each for each in heads if not each.head.tombstone]
    first = _first_stamp([each.head for each in live])
    return Contact(
        record=live[0].record,
        device=first.device,
        counter=first.counter,
        form=_text(merged.fields, "form"),
        form_hash=_text(merged.fields, "form_hash"),
        fields={name: each[0].value for name, each in merged.fields.items() if name not in FORM_FIELDS},
        undecided=_undecided(merged),
        deleted_elsewhere=merged.deleted_elsewhere,
        standing=_standing(live, trust),
        late=any(_late(each.head.plaintext.stamp, trust) for each in live),
    )


def _first_stamp(heads: Sequence[Head]) -> Stamp:
    """The lowest counter of all that these heads have seen: for one device's contact, the one that began it."""
    stamps = [stamp for head in heads for stamp in stamps_of(head).values()]
    return min(stamps, key=lambda stamp: (stamp.counter, stamp.device))


def _standing(live: Sequence[Opened], trust: Trust) -> Standing:
    standings = {trust.standing(each.head.plaintext.author) for each in live}
    if "provisional" in standings or not all(each.verified for each in live):
        return "provisional"
    return "revoked" if "revoked" in standings else "certified"


def _late(stamp: Stamp, trust: Trust) -> bool:
    certificate = trust.certificates.get(stamp.device)
    return certificate is not None and certificate.revoked and stamp.counter > certificate.last_counter


def _undecided(merged: Merged) -> dict[str, tuple[Value, ...]]:
    return {
        name: tuple(alternative.value for alternative in alternatives)
        for name, alternatives in merged.fields.items()
        if len(alternatives) > 1
    }


def _text(fields: Mapping[str, tuple[Alternative, ...]], name: str) -> str:
    alternatives = fields.get(name, ())
    value = alternatives[0].value if alternatives else ""
    return value if isinstance(value, str) else ""
