"""Vectors of the smallest things: padding, identifiers, key ids, cursors."""

from __future__ import annotations

from msgspec import structs

from sync import canonical, exchange, identifiers
from sync.crypto import content_keys, padding
from tests.vectors.cases.inputs import (
    CONTENT_KEY,
    PHONE,
    PHONE_SEALING_KEY,
    PHONE_SEED,
    PHONE_SIGNING_KEY,
    PROGRAMME,
    PROGRAMME_SEALING_KEY,
    PROGRAMME_SEED,
    REV_A,
    Case,
    Cases,
    seeded,
)


def padding_cases() -> Cases:
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


def identifier_cases() -> Cases:
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


def key_id_cases() -> Cases:
    keys = [CONTENT_KEY, bytes(32), b"\xff" * 32]
    return "content_key → key", [{"content_key": k, "key": content_keys.key_id(k)} for k in keys], []


def cursor_cases() -> Cases:
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
