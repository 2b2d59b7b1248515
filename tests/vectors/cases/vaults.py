"""Vectors of the vault: passphrases, headers, rows."""

from __future__ import annotations

from typing import Any

from msgspec import msgpack

from sync import backups, canonical
from sync.crypto import content_keys, passphrase, rows, vault
from tests.vectors.cases.inputs import Case, Cases, seeded


def passphrase_cases() -> Cases:
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


def backup_cases() -> Cases:
    valid: list[Case] = []
    for name in ("recovery", "another recovery"):
        keys = backups.backup_keys(seeded(name, 20))
        valid.append(
            {
                "recovery_key": seeded(name, 20),
                "collection": keys.collection,
                "token": keys.token,
                "bearer": canonical.to_text(keys.token),
                "content_key": keys.key,
                "key": content_keys.key_id(keys.key),
            }
        )
    invalid: list[Case] = [
        {"recovery_key": seeded("recovery", size), "why": f"{size} bytes"} for size in (0, 19, 21, 32)
    ]
    return "recovery_key → where a personal backup is, what lets in, what opens it", valid, invalid


def recovery_cases() -> Cases:
    keys = [bytes(20), b"\xff" * 20, bytes(range(20)), seeded("recovery", 20)]
    valid: list[Case] = [{"recovery_key": key, "digits": backups.recovery_digits(key)} for key in keys]
    good = backups.recovery_digits(keys[3])
    first, second, *others = good.split()
    wrong = f"{first[:5]}{(int(first[5]) + 1) % 10}"
    invalid: list[Case] = [
        {"digits": digits, "why": why}
        for digits, why in [
            ("", "nothing"),
            (good[:-1], "a digit is missing"),
            (f"{good} 000000", "a group too many"),
            (" ".join([wrong, second, *others]), "a wrong check digit"),
            (" ".join([second, first, *others]), "two groups changed places"),
            (" ".join([too_large(), second, *others]), "a number above 65535"),
        ]
    ]
    return "recovery_key ↔ digits", valid, invalid


def too_large() -> str:
    """A group whose check digit fits, of a number that two bytes do not hold."""
    return "65536" + backups.check_digit("65536", 0)


def vault_header_cases() -> Cases:
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


def row_cases() -> Cases:
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
