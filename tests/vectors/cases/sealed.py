"""Vectors of what is sealed: bodies and key packets."""

from __future__ import annotations

from msgspec import structs

from sync import canonical, exchange, identifiers, revisions
from sync.crypto import aead, bodies, content_keys, packets, sealing, signing
from tests.vectors.cases.inputs import (
    ADMIN,
    CONTACTS,
    CONTENT_KEY,
    MEMBERS,
    OTHER,
    PHONE,
    PHONE_SEED,
    PHONE_SIGNING,
    PHONE_SIGNING_KEY,
    PROGRAMME,
    PROGRAMME_SEALING_KEY,
    PROGRAMME_SEED,
    PROGRAMME_SIGNING,
    RECORD,
    REV_A,
    REV_B,
    Case,
    Cases,
    seeded,
)
from tests.vectors.cases.records import plaintext


def body_cases() -> Cases:
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


def signed_cases() -> Cases:
    """What a coordinator signs in `members`; whoever changes anything of it, or its place, is found out."""
    fields = {"type": [("notice", PHONE, 1)], "text": [("Meet at nine.", PHONE, 1)]}
    notice = revisions.encode_plaintext(plaintext(PHONE, 1, [], fields))
    gone = revisions.encode_plaintext(plaintext(PHONE, 2, [(PHONE, 1)], {}))
    valid = [
        signed_case("a notice", (), notice, tombstone=False),
        signed_case("withdrawn", (REV_A,), gone, tombstone=True),
    ]
    first = valid[0]
    signed = bodies.read_signed(first["signed"])
    other_author = signing.public_key(PROGRAMME_SIGNING)
    changed = canonical.encode(["sojourn/1/signed-content", notice[:-1] + b"\0", signed.signature])
    bit = signed.signature[:-1] + bytes([signed.signature[-1] ^ 1])
    resigned = canonical.encode(["sojourn/1/signed-content", notice, bit])
    wrong: list[tuple[str, str, Case]] = [
        ("another collection", "bad-signature", {"collection": ADMIN}),
        ("another record", "bad-signature", {"record": seeded("other", 16)}),
        ("another supersedes", "bad-signature", {"supersedes": [REV_B]}),
        ("another key", "bad-signature", {"key": seeded("other key", 16)}),
        ("made a tombstone", "bad-signature", {"tombstone": True}),
        ("another author", "bad-signature", {"author_signing_key": other_author}),
        ("the content changed", "bad-signature", {"signed": changed}),
        ("a bit of the signature", "bad-signature", {"signed": resigned}),
        ("no signature", "cannot-open", {"signed": notice}),
        ("cut short", "cannot-open", {"signed": first["signed"][:-1]}),
        ("something behind", "cannot-open", {"signed": first["signed"] + b"\0"}),
    ]
    invalid: list[Case] = [{"why": why, "code": code, **first, **changes} for why, code, changes in wrong]
    for case in invalid:
        del case["name"], case["message"], case["content"]
    return (
        "signed: what an opened body of `members` or `admin` is → content, once it verifies",
        valid,
        invalid,
    )


def signed_case(name: str, supersedes: tuple[bytes, ...], content: bytes, *, tombstone: bool) -> Case:
    key = content_keys.key_id(CONTENT_KEY)
    place = (MEMBERS, RECORD, supersedes)
    return {
        "name": name,
        "author_signing_key": PHONE_SIGNING_KEY,
        "collection": MEMBERS,
        "record": RECORD,
        "supersedes": list(supersedes),
        "key": key,
        "tombstone": tombstone,
        "content": content,
        "message": bodies.signed_message(*place, key=key, content=content, tombstone=tombstone),
        "signed": bodies.sign_content(PHONE_SIGNING, *place, key=key, content=content, tombstone=tombstone),
    }


def unpadded_body(content: bytes) -> bytes:
    key = content_keys.key_id(CONTENT_KEY)
    associated = canonical.encode(["sojourn/1/body", CONTACTS, RECORD, [], key, False, []])
    return aead.seal(CONTENT_KEY, content, associated)


def packet_cases(before: Case | None) -> Cases:
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
