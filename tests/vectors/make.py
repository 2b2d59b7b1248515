"""Writes the vectors of this folder from fixed inputs: `python tests/vectors/make.py`, from anywhere.

Nonces are drawn from a fixed stream, signatures are deterministic (RFC 6979). HPKE draws its own randomness,
so what was sealed once is kept; `--again` seals anew.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import msgpack, structs

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from sync import canonical, enrolment, exchange, identifiers, merge, revisions  # noqa: E402  # after the path
from sync.crypto import (  # noqa: E402
    aead,
    bodies,
    content_keys,
    packets,
    padding,
    passphrase,
    rows,
    sealing,
    signing,
    vault,
)

Case = dict[str, Any]
Fields = Mapping[str, Sequence[tuple[revisions.Value, bytes, int]]]


def seeded(label: str, size: int) -> bytes:
    """Bytes that look random and are always the same."""
    return hashlib.shake_256(f"sojourn vectors: {label}".encode()).digest(size)


def signing_key(label: str) -> signing.SigningPrivateKey:
    return ec.derive_private_key(int.from_bytes(seeded(label, 31), "big") + 1, ec.SECP256R1())


PROGRAMME = seeded("programme", 16)
CONTACTS = identifiers.collection_id(PROGRAMME, "contacts")
ADMIN = identifiers.collection_id(PROGRAMME, "admin")
RECORD = seeded("record", 16)
CONTENT_KEY = seeded("content key", 32)
PROGRAMME_SEED = bytes(range(32))
PROGRAMME_SEALING_KEY = sealing.public_key(PROGRAMME_SEED)
PROGRAMME_SIGNING = signing_key("programme")
PHONE_SIGNING = signing_key("phone")
PHONE_SEED = seeded("phone sealing", 32)
PHONE_SIGNING_KEY = signing.public_key(PHONE_SIGNING)
PHONE_SEALING_KEY = sealing.public_key(PHONE_SEED)
PHONE = identifiers.device_id(PHONE_SIGNING_KEY)
OTHER = seeded("other phone", 16)
LANE = seeded("lane", 16)
REV_A, REV_B, REV_C = sorted(seeded(f"rev {name}", 32) for name in "abc")


def main() -> None:
    """Each file: {"description", "valid", "invalid"}."""
    again = "--again" in sys.argv[1:]
    makers: Mapping[str, Callable[[], tuple[str, list[Case], list[Case]]]] = {
        "padding": padding_cases,
        "identifiers": identifier_cases,
        "key_id": key_id_cases,
        "plaintext": plaintext_cases,
        "revision": revision_cases,
        "heads": heads_cases,
        "merge": merge_cases,
        "body": body_cases,
        "packet": lambda: packet_cases(None if again else read("packet")),
        "card": card_cases,
        "certificate": certificate_cases,
        "token": token_cases,
        "passphrase": passphrase_cases,
        "vault_header": vault_header_cases,
        "row": row_cases,
        "invite": invite_cases,
        "cursor": cursor_cases,
    }
    for name, make in makers.items():
        with mock.patch("secrets.token_bytes", stream(name)):
            description, valid, invalid = make()
        write(name, {"description": description, "valid": hexed(valid), "invalid": hexed(invalid)})


def stream(label: str) -> Callable[[int], bytes]:
    """Stands for `secrets.token_bytes`."""

    def numbers() -> Iterator[int]:
        number = 0
        while True:
            yield number
            number += 1

    drawn = numbers()
    return lambda size: seeded(f"{label} nonce {next(drawn)}", size)


def padding_cases() -> tuple[str, list[Case], list[Case]]:
    lengths = [0, 1, 510, 511, 512, 527, 528, 543, 544, 1000, 1023, 1024, 4095, 9000, 63487]
    small: list[Case] = [
        {"content": content, "padded_length": len(padding.pad(content)), "padded": padding.pad(content)}
        for content in (seeded(f"padding {length}", length) for length in lengths if length <= 1024)
    ]
    ends_in_zero: Case = {
        "content": b"a\x80\x00\x00",
        "padded_length": 512,
        "padded": padding.pad(b"a\x80\x00\x00"),
    }
    invalid: list[Case] = [
        {"why": "empty", "padded": b""},
        {"why": "no mark", "padded": bytes(512)},
        {"why": "another mark", "padded": b"a\x81" + bytes(510)},
        {"why": "shorter than 512", "padded": b"a\x80" + bytes(509)},
        {"why": "longer than it need be", "padded": b"a\x80" + bytes(542)},
        {"why": "no Padmé length", "padded": bytes([1]) * 512 + b"\x80" + bytes(1)},
    ]
    return (
        "content → padded, and back; padded_length alone where the bytes are left out",
        [
            *small,
            ends_in_zero,
            *({"length": length, "padded_length": padding.padded_length(length)} for length in lengths),
        ],
        invalid,
    )


def identifier_cases() -> tuple[str, list[Case], list[Case]]:
    valid: list[Case] = [
        {
            "kind": "collection",
            "programme": PROGRAMME,
            "name": name,
            "id": identifiers.collection_id(PROGRAMME, name),
        }
        for name in identifiers.COLLECTIONS
    ]
    valid += [
        {"kind": "device", "signing_key": PHONE_SIGNING_KEY, "id": PHONE},
        {
            "kind": "sealing_key",
            "sealing_seed": PROGRAMME_SEED,
            "sealing_key": PROGRAMME_SEALING_KEY,
            "id": identifiers.sealing_key_id(PROGRAMME_SEALING_KEY),
        },
        {
            "kind": "sealing_key",
            "sealing_seed": PHONE_SEED,
            "sealing_key": PHONE_SEALING_KEY,
            "id": identifiers.sealing_key_id(PHONE_SEALING_KEY),
        },
    ]
    return "ids; a sealing key is the X-Wing public key of its 32-byte seed", valid, []


def key_id_cases() -> tuple[str, list[Case], list[Case]]:
    keys = [CONTENT_KEY, bytes(32), b"\xff" * 32]
    return "content_key → key", [{"content_key": k, "key": content_keys.key_id(k)} for k in keys], []


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


def plaintext_cases() -> tuple[str, list[Case], list[Case]]:
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
    ]
    return "encoded ↔ plaintext; encoding what was decoded gives the same bytes", valid, invalid


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


def revision_cases() -> tuple[str, list[Case], list[Case]]:
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


def heads_cases() -> tuple[str, list[Case], list[Case]]:
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


def head(
    rev: bytes, p: revisions.Plaintext, supersedes: Sequence[bytes] = (), *, tombstone: bool = False
) -> merge.Head:
    return merge.Head(rev=rev, tombstone=tombstone, supersedes=tuple(supersedes), plaintext=p)


def merge_cases() -> tuple[str, list[Case], list[Case]]:
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


def body_cases() -> tuple[str, list[Case], list[Case]]:
    content = revisions.encode_plaintext(plaintext(PHONE, 1, [], {"area": [("north", PHONE, 1)]}))
    plain = bodies.seal_body(CONTENT_KEY, CONTACTS, RECORD, [], content)
    edit = bodies.seal_body(CONTENT_KEY, CONTACTS, RECORD, [REV_A, REV_B], content + b"", tombstone=True)
    signed = bodies.sign_content(
        PHONE_SIGNING, ADMIN, RECORD, [REV_A], key=content_keys.key_id(CONTENT_KEY), content=content
    )
    sealed = bodies.seal_body(CONTENT_KEY, ADMIN, RECORD, [REV_A], signed)
    valid: list[Case] = [
        body_case(CONTACTS, plain, content),
        body_case(CONTACTS, edit, content),
        {
            **body_case(ADMIN, sealed, signed),
            "signed": {
                "author_signing_key": PHONE_SIGNING_KEY,
                "content": content,
                "message": bodies.signed_message(
                    ADMIN, RECORD, [REV_A], key=content_keys.key_id(CONTENT_KEY), content=content
                ),
                "signature": bodies.read_signed(signed).signature,
            },
        },
    ]
    base = structs.asdict(plain)
    wrong: list[tuple[str, bytes, bytes, Case]] = [
        ("another key", seeded("other key", 32), CONTACTS, {}),
        ("another collection", CONTENT_KEY, ADMIN, {}),
        ("another record", CONTENT_KEY, CONTACTS, {"record": seeded("other", 16)}),
        ("another supersedes", CONTENT_KEY, CONTACTS, {"supersedes": (REV_A,)}),
        ("another tombstone", CONTENT_KEY, CONTACTS, {"tombstone": True}),
        ("another chunk", CONTENT_KEY, CONTACTS, {"chunks": (REV_A,)}),
        ("a bit changed", CONTENT_KEY, CONTACTS, {"body": plain.body[:-1] + bytes([plain.body[-1] ^ 1])}),
        ("cut short", CONTENT_KEY, CONTACTS, {"body": plain.body[:-1]}),
        ("not padded", CONTENT_KEY, CONTACTS, {"body": unpadded_body(content)}),
    ]
    invalid: list[Case] = [
        {"why": why, "collection": collection, "content_key": key, "revision": {**base, **changes}}
        for why, key, collection, changes in wrong
    ]
    return "content_key, collection, revision → content (unpadded); invalid ones do not open", valid, invalid


def body_case(collection: bytes, r: revisions.Revision, content: bytes) -> Case:
    return {
        "collection": collection,
        "content_key": CONTENT_KEY,
        "revision": structs.asdict(r),
        "content": content,
        "rev": revisions.rev_of(collection, r),
    }


def unpadded_body(content: bytes) -> bytes:
    key = content_keys.key_id(CONTENT_KEY)
    associated = canonical.encode(["sojourn/1/body", CONTACTS, RECORD, [], key, False, []])
    return aead.seal(CONTENT_KEY, content, associated)


def packet_cases(before: Case | None) -> tuple[str, list[Case], list[Case]]:
    kept = {
        case["name"]: bytes.fromhex(case["packet"]["sealed"]) for case in (before or {"valid": []})["valid"]
    }
    programme = identifiers.sealing_key_id(PROGRAMME_SEALING_KEY)
    ways = [
        ("to the programme", CONTACTS, programme, PROGRAMME_SEED),
        ("to a device", CONTACTS, PHONE, PHONE_SEED),
        ("in admin", ADMIN, programme, PROGRAMME_SEED),
    ]
    valid = []
    for name, collection, recipient, seed in ways:
        packet = packets.seal_packet(
            CONTENT_KEY,
            PROGRAMME,
            collection,
            owner=PHONE,
            author=PHONE,
            author_key=PHONE_SIGNING,
            recipient=recipient,
            sealing_key=sealing.public_key(seed),
        )
        if name in kept:
            same = structs.replace(packet, sealed=kept[name])
            packet = packets.sign_packet(same, PROGRAMME, collection, PHONE_SIGNING)
        valid.append(packet_case(name, collection, seed, packet))
    first = valid[0]
    p = exchange.KeyPacket(**first["packet"])
    resigned = packets.sign_packet
    changed = p.sealed[:-1] + bytes([p.sealed[-1] ^ 1])
    wrong: list[tuple[str, str, Case, exchange.KeyPacket]] = [
        (
            "a bit of the signature changed",
            "verify",
            {},
            structs.replace(p, signature=p.signature[:-1] + bytes([p.signature[-1] ^ 1])),
        ),
        ("another owner, old signature", "verify", {}, structs.replace(p, owner=OTHER)),
        ("another collection", "verify", {"collection": ADMIN}, p),
        ("a signature of zeros", "verify", {}, structs.replace(p, signature=bytes(64))),
        (
            "a bit of sealed changed, signed again",
            "open",
            {},
            resigned(structs.replace(p, sealed=changed), PROGRAMME, CONTACTS, PHONE_SIGNING),
        ),
        (
            "another owner, signed again",
            "open",
            {},
            resigned(structs.replace(p, owner=OTHER), PROGRAMME, CONTACTS, PHONE_SIGNING),
        ),
        (
            "another key id, signed again",
            "open",
            {},
            resigned(structs.replace(p, key=seeded("k", 16)), PROGRAMME, CONTACTS, PHONE_SIGNING),
        ),
        (
            "a suite of the future, signed again",
            "open",
            {},
            resigned(structs.replace(p, suite=2), PROGRAMME, CONTACTS, PHONE_SIGNING),
        ),
        ("another recipient's seed", "open", {"sealing_seed": PHONE_SEED}, p),
        (
            "cut short, signed again",
            "open",
            {},
            resigned(structs.replace(p, sealed=p.sealed[:1119]), PROGRAMME, CONTACTS, PHONE_SIGNING),
        ),
    ]
    invalid = [
        {**first, "why": why, "fails": fails, **changes, "packet": structs.asdict(packet)}
        for why, fails, changes, packet in wrong
    ]
    for case in invalid:
        for known in ("name", "message", "info", "packet_id"):
            del case[known]
    return (
        "packet verifies with author_signing_key and opens with sealing_seed to content_key; "
        "invalid ones fail at `fails`: verify or open",
        valid,
        invalid,
    )


def packet_case(name: str, collection: bytes, seed: bytes, p: exchange.KeyPacket) -> Case:
    return {
        "name": name,
        "programme": PROGRAMME,
        "collection": collection,
        "content_key": CONTENT_KEY,
        "sealing_seed": seed,
        "sealing_key": sealing.public_key(seed),
        "author_signing_key": PHONE_SIGNING_KEY,
        "author_private_key": signing.private_to_bytes(PHONE_SIGNING),
        "info": packets.packet_info(
            PROGRAMME, collection, key=p.key, owner=p.owner, author=p.author, recipient=p.recipient
        ),
        "message": exchange.packet_message(PROGRAMME, collection, p),
        "packet_id": exchange.packet_id(PROGRAMME, collection, p),
        "packet": structs.asdict(p),
    }


def card(
    private: signing.SigningPrivateKey, generation: int, label: str, name: str, *, practice: bool = False
) -> enrolment.Card:
    return enrolment.sign_card(
        private,
        programme=PROGRAMME,
        generation=generation,
        sealing_key=PROGRAMME_SEALING_KEY if generation == 1 else PHONE_SEALING_KEY,
        signing_key=signing.public_key(signing_key(label)),
        practice=practice,
        name=name,
    )


def card_cases() -> tuple[str, list[Case], list[Case]]:
    first = card(PROGRAMME_SIGNING, 1, "programme", "Border programme")
    practice = card(PROGRAMME_SIGNING, 1, "programme", "", practice=True)
    second = card(PROGRAMME_SIGNING, 2, "programme 2", "កម្មវិធី")
    key = first.signing_key
    valid: list[Case] = [
        {
            "card": structs.asdict(c),
            "signed_by": key,
            "fingerprint": enrolment.fingerprint(c),
        }
        for c in (first, practice, second)
    ]
    other = signing.public_key(signing_key("somebody else"))
    wrong: list[tuple[str, bytes, enrolment.Card]] = [
        ("signed by another key", other, first),
        ("another name", key, structs.replace(first, name="Another")),
        ("another generation", key, structs.replace(first, generation=2)),
        ("practice changed", key, structs.replace(first, practice=True)),
        ("another sealing key", key, structs.replace(first, sealing_key=PHONE_SEALING_KEY)),
        ("a key that is no point", bytes([4]) + bytes(64), first),
    ]
    invalid: list[Case] = [{"why": why, "card": structs.asdict(c), "signed_by": k} for why, k, c in wrong]
    return "a card verifies with `signed_by`; its fingerprint", valid, invalid


def certificate(**changes: Any) -> enrolment.Certificate:
    parts: dict[str, Any] = {
        "programme": PROGRAMME,
        "lane": LANE,
        "role": "worker",
        "signing_key": PHONE_SIGNING_KEY,
        "sealing_key": PHONE_SEALING_KEY,
    }
    return enrolment.sign_certificate(PROGRAMME_SIGNING, **{**parts, **changes})


def certificate_cases() -> tuple[str, list[Case], list[Case]]:
    key = signing.public_key(PROGRAMME_SIGNING)
    first = certificate()
    held = [first, certificate(role="coordinator"), certificate(n=2, revoked=True, last_counter=41)]
    valid: list[Case] = [{"certificate": structs.asdict(c), "programme_signing_key": key} for c in held]
    wrong: list[tuple[str, bytes, enrolment.Certificate]] = [
        ("signed by the device itself", PHONE_SIGNING_KEY, first),
        ("another role", key, structs.replace(first, role="coordinator")),
        ("another lane", key, structs.replace(first, lane=OTHER)),
        ("revoked taken back", key, structs.replace(held[2], revoked=False)),
        ("a higher n", key, structs.replace(first, n=9)),
        ("a device that is not its key's", key, structs.replace(first, device=OTHER)),
    ]
    invalid: list[Case] = [
        {"why": why, "certificate": structs.asdict(c), "programme_signing_key": k} for why, k, c in wrong
    ]
    return "a certificate verifies with programme_signing_key", valid, invalid


def token_cases() -> tuple[str, list[Case], list[Case]]:
    challenge = seeded("challenge", 32)
    origin = "https://hub.example"
    message = enrolment.token_message(origin, challenge, PHONE)
    base: Case = {"origin": origin, "challenge": challenge, "device": PHONE, "signing_key": PHONE_SIGNING_KEY}
    signature = signing.sign(PHONE_SIGNING, message)
    valid: list[Case] = [{**base, "message": message, "signature": signature}]
    invalid: list[Case] = [
        {"why": "another origin", **base, "origin": "https://other.example", "signature": signature},
        {"why": "another challenge", **base, "challenge": bytes(32), "signature": signature},
        {"why": "another device", **base, "device": OTHER, "signature": signature},
    ]
    return "what a device signs for a token", valid, invalid


def passphrase_cases() -> tuple[str, list[Case], list[Case]]:
    typed = [
        "correct horse battery staple",
        "  two   spaces\tand a tab\n",
        "no\u00a0break\u3000ideographic\u2009thin\u1680ogham\u0085next",
        "zero\u200bwidth\u200d and\u00ad soft\ufeff hyphen\u2060",
        "a \u200b b",
        "ﬁne Å Å ½ ｆｕｌｌ",
        "e\u0301 \u1e9b\u0323",
        "ភាសាខ្មែរ\u17b4 မြန်မာ اردو\u200c ไทย",
        "\u180e\U000e0001tag\ufe0f❤\ufe0f",
        "\u115f\u1160\u3164\uffa0x",
        "🙂 👩\u200d👧",
        "",
        " \u200b\t",
    ]
    valid: list[Case] = [{"passphrase": t, "normalised": passphrase.normalised(t)} for t in typed]
    return "passphrase → normalised", valid, []


def vault_header_cases() -> tuple[str, list[Case], list[Case]]:
    key = seeded("vault key", 32)
    recovery, passkey = seeded("recovery", 20), seeded("passkey", 32)
    words = "correct horse  battery\u00a0staple"
    header = vault.new_header(vault.Cost(memory_kib=19_456, passes=2))
    slot = vault.passphrase_slot_key(header, words)
    header = vault.fill_slot(header, 5, slot, key)
    header = vault.fill_slot(header, 0, vault.recovery_slot_key(recovery), key)
    header = vault.fill_slot(header, 2, vault.passkey_slot_key(passkey), key)
    wipe = vault.passphrase_slot_key(header, "another passphrase")
    header = vault.fill_slot(header, 7, wipe, seeded("nothing", 32), "wipe")
    encoded = vault.encode_header(header)
    base: Case = {"header": encoded}
    valid: list[Case] = [
        {**base, "passphrase": words, "slot_key": slot, "vault_key": key, "kind": "open", "number": 5},
        {
            **base,
            "passphrase": "another passphrase",
            "slot_key": wipe,
            "vault_key": seeded("nothing", 32),
            "kind": "wipe",
            "number": 7,
        },
        {
            **base,
            "recovery_key": recovery,
            "slot_key": vault.recovery_slot_key(recovery),
            "vault_key": key,
            "kind": "open",
            "number": 0,
        },
        {
            **base,
            "passkey_secret": passkey,
            "slot_key": vault.passkey_slot_key(passkey),
            "vault_key": key,
            "kind": "open",
            "number": 2,
        },
    ]
    parts = list(header.slots)
    salt = header.salt
    label = "sojourn/1/vault"
    moved = [parts[5], *parts[1:5], parts[0], *parts[6:]]
    bad: list[tuple[str, Any]] = [
        ("another passphrase's slots in other places", [label, salt, 19_456, 2, moved]),
        ("too little memory", [label, salt, 19_455, 2, parts]),
        ("one pass", [label, salt, 19_456, 1, parts]),
        ("seven slots", [label, salt, 19_456, 2, parts[:7]]),
        ("a slot of 91 bytes", [label, salt, 19_456, 2, [*parts[:7], parts[7][:91]]]),
        ("a salt of 15 bytes", [label, salt[:15], 19_456, 2, parts]),
        ("another label", ["sojourn/2/vault", salt, 19_456, 2, parts]),
        ("another salt", [label, seeded("salt", 16), 19_456, 2, parts]),
    ]
    invalid: list[Case] = [{"why": why, "header": msgpack.encode(b), "passphrase": words} for why, b in bad]
    invalid += [
        {"why": "another passphrase", "header": encoded, "passphrase": "correct horse battery stapler"},
        {"why": "a passphrase where a recovery key belongs", "header": encoded, "recovery_key": passkey},
    ]
    return (
        "header and a secret → vault key, kind and slot; invalid ones do not decode or do not open",
        valid,
        invalid,
    )


def row_cases() -> tuple[str, list[Case], list[Case]]:
    key = seeded("vault key", 32)
    rows_key, address = vault.rows_key(key), seeded("address", 16)
    content = b"anything"
    value = rows.seal_row(rows_key, address, content)
    base: Case = {"rows_key": rows_key, "address": address, "value": value}
    valid: list[Case] = [
        {"vault_key": key, "root_address": vault.root_address(key), **base, "content": content},
    ]
    invalid: list[Case] = [
        {"why": "at another address", **base, "address": seeded("elsewhere", 16)},
        {"why": "under another key", **base, "rows_key": seeded("rows", 32)},
        {"why": "a bit changed", **base, "value": value[:-1] + bytes([value[-1] ^ 1])},
        {"why": "empty", **base, "value": b""},
    ]
    return "rows_key, address, value → content", valid, invalid


def invite_cases() -> tuple[str, list[Case], list[Case]]:
    secret = seeded("invite secret", 32)
    worker = enrolment.Invite(
        hub="https://hub.example",
        invite=seeded("invite", 16),
        programme=PROGRAMME,
        signing_key_hash=hashlib.sha256(signing.public_key(PROGRAMME_SIGNING)).digest(),
        role="worker",
        expiry=1_800_000_000,
        secret=secret,
    )
    held = [
        worker,
        structs.replace(
            worker, hub="http://127.0.0.1:8000", signing_key_hash=bytes(32), role="coordinator", expiry=0
        ),
    ]
    valid = [invite_case(invite) for invite in held]
    parts: list[Any] = [
        "sojourn/1/invite",
        worker.hub,
        worker.invite,
        PROGRAMME,
        worker.signing_key_hash,
        "worker",
        worker.expiry,
        secret,
    ]
    bad: list[tuple[str, list[Any]]] = [
        ("another label", ["sojourn/2/invite", *parts[1:]]),
        ("a role of the future", [*parts[:5], "guest", *parts[6:]]),
        ("a secret of 31 bytes", [*parts[:7], secret[:31]]),
        ("seven parts", parts[:7]),
        ("nine parts", [*parts, 1]),
        ("a hub with a path", [parts[0], "https://hub.example/app", *parts[2:]]),
        ("a hub with a slash", [parts[0], "https://hub.example/", *parts[2:]]),
        ("a hub without a scheme", [parts[0], "hub.example", *parts[2:]]),
        ("a hub of another scheme", [parts[0], "ftp://hub.example", *parts[2:]]),
        ("a hub in capitals", [parts[0], "https://Hub.example", *parts[2:]]),
        ("a hub with a name before it", [parts[0], "https://x@hub.example", *parts[2:]]),
        ("an expiry of 2^53", [*parts[:6], 2**53, parts[7]]),
    ]
    good = canonical.to_text(msgpack.encode(parts))
    invalid: list[Case] = [
        {"why": why, "link": "https://hub.example/join#" + canonical.to_text(msgpack.encode(b))}
        for why, b in bad
    ]
    invalid += [
        {"why": "cut short", "link": f"https://hub.example/join#{good[:-2]}"},
        {"why": "padded base64", "link": f"https://hub.example/join#{good}{'=' * (-len(good) % 4 or 4)}"},
        {"why": "no fragment", "link": "https://hub.example/join"},
        {"why": "a letter that is none", "link": f"https://hub.example/join#{good[:-1]}!"},
    ]
    return "link ↔ invite; claim, mac key; the mac of an enrolment", valid, invalid


def invite_case(invite: enrolment.Invite) -> Case:
    enrolled = enrolment.enrolment_of(invite, PHONE_SIGNING_KEY, PHONE_SEALING_KEY)
    return {
        "link": enrolment.invite_link(invite),
        "invite": structs.asdict(invite),
        "founding": invite.founding,
        "claim": enrolled.claim,
        "claim_hash": hashlib.sha256(enrolled.claim).digest(),
        "mac_key": enrolment.mac_key_of(invite.secret),
        "signing_key": PHONE_SIGNING_KEY,
        "sealing_key": PHONE_SEALING_KEY,
        "mac": enrolled.mac,
    }


def cursor_cases() -> tuple[str, list[Case], list[Case]]:
    epoch = seeded("epoch", 16)
    held = [
        exchange.start_of(epoch),
        exchange.Cursor(epoch=epoch, sequence=1, mark=REV_A[:8]),
        exchange.Cursor(epoch=epoch, sequence=2**53 - 1, mark=b"\xff" * 8),
    ]
    valid: list[Case] = []
    for cursor in held:
        raw = exchange.encode_cursor(cursor)
        valid.append({"cursor": raw, "text": canonical.to_text(raw), **structs.asdict(cursor)})
    whole = exchange.encode_cursor(held[1])
    invalid: list[Case] = [
        {"why": "31 bytes", "text": canonical.to_text(whole[:31])},
        {"why": "33 bytes", "text": canonical.to_text(whole + b"\x00")},
        {
            "why": "a sequence of 2^53",
            "text": canonical.to_text(epoch + (2**53).to_bytes(8, "big") + bytes(8)),
        },
        {"why": "padded base64", "text": canonical.to_text(whole) + "="},
        {
            "why": "base64's other letters",
            "text": canonical.to_text(b"\xff" * 16 + whole[16:]).replace("_", "/"),
        },
        {"why": "stray bits at the end", "text": canonical.to_text(whole)[:-1] + "B"},
        {"why": "empty", "text": ""},
    ]
    return "cursor (bytes) ↔ text ↔ epoch, sequence, mark", valid, invalid


def hexed(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {name: hexed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [hexed(part) for part in value]
    return value


def read(name: str) -> Case | None:
    path = HERE / f"{name}.json"
    if not path.exists():
        return None
    content: Case = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(name: str, content: Case) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=True)
    (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
