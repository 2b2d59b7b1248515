"""A reader that knows docs/formats.md and nothing else reads vaults that the browser made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.formats.conventions import collection_id, derived, id_of, sealing_key_of, unpadded, unsealed
from tests.formats.messagepack import RefusedError
from tests.formats.reading import Store, Vault
from tests.formats.records import packet_of
from tests.formats.slots import (
    Slot,
    decode_header,
    normalised,
    open_slots,
    recovery_key,
    slot_key_of_passkey,
    slot_key_of_passphrase,
    slot_key_of_recovery_key,
    suggested,
)

TESTS = Path(__file__).parents[1]
GOLDEN = TESTS.parent / "pwa/tests/vault/golden"
PUBLISHED = ("2-published", "2-published-rotated")
FIRST = "seven small boats at anchor"
SECOND = "an ordinary morning by the sea"
ON_PAPER = "000017 005156 010294 015431 020574 025712 030856 035991 041136 046273"


def test_the_reader_knows_the_document_and_none_of_our_code() -> None:
    for source in Path(__file__).parent.glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (\w+(?:\.\w+)?)", source.read_text("utf-8"), re.MULTILINE)
        ours = [name for name in imported if name.split(".")[0] in {"server", "sync", "tests", "tools"}]
        assert set(ours) <= {"tests.formats"}, source.name


def golden(layout: int | str) -> Store:
    dump = json.loads((GOLDEN / f"layout-{layout}.json").read_text("utf-8"))
    rows = {bytes.fromhex(address): bytes.fromhex(value) for address, value in dump["rows"]}
    return Store(header=bytes.fromhex(dump["header"]), rows=rows)


def opened(store: Store, passphrase: str = FIRST) -> Vault:
    return Vault(store, slot_of(store, passphrase))


def slot_of(store: Store, passphrase: str) -> Slot:
    header = decode_header(store.header)
    return open_slots(header, slot_key_of_passphrase(header, passphrase))


def vectors(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((TESTS / f"vectors/{name}.json").read_text("utf-8"))
    return document


def with_byte_changed(encoded: bytes, at: int) -> bytes:
    return encoded[:at] + bytes([encoded[at] ^ 1]) + encoded[at + 1 :]


def bytes_of(named: dict[str, Any]) -> dict[str, Any]:
    """A Struct of a vector, its hex as bytes."""
    return {name: bytes.fromhex(each) if isinstance(each, str) else each for name, each in named.items()}


@pytest.mark.parametrize("layout", [1, 2, "2-published", "2-published-rotated"])
def test_the_words_of_a_golden_vault_are_read(layout: int | str) -> None:
    vault = opened(golden(layout))
    assert {note.text for note in vault.notes} == {"The first note\nwith a second line", "บันทึก ဗမာ ភាសា اردو"}
    assert (vault.root.idle_seconds, vault.root.hidden_seconds) == (120, 30)
    dates = [keepsake.values for keepsake in vault.keepsakes if keepsake.kind == "date"]
    visa: dict[str, object] = {"name": "My visa ends on", "date": "2027-03-01"}
    assert dates == ([visa] if layout in PUBLISHED else [])
    passport = ("Passport", bytes(at & 255 for at in range(3000)))
    assert vault.copies == ([passport] if layout in PUBLISHED else [])
    (draft,) = vault.drafts
    assert (draft.kind, draft.form) == ("contact", ("contact", "ab" * 32))
    assert draft.values == {"area": "north", "needs": ["legal", "food"], "age": 3, "safe": True}


@pytest.mark.parametrize("layout", [1, 2, "2-published", "2-published-rotated"])
def test_the_contacts_of_a_golden_vault_are_read_with_the_enrolment_that_wrote_them(
    layout: int | str,
) -> None:
    vault = opened(golden(layout))
    (enrolment,) = vault.enrolments
    assert (enrolment.state, enrolment.hub, enrolment.role) == ("certified", "https://hub.example", "worker")
    assert enrolment.device == id_of(enrolment.signing_key)
    assert enrolment.sealing_key == sealing_key_of(enrolment.seed)
    card = enrolment.card
    assert card is not None
    assert (card[0], card[4], card[5]) == (enrolment.programme, True, "Border")
    read = []
    for head in vault.contacts:
        assert head.plaintext is not None
        assert (head.enrolment, head.plaintext.author) == (enrolment.address, enrolment.device)
        fields = {
            name: value
            for name, [(value, _, _)] in head.plaintext.fields.items()
            if name not in {"form", "form_hash"}
        }
        read.append((head.state, head.plaintext.counter, fields))
    assert read == [
        ("on-hub", 1, {"area": "on the hub"}),
        ("on-this-phone", 2, {"area": "waiting", "age": 30}),
    ]
    # One for each card.
    assert len(vault.keys) == card[1] == (2 if layout == "2-published-rotated" else 1)
    assert enrolment.counter == 2
    for key in vault.keys:
        (packet,) = key.packets
        packet.verify(
            enrolment.programme, collection_id(enrolment.programme, "contacts"), enrolment.signing_key
        )


def test_a_second_passphrase_a_recovery_key_and_a_passkey_open_what_is_theirs() -> None:
    store = golden(2)
    first, second = opened(store), opened(store, SECOND)
    assert [note.text for note in second.notes] == ["An ordinary note"]
    assert first.named.isdisjoint(second.named)
    assert first.root.other == ("open", slot_of(store, SECOND).number)
    header = decode_header(store.header)
    by_paper = open_slots(header, slot_key_of_recovery_key(recovery_key(ON_PAPER)))
    by_passkey = open_slots(header, slot_key_of_passkey(bytes(range(32))))
    assert (by_paper.number, by_passkey.number) == (first.root.recovery, first.root.passkey)
    assert Vault(store, by_paper).notes == Vault(store, by_passkey).notes == first.notes


@pytest.mark.parametrize("layout", [1, 2])
def test_a_wrong_passphrase_opens_nothing(layout: int) -> None:
    with pytest.raises(RefusedError, match="a wrong secret"):
        opened(golden(layout), f"{FIRST}s")
    with pytest.raises(RefusedError, match="no recovery key"):
        recovery_key(ON_PAPER.replace("7", "8"))


def test_a_changed_byte_in_any_row_of_the_vault_is_refused() -> None:
    store = golden(2)
    slot = slot_of(store, FIRST)
    for address in Vault(store, slot).named:
        for at in (0, 12, -1):
            changed = with_byte_changed(store.rows[address], at % len(store.rows[address]))
            with pytest.raises(RefusedError):
                Vault(Store(header=store.header, rows={**store.rows, address: changed}), slot)


def test_a_row_at_another_address_and_a_row_that_is_missing_are_refused() -> None:
    store = golden(2)
    slot = slot_of(store, FIRST)
    vault = Vault(store, slot)
    first, second = (row.address for row in vault.rows if row.type == "note")
    swapped = {**store.rows, first: store.rows[second], second: store.rows[first]}
    missing = {address: value for address, value in store.rows.items() if address != first}
    for rows in (swapped, missing):
        with pytest.raises(RefusedError):
            Vault(Store(header=store.header, rows=rows), slot)


def test_slots_open_as_the_vectors_say() -> None:
    def slot(case: dict[str, Any]) -> Slot:
        header = decode_header(bytes.fromhex(case["header"]))
        if "passphrase" in case:
            return open_slots(header, slot_key_of_passphrase(header, case["passphrase"]))
        if "recovery_key" in case:
            return open_slots(header, slot_key_of_recovery_key(bytes.fromhex(case["recovery_key"])))
        return open_slots(header, slot_key_of_passkey(bytes.fromhex(case["passkey_secret"])))

    document = vectors("vault_header")
    for case in document["valid"]:
        opened = slot(case)
        told = (case["number"], case["kind"], case["vault_key"])
        assert (opened.number, opened.kind, opened.vault_key.hex()) == told
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            slot(case)


def test_passphrases_take_the_form_that_the_vectors_and_the_text_say() -> None:
    for case in vectors("passphrase")["valid"]:
        assert normalised(case["passphrase"]) == case["normalised"]
    groups = "12343 56780 90120 34564"
    assert suggested(" 12343-56780\u200b 90120.34564") == groups
    assert suggested("".join(chr(0x0E50 + int(digit)) for digit in groups if digit != " ")) == groups
    assert suggested("12343 56780 90120 34565") == "12343 56780 90120 34565"


def test_a_row_opens_as_the_vectors_say() -> None:
    def content(case: dict[str, str]) -> bytes:
        address = bytes.fromhex(case["address"])
        rows_key, value = bytes.fromhex(case["rows_key"]), bytes.fromhex(case["value"])
        return unpadded(unsealed(rows_key, value, ["sojourn/1/row", address]))

    document = vectors("row")
    for case in document["valid"]:
        vault_key = bytes.fromhex(case["vault_key"])
        assert derived(vault_key, "sojourn/1/rows").hex() == case["rows_key"]
        assert derived(vault_key, "sojourn/1/root", 16).hex() == case["root_address"]
        assert content(case).hex() == case["content"]
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            content(case)


@pytest.mark.parametrize("name", ["packet", "packet_from_browser"])
def test_a_content_key_comes_out_of_its_packet_with_the_seed(name: str) -> None:
    def content_key(case: dict[str, Any]) -> bytes:
        programme, collection, author_key, seed = (
            bytes.fromhex(case[each])
            for each in ("programme", "collection", "author_signing_key", "sealing_seed")
        )
        packet = packet_of(bytes_of(case["packet"]))
        packet.verify(programme, collection, author_key)
        return packet.content_key(programme, collection, seed)

    document = vectors(name)
    for case in document["valid"]:
        seed = bytes.fromhex(case["sealing_seed"])
        assert sealing_key_of(seed).hex() == case["sealing_key"]
        assert content_key(case).hex() == case["content_key"]
    for case in document["invalid"]:
        with pytest.raises(RefusedError):
            content_key(case)
