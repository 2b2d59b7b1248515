"""Vectors of a coordinator's overview: whose records are one, what is marked, what is missing of a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.client.contacts import overview
from sync.client.reading import Opened
from sync.client.trust import Trust
from sync.enrolment import Card, Certificate
from sync.merge import Head
from sync.revisions import Alternative, Field, Plaintext, Stamp, Value, encode_plaintext
from tests.vectors.cases.inputs import PROGRAMME, Case, Cases, seeded

PHONE, TABLET, OTHER, STRANGER = (
    seeded(f"{name}'s device", 16) for name in ("phone", "tablet", "other", "new")
)
LANE, OTHER_LANE = seeded("the worker's lane", 16), seeded("another lane", 16)
FORM = {"form": "contact", "form_hash": "00" * 32}


def contacts_cases() -> Cases:
    first = _opened("first", "a", PHONE, 1, {**FORM, "age": "25-34", "needs": ("food", "shelter")})
    edit = _opened("edit", "a", PHONE, 2, {**FORM, "age": "35-44"}, replaces=[first])
    apart = _opened("apart", "a", TABLET, 1, {**FORM, "age": "45-54"}, replaces=[first])
    alone = [
        _opened("other", "b", OTHER, 1, {**FORM, "alone": True, "number": -3, "nothing": None}, owner=OTHER)
    ]
    gone = _opened("gone", "a", PHONE, 3, None, replaces=[edit])
    named = _opened("named", "a", OTHER, 2, {**FORM, "age": "other"}, owner=OTHER, replaces=[first])
    forged = _opened("forged", "a", PHONE, 9, FORM, verified=False, replaces=[first])
    cases = [
        _case("nothing", []),
        _case("contacts of two lanes, in order of device and counter", [*alone, first]),
        _case("an edit beside what it replaces", [edit, first]),
        _case("two devices of one lane disagree", [first, edit, apart]),
        _case("deleted on one device, changed on the other", [gone, edit, apart]),
        _case("deleted", [first, edit, gone]),
        _case("a record of the same id in another lane is another, and replaces nothing", [first, named]),
        _case("what nobody vouched for replaces nothing and counts for no certified device", [first, forged]),
        _case(
            "a device without a certificate: provisional, and counted",
            [_opened("new", "c", STRANGER, 4, FORM, owner=STRANGER, verified=False)],
        ),
        _case(
            "of a revoked device, up to the last one that is accepted and after it",
            [_opened("in time", "d", PHONE, 7, FORM), _opened("late", "e", PHONE, 8, FORM)],
            certificates=[_certificate(PHONE, LANE, last=7)],
        ),
        _case("a counter used twice", [first, _opened("twice", "f", PHONE, 1, FORM)]),
        _case(
            "gaps; the past counts as seen",
            [edit, *(_opened(f"gap {n}", f"gap {n}", PHONE, n, FORM) for n in (4, 5, 9))],
            unreadable=3,
        ),
        _case("no form, and a field that is named like one", [_opened("odd", "g", PHONE, 1, {"form": True})]),
    ]
    return (
        "what a coordinator opened, and the certificates that it believes; what it sees of contacts and devices",
        cases,
        [],
    )


def _opened(
    rev: str,
    record: str,
    author: bytes,
    counter: int,
    fields: Mapping[str, Value] | None,
    *,
    owner: bytes = PHONE,
    verified: bool = True,
    replaces: Sequence[Opened] = (),
) -> Opened:
    """fields: nothing for a tombstone."""
    past = {each.head.rev: each.head.plaintext.stamp for each in replaces}
    for each in replaces:
        past |= dict(zip(each.head.supersedes, each.head.plaintext.past, strict=True))
    supersedes = tuple(sorted(past))
    plaintext = Plaintext(
        author=author,
        counter=counter,
        past=tuple(Stamp(device=past[each].device, counter=past[each].counter) for each in supersedes),
        fields=tuple(
            Field(name, (Alternative(value, author, counter),))
            for name, value in sorted((fields or {}).items())
        ),
    )
    head = Head(
        rev=seeded(f"rev {rev}", 32), tombstone=fields is None, supersedes=supersedes, plaintext=plaintext
    )
    return Opened(record=seeded(f"record {record}", 16), owner=owner, verified=verified, head=head)


def _certificate(device: bytes, lane: bytes, *, last: int | None = None) -> Certificate:
    """last: the last counter accepted, of a revoked one. Nobody asks for the keys here."""
    return Certificate(
        programme=PROGRAMME,
        device=device,
        lane=lane,
        role="worker",
        signing_key=bytes(65),
        sealing_key=bytes(1216),
        n=1 if last is None else 2,
        revoked=last is not None,
        last_counter=last or 0,
        signature=bytes(64),
    )


def _case(
    why: str,
    opened: Sequence[Opened],
    *,
    certificates: Sequence[Certificate] = (
        _certificate(PHONE, LANE),
        _certificate(TABLET, LANE),
        _certificate(OTHER, OTHER_LANE),
    ),
    unreadable: int = 0,
) -> Case:
    card = Card(
        programme=PROGRAMME,
        generation=1,
        sealing_key=bytes(1216),
        signing_key=bytes(65),
        practice=False,
        name="",
        signature=bytes(64),
    )
    trust = Trust(card=card, certificates={each.device: each for each in certificates})
    seen = overview(opened, trust, unreadable=unreadable)
    return {
        "why": why,
        "certificates": [
            {"device": c.device, "lane": c.lane, "revoked": c.revoked, "last_counter": c.last_counter}
            for c in certificates
        ],
        "opened": [
            {
                "record": each.record,
                "owner": each.owner,
                "verified": each.verified,
                "rev": each.head.rev,
                "tombstone": each.head.tombstone,
                "supersedes": each.head.supersedes,
                "plaintext": encode_plaintext(each.head.plaintext),
            }
            for each in opened
        ],
        "contacts": [
            {
                "record": each.record,
                "device": each.device,
                "counter": each.counter,
                "form": each.form,
                "form_hash": each.form_hash,
                "fields": each.fields,
                "undecided": each.undecided,
                "deleted_elsewhere": each.deleted_elsewhere,
                "standing": each.standing,
                "late": each.late,
            }
            for each in seen.contacts
        ],
        "devices": [
            {
                "device": each.device,
                "standing": each.standing,
                "last": each.last,
                "missing": each.missing,
                "twice": each.twice,
            }
            for each in seen.devices
        ],
        "unreadable": seen.unreadable,
    }
