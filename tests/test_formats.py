"""What docs/formats.md says is what the code does: labels, Structs, addresses, types of rows, check values, sizes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from sync import backups, enrolment, exchange, revisions
from sync.client import layout
from sync.crypto import vault
from tests.hubs import Hub
from tests.server.api.devices import client_of

ROOT = Path(__file__).parent.parent
FORMATS = (ROOT / "docs/formats.md").read_text("utf-8")
PACKS = (ROOT / "docs/packs.md").read_text("utf-8")
BROWSER = ROOT / "pwa/src"
LARGEST = 1_850
PRIMITIVES = re.compile(r'crypto\.subtle|getRandomValues|crypto/aead|crypto/derivation|"@hpke/|"hash-wasm"')
LABEL = re.compile(r"sojourn/1/[a-z-]+")
STRUCTS = (
    backups.Backup,
    enrolment.Card,
    enrolment.Certificate,
    enrolment.Enrolment,
    exchange.Changes,
    exchange.KeyPacket,
    exchange.Push,
    exchange.Pushed,
    revisions.Revision,
)


def section(number: int) -> str:
    return re.split(r"^## \d+ ", FORMATS, flags=re.MULTILINE)[number]


def rows(text: str) -> list[list[str]]:
    """Of all tables, their heads too."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_label_that_is_hashed_signed_or_derived_from_is_described_and_no_other() -> None:
    sources = [
        *BROWSER.rglob("*.ts"),
        *(ROOT / "sync").rglob("*.py"),
        *(ROOT / "server").rglob("*.py"),
    ]
    used = {label for source in sources for label in LABEL.findall(source.read_text("utf-8"))}
    assert set(LABEL.findall(FORMATS)) | set(LABEL.findall(PACKS)) == used


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_a_struct_is_described_with_all_its_fields(struct: type[msgspec.Struct]) -> None:
    name = struct.__name__
    told = re.search(
        rf"^(?:\*\*{name}\*\*|\| {name} \|).*?(?=\n\n[^|]|\n\| [A-Z]|\n\n\*\*|\Z)", FORMATS, re.M | re.S
    )
    assert told is not None
    missing = [each.name for each in msgspec.structs.fields(struct) if f"`{each.name}`" not in told[0]]
    assert missing == []


def test_every_address_of_the_hub_is_described_with_its_status(lasting_hub: Hub) -> None:
    with client_of(lasting_hub) as client:
        document = client.get("/openapi.json").json()
    real = {
        (method.upper(), path.removeprefix("/api/v1/"), status)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for status in operation["responses"]
        if status.startswith("2")
    }
    letters = {"{p}": "{programme}", "{c}": "{collection}", "{i}": "{invite}", "{a}": "{address}"}
    told: set[tuple[str, str, str]] = set()
    for first, *_, answer in rows(section(5)):
        found = re.fullmatch(r"`(GET|POST|PUT|HEAD|DELETE) (\S+)`", first)
        if found is not None:
            path = re.sub(r"\{.\}", lambda letter: letters[letter[0]], found[2])
            told.add((found[1], path, answer[:3]))
    assert told == real


def test_every_type_of_row_and_every_kind_of_keepsake_is_described() -> None:
    index = (BROWSER / "vault/layout.ts").read_text("utf-8")
    kinds = (BROWSER / "vault/keepsakes.ts").read_text("utf-8")
    types = _listed(index, "ENTRY_TYPES")
    vault_section = section(2)
    assert [name for name in types if f"\n**{name}**" not in vault_section] == []
    told = {
        name for cell, *_ in rows(vault_section) for name in re.findall(r"^`([a-z]+)`|, `([a-z]+)`$", cell)
    }
    assert set(_listed(kinds, "KEEPSAKE_KINDS")) <= {one or other for one, other in told}


@pytest.mark.parametrize("row", get_args(layout.Row), ids=lambda row: row.__name__)
def test_a_row_of_the_command_line_is_described_with_all_its_fields(row: type[msgspec.Struct]) -> None:
    told = {cells[0].strip("`"): cells[2] for cells in rows(section(9))}
    words = re.findall(r"[a-z_]+", told[str(row.__struct_config__.tag)])
    assert [each.name for each in msgspec.structs.fields(row) if each.name not in words] == []


def test_the_golden_stores_open_to_the_values_that_are_told() -> None:
    golden = json.loads((ROOT / "pwa/tests/vault/golden/layout-2.json").read_text("utf-8"))
    header = vault.decode_header(bytes.fromhex(golden["header"]))
    told = [row for row in rows(section(2)) if len(row) == 5 and re.fullmatch("`[0-9a-f]{64}`", row[1])]
    assert len(told) == 2
    for cells in told:
        passphrase, slot_key, number, vault_key, root = (cell.strip("`") for cell in cells)
        assert vault.passphrase_slot_key(header, passphrase).hex() == slot_key
        opened = vault.open_slots(header, bytes.fromhex(slot_key))
        assert (opened.vault_key.hex(), str(opened.number)) == (vault_key, number)
        assert vault.root_address(opened.vault_key).hex() == root
        assert root in dict(golden["rows"])


def test_what_has_to_be_audited_is_as_small_as_is_said() -> None:
    told = {name.strip("`"): int(lines.replace(",", "")) for name, lines, _ in rows(section(11))[1:]}
    together = told.pop("together")
    room = {f"sync/crypto/{file.name}" for file in (BROWSER / "sync/crypto").glob("*.ts")}
    for side in ("sync", "vault", "app"):
        for source in (BROWSER / side).rglob("*.ts"):
            if PRIMITIVES.search(source.read_text("utf-8")):
                room.add(source.relative_to(BROWSER).as_posix())
    assert room - set(told) == set()
    real = {name: lines_of_code(BROWSER / name) for name in told}
    # A line more or less need not be told at once; what grows has to be.
    grown = [name for name, lines in real.items() if abs(lines - told[name]) > max(5, lines // 5)]
    assert grown == []
    assert together == sum(told.values())
    assert max(together, sum(real.values())) <= LARGEST
    assert f"at most {LARGEST:,}" in section(11)


def lines_of_code(source: Path) -> int:
    """Without blank lines and comments."""
    code = re.sub(r"/\*.*?\*/", "", source.read_text("utf-8"), flags=re.DOTALL)
    lines = [line.strip() for line in code.splitlines()]
    return sum(1 for line in lines if line and not line.startswith("//"))


def _listed(source: str, name: str) -> list[str]:
    found = re.search(rf"const {name} = \[(.*?)\]", source, re.DOTALL)
    assert found is not None
    return re.findall(r'"([a-z]+)"', found[1])
