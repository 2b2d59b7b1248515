"""Vectors of records: plaintexts, revisions, heads, merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import msgpack, structs

from sync import merge, revisions
from sync.crypto import content_keys
from tests.vectors.cases.inputs import (
    ADMIN,
    CONTACTS,
    CONTENT_KEY,
    OTHER,
    PHONE,
    RECORD,
    REV_A,
    REV_B,
    REV_C,
    Case,
    Cases,
    Fields,
    seeded,
)


def plaintext_cases() -> Cases:
    every_value: Fields = {
        "age": [(17, PHONE, 1)],
        "below": [(-40, PHONE, 1)],
        "big": [(2**53 - 1, PHONE, 1)],
        "form": [("contact", PHONE, 1)],
        "languages": [(("my", "th"), PHONE, 1)],
        "none": [((), PHONE, 1)],
        "nothing": [(None, PHONE, 1)],
        "said": [("ខ្មែរ မြန်မာ اردو 🙂\n \x80", PHONE, 1)],
        "\uff5e": [(True, PHONE, 1)],
        "\U00010000": [(False, PHONE, 1)],
    }
    two = sorted([("a", PHONE, 3), ("b", OTHER, 2)], key=lambda a: (a[1], a[2]))
    held = [
        plaintext(PHONE, 1, [], every_value),
        plaintext(PHONE, 300, [(PHONE, 1), (OTHER, 70_000)], {"area": two}),
        plaintext(PHONE, 2, [(PHONE, 1)], {}),
        plaintext(PHONE, 3, [], {"twice": [(1, PHONE, 2), (True, PHONE, 2)]}),
    ]
    valid: list[Case] = [{"encoded": revisions.encode_plaintext(p), **plaintext_json(p)} for p in held]
    p = PHONE
    bad: list[tuple[str, Any]] = [
        ("an author of 15 bytes", [p[:15], 1, [], []]),
        ("counter 0", [p, 0, [], []]),
        ("a counter of 2^53", [p, 2**53, [], []]),
        ("an integer below -(2^53 - 1)", [p, 1, [], [["a", [[-(2**53), p, 1]]]]]),
        ("a fraction", [p, 1, [], [["a", [[1.5, p, 1]]]]]),
        ("bytes as a value", [p, 1, [], [["a", [[b"x", p, 1]]]]]),
        ("a list of integers as a value", [p, 1, [], [["a", [[[1], p, 1]]]]]),
        ("a map as a value", [p, 1, [], [["a", [[{}, p, 1]]]]]),
        ("fields out of order", [p, 1, [], [["b", [[1, p, 1]]], ["a", [[1, p, 1]]]]]),
        ("a field twice", [p, 1, [], [["a", [[1, p, 1]]], ["a", [[1, p, 1]]]]]),
        ("fields in UTF-16's order", [p, 1, [], [["\U00010000", [[1, p, 1]]], ["\uff5e", [[1, p, 1]]]]]),
        ("a field with no name", [p, 1, [], [["", [[1, p, 1]]]]]),
        ("a field without alternatives", [p, 1, [], [["a", []]]]),
        ("alternatives out of order", [p, 3, [], [["a", [[1, p, 2], [2, p, 1]]]]]),
        ("one alternative twice", [p, 3, [], [["a", [[1, p, 2], [1, p, 2]]]]]),
        ("one stamp's values out of order", [p, 3, [], [["a", [[2, p, 2], [1, p, 2]]]]]),
        ("three parts", [p, 1, []]),
        ("five parts", [p, 1, [], [], 1]),
        ("a map", {"author": p}),
        ("a past that is no stamp", [p, 1, [[p]], []]),
    ]
    invalid: list[Case] = [{"why": why, "encoded": msgpack.encode(parts)} for why, parts in bad]
    whole = revisions.encode_plaintext(held[0])
    invalid += [
        {"why": "cut short", "encoded": whole[:-1]},
        {"why": "a byte too many", "encoded": whole + b"\xc0"},
        {
            "why": "no UTF-8",
            "encoded": msgpack.encode([p, 1, [], [["a", [["zz", p, 1]]]]]).replace(b"zz", b"\xff\xfe"),
        },
        {"why": "empty", "encoded": b""},
        # An array of four with its length in two bytes.
        {"why": "a longer encoding", "encoded": b"\xdc\x00\x04" + whole[1:]},
    ]
    return "encoded ↔ plaintext; encoding what was decoded gives the same bytes", valid, invalid


def revision_cases() -> Cases:
    many = tuple(sorted(seeded(f"many {n}", 32) for n in range(1024)))
    held = [
        revision(),
        revision(supersedes=(REV_A, REV_B)),
        revision(tombstone=True, supersedes=(REV_A,)),
        revision(chunks=(REV_B, REV_C)),
        revision(supersedes=tuple(many[:256]), body=seeded("body", 300)),
        revision(body=seeded("body", 28)),
    ]
    valid: list[Case] = [
        {"collection": CONTACTS, "revision": structs.asdict(r), "rev": revisions.rev_of(CONTACTS, r)}
        for r in held
    ]
    valid.append(
        {"collection": ADMIN, "revision": structs.asdict(held[0]), "rev": revisions.rev_of(ADMIN, held[0])}
    )
    base = structs.asdict(revision(body=seeded("body", 28)))
    bad: list[tuple[str, Case]] = [
        ("a record of 15 bytes", {"record": RECORD[:15]}),
        ("a record of 17 bytes", {"record": RECORD + b"x"}),
        ("a key of 32 bytes", {"key": seeded("k", 32)}),
        ("supersedes out of order", {"supersedes": [REV_B, REV_A]}),
        ("supersedes with a repeat", {"supersedes": [REV_A, REV_A]}),
        ("supersedes with 31 bytes", {"supersedes": [REV_A[:31]]}),
        ("chunks out of order", {"chunks": [REV_B, REV_A]}),
        ("a body of 27 bytes", {"body": bytes(27)}),
        ("257 superseded", {"supersedes": many[:257]}),
    ]
    invalid: list[Case] = [
        {"why": why, "collection": CONTACTS, "revision": {**base, **changes}} for why, changes in bad
    ]
    return "collection, revision → rev; invalid ones are refused where they are read", valid, invalid


def heads_cases() -> Cases:
    a, b, c = REV_A, REV_B, REV_C
    other = seeded("another record", 16)
    sets: list[tuple[str, list[tuple[bytes, bytes, list[bytes]]], list[bytes], list[bytes]]] = [
        ("nothing", [], [], []),
        ("one", [(a, RECORD, [])], [], [a]),
        ("an edit", [(a, RECORD, []), (b, RECORD, [a])], [], [b]),
        ("two edits side by side", [(a, RECORD, []), (b, RECORD, [a]), (c, RECORD, [a])], [], [b, c]),
        ("the middle one never came", [(a, RECORD, []), (c, RECORD, [a, b])], [], [c]),
        ("the middle one came last", [(c, RECORD, [a, b]), (b, RECORD, [a])], [], [c]),
        ("known to be superseded by what is not held", [(a, RECORD, []), (b, RECORD, [])], [b], [a]),
        ("another record's revision cannot supersede", [(a, RECORD, []), (b, other, [a])], [], [a, b]),
    ]
    valid: list[Case] = [
        {
            "name": name,
            "revisions": [{"rev": rev, "record": record, "supersedes": sups} for rev, record, sups in held],
            "superseded": gone,
            "heads": heads,
        }
        for name, held, gone, heads in sets
    ]
    return "heads = revisions − superseded, in order of rev", valid, []


def merge_cases() -> Cases:
    one, two = sorted([PHONE, OTHER])
    base: Fields = {"age": [(30, one, 1)], "area": [("north", one, 1)], "form": [("contact", one, 1)]}
    root = [(one, 1)]
    a, b, c = REV_A, REV_B, REV_C
    original = seeded("rev original", 32)
    first = head(b, plaintext(one, 2, root, {**base, "age": [(31, one, 2)]}), [original])
    sets: list[tuple[str, list[merge.Head]]] = [
        ("nothing", []),
        ("one head", [head(a, plaintext(one, 1, [], base))]),
        (
            "different fields edited",
            [first, head(c, plaintext(two, 1, root, {**base, "area": [("south", two, 1)]}), [original])],
        ),
        (
            "one field edited twice: smallest rev first",
            [first, head(a, plaintext(two, 1, root, {**base, "age": [(32, two, 1)]}), [original])],
        ),
        (
            "both set it alike: two stamps, two alternatives",
            [first, head(c, plaintext(two, 1, root, {**base, "age": [(31, two, 1)]}), [original])],
        ),
        (
            "a field taken away on one side",
            [
                first,
                head(c, plaintext(two, 1, root, {k: v for k, v in base.items() if k != "area"}), [original]),
            ],
        ),
        (
            "taken away on one side, changed on the other",
            [
                first,
                head(c, plaintext(two, 1, root, {k: v for k, v in base.items() if k != "age"}), [original]),
            ],
        ),
        (
            "an undecided field that one side decided",
            [
                head(
                    a,
                    plaintext(one, 3, [*root, (one, 2), (two, 1)], {"age": [(31, one, 2), (32, two, 1)]}),
                    sorted([original, seeded("x", 32), seeded("y", 32)]),
                ),
                head(
                    b,
                    plaintext(two, 2, [*root, (one, 2), (two, 1)], {"age": [(32, two, 2)]}),
                    sorted([original, seeded("x", 32), seeded("y", 32)]),
                ),
            ],
        ),
        (
            "undecided on one head",
            [
                head(
                    a,
                    plaintext(one, 3, [(one, 2), (two, 1)], {"age": [(31, one, 2), (32, two, 1)]}),
                    sorted([b, c]),
                )
            ],
        ),
        (
            "three heads",
            [
                first,
                head(a, plaintext(two, 1, root, {**base, "age": [(32, two, 1)]}), [original]),
                head(c, plaintext(one, 5, root, {**base, "age": [(33, one, 5)]}), [original]),
            ],
        ),
        (
            "a tombstone beside a live head",
            [first, head(a, plaintext(two, 1, root, {}), [original], tombstone=True)],
        ),
        (
            "only tombstones",
            [
                head(a, plaintext(two, 1, root, {}), [original], tombstone=True),
                head(b, plaintext(one, 2, root, {}), [original], tombstone=True),
            ],
        ),
        (
            "a device that counted twice: both are shown",
            [
                head(a, plaintext(one, 1, [], {"age": [(1, one, 1)]})),
                head(b, plaintext(one, 1, [], {"age": [(True, one, 1)]})),
            ],
        ),
    ]
    changes: dict[str, revisions.Value] = {"area": "west", "note": None, "languages": ("km",)}
    valid = [merge_case(name, heads, two, changes) for name, heads in sets]
    invalid: list[Case] = [
        {
            "why": "past shorter than supersedes",
            "heads": [
                {
                    "rev": a,
                    "tombstone": False,
                    "supersedes": [b],
                    "plaintext": revisions.encode_plaintext(plaintext(one, 1, [], {})),
                }
            ],
        },
        {
            "why": "a tombstone with fields",
            "heads": [
                {
                    "rev": a,
                    "tombstone": True,
                    "supersedes": [],
                    "plaintext": revisions.encode_plaintext(plaintext(one, 1, [], base)),
                }
            ],
        },
    ]
    return (
        "heads → merged; edit: what the next revision carries when `changes` are made with counter 9 by `author`; "
        "deletion: what a tombstone carries. Plaintexts encoded",
        valid,
        invalid,
    )


def merge_case(
    name: str, heads: list[merge.Head], author: bytes, changes: Mapping[str, revisions.Value]
) -> Case:
    merged = merge.merge(heads)
    supersedes, edited = merge.successor(heads, author, 9, changes)
    _, deleted = merge.tombstone(heads, author, 9)
    return {
        "name": name,
        "heads": [
            {
                "rev": h.rev,
                "tombstone": h.tombstone,
                "supersedes": h.supersedes,
                "plaintext": revisions.encode_plaintext(h.plaintext),
            }
            for h in heads
        ],
        "merged": {
            "fields": [{"name": n, "alternatives": alternatives_json(a)} for n, a in merged.fields.items()],
            "deleted": merged.deleted,
            "deleted_elsewhere": merged.deleted_elsewhere,
        },
        "edit": {
            "author": author,
            "counter": 9,
            "changes": [{"name": n, "value": v} for n, v in changes.items()],
            "supersedes": supersedes,
            "plaintext": revisions.encode_plaintext(edited),
        },
        "deletion": {"supersedes": supersedes, "plaintext": revisions.encode_plaintext(deleted)},
    }


def plaintext(
    author: bytes,
    counter: int,
    past: Sequence[tuple[bytes, int]],
    fields: Mapping[str, Sequence[tuple[revisions.Value, bytes, int]]],
) -> revisions.Plaintext:
    return revisions.Plaintext(
        author=author,
        counter=counter,
        past=tuple(revisions.Stamp(*stamp) for stamp in past),
        fields=tuple(
            revisions.Field(name, tuple(revisions.Alternative(*a) for a in fields[name]))
            for name in sorted(fields)
        ),
    )


def head(
    rev: bytes, p: revisions.Plaintext, supersedes: Sequence[bytes] = (), *, tombstone: bool = False
) -> merge.Head:
    return merge.Head(rev=rev, tombstone=tombstone, supersedes=tuple(supersedes), plaintext=p)


def revision(**changes: Any) -> revisions.Revision:
    parts: dict[str, Any] = {
        "record": RECORD,
        "supersedes": (),
        "key": content_keys.key_id(CONTENT_KEY),
        "tombstone": False,
        "chunks": (),
        "body": seeded("body", 540),
    }
    return revisions.Revision(**{**parts, **changes})


def plaintext_json(p: revisions.Plaintext) -> Case:
    return {
        "plaintext": {
            "author": p.author,
            "counter": p.counter,
            "past": [{"device": stamp.device, "counter": stamp.counter} for stamp in p.past],
            "fields": [{"name": f.name, "alternatives": alternatives_json(f.alternatives)} for f in p.fields],
        }
    }


def alternatives_json(alternatives: Sequence[revisions.Alternative]) -> list[Case]:
    return [{"value": a.value, "device": a.device, "counter": a.counter} for a in alternatives]
