"""docs/formats.md, section 9: what a device or coordinator of the command line holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from tests.formats.conventions import derived, unpadded, unsealed
from tests.formats.messagepack import RefusedError, Value, decode, struct
from tests.formats.slots import decode_header, normalised, open_slots, slot_key_of_normalised


def read_root(folder: Path, passphrase: str) -> Mapping[str, Value]:
    header = decode_header((folder / "header").read_bytes())
    slot = open_slots(header, slot_key_of_normalised(header, normalised(passphrase)))
    address = derived(slot.vault_key, "sojourn/1/root", 16)
    with closing(sqlite3.connect(folder / "rows.sqlite3")) as rows:
        found = rows.execute("SELECT value FROM rows WHERE address = ?", (address,)).fetchone()
    if found is None:
        raise RefusedError("no root")
    rows_key = derived(slot.vault_key, "sojourn/1/rows")
    root = struct(decode(unpadded(unsealed(rows_key, found[0], ["sojourn/1/row", address]))))
    if (root.get("type"), root.get("layout")) != ("root", 1):
        raise RefusedError("another layout")
    return root
