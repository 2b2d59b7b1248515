"""`sojourn form convert`: a spreadsheet as a form, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from click.testing import CliRunner

from server.command import main
from server.forms import parse_xlsform

CONTACT = Path(__file__).parents[3] / "content" / "forms" / "contact.xlsx"


def test_our_own_form_is_printed_with_what_could_tell_who_somebody_is() -> None:
    told = CliRunner().invoke(main, ["form", "convert", str(CONTACT)])
    assert told.exit_code == 0, told.output
    assert msgspec.json.decode(told.stdout)["id"] == parse_xlsform(CONTACT).id
    assert "note" not in told.stderr or "free text" in told.stderr


def test_every_fault_has_a_line_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(
        "survey,,,\n,type,name,label\n,geopoint,a,A\n,text,passport_number,\nsettings,,\n,form_id,version\n,t,1\n"
    )
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert told.exit_code == 1
    assert "survey!A2" in told.stderr
    assert "survey!C3" in told.stderr


def test_a_question_is_pointed_out_by_its_words_or_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    rows = [
        "text,passport_number,Papers",
        "integer,a,Telephone number",
        "date,b,Date of birth",
        "date,c,Day",
        "integer,d,Age",
        "text,e,The word namely",
    ]
    survey = "".join(f",{row}\n" for row in rows)
    path.write_text(f"survey,,,\n,type,name,label\n{survey}settings,,\n,form_id,version\n,t,1\n")
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert [line.partition(" ")[0] for line in told.stderr.splitlines()] == [
        "passport_number",
        "a",
        "b",
        "c",
        "e",
    ]
