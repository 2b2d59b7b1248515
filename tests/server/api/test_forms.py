"""A spreadsheet becomes a form, or all that is wrong with it; the hub keeps nothing of it and survives anything."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.api import limits
from server.converted import Job
from tests.hubs import Hub

URL = "/api/v1/forms"
CONTACT = Path(__file__).parents[3] / "content" / "forms" / "contact.xlsx"


def sheet(*survey: tuple[str, ...]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    pages: dict[str, list[tuple[str, ...]]] = {
        "survey": [("type", "name", "label", "label::Urdu (ur)", "relevant"), *survey],
        "settings": [("form_title", "form_id", "version"), ("Zebra talks", "zebra", "1")],
    }
    for name, rows in pages.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def send(hub: Hub, data: bytes, **more: Any) -> httpx.Response:
    body = msgspec.msgpack.encode({"sheet": data, **more})
    headers = {"content-type": "application/vnd.msgpack", "accept": "application/json"}
    return httpx.post(f"{hub.url}{URL}", content=body, headers=headers, trust_env=False, timeout=120)


def test_a_spreadsheet_comes_back_as_a_form_and_nothing_of_it_is_kept(hub: Hub) -> None:
    answer = send(
        hub, sheet(("text", "zebra_name", "Which zebra?", "کون؟", ""), ("date", "met", "Day", "", ""))
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["faults"] == []
    assert msgspec.json.decode(told["content"])["id"] == "zebra"
    assert (told["language"], told["texts"]) == ("en", {"ur": {"Which zebra?": "کون؟"}})
    assert [(each["field"], each["why"]) for each in told["pointed"]] == [
        ("zebra_name", "name"),
        ("met", "day"),
    ]
    for folder, _, files in os.walk(hub.data):
        for file in files:
            assert b"zebra" not in (Path(folder) / file).read_bytes().lower(), file


def test_all_faults_are_told_with_sheet_and_cell(hub: Hub) -> None:
    told = send(hub, sheet(("geopoint", "a", "A", "", ""), ("text", "b", "B", "", "regex(., 'x')"))).json()
    assert [(each["sheet"], each["cell"]) for each in told["faults"]] == [("survey", "A2"), ("survey", "E3")]
    assert "regex()" in told["faults"][1]["why"]
    assert told["content"] == ""


def test_our_own_form_and_a_csv_are_read_too(hub: Hub) -> None:
    assert send(hub, CONTACT.read_bytes()).json()["faults"] == []
    lines = ["survey,,", ",type,name,label", ",integer,n,N", "settings,,", ",form_id,version,", ",csv,1,"]
    told = send(hub, "\n".join(lines).encode(), language="km").json()
    assert (told["faults"], told["language"]) == ([], "km")


def bomb(size: int) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * size)
    return written.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 nothing",
        b"\xff\xfe" * 9,
        bomb(30_000_000),
        bomb(1000),
        b"survey," * 90_000,
        CONTACT.read_bytes()[:900],
    ],
    ids=["empty", "no-zip", "no-text", "bomb", "no-sheets", "one-line", "cut"],
)
def test_what_is_no_form_is_a_fault_and_never_more(hub: Hub, data: bytes) -> None:
    answer = send(hub, data)
    assert answer.status_code == 200, answer.text
    assert answer.json()["faults"]


def test_too_much_is_refused_before_it_is_read(hub: Hub) -> None:
    assert send(hub, b"x" * 700_001).status_code == 400
    assert send(hub, b"x" * 1_100_000).status_code == 413
    assert send(hub, b"x", language="no language").status_code == 400


def test_one_address_cannot_keep_the_reader_of_forms_for_itself(hub: Hub) -> None:
    # Refused before anything is read, and counted all the same.
    answers = [send(hub, b"x", language="no language") for _ in range(limits.FORMS_BURST + 1)]
    assert [answer.status_code for answer in answers] == [400] * limits.FORMS_BURST + [429]
    assert int(answers[-1].headers["retry-after"]) > 1
    assert httpx.get(f"{hub.url}/api/v1/health", trust_env=False).status_code == 200


def test_a_form_is_read_after_all_that_serves_workers() -> None:
    code = "import os, sys, server.forms.apart as a; a.main(); print(os.nice(0), file=sys.stderr)"
    job = msgspec.msgpack.encode(Job(name="form", data=b"", language="en"))
    told = subprocess.run([sys.executable, "-c", code], input=job, check=True, capture_output=True)
    assert told.stderr.strip() == b"19"


def test_a_hub_starts_without_what_reads_spreadsheets() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import server.app, sys; print({'pyxform', 'openpyxl'} & set(sys.modules))",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "set()"
