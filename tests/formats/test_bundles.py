"""The same reader reads bundles, receipts, what is sealed in them, and files in chunks."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tests.formats.attachments import attachment_of
from tests.formats.bundles import Bundle, read_bundle, read_receipt
from tests.formats.messagepack import RefusedError, array, decode, struct
from tests.formats.records import Alternative, Revision, plaintext_of, verify_certificate
from tests.formats.test_reading import vectors, with_byte_changed


def read(case: dict[str, Any]) -> Bundle:
    return read_bundle(bytes.fromhex(case["file"]), bytes.fromhex(case["signing_key"]))


def revision_in(case: dict[str, Any]) -> Revision:
    named = case["revision"]
    return Revision(
        record=bytes.fromhex(named["record"]),
        supersedes=[bytes.fromhex(each) for each in named["supersedes"]],
        key=bytes.fromhex(named["key"]),
        tombstone=named["tombstone"],
        chunks=[bytes.fromhex(each) for each in named["chunks"]],
        body=bytes.fromhex(named["body"]),
    )


def test_a_bundle_is_read_to_the_revisions_of_the_vector() -> None:
    for case in vectors("bundle")["valid"]:
        bundle = read(case)
        assert bundle == read_bundle(bytes.fromhex(case["file"]))
        assert (bundle.programme.hex(), bundle.device.hex()) == (case["programme"], case["device"])
        for name, told in ((each, case[each]) for each in ("enrolment", "certificate")):
            assert getattr(bundle, name) == (told and decode(bytes.fromhex(told)))
        assert [push.collection.hex() for push in bundle.pushes] == [
            each["collection"] for each in case["pushes"]
        ]
        for push, told in zip(bundle.pushes, case["pushes"], strict=True):
            message = struct(decode(bytes.fromhex(told["message"])))
            bodies = [struct(each)["body"] for each in array(message["revisions"])]
            assert [revision.body for revision in push.revisions] == bodies
            assert len(push.packets) == len(array(message["packets"]))


def test_a_contact_in_a_bundle_opens_with_its_content_key() -> None:
    keys = {case["revision"]["key"]: case["content_key"] for case in vectors("body")["valid"]}
    opened = [
        revision.plaintext(push.collection, bytes.fromhex(keys[revision.key.hex()]))
        for case in vectors("bundle")["valid"]
        for push in read(case).pushes
        for revision in push.revisions
    ]
    assert len(opened) == 3
    for plaintext in opened:
        assert plaintext.fields == {"area": [("north", plaintext.author, 1)]}


def test_what_is_no_bundle_and_a_bundle_with_a_changed_byte_are_refused() -> None:
    document = vectors("bundle")
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            read(case)
    file = bytes.fromhex(document["valid"][1]["file"])
    for at in range(0, len(file), 97):
        with pytest.raises(RefusedError):
            read_bundle(with_byte_changed(file, at))


def test_a_receipt_is_read_and_names_its_bundle() -> None:
    document = vectors("bundle_receipt")
    trailers = {read(case).trailer.hex() for case in vectors("bundle")["valid"]}
    for case in document["valid"]:
        receipt = read_receipt(bytes.fromhex(case["file"]))
        assert receipt.bundle.hex() == case["bundle"]
        assert receipt.bundle.hex() in trailers
        assert [(each.hex(), pushed) for each, pushed in receipt.receipts] == [
            (told["collection"], decode(bytes.fromhex(told["message"]))) for told in case["receipts"]
        ]
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            read_receipt(bytes.fromhex(case["file"]))


def test_the_certificate_in_a_bundle_is_the_programmes() -> None:
    keys = {case["programme_signing_key"] for case in vectors("certificate")["valid"]}
    (programme_key,) = keys
    for case in vectors("bundle")["valid"]:
        certificate = read(case).certificate
        if certificate is not None:
            verify_certificate(certificate, bytes.fromhex(programme_key))
            with pytest.raises(RefusedError):
                verify_certificate({**certificate, "role": "coordinator"}, bytes.fromhex(programme_key))


def test_bodies_and_revs_are_as_the_vectors_say() -> None:
    document = vectors("body")
    for case in document["valid"]:
        revision, collection, key = (
            revision_in(case),
            bytes.fromhex(case["collection"]),
            bytes.fromhex(case["content_key"]),
        )
        assert revision.rev(collection).hex() == case["rev"]
        assert revision.content(collection, key).hex() == case["content"]
        if "signed" in case:
            author_key = bytes.fromhex(case["signed"]["author_signing_key"])
            content = revision.signed_content(collection, key, author_key)
            assert content.hex() == case["signed"]["content"]
            with pytest.raises(RefusedError):
                revision.signed_content(bytes(16), key, author_key)
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            revision_in(case).content(bytes.fromhex(case["collection"]), bytes.fromhex(case["content_key"]))


def test_plaintexts_are_taken_and_refused_as_the_vectors_say() -> None:
    def alternatives(field: dict[str, Any]) -> list[Alternative]:
        held = field["alternatives"]
        return [(each["value"], bytes.fromhex(each["device"]), each["counter"]) for each in held]

    document = vectors("plaintext")
    for case in document["valid"]:
        plaintext = plaintext_of(bytes.fromhex(case["encoded"]))
        told = case["plaintext"]
        assert (plaintext.author.hex(), plaintext.counter) == (told["author"], told["counter"])
        assert plaintext.past == [(bytes.fromhex(each["device"]), each["counter"]) for each in told["past"]]
        assert plaintext.fields == {field["name"]: alternatives(field) for field in told["fields"]}
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            plaintext_of(bytes.fromhex(case["encoded"]))


def test_a_file_in_chunks_is_put_together_as_the_vectors_say() -> None:
    document = vectors("attachment")
    for case in document["valid"]:
        if "chunks" in case:
            chunks = [bytes.fromhex(each) for each in case["chunks"]]
            repeats = bytes.fromhex(case["repeats"])
            content = (repeats * (case["length"] // len(repeats) + 1))[: case["length"]]
            assert attachment_of(bytes.fromhex(case["key"]), chunks) == content
            assert [sha256(each).hexdigest() for each in chunks] == case["addresses"]
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            attachment_of(bytes.fromhex(case["key"]), [bytes.fromhex(each) for each in case["chunks"]])
