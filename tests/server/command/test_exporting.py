"""`sojourn coordinator export`: every format, asked for as a coordinator does."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types

from server.exports import NOTICE
from sync.client import Coordinator
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.server.command.test_coordinator import Programme
from tests.sync.client.people import PASSPHRASE, around

IDENTIFIED = {
    "week": "2026-W47",
    "place": "coast",
    "age_band": "adult",
    "gender": "woman",
    "official_status": "identified",
    "how_known": "said",
    "exploitation_form": "labour",
    "sector": "farming",
    "indicators_control": ["cd01"],
}


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


@pytest.fixture(scope="module")
def programme(lasting_hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Programme:
    with at_a_keyboard():
        return Programme(lasting_hub, tmp_path_factory.mktemp("programme"))


def exported(programme: Programme, format_: str, *words: str) -> Result:
    return typed(
        "coordinator", "export", "--format", format_, "--why", "a test", *words, "--state", programme.state
    )


def rows(file: Path) -> list[dict[str, str]]:
    """Below the notice."""
    first, _, rest = file.read_text("utf-8").partition("\n")
    assert first == f"# {NOTICE}"
    return list(csv.DictReader(io.StringIO(rest, newline="")))


def test_an_export_gives_exactly_what_was_typed(programme: Programme) -> None:
    result = typed(
        "coordinator", "export", "--format", "jsonl", "--why", "a test", "--state", programme.state
    )
    notice, *lines = result.stdout.splitlines()
    assert "can identify people" in json.loads(notice)["notice"]
    read = [json.loads(line) for line in lines]
    assert [each["fields"] for each in read] == [json.loads(line) for line in programme.typed.splitlines()]
    assert [each["number"] for each in read] == list(range(1, 13))


def test_a_table_export_has_the_same_values(programme: Programme, tmp_path: Path) -> None:
    output = tmp_path / "contacts.csv"
    answer = told(
        "coordinator",
        "export",
        "--format",
        "csv",
        "--why",
        "a test",
        "--state",
        programme.state,
        "--output",
        str(output),
    )
    assert answer["contacts"] == 12
    assert output.stat().st_mode & 0o077 == 0
    first, *rest = output.read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert "can identify people" in first
    wanted = [json.loads(line) for line in programme.typed.splitlines()]
    for row, values in zip(csv.DictReader(rest), wanted, strict=True):
        shown = {name: " ".join(v) if isinstance(v, list) else str(v) for name, v in values.items()}
        assert {name: v for name, v in row.items() if v and not name.startswith("_")} == shown


def test_an_export_without_a_reason_is_refused(programme: Programme) -> None:
    result = typed("coordinator", "export", "--format", "jsonl", "--state", programme.state)
    assert result.exit_code == 2
    assert "--why" in result.stderr
    assert result.stdout == ""


def test_a_practice_programme_is_exported_only_as_practice(lasting_hub: Hub, tmp_path: Path) -> None:
    practice = Programme(lasting_hub, tmp_path, practice=True)
    refused = typed(
        "coordinator", "export", "--format", "jsonl", "--why", "a test", "--state", practice.state
    )
    assert refused.exit_code == 2
    assert "--practice" in refused.stderr
    assert refused.stdout == ""
    allowed = typed(
        "coordinator",
        "export",
        "--format",
        "jsonl",
        "--why",
        "a test",
        "--practice",
        "--state",
        practice.state,
    )
    _, *lines = allowed.stdout.splitlines()
    assert len(lines) == 12
    assert all(json.loads(line)["practice"] is True for line in lines)


def test_submissions_come_as_files_and_as_a_spreadsheet(programme: Programme, tmp_path: Path) -> None:
    refused = exported(programme, "submissions")
    assert refused.exit_code == 2
    assert "--output" in refused.stderr
    made = exported(
        programme, "submissions", "--output", str(tmp_path / "all.csv"), "--language", "km", "--json"
    )
    files = json.loads(made.stdout)["files"]
    assert files == [str(tmp_path / name) for name in ("all.csv", "all.codebook.csv")]
    assert all(Path(file).stat().st_mode & 0o077 == 0 for file in files)
    found = rows(tmp_path / "all.csv")
    wanted = [json.loads(line) for line in programme.typed.splitlines()]
    assert [row["meeting/place"] for row in found] == [each["place"] for each in wanted]
    book = list(csv.DictReader(io.StringIO((tmp_path / "all.codebook.csv").read_text("utf-8"))))
    assert [row["column"] for row in book] == [*found[0]]
    place = next(row for row in book if row["column"] == "meeting/place")
    assert any("\u1780" <= letter <= "\u17ff" for letter in place["question"])
    assert exported(programme, "submissions-xlsx", "--output", str(tmp_path / "all.xlsx")).exit_code == 0
    assert load_workbook(tmp_path / "all.xlsx").sheetnames == ["contact", "codebook"]
    assert exported(programme, "csv", "--language", "xx").exit_code == 2
    assert exported(programme, "submissions", "--form", "no", "--output", "x").exit_code == 2


# The last one, since it adds a contact to the programme that the others see.
def test_what_no_authority_says_is_not_shaped_for_ctdc_and_every_export_is_logged(
    programme: Programme, tmp_path: Path
) -> None:
    typed("device", "add", "-", "--state", programme.worker, given=json.dumps(IDENTIFIED))
    told("device", "push", "--state", programme.worker)
    told("coordinator", "pull", "--state", programme.state)
    output = tmp_path / "shaped.csv"
    shaped = json.loads(exported(programme, "ctdc", "--output", str(output), "--json").stdout)
    found = rows(output)
    held = [json.loads(line) for line in programme.typed.splitlines()] + [IDENTIFIED]
    assert shaped["contacts"] == len(found)
    assert len(found) == sum(each.get("official_status") == "identified" for each in held)
    told_of = {name: value for name, value in found[-1].items() if value}
    assert told_of == {
        "yearOfRegistration": "2026",
        "gender": "Woman",
        "meansWithholdDocs": "1",
        "isForcedLabour": "1",
        "typeOfLabourAgriculture": "1",
    }
    assert ("ctdc", len(found), "a test") in asyncio.run(logged(programme))


async def logged(programme: Programme) -> list[tuple[object, object, str]]:
    async with await Coordinator.open(Path(programme.state), PASSPHRASE, around()) as opened:
        return [(each.value("format"), each.value("count"), each.text("why")) for each in await opened.log()]
