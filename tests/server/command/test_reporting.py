"""`sojourn coordinator report` and `threshold`."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types

from server.command.report_words import COUNTED, Words
from server.command.reporting import questions
from server.forms import Choice, Field, Form
from server.site.catalogs import EMPTY
from server.site.places import find_places
from server.site.updating import load_template
from sync.client.publication import Publication
from sync.enrolment import invite_link
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.sync.client.people import founding

PERIOD = "2025-Q4"
WEEK = "2025-W47"
KHMER = re.compile("[\u1780-\u17ff]")


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


class Programme:
    def __init__(self, hub: Hub, folder: Path, *, practice: bool = False) -> None:
        self.state, self.worker = f"{folder}/coordinator", f"{folder}/worker"
        founded = invite_link(asyncio.run(founding(hub, practice=practice)))
        told("coordinator", "init", "--invite", founded, "--state", self.state)
        link = str(told("coordinator", "invite", "--role", "worker", "--state", self.state)["link"])
        told("device", "join", "--invite", link, "--state", self.worker)
        told("coordinator", "pull", "--state", self.state)

    def write(self, *contacts: dict[str, object]) -> None:
        lines = [{"week": WEEK, "place": "coast", "age_band": "adult", **each} for each in contacts]
        given = "".join(f"{json.dumps(line)}\n" for line in lines)
        told("device", "add", "-", "--state", self.worker, given=given)
        told("device", "push", "--state", self.worker)
        told("coordinator", "pull", "--state", self.state)

    def report(self, *words: str) -> str:
        made = typed("coordinator", "report", "--period", PERIOD, *words, "--state", self.state)
        assert made.exit_code == 0, made.output
        return made.stdout


def cells(report: str, question: str) -> dict[str, str]:
    return {row["label"]: row["contacts"] for row in _rows(report) if row["question"] == question}


def _rows(report: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report)))


def test_a_report_hides_small_numbers_and_says_the_same_when_more_contacts_came(
    lasting_hub: Hub, tmp_path: Path
) -> None:
    programme = Programme(lasting_hub, tmp_path)
    programme.write(
        *[{"age_band": "adult", "needs": ["legal", "food"]}] * 40, *[{"age_band": "under_18"}] * 3
    )
    programme.write(*[{"age_band": "unsure"}] * 14)
    first = programme.report("--format", "csv")
    assert cells(first, "") == {"All contacts": "57"}
    assert cells(first, "age_band") == {
        "Adult": "40",
        "Unsure": "hidden",
        "Under 18": "hidden",
        "No answer": "hidden",
    }
    assert cells(first, "needs")["Lawyer"] == "hidden"
    assert set(cells(first, "week").values()) == {"hidden"}
    plain = programme.report()
    assert "57 contacts" in plain
    assert "hidden  Under 18" in plain
    programme.write(*[{"age_band": "under_18"}] * 30)
    told("coordinator", "threshold", "5", "--why", "a test", "--state", programme.state)
    assert programme.report("--format", "csv") == first
    kept = tmp_path / "report.csv"
    programme.report("--format", "csv", "--output", str(kept))
    assert kept.read_text("utf-8") == first
    # For HXL and for spreadsheets it is the same report.
    header, tags, *rows = csv.reader(io.StringIO(programme.report("--format", "hxl")))
    assert all(re.fullmatch(r"#[a-z]+(\+[a-z]+)+", tag) for tag in tags)
    number, why = header.index("contacts"), header.index("suppressed")
    assert [row[number] or "hidden" for row in rows] == [row["contacts"] for row in _rows(first)]
    assert all((row[number] == "") == (row[why] != "") for row in rows)
    assert (rows[0][header.index("start")], rows[0][header.index("end")]) == ("2025-09-29", "2025-12-28")
    book = tmp_path / "report.xlsx"
    programme.report("--format", "xlsx", "--output", str(book))
    sheets = load_workbook(book)
    assert sheets.sheetnames[:2] == ["report", "week"]
    ages = [[cell.value for cell in row][2:] for row in sheets["age_band"].iter_rows(min_row=2)]
    assert ages == [["Under 18", "hidden"], ["Adult", 40], ["Unsure", "hidden"], ["No answer", "hidden"]]


def test_a_report_says_in_another_language_what_can_be_read_and_nothing_else_otherwise(
    lasting_hub: Hub, tmp_path: Path
) -> None:
    programme = Programme(lasting_hub, tmp_path)
    programme.write(*[{"age_band": "adult", "needs": ["legal"]}] * 40, *[{"age_band": "unsure"}] * 3)
    english, khmer = (_rows(programme.report("--format", "csv", "--language", each)) for each in ("en", "km"))
    assert [{**row, "label": ""} for row in khmer] == [{**row, "label": ""} for row in english]
    read = {"", "age_band", "needs"}
    assert all(KHMER.search(row["label"]) for row in khmer if row["question"] in read)
    plain = programme.report("--language", "km").splitlines()
    assert plain[0] == "2025-Q4 (2025-W40 – 2025-W52): ការជួប 43"
    assert all(KHMER.search(line) for line in plain[1:5])
    book = tmp_path / "report.xlsx"
    programme.report("--format", "xlsx", "--language", "km", "--output", str(book))
    notes = [row[1].value for row in load_workbook(book)["report"].iter_rows() if row[0].value == "note"]
    assert notes == plain[1:5]
    words = ("report", "--period", "2025-Q3", "--language", "xx", "--state", programme.state)
    assert typed("coordinator", *words).exit_code == 2


def test_every_sentence_around_the_numbers_is_one_of_the_browsers() -> None:
    there = load_template(find_places(), "app")
    small, hidden = (Publication(period=PERIOD, threshold=11, total=total, tables=()) for total in (None, 40))
    said: list[str] = []

    class Listening(Words):
        def say(self, message: str) -> str:
            said.append(message)
            return message

    words = Listening(EMPTY)
    words.labels([])
    for made in (small, hidden):
        words.total(made)
        words.notices(made)
    assert {*said, COUNTED[0]} <= {each.id if isinstance(each.id, str) else each.id[0] for each in there}


def test_a_report_is_made_of_what_the_hub_has_and_not_without_it(hub: Hub, tmp_path: Path) -> None:
    programme = Programme(hub, tmp_path)
    programme.write(*[{"age_band": "adult"}] * 12)
    given = f"{json.dumps({'week': WEEK, 'place': 'coast', 'age_band': 'adult'})}\n"
    told("device", "add", "-", "--state", programme.worker, given=given * 5)
    told("device", "push", "--state", programme.worker)
    # Nobody has pulled them.
    assert json.loads(programme.report("--json"))["total"] == 17
    hub.kill()
    assert json.loads(programme.report("--json", "--wait", "0"))["total"] == 17
    words = ("report", "--period", "2025-Q3", "--wait", "0", "--state", programme.state)
    refused = typed("coordinator", *words)
    assert refused.exit_code == 4


def test_a_threshold_is_for_all_coordinators_and_for_reports_not_made_yet(
    lasting_hub: Hub, tmp_path: Path
) -> None:
    programme = Programme(lasting_hub, tmp_path)
    assert told("coordinator", "threshold", "--state", programme.state) == {"threshold": 11}
    assert typed("coordinator", "threshold", "4", "--state", programme.state).exit_code == 2
    four = ("threshold", "4", "--why", "Few contacts in a quarter.")
    assert told("coordinator", *four, "--state", programme.state) == {"threshold": 4}
    too_low = ("threshold", "2", "--why", "a test")
    assert typed("coordinator", *too_low, "--state", programme.state).exit_code == 2
    programme.write(*[{"gender": "woman"}] * 5, *[{"gender": "man"}] * 4)
    assert json.loads(programme.report("--json"))["threshold"] == 4
    assert json.loads(programme.report("--json"))["total"] == 9


@pytest.mark.parametrize("period", ["2025", "2025-10", "2025-Q5", "2099-Q4"])
def test_what_is_no_quarter_that_is_over_has_no_report(lasting_hub: Hub, tmp_path: Path, period: str) -> None:
    programme = Programme(lasting_hub, tmp_path)
    refused = typed("coordinator", "report", "--period", period, "--state", programme.state)
    assert refused.exit_code == 2


def test_made_up_contacts_are_in_no_report(lasting_hub: Hub, tmp_path: Path) -> None:
    programme = Programme(lasting_hub, tmp_path, practice=True)
    refused = typed("coordinator", "report", "--period", PERIOD, "--state", programme.state)
    assert refused.exit_code == 2
    assert "practice" in refused.output


def test_what_is_asked_in_a_repeat_is_no_question_of_its_own() -> None:
    choices = (Choice(name="yes", label=""), Choice(name="no", label=""))
    inside = (_asked("select_one", "school"), _asked("select_multiple", "needs"))
    form = Form(
        id="contact",
        version="1",
        hash="1",
        title="",
        choices={"list": choices},
        fields=(
            _asked("select_one", "alone"),
            Field(type="repeat", name="children", label="", fields=inside),
        ),
    )
    assert [question.name for question in questions([form])] == ["alone"]


def _asked(type_: str, name: str) -> Field:
    return Field(type=type_, name=name, label="", choices="list")
