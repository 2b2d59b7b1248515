"""Vectors of bundles and of the receipt files that come back."""

from __future__ import annotations

import hashlib
from functools import cache

from msgspec import msgpack

from sync import bundles, canonical
from sync.crypto import bodies, signing
from sync.enrolment import Enrolment
from sync.exchange import Cursor, Push, Pushed, Refusal, encode_cursor
from sync.revisions import encode_plaintext, rev_of
from tests.vectors.cases.inputs import (
    CONTACTS,
    CONTENT_KEY,
    OTHER,
    PHONE,
    PHONE_SEALING_KEY,
    PHONE_SIGNING,
    PHONE_SIGNING_KEY,
    PROGRAMME,
    RECORD,
    Case,
    Cases,
    seeded,
    signing_key,
)
from tests.vectors.cases.programme import certificate
from tests.vectors.cases.records import plaintext


def bundle_cases() -> Cases:
    held = [
        bundle(enrolment=msgpack.encode(enrolment()), pushes=(bundles.Bundled(CONTACTS, pushed()),)),
        certified(),
        bundle(certificate=msgpack.encode(certificate())),
    ]
    valid: list[Case] = []
    for each in held:
        file = bundles.write_bundle(PHONE_SIGNING, each)
        valid.append(
            {
                "file": file,
                "signing_key": PHONE_SIGNING_KEY,
                "programme": each.programme,
                "device": each.device,
                "enrolment": each.enrolment,
                "certificate": each.certificate,
                "pushes": [{"collection": p.collection, "message": p.message} for p in each.pushes],
            }
        )
    whole = bundles.write_bundle(PHONE_SIGNING, held[0])
    content = msgpack.encode(held[0])
    stranger = signing_key("somebody else")
    wrong: list[tuple[str, str, bytes, bytes]] = [
        ("empty", "cut", b"", PHONE_SIGNING_KEY),
        ("the end is missing", "cut", whole[:-1], PHONE_SIGNING_KEY),
        ("a byte changed", "cut", whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], PHONE_SIGNING_KEY),
        ("something behind it", "cut", whole + b"\n", PHONE_SIGNING_KEY),
        ("a trailer and nothing else", "not-a-bundle", with_trailer(b""), PHONE_SIGNING_KEY),
        ("no MessagePack", "not-a-bundle", with_trailer(b"\xc1" + bytes(64)), PHONE_SIGNING_KEY),
        ("a receipt", "not-a-bundle", with_trailer(receipt_content() + bytes(64)), PHONE_SIGNING_KEY),
        (
            "one element more",
            "not-a-bundle",
            with_trailer(signed(canonical.encode(["sojourn/1/bundle", PROGRAMME, PHONE, None, None, [], 1]))),
            PHONE_SIGNING_KEY,
        ),
        ("the signature of another", "bad-signature", signed_by(stranger, content), PHONE_SIGNING_KEY),
        ("another's key", "bad-signature", signed_by(stranger, content), signing.public_key(stranger)),
        ("no signature", "bad-signature", with_trailer(content + bytes(64)), PHONE_SIGNING_KEY),
    ]
    invalid: list[Case] = [
        {"why": why, "code": code, "file": file, "signing_key": key} for why, code, file, key in wrong
    ]
    return "file → what is in it, once it verifies with `signing_key`", valid, invalid


def bundle_receipt_cases() -> Cases:
    held = receipt()
    file = bundles.write_receipt(held)
    valid: list[Case] = [
        {
            "file": file,
            "bundle": held.bundle,
            "programme": held.programme,
            "device": held.device,
            "receipts": [{"collection": r.collection, "message": r.message} for r in held.receipts],
        }
    ]
    invalid: list[Case] = [
        {"why": "the end is missing", "code": "cut", "file": file[:-1]},
        {"why": "a byte changed", "code": "cut", "file": bytes([file[0] ^ 1]) + file[1:]},
        {"why": "a bundle", "code": "not-a-bundle", "file": bundles.write_bundle(PHONE_SIGNING, bundle())},
    ]
    return "file → what became of a bundle", valid, invalid


def bundle(
    *,
    enrolment: bytes | None = None,
    certificate: bytes | None = None,
    pushes: tuple[bundles.Bundled, ...] = (),
) -> bundles.Bundle:
    return bundles.Bundle(
        programme=PROGRAMME, device=PHONE, enrolment=enrolment, certificate=certificate, pushes=pushes
    )


@cache
def certified() -> bundles.Bundle:
    """The same for the bundle and for its receipt, though each sealing is another."""
    return bundle(
        certificate=msgpack.encode(certificate()), pushes=(bundles.Bundled(CONTACTS, pushed()),) * 2
    )


def enrolment() -> Enrolment:
    return Enrolment(
        invite=seeded("invite", 16),
        claim=seeded("claim", 32),
        signing_key=PHONE_SIGNING_KEY,
        sealing_key=PHONE_SEALING_KEY,
        mac=seeded("mac", 32),
    )


def pushed() -> bytes:
    contact = encode_plaintext(plaintext(PHONE, 1, [], {"area": [("north", PHONE, 1)]}))
    revision = bodies.seal_body(CONTENT_KEY, CONTACTS, RECORD, [], contact)
    return msgpack.encode(Push(revisions=(revision,)))


def receipt() -> bundles.BundleReceipt:
    revision = bodies.seal_body(CONTENT_KEY, CONTACTS, RECORD, [], b"another contact")
    rev = rev_of(CONTACTS, revision)
    start = Cursor(epoch=OTHER, sequence=0, mark=bytes(8))
    told = Pushed(
        before=encode_cursor(start),
        cursor=encode_cursor(Cursor(epoch=OTHER, sequence=1, mark=rev[:8])),
        stored=(rev,),
        known=(),
        refused=(Refusal(rev=seeded("refused", 32), why="bad-packet"),),
        safe=0,
        receipt="hub",
    )
    return bundles.BundleReceipt(
        bundle=bundles.write_bundle(PHONE_SIGNING, certified())[-32:],
        programme=PROGRAMME,
        device=PHONE,
        receipts=(bundles.Bundled(CONTACTS, msgpack.encode(told)),) * 2,
    )


def receipt_content() -> bytes:
    return msgpack.encode(receipt())


def signed(content: bytes) -> bytes:
    message = canonical.encode(["sojourn/1/bundle-signed", hashlib.sha256(content).digest()])
    return content + signing.sign(PHONE_SIGNING, message)


def signed_by(private: signing.SigningPrivateKey, content: bytes) -> bytes:
    message = canonical.encode(["sojourn/1/bundle-signed", hashlib.sha256(content).digest()])
    return with_trailer(content + signing.sign(private, message))


def with_trailer(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()
