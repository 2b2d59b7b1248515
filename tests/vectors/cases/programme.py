"""Vectors of how a device enters a programme: cards, certificates, tokens, invites."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import msgpack, structs

from sync import backups, canonical, enrolment, sheets
from sync.crypto import sealing, signing
from tests.vectors.cases.inputs import (
    LANE,
    OTHER,
    PHONE,
    PHONE_SEALING_KEY,
    PHONE_SIGNING,
    PHONE_SIGNING_KEY,
    PROGRAMME,
    PROGRAMME_SEALING_KEY,
    PROGRAMME_SEED,
    PROGRAMME_SIGNING,
    Case,
    Cases,
    seeded,
    signing_key,
)


def card_cases() -> Cases:
    first = card(PROGRAMME_SIGNING, 1, "programme", "Border programme")
    practice = card(PROGRAMME_SIGNING, 1, "programme", "", practice=True)
    second = card(PROGRAMME_SIGNING, 2, "programme 2", "កម្មវិធី")
    key = first.signing_key
    valid: list[Case] = [
        {
            "card": card_parts(c),
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
    invalid: list[Case] = [{"why": why, "card": card_parts(c), "signed_by": k} for why, k, c in wrong]
    return "a card verifies with `signed_by`; its fingerprint", valid, invalid


def card_parts(card: enrolment.Card) -> Case:
    """As it travels: without what is not there."""
    return {name: value for name, value in structs.asdict(card).items() if value is not None}


def chain_cases() -> Cases:
    """What an offer of cards leads to from the one that is held; and from an invite, for who holds none yet."""
    labels = ["programme", "programme 2", "programme 3", "programme 4"]
    cards = [later_card(generation, labels) for generation in range(1, 5)]
    first, second, third, fourth = cards
    rival = later_card(2, ["programme", "rival"])
    skipping = later_card(5, ["programme", "", "", "", "rival"], by="programme")
    made_up = later_card(2, ["somebody else", "rival"])
    alone = structs.replace(second, own_signature=None)
    elsewhere = structs.replace(second, programme=OTHER)
    changed = structs.replace(second, sealing_key=PROGRAMME_SEALING_KEY)
    followed: list[tuple[str, enrolment.Card, list[enrolment.Card]]] = [
        ("the next", first, [second]),
        ("two at once, in any order", first, [third, first, second]),
        ("all of them", first, cards),
        ("one is missing", first, [third, fourth]),
        ("a lower one", third, [first, second]),
        ("nothing", second, []),
        ("signed by nobody who may", first, [made_up]),
        ("a later one that skips the chain is passed over", first, [second, skipping, third]),
        ("of two the first that is offered", first, [rival, second]),
        ("whoever left signs a card after theirs", second, [skipping, rival, third]),
        ("its own key does not stand for it", first, [alone]),
        ("another programme's", first, [elsewhere]),
        ("a sealing key that was put there", first, [changed]),
    ]
    valid: list[Case] = [
        {
            "why": why,
            "held": card_parts(held),
            "offered": [card_parts(each) for each in offered],
            "card": enrolment.follow(held, offered).generation,
            "fingerprint": enrolment.fingerprint(enrolment.follow(held, offered)),
        }
        for why, held, offered in followed
    ]
    invited: list[tuple[str, enrolment.Card, list[enrolment.Card]]] = [
        ("an invite of the first card", first, [first, second, third]),
        ("an invite of the second", second, [first, second, third]),
        ("an invite of the last", third, [first, second, third]),
    ]
    for why, named, offered in invited:
        shown = enrolment.first_card(offered, invite_of(named))
        valid.append(
            {
                "why": why,
                "signing_key_hash": hashlib.sha256(named.signing_key).digest(),
                "offered": [card_parts(each) for each in offered],
                "card": shown.generation,
                "fingerprint": enrolment.fingerprint(shown),
            }
        )
    refused: list[tuple[str, enrolment.Card, list[enrolment.Card]]] = [
        ("the invited key is in none of them", fourth, [first, second]),
        ("the invited key did not sign its sealing key", second, [first, changed]),
        ("the invited key stands for nothing", second, [first, alone]),
    ]
    invalid: list[Case] = [
        {
            "why": why,
            "signing_key_hash": hashlib.sha256(named.signing_key).digest(),
            "offered": [card_parts(each) for each in offered],
        }
        for why, named, offered in refused
    ]
    return "where the cards that are offered lead, from the one held or from an invite's key", valid, invalid


def later_card(generation: int, labels: list[str], *, by: str = "") -> enrolment.Card:
    """labels: of the signing keys of the generations, in order; by: of the key that signs, if not the one before."""
    own = signing_key(labels[generation - 1])
    before = signing_key(by or labels[max(generation - 2, 0)])
    return enrolment.sign_card(
        before,
        programme=PROGRAMME,
        generation=generation,
        sealing_key=PROGRAMME_SEALING_KEY if generation == 1 else PHONE_SEALING_KEY,
        signing_key=signing.public_key(own),
        practice=False,
        name="Border programme",
        own=None if generation == 1 else own,
    )


def invite_of(named: enrolment.Card) -> enrolment.Invite:
    return enrolment.Invite(
        hub="https://hub.example",
        invite=seeded("invite", 16),
        programme=PROGRAMME,
        signing_key_hash=hashlib.sha256(named.signing_key).digest(),
        role="worker",
        expiry=1_800_000_000,
        secret=seeded("invite secret", 32),
    )


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


def certificate_cases() -> Cases:
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


def certificate(**changes: Any) -> enrolment.Certificate:
    parts: dict[str, Any] = {
        "programme": PROGRAMME,
        "lane": LANE,
        "role": "worker",
        "signing_key": PHONE_SIGNING_KEY,
        "sealing_key": PHONE_SEALING_KEY,
    }
    return enrolment.sign_certificate(PROGRAMME_SIGNING, **{**parts, **changes})


def token_cases() -> Cases:
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


def invite_cases() -> Cases:
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


def sheet_cases() -> Cases:
    made = [
        sheet(PROGRAMME, PROGRAMME_SIGNING, PROGRAMME_SEED),
        # A number with zeros before it, and the lowest there is.
        sheet(bytes(16), ec.derive_private_key(1, ec.SECP256R1()), seeded("sheet", 32)),
        sheet(b"\xff" * 16, ec.derive_private_key(P256_ORDER - 1, ec.SECP256R1()), b"\xff" * 32),
    ]
    valid: list[Case] = [
        {
            **structs.asdict(each),
            "signing_key": signing.public_key(sheets.signing_key_of(each)),
            "sealing_key": sealing.public_key(each.sealing_seed),
            "digits": sheets.sheet_digits(each),
            "typed": typed,
        }
        for each in made
        for typed in (sheets.sheet_digits(each), as_code(each), on_lines(each))
    ]
    good = sheets.sheet_digits(made[0])
    groups = good.split()
    wrong = f"{groups[39][:5]}{(int(groups[39][5]) + 1) % 10}"
    invalid: list[Case] = [
        {"typed": typed, "why": why}
        for typed, why in [
            ("", "nothing"),
            (backups.recovery_digits(seeded("recovery", 20)), "a recovery key"),
            (" ".join(groups[:39]), "a group is missing"),
            (good[:-1], "a digit is missing"),
            (f"{good} 000009", "a group too many"),
            (" ".join([*groups[:39], wrong]), "a wrong check digit in the last group"),
            (" ".join([groups[1], groups[0], *groups[2:]]), "two groups changed places"),
            (" ".join([*groups[:30], too_large(30), *groups[31:]]), "a number above 65535"),
            (numbered(0), "no private key: 0"),
            (numbered(P256_ORDER), "no private key: the curve's order"),
            (numbered(2**256 - 1), "no private key: above the curve's order"),
        ]
    ]
    return "programme, private number and sealing seed ↔ digits; their public keys; as typed", valid, invalid


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""NIST SP 800-186, section 3.2.1.3."""


def sheet(programme: bytes, signing_key: signing.SigningPrivateKey, seed: bytes) -> sheets.Sheet:
    number = signing_key.private_numbers().private_value
    return sheets.Sheet(programme=programme, number=number.to_bytes(32, "big"), sealing_seed=seed)


def as_code(sheet: sheets.Sheet) -> str:
    """As the QR code has it."""
    return sheets.sheet_digits(sheet).replace(" ", "")


def on_lines(sheet: sheets.Sheet) -> str:
    """As somebody types it who reads four groups at a time."""
    groups = sheets.sheet_digits(sheet).split()
    return "".join(f" {'  '.join(groups[at : at + 4])}\n" for at in range(0, 40, 4))


def numbered(number: int) -> str:
    return backups.digit_groups(PROGRAMME + number.to_bytes(32, "big") + PROGRAMME_SEED)


def too_large(group: int) -> str:
    return "65536" + backups.check_digit("65536", group)
