"""`sojourn coordinator import`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.server.command.test_reporting import Programme

HEADER = "Week;place;needs;age_band;zoo"
RIGHT = [
    "2025-W47;coast;legal food;adult;x",
    "2025-W47;coast;legal food;adult;",
    "2025-12-01;Border area;;Adult;",
]
WRONG = ["2025-W99;moon;;adult;", ";coast;food;adult;"]


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


@pytest.fixture
def programme(lasting_hub: Hub, tmp_path: Path) -> Programme:
    return Programme(lasting_hub, tmp_path)


def table(folder: Path, *rows: str) -> str:
    file = folder / "contacts.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-16")
    return str(file)


def exported(programme: Programme) -> list[dict[str, object]]:
    made = typed("coordinator", "export", "--format", "jsonl", "--why", "x", "--state", programme.state)
    return [json.loads(line)["fields"] for line in made.stdout.splitlines()[1:]]


def test_nothing_is_written_before_it_is_asked_for_and_nothing_twice(
    programme: Programme, tmp_path: Path
) -> None:
    file = table(tmp_path, *RIGHT)
    words = ("coordinator", "import", file, "--state", programme.state)
    first = typed(*words)
    assert first.exit_code == 0, first.output
    assert "Left out: zoo (no question is called so)." in first.output
    assert "Answered by no column: team, setting, " in first.output
    assert "3 rows are right." in first.output
    assert "Nothing was written yet" in first.output
    assert exported(programme) == []

    assert told(*words, "--write")["written"] == 3
    alike = {"week": "2025-W47", "place": "coast", "needs": ["legal", "food"], "age_band": "adult"}
    other = {"week": "2025-W49", "place": "border", "age_band": "adult"}
    assert sorted(exported(programme), key=len) == [other, alike, alike]
    again = told(*words, "--write")
    assert (again["here"], again["written"]) == (3, 0)
    # Mended, or with rows that are new: only those.
    table(tmp_path, RIGHT[2], *RIGHT, "2025-W48;coast;;adult;")
    assert told(*words)["here"] == 3
    assert told(*words, "--write")["written"] == 2
    assert len(exported(programme)) == 5
    # They are on the hub, of this coordinator's own device.
    told("coordinator", "pull", "--state", programme.state)
    devices = told("coordinator", "devices", "--state", programme.state)["devices"]
    assert isinstance(devices, list)
    assert sorted(each["last"] for each in devices) == [0, 5]


def test_faults_are_told_by_row_and_column_and_keep_everything_out(
    programme: Programme, tmp_path: Path
) -> None:
    file = table(tmp_path, *RIGHT, *WRONG)
    words = ("coordinator", "import", file, "--state", programme.state)
    refused = typed(*words, "--write")
    assert refused.exit_code == 3
    assert "row 5, column A (Week): a week is written like 2026-W10" in refused.output
    assert "row 5, column B (place): “moon” is not one of the choices" in refused.output
    assert "row 6, column A (Week): an answer is needed" in refused.output
    assert "2 rows are not right." in refused.output
    assert exported(programme) == []
    assert typed(*words, "--write", "--only-right").exit_code == 3
    assert len(exported(programme)) == 3


def test_text_that_may_tell_who_somebody_is_keeps_all_out_until_it_is_to_stay(
    programme: Programme, tmp_path: Path
) -> None:
    form = tmp_path / "form.csv"
    form.write_text(
        "survey,,,\n,type,name,label\n,text,note,Note\n,begin repeat,child,Child\n,text,word,Word\n,end repeat,,\n"
        "settings,,,\n,form_title,form_id,version\n,Contact,contact,7\n",
        encoding="utf-8",
    )
    reasons = ("--reason", "note=Asked for.", "--reason", "word=Asked for.")
    told("coordinator", "form", "publish", str(form), *reasons, "--state", programme.state)
    file = tmp_path / "contacts.csv"
    file.write_text(
        'note,word/1,word/2\nat the pier,,\n"Maria Santos, 081 234 5678",one,she is called Mali\n', "utf-8"
    )
    words = ("coordinator", "import", str(file), "--state", programme.state)
    refused = typed(*words, "--write")
    assert refused.exit_code == 3, refused.output
    assert "row 3, column A (note): like a name: “Maria Santos”" in refused.output
    assert "row 3, column A (note): like a telephone or other number: “081 234 5678”" in refused.output
    assert "row 3, column C (word/2): like a name: “called Mali”" in refused.output
    assert "Nothing was written: the text may tell who somebody is." in refused.output
    assert exported(programme) == []
    assert told(*words, "--write", "--text-as-it-is")["written"] == 2
    assert len(exported(programme)) == 2
    file.write_text("note\nat the gate\n", "utf-8")
    read = told(*words, "--write")
    assert (read["revealed"], read["written"]) == ([], 1)


def test_its_own_export_brings_nothing_in(programme: Programme, tmp_path: Path) -> None:
    programme.write({}, {})
    file = tmp_path / "export.csv"
    words = ("--format", "csv", "--why", "x", "--output", str(file), "--state", programme.state)
    assert typed("coordinator", "export", *words).exit_code == 0
    read = told("coordinator", "import", str(file), "--write", "--state", programme.state)
    assert (read["right"], read["here"], read["written"]) == (2, 2, 0)


def test_a_file_that_is_no_table_is_refused_with_what_to_do(programme: Programme, tmp_path: Path) -> None:
    file = tmp_path / "contacts.xlsx"
    file.write_bytes(b"PK\x03\x04")
    refused = typed("coordinator", "import", str(file), "--state", programme.state)
    assert refused.exit_code == 1
    assert "Save the sheet as CSV" in refused.output
    file.write_text("week\n2025-W47", "utf-8")
    assert typed("coordinator", "import", str(file), "--form", "9", "--state", programme.state).exit_code == 2
