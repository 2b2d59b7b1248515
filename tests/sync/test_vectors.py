"""The vectors that Python and TypeScript both pass; `tests/vectors/README.md`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from sync import (
    audit,
    backups,
    bundles,
    canonical,
    enrolment,
    exchange,
    identifiers,
    merge,
    revisions,
    sheets,
)
from sync.client.contacts import overview
from sync.client.reading import Opened
from sync.client.trust import Trust
from sync.crypto import (
    attachments,
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
from sync.enrolment import Card, Certificate
from sync.errors import BadSignatureError, BundleError, MalformedError, OpeningError
from tests.vectors import make

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
Case = dict[str, Any]


def cases(name: str, kind: str) -> list[Case]:
    path = VECTORS / f"{name}.json"
    read: list[Case] = json.loads(path.read_text(encoding="utf-8"))[kind]
    return read


def each(name: str, kind: str) -> pytest.MarkDecorator:
    held = cases(name, kind)
    return pytest.mark.parametrize(
        "case", held, ids=[str(c.get("why", c.get("name", n))) for n, c in enumerate(held)]
    )


def raw(case: Case, name: str) -> bytes:
    return bytes.fromhex(case[name])


def unhexed(value: Any) -> Any:
    """Every string of hex as bytes; the Structs meant here have no text that looks like it."""
    if isinstance(value, dict):
        return {
            name: part if name in {"role", "name", "hub"} else unhexed(part) for name, part in value.items()
        }
    if isinstance(value, list):
        return [unhexed(part) for part in value]
    return bytes.fromhex(value) if isinstance(value, str) else value


def test_the_files_are_what_make_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    written: dict[str, Case] = {}
    monkeypatch.setattr(make, "write", written.__setitem__)
    monkeypatch.setattr("sys.argv", ["make"])
    make.main()
    for name, content in written.items():
        assert json.loads(json.dumps(content)) == make.read(name), name


@each("padding", "valid")
def test_padding_is_as_long_as_it_says_and_comes_off(case: Case) -> None:
    length = case.get("length", len(raw(case, "content")) if "content" in case else 0)
    assert padding.padded_length(length) == case["padded_length"]
    if "content" in case:
        assert padding.pad(raw(case, "content")) == raw(case, "padded")
        assert padding.unpad(raw(case, "padded")) == raw(case, "content")


@each("padding", "invalid")
def test_padding_that_is_none_is_refused(case: Case) -> None:
    with pytest.raises(OpeningError):
        padding.unpad(raw(case, "padded"))


@each("backup", "valid")
def test_a_recovery_key_gives_a_backups_keys(case: Case) -> None:
    keys = backups.backup_keys(raw(case, "recovery_key"))
    assert keys.collection == raw(case, "collection")
    assert canonical.to_text(keys.token) == case["bearer"]
    assert (keys.token, keys.key) == (raw(case, "token"), raw(case, "content_key"))
    assert content_keys.key_id(keys.key) == raw(case, "key")


@each("backup", "invalid")
def test_a_recovery_key_of_another_size_gives_none(case: Case) -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        backups.backup_keys(raw(case, "recovery_key"))


@each("attachment", "valid")
def test_an_attachment_is_sealed_and_opened(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (raw(case, "repeats") * (case["length"] // 64 + 1))[: case["length"]]
    monkeypatch.setattr("secrets.token_bytes", lambda size: raw(case, "key")[:size])
    sealed = attachments.seal_attachment(content)
    assert [len(chunk) for chunk in sealed.chunks] == case["sizes"]
    assert [attachments.address_of(chunk).hex() for chunk in sealed.chunks] == case["addresses"]
    assert "chunks" not in case or [chunk.hex() for chunk in sealed.chunks] == case["chunks"]
    assert attachments.open_attachment(raw(case, "key"), sealed.chunks) == content


@each("attachment", "invalid")
def test_an_attachment_that_was_cut_or_changed_is_refused(case: Case) -> None:
    with pytest.raises(OpeningError):
        attachments.open_attachment(raw(case, "key"), [bytes.fromhex(chunk) for chunk in case["chunks"]])


@each("recovery", "valid")
def test_a_recovery_key_is_written_in_digits_and_read_back(case: Case) -> None:
    key = raw(case, "recovery_key")
    assert backups.recovery_digits(key) == case["digits"]
    assert backups.parse_recovery(case["digits"]) == key


@each("recovery", "invalid")
def test_digits_with_a_slip_are_no_recovery_key(case: Case) -> None:
    with pytest.raises(ValueError, match=r"slip|groups"):
        backups.parse_recovery(case["digits"])


@each("sheet", "valid")
def test_a_programmes_sheet_is_written_in_digits_and_read_back(case: Case) -> None:
    read = sheets.parse_sheet(case["typed"])
    names = ("programme", "number", "sealing_seed")
    assert structs.asdict(read) == {name: raw(case, name) for name in names}
    assert sheets.sheet_digits(read) == case["digits"]
    assert signing.public_key(sheets.signing_key_of(read)) == raw(case, "signing_key")
    assert sealing.public_key(read.sealing_seed) == raw(case, "sealing_key")


@each("sheet", "invalid")
def test_a_sheet_with_a_slip_or_of_no_key_is_none(case: Case) -> None:
    with pytest.raises((ValueError, MalformedError)):
        sheets.signing_key_of(sheets.parse_sheet(case["typed"]))


@each("bundle", "valid")
def test_a_bundle_is_read_and_verified(case: Case) -> None:
    read = bundles.read_bundle(raw(case, "file"))
    bundles.verify_bundle(read, raw(case, "signing_key"))
    pushes = [bundles.Bundled(raw(push, "collection"), raw(push, "message")) for push in case["pushes"]]
    assert read.bundle == bundles.Bundle(
        programme=raw(case, "programme"),
        device=raw(case, "device"),
        enrolment=case["enrolment"] and raw(case, "enrolment"),
        certificate=case["certificate"] and raw(case, "certificate"),
        pushes=tuple(pushes),
    )


@each("bundle", "invalid")
def test_a_bundle_that_is_none_is_refused(case: Case) -> None:
    with pytest.raises(BundleError) as raised:
        bundles.verify_bundle(bundles.read_bundle(raw(case, "file")), raw(case, "signing_key"))
    assert raised.value.why == case["code"]


@each("bundle_receipt", "valid")
def test_a_receipt_file_is_read(case: Case) -> None:
    read = bundles.read_receipt(raw(case, "file"))
    assert (read.bundle, read.device) == (raw(case, "bundle"), raw(case, "device"))
    for bundled, told in zip(read.receipts, case["receipts"], strict=True):
        assert (bundled.collection, bundled.message) == (raw(told, "collection"), raw(told, "message"))
        assert msgspec.msgpack.decode(bundled.message, type=exchange.Pushed).stored


@each("bundle_receipt", "invalid")
def test_a_receipt_file_that_is_none_is_refused(case: Case) -> None:
    with pytest.raises(BundleError) as raised:
        bundles.read_receipt(raw(case, "file"))
    assert raised.value.why == case["code"]


@each("identifiers", "valid")
def test_identifiers_are_made_alike(case: Case) -> None:
    if case["kind"] == "collection":
        made = identifiers.collection_id(raw(case, "programme"), case["name"])
    elif case["kind"] == "device":
        made = identifiers.device_id(raw(case, "signing_key"))
    else:
        assert sealing.public_key(raw(case, "sealing_seed")) == raw(case, "sealing_key")
        made = identifiers.sealing_key_id(raw(case, "sealing_key"))
    assert made == raw(case, "id")


def test_the_sealing_key_of_the_seed_that_counts_up_is_x_wings() -> None:
    assert sealing.public_key(bytes(range(32))).hex().startswith("6f54098a0a0e6411")


@each("key_id", "valid")
def test_a_content_key_has_its_id(case: Case) -> None:
    assert content_keys.key_id(raw(case, "content_key")) == raw(case, "key")


@each("plaintext", "valid")
def test_a_plaintext_decodes_and_encodes_to_the_same_bytes(case: Case) -> None:
    decoded = revisions.decode_plaintext(raw(case, "encoded"))
    assert revisions.encode_plaintext(decoded) == raw(case, "encoded")
    expected = case["plaintext"]
    assert decoded.author.hex() == expected["author"]
    assert decoded.counter == expected["counter"]
    assert [(s.device.hex(), s.counter) for s in decoded.past] == [
        (s["device"], s["counter"]) for s in expected["past"]
    ]
    assert fields_of({f.name: f.alternatives for f in decoded.fields}) == expected["fields"]


@each("plaintext", "invalid")
def test_a_plaintext_that_breaks_a_rule_is_refused(case: Case) -> None:
    with pytest.raises(MalformedError):
        revisions.decode_plaintext(raw(case, "encoded"))


def fields_of(fields: dict[str, tuple[revisions.Alternative, ...]]) -> list[Case]:
    return [
        {
            "name": name,
            "alternatives": [
                {
                    "value": list(a.value) if isinstance(a.value, tuple) else a.value,
                    "device": a.device.hex(),
                    "counter": a.counter,
                }
                for a in alternatives
            ],
        }
        for name, alternatives in fields.items()
    ]


@each("revision", "valid")
def test_a_revision_has_its_rev(case: Case) -> None:
    revision = msgspec.convert(unhexed(case["revision"]), revisions.Revision)
    assert revisions.rev_of(raw(case, "collection"), revision) == raw(case, "rev")
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(revision), type=revisions.Revision)
    assert again == revision


@each("revision", "invalid")
def test_a_revision_that_breaks_a_rule_is_refused(case: Case) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(unhexed(case["revision"]), revisions.Revision)


@each("heads", "valid")
def test_heads_are_what_nothing_supersedes(case: Case) -> None:
    held = {
        raw(each_, "rev"): revisions.Revision(
            record=raw(each_, "record"),
            supersedes=tuple(bytes.fromhex(rev) for rev in each_["supersedes"]),
            key=bytes(16),
            tombstone=False,
            chunks=(),
            body=bytes(28),
        )
        for each_ in case["revisions"]
    }
    superseded = [bytes.fromhex(rev) for rev in case["superseded"]]
    assert [rev.hex() for rev in revisions.heads_of(held, superseded)] == case["heads"]


def heads_in(case: Case) -> list[merge.Head]:
    return [
        merge.Head(
            rev=raw(h, "rev"),
            tombstone=h["tombstone"],
            supersedes=tuple(bytes.fromhex(rev) for rev in h["supersedes"]),
            plaintext=revisions.decode_plaintext(raw(h, "plaintext")),
        )
        for h in case["heads"]
    ]


@each("merge", "valid")
def test_heads_merge_alike(case: Case) -> None:
    merged = merge.merge(heads_in(case))
    assert fields_of(merged.fields) == case["merged"]["fields"]
    assert merged.deleted == case["merged"]["deleted"]
    assert merged.deleted_elsewhere == case["merged"]["deleted_elsewhere"]


@each("merge", "valid")
def test_an_edit_and_a_deletion_carry_alike(case: Case) -> None:
    edit = case["edit"]
    changes = {
        c["name"]: tuple(c["value"]) if isinstance(c["value"], list) else c["value"] for c in edit["changes"]
    }
    supersedes, plaintext = merge.successor(heads_in(case), raw(edit, "author"), edit["counter"], changes)
    assert [rev.hex() for rev in supersedes] == edit["supersedes"]
    assert revisions.encode_plaintext(plaintext).hex() == edit["plaintext"]
    supersedes, plaintext = merge.tombstone(heads_in(case), raw(edit, "author"), edit["counter"])
    assert [rev.hex() for rev in supersedes] == case["deletion"]["supersedes"]
    assert revisions.encode_plaintext(plaintext).hex() == case["deletion"]["plaintext"]


@each("merge", "invalid")
def test_a_head_that_does_not_fit_its_revision_is_refused(case: Case) -> None:
    with pytest.raises(MalformedError):
        heads_in(case)


@each("body", "valid")
def test_a_body_opens(case: Case) -> None:
    collection = raw(case, "collection")
    revision = msgspec.convert(unhexed(case["revision"]), revisions.Revision)
    content = bodies.open_body(raw(case, "content_key"), collection, revision)
    assert content == raw(case, "content")
    assert revisions.rev_of(collection, revision) == raw(case, "rev")
    if "signed" in case:
        signed = bodies.read_signed(content)
        assert signed.content == raw(case["signed"], "content")
        assert signed.signature == raw(case["signed"], "signature")
        bodies.verify_signed(signed, raw(case["signed"], "author_signing_key"), collection, revision)
        with pytest.raises(BadSignatureError):
            bodies.verify_signed(signed, raw(case["signed"], "author_signing_key"), bytes(16), revision)


@each("body", "invalid")
def test_a_body_that_was_changed_or_moved_does_not_open(case: Case) -> None:
    revision = msgspec.convert(unhexed(case["revision"]), revisions.Revision)
    with pytest.raises(OpeningError):
        bodies.open_body(raw(case, "content_key"), raw(case, "collection"), revision)


def signed_in(case: Case) -> bodies.SignedContent:
    """Verified. Raises OpeningError, BadSignatureError."""
    signed = bodies.read_signed(raw(case, "signed"))
    place = unhexed({name: case[name] for name in ("record", "supersedes", "key")})
    revision = revisions.Revision(**place, tombstone=case["tombstone"], chunks=(), body=bytes(28))
    bodies.verify_signed(signed, raw(case, "author_signing_key"), raw(case, "collection"), revision)
    return signed


@each("signed", "valid")
def test_what_a_coordinator_signed_verifies(case: Case) -> None:
    assert signed_in(case).content == raw(case, "content")


@each("signed", "invalid")
def test_what_a_coordinator_did_not_sign_so_is_refused(case: Case) -> None:
    with pytest.raises((OpeningError, BadSignatureError)) as refused:
        signed_in(case)
    assert refused.value.code == case["code"]


def packet_in(case: Case) -> exchange.KeyPacket:
    return msgspec.convert(unhexed(case["packet"]), exchange.KeyPacket)


def check_packet(case: Case) -> None:
    packet, programme, collection = packet_in(case), raw(case, "programme"), raw(case, "collection")
    packets.verify_packet(packet, programme, collection, raw(case, "author_signing_key"))
    opened = packets.open_packet(packet, programme, collection, raw(case, "sealing_seed"))
    assert opened == raw(case, "content_key")
    assert exchange.packet_id(programme, collection, packet) == raw(case, "packet_id")
    assert exchange.packet_message(programme, collection, packet) == raw(case, "message")


@each("packet", "valid")
def test_a_packet_verifies_and_opens(case: Case) -> None:
    check_packet(case)
    assert sealing.public_key(raw(case, "sealing_seed")) == raw(case, "sealing_key")
    private = signing.private_from_bytes(raw(case, "author_private_key"))
    assert signing.public_key(private) == raw(case, "author_signing_key")


@each("packet", "invalid")
def test_a_packet_that_was_changed_is_refused(case: Case) -> None:
    packet, programme, collection = packet_in(case), raw(case, "programme"), raw(case, "collection")
    if case["fails"] == "verify":
        with pytest.raises(BadSignatureError):
            packets.verify_packet(packet, programme, collection, raw(case, "author_signing_key"))
    else:
        packets.verify_packet(packet, programme, collection, raw(case, "author_signing_key"))
        with pytest.raises(OpeningError):
            packets.open_packet(packet, programme, collection, raw(case, "sealing_seed"))


@pytest.mark.skipif(
    not (VECTORS / "packet_from_browser.json").exists(), reason="the browser side made none yet"
)
def test_packets_that_the_browser_sealed_verify_and_open() -> None:
    held = cases("packet_from_browser", "valid")
    assert held
    for case in held:
        check_packet(case)


@each("card", "valid")
def test_a_card_verifies(case: Case) -> None:
    card = msgspec.convert(unhexed(case["card"]), enrolment.Card)
    enrolment.verify_card(card, raw(case, "signed_by"))
    assert enrolment.fingerprint(card) == case["fingerprint"]


@each("card", "invalid")
def test_a_card_that_was_changed_is_refused(case: Case) -> None:
    card = msgspec.convert(unhexed(case["card"]), enrolment.Card)
    with pytest.raises(BadSignatureError):
        enrolment.verify_card(card, raw(case, "signed_by"))


def offered_in(case: Case) -> list[enrolment.Card]:
    return [msgspec.convert(unhexed(each), enrolment.Card) for each in case["offered"]]


@each("chain", "valid")
def test_a_chain_of_cards_leads_where_its_signatures_lead(case: Case) -> None:
    offered = offered_in(case)
    if "held" in case:
        held = msgspec.convert(unhexed(case["held"]), enrolment.Card)
        card = enrolment.follow(held, offered)
    else:
        card = enrolment.first_card(offered, _invite(case))
    assert (card.generation, enrolment.fingerprint(card)) == (case["card"], case["fingerprint"])
    assert all(each.generation < card.generation for each in enrolment.chain_to(card, offered))


@each("chain", "invalid")
def test_a_first_card_that_the_invite_does_not_name_is_refused(case: Case) -> None:
    with pytest.raises(BadSignatureError):
        enrolment.first_card(offered_in(case), _invite(case))


def _invite(case: Case) -> enrolment.Invite:
    return enrolment.Invite(
        hub="https://hub.example",
        invite=bytes(16),
        programme=offered_in(case)[0].programme,
        signing_key_hash=raw(case, "signing_key_hash"),
        role="worker",
        expiry=0,
        secret=bytes(32),
    )


@each("certificate", "valid")
def test_a_certificate_verifies(case: Case) -> None:
    certificate = msgspec.convert(unhexed(case["certificate"]), enrolment.Certificate)
    enrolment.verify_certificate(certificate, raw(case, "programme_signing_key"))


@each("certificate", "invalid")
def test_a_certificate_that_was_changed_is_refused(case: Case) -> None:
    certificate = msgspec.convert(unhexed(case["certificate"]), enrolment.Certificate)
    with pytest.raises(BadSignatureError):
        enrolment.verify_certificate(certificate, raw(case, "programme_signing_key"))


@each("token", "valid")
def test_what_is_signed_for_a_token_is_the_same(case: Case) -> None:
    message = enrolment.token_message(case["origin"], raw(case, "challenge"), raw(case, "device"))
    assert message == raw(case, "message")
    signing.verify(raw(case, "signing_key"), raw(case, "signature"), message)


@each("token", "invalid")
def test_a_token_signature_is_good_for_one_hub_and_challenge(case: Case) -> None:
    message = enrolment.token_message(case["origin"], raw(case, "challenge"), raw(case, "device"))
    with pytest.raises(BadSignatureError):
        signing.verify(raw(case, "signing_key"), raw(case, "signature"), message)


@each("passphrase", "valid")
def test_a_passphrase_is_normalised(case: Case) -> None:
    assert passphrase.normalised(case["passphrase"]) == case["normalised"]


def open_header(case: Case) -> vault.OpenedSlot:
    header = vault.decode_header(raw(case, "header"))
    if "passphrase" in case:
        slot_key = vault.passphrase_slot_key(header, case["passphrase"])
    elif "recovery_key" in case:
        slot_key = vault.recovery_slot_key(raw(case, "recovery_key"))
    else:
        slot_key = vault.passkey_slot_key(raw(case, "passkey_secret"))
    assert slot_key.hex() == case.get("slot_key", slot_key.hex())
    return vault.open_slots(header, slot_key)


@each("vault_header", "valid")
def test_a_vault_header_opens(case: Case) -> None:
    opened = open_header(case)
    assert opened.vault_key == raw(case, "vault_key")
    assert (opened.kind, opened.number) == (case["kind"], case["number"])
    assert vault.encode_header(vault.decode_header(raw(case, "header"))) == raw(case, "header")


@each("vault_header", "invalid")
def test_a_vault_header_that_was_changed_does_not_open(case: Case) -> None:
    with pytest.raises((OpeningError, MalformedError)):
        open_header(case)


@each("row", "valid")
def test_a_row_opens(case: Case) -> None:
    assert vault.rows_key(raw(case, "vault_key")) == raw(case, "rows_key")
    assert vault.root_address(raw(case, "vault_key")) == raw(case, "root_address")
    opened = rows.open_row(raw(case, "rows_key"), raw(case, "address"), raw(case, "value"))
    assert opened == raw(case, "content")


@each("row", "invalid")
def test_a_row_that_was_changed_or_moved_does_not_open(case: Case) -> None:
    with pytest.raises(OpeningError):
        rows.open_row(raw(case, "rows_key"), raw(case, "address"), raw(case, "value"))


@each("invite", "valid")
def test_an_invite_is_read_and_split(case: Case) -> None:
    invite = enrolment.parse_invite(case["link"])
    assert {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in msgspec.structs.asdict(invite).items()
    } == case["invite"]
    assert enrolment.invite_link(invite) == case["link"]
    assert invite.founding == case["founding"]
    enrolled = enrolment.enrolment_of(invite, raw(case, "signing_key"), raw(case, "sealing_key"))
    assert enrolled.claim == raw(case, "claim")
    assert hashlib.sha256(enrolled.claim).hexdigest() == case["claim_hash"]
    assert enrolment.mac_key_of(invite.secret) == raw(case, "mac_key")
    assert enrolled.mac == raw(case, "mac")


@each("invite", "invalid")
def test_an_invite_that_breaks_a_rule_is_refused(case: Case) -> None:
    with pytest.raises(MalformedError):
        enrolment.parse_invite(case["link"])


@each("cursor", "valid")
def test_a_cursor_is_read_and_written(case: Case) -> None:
    cursor = exchange.decode_cursor(canonical.from_text(case["text"]))
    assert exchange.encode_cursor(cursor) == raw(case, "cursor")
    assert (cursor.epoch, cursor.sequence, cursor.mark) == (
        raw(case, "epoch"),
        case["sequence"],
        raw(case, "mark"),
    )


@each("audit", "valid")
def test_heads_are_summed_alike(case: Case) -> None:
    buckets = audit.buckets_of(audit.sums_of(unhexed(case["heads"])))
    assert [structs.asdict(bucket) for bucket in buckets] == unhexed(case["buckets"])


@each("cursor", "invalid")
def test_a_cursor_that_is_none_is_refused(case: Case) -> None:
    with pytest.raises(MalformedError):
        exchange.decode_cursor(canonical.from_text(case["text"]))


@each("contacts", "valid")
def test_a_coordinator_sees_alike(case: Case) -> None:
    certificates = {
        raw(c, "device"): Certificate(
            programme=bytes(16),
            device=raw(c, "device"),
            lane=raw(c, "lane"),
            role="worker",
            signing_key=bytes(65),
            sealing_key=bytes(1216),
            n=1,
            revoked=c["revoked"],
            last_counter=c["last_counter"],
            signature=bytes(64),
        )
        for c in case["certificates"]
    }
    card = Card(
        programme=bytes(16),
        generation=1,
        sealing_key=bytes(1216),
        signing_key=bytes(65),
        practice=False,
        name="",
        signature=bytes(64),
    )
    heads = heads_in({"heads": case["opened"]})
    opened = [
        Opened(record=raw(o, "record"), owner=raw(o, "owner"), verified=o["verified"], head=head)
        for o, head in zip(case["opened"], heads, strict=True)
    ]
    seen = overview(opened, Trust(card=card, certificates=certificates), unreadable=case["unreadable"])
    assert make.hexed([structs.asdict(contact) for contact in seen.contacts]) == case["contacts"]
    assert make.hexed([structs.asdict(device) for device in seen.devices]) == case["devices"]
    assert seen.unreadable == case["unreadable"]
