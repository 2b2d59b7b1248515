"""`sojourn form convert`: a spreadsheet as a form, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from server.command import main
from server.forms import parse_publication, parse_xlsform, read_sheet
from server.forms.pointing import pointed_out

CONTACT = Path(__file__).parents[3] / "content" / "forms" / "contact.xlsx"


def test_our_own_form_is_printed_with_what_could_tell_who_somebody_is() -> None:
    told = CliRunner().invoke(main, ["form", "convert", str(CONTACT)])
    assert told.exit_code == 0, told.output
    assert msgspec.json.decode(told.stdout)["id"] == parse_xlsform(CONTACT).id
    # Our own form asks nothing that could.
    assert told.stderr == ""


def test_every_fault_has_a_line_with_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(
        "survey,,,\n,type,name,label\n,geopoint,a,A\n,text,passport_number,\nsettings,,\n,form_id,version\n,t,1\n"
    )
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert told.exit_code == 1
    assert "survey!A2" in told.stderr
    assert "survey!C3" in told.stderr


def test_a_csv_is_read_as_excel_saves_it(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    rows = "survey,,,\n,type,name,label\n,integer,a,Age\nsettings,,\n,form_id,version\n,t,1\n"
    path.write_text(rows, encoding="utf-8-sig")
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert told.exit_code == 0, told.output
    assert parse_publication(path, "en").content == told.stdout.strip()


@pytest.mark.parametrize("before", ["notes,,,\n,a,b\n", ",a,b\n,c,d\n", "\ufeffnotes,,,\n"])
def test_a_csv_with_what_is_no_sheet_of_ours_is_refused_in_words(tmp_path: Path, before: str) -> None:
    path = tmp_path / "form.csv"
    rows = f"{before}survey,,,\n,type,name,label\n,integer,a,A\nsettings,,\n,form_id,version\n,t,1\n"
    path.write_text(rows, encoding="utf-8")
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert told.exit_code == 1
    assert "the first column names the sheets" in told.stderr


def test_a_question_is_pointed_out_by_its_english_words_where_the_form_speaks_another_language(
    tmp_path: Path,
) -> None:
    path = tmp_path / "form.csv"
    rows = ["integer,a,Nomor,Telephone number", "integer,b,Umur,Age", "integer,c,Alamat,House number"]
    survey = "".join(f",{row}\n" for row in rows)
    head = "survey,,,\n,type,name,label::Bahasa Indonesia (id),label::English (en)\n"
    path.write_text(
        f"{head}{survey}settings,,,\n,form_id,version,default_language\n,t,1,Bahasa Indonesia (id)\n"
    )
    read = read_sheet(path.name, path.read_bytes(), "en")
    assert read.language == "id"
    assert [(each.field, each.why) for each in pointed_out(read)] == [("a", "number"), ("c", "address")]
    told = CliRunner().invoke(main, ["form", "convert", str(path)])
    assert [line.partition(" ")[0] for line in told.stderr.splitlines()] == ["a", "c"]


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
