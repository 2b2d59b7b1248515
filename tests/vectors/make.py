"""Writes the vectors of this folder from fixed inputs: `python -m tests.vectors.make`.

Nonces are drawn from a fixed stream, signatures are deterministic (RFC 6979). HPKE draws its own randomness,
so what was sealed once is kept; `--again` seals anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from tests.vectors.cases.attachments import attachment_cases
from tests.vectors.cases.audits import audit_cases
from tests.vectors.cases.bundles import bundle_cases, bundle_receipt_cases
from tests.vectors.cases.bytes_and_ids import cursor_cases, identifier_cases, key_id_cases, padding_cases
from tests.vectors.cases.contacts import contacts_cases
from tests.vectors.cases.exports import exports_cases
from tests.vectors.cases.forgetting import forgetting_cases
from tests.vectors.cases.forms import form_reckoning_cases
from tests.vectors.cases.imports import import_cases
from tests.vectors.cases.inputs import Case, Cases, seeded
from tests.vectors.cases.programme import (
    card_cases,
    certificate_cases,
    chain_cases,
    invite_cases,
    sheet_cases,
    token_cases,
)
from tests.vectors.cases.publication import publication_cases
from tests.vectors.cases.records import heads_cases, merge_cases, plaintext_cases, revision_cases
from tests.vectors.cases.sealed import body_cases, packet_cases, signed_cases
from tests.vectors.cases.vaults import (
    backup_cases,
    passphrase_cases,
    recovery_cases,
    row_cases,
    vault_header_cases,
)

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Each file: {"description", "valid", "invalid"}."""
    again = "--again" in sys.argv[1:]
    makers: Mapping[str, Callable[[], Cases]] = {
        "padding": padding_cases,
        "identifiers": identifier_cases,
        "key_id": key_id_cases,
        "plaintext": plaintext_cases,
        "revision": revision_cases,
        "heads": heads_cases,
        "merge": merge_cases,
        "body": body_cases,
        "signed": signed_cases,
        "packet": lambda: packet_cases(None if again else read("packet")),
        "card": card_cases,
        "chain": chain_cases,
        "certificate": certificate_cases,
        "token": token_cases,
        "passphrase": passphrase_cases,
        "vault_header": vault_header_cases,
        "row": row_cases,
        "backup": backup_cases,
        "attachment": attachment_cases,
        "recovery": recovery_cases,
        "bundle": bundle_cases,
        "bundle_receipt": bundle_receipt_cases,
        "invite": invite_cases,
        "sheet": sheet_cases,
        "cursor": cursor_cases,
        "audit": audit_cases,
        "forgetting": forgetting_cases,
        "contacts": contacts_cases,
        "publication": publication_cases,
        "form_reckoning": form_reckoning_cases,
        "exports": exports_cases,
        "import": import_cases,
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
