"""What records say first, what they leave out, and that they come back as they went."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types
from pyxform.builder import create_survey_element_from_dict  # type: ignore[import-untyped]  # it ships no types
from pyxform.xls2json import workbook_to_json  # type: ignore[import-untyped]  # it ships no types
from pyxform.xls2json_backends import get_xlsform  # type: ignore[import-untyped]  # it ships no types

from server.exports import (
    NOTICE,
    Column,
    Sheet,
    TooManyRowsError,
    codebook_of,
    csv_lines,
    ctdc_sheet,
    json_lines,
    record_sheet,
    spreadsheet,
    submission_sheets,
    to_xlsx,
    typed,
)
from server.exports.ctdc import FLAGS, GENDERS, NEEDED
from server.forms import Form, example, fields, keys, parse_xlsform
from server.forms.form import Value
from server.imports import read_cells, read_table
from sync.client.contacts import Contact
from sync.revisions import Value as Kept
from tests.vectors.cases.exports import contact, small_form

ROOT = Path(__file__).parents[3]
CONTACT = ROOT / "content/forms/contact.xlsx"
REPEATS = """\
survey
,type,name,label
,text,where,Where
,begin_group,home,Home
,begin_repeat,child,Child
,integer,age,Age
,select_multiple needs or_other,wish,Wishes
,end_repeat,,
,end_group,,
choices
,list_name,name,label
,needs,food,Food
,needs,bed,Bed
settings
,form_title,form_id,version
,Families,families,1
"""


@pytest.fixture(scope="module")
def our_form() -> Form:
    return parse_xlsform(CONTACT)


def made_up(form: Form, seed: int, number: int) -> list[Contact]:
    def kept(value: Value) -> Kept:
        return tuple(value) if isinstance(value, list) else value

    lines = example(form, seed, number)
    return [
        contact(number, form, {name: kept(value) for name, value in line.items()})
        for number, line in enumerate(lines, start=1)
    ]


def read(sheet: Sheet) -> tuple[str, list[dict[str, str]]]:
    """The first line, and the rows by column, as they were typed."""
    text = "".join(f"{line}\n" for line in csv_lines(sheet))
    first, _, rest = text.partition("\n")
    rows = csv.DictReader(io.StringIO(rest, newline=""))
    return first, [{name: typed(cell) for name, cell in row.items()} for row in rows]


def test_records_say_first_that_they_can_identify_people(our_form: Form) -> None:
    contacts, forms = made_up(our_form, 1, 3), {our_form.hash: our_form}
    first, *_ = json_lines(contacts, forms, practice=False)
    assert json.loads(first) == {"notice": NOTICE}
    sheets = [
        record_sheet(contacts, forms, practice=False),
        ctdc_sheet(contacts, forms, practice=False),
        *submission_sheets(contacts, forms, our_form.id, practice=False),
    ]
    for sheet in sheets:
        assert read(sheet)[0] == f"# {NOTICE}"
        for _, rows in spreadsheet([sheet]):
            assert next(rows) == [NOTICE]


def test_every_line_of_practice_says_so() -> None:
    form = small_form("2")
    contacts = [contact(1, form, {"week": "2026-W47", "official_status": "identified"})]
    forms = {form.hash: form}
    for sheet in (
        record_sheet(contacts, forms, practice=True),
        ctdc_sheet(contacts, forms, practice=True),
        *submission_sheets(contacts, forms, form.id, practice=True),
    ):
        assert [row["practice"] for row in read(sheet)[1]] == ["true"] * len(sheet.rows)


def test_no_contact_is_shaped_for_ctdc_that_no_authority_identified(our_form: Form) -> None:
    contacts, forms = made_up(our_form, 2, 400), {our_form.hash: our_form}
    _, rows = read(ctdc_sheet(contacts, forms, practice=False))
    wanted = [each for each in contacts if each.fields.get("official_status") == "identified"]
    assert 0 < len(rows) == len(wanted) < len(contacts)
    assert [row["yearOfRegistration"] for row in rows] == [str(each.fields["week"])[:4] for each in wanted]
    assert {cell for row in rows for name, cell in row.items() if name in FLAGS} == {"", "1"}
    # What nobody vouched for, what came late and what two devices say differently is in it as little as in a report.
    odd: list[dict[str, Any]] = [
        {"standing": "provisional"},
        {"late": True},
        {"deleted_elsewhere": True},
        {"undecided": {"official_status": ("unknown", "identified")}},
    ]
    apart = [contact(n, our_form, {"official_status": "identified"}, **each) for n, each in enumerate(odd)]
    assert ctdc_sheet(apart, forms, practice=False).rows == []


def test_the_table_for_ctdc_names_what_our_form_asks(our_form: Form) -> None:
    asked = {field.name: field for _, field in keys(our_form, lambda _: 0)}
    assert {name: asked[name].type for name in NEEDED} == NEEDED

    def choices(name: str) -> set[str]:
        return {choice.name for choice in our_form.choices[asked[name].choices]}

    assert set(GENDERS) <= choices("gender")
    named = [
        (field, name) for answers in FLAGS.values() for field, names in answers.items() for name in names
    ]
    assert [(field, name) for field, name in named if name not in choices(field)] == []
    # Each form of exploitation is somewhere, but where none was seen.
    exploited = {name for field, name in named if field == "exploitation_form"}
    assert exploited == choices("exploitation_form") - {"none", "unknown"}


def paths(file: Path) -> set[str]:
    """The fields of a form by their paths, as pyxform names them in its binds: without the root and the metadata."""
    book = workbook_to_json(get_xlsform(file), form_name="data")
    survey = create_survey_element_from_dict(book)
    binds = set(re.findall(r'<bind nodeset="([^"]+)"', survey.to_xml(validate=False)))
    return {path.removeprefix("/data/") for path in binds if not path.startswith("/data/meta")}


@pytest.fixture
def families(tmp_path: Path) -> Path:
    file = tmp_path / "families.csv"
    file.write_text(REPEATS, encoding="utf-8")
    return file


def test_submissions_have_the_paths_that_pyxform_gives_the_form(our_form: Form, families: Path) -> None:
    for file, form in ((CONTACT, our_form), (families, parse_xlsform(families))):
        sheets = submission_sheets(made_up(form, 3, 20), {form.hash: form}, form.id, practice=False)
        known = paths(file)
        told = {column.name for sheet in sheets for column in sheet.columns if column.form}
        # Below a select_multiple stand its choices; pyxform binds groups and notes too, which hold nothing.
        answered = {field.name for field in fields(form)}
        assert {path for path in told if path.rpartition("/")[0] not in told} == {
            path for path in known if path.rpartition("/")[2] in answered
        }


def test_submissions_read_back_are_what_was_typed(our_form: Form, families: Path) -> None:
    for form in (our_form, parse_xlsform(families)):
        contacts = made_up(form, 4, 60)
        main, *repeats = submission_sheets(contacts, {form.hash: form}, form.id, practice=False)
        _, rows = read(main)
        answers = [_answers(row) for row in rows]
        for sheet in repeats:
            at: dict[int, int] = {}
            for row in read(sheet)[1]:
                parent = int(row["_parent_index"]) - 1
                assert row["_submission__uuid"] == rows[parent]["_uuid"]
                at[parent] = at.get(parent, 0) + 1
                told = {f"{name}/{at[parent]}": value for name, value in _answers(row).items()}
                answers[parent] |= told
        wanted = [
            {name: " ".join(v) if isinstance(v, tuple) else str(v) for name, v in each.fields.items()}
            for each in contacts
        ]
        assert answers == wanted
        for row in rows:
            for path in (name for name in row if name.startswith("help/needs/") and row["help/needs"]):
                assert row[path] == str(int(path.rpartition("/")[2] in row["help/needs"].split()))


def test_what_was_exported_can_be_imported_as_it_was(our_form: Form) -> None:
    contacts, forms = made_up(our_form, 5, 60), {our_form.hash: our_form}
    wanted = [
        (each.record.hex(), {name: list(v) if isinstance(v, tuple) else v for name, v in each.fields.items()})
        for each in contacts
    ]
    main, *_ = submission_sheets(contacts, forms, our_form.id, practice=False)
    for sheet in (record_sheet(contacts, forms, practice=False), main):
        text = "".join(f"{line}\n" for line in csv_lines(sheet))
        found = read_table([our_form], read_cells(text.encode()))
        assert found.faults == []
        assert [(each.told, dict(sorted(each.values.items()))) for each in found.contacts] == wanted


def _answers(row: dict[str, str]) -> dict[str, str]:
    """By bare name, without the columns of each choice: those stand below another column."""
    return {
        path.rpartition("/")[2]: value
        for path, value in row.items()
        if value and not path.startswith("_") and path.rpartition("/")[0] not in row
    }


def test_a_spreadsheet_holds_text_and_numbers_and_no_formula(tmp_path: Path) -> None:
    form = small_form("2")
    remarks = ("=1+1", "#N/A", ' <&"]]>\r\n\ttwo lines ', "🙂" * 16_000, "ភាសា")
    contacts = [contact(number, form, {"remark": each, "people": 3}) for number, each in enumerate(remarks)]
    sheet = record_sheet(contacts, {form.hash: form}, practice=False)
    sheets = [sheet, codebook_of([sheet], csv=False)]
    file = tmp_path / "records.xlsx"
    file.write_bytes(to_xlsx(sheets))
    book = load_workbook(file)
    assert book.sheetnames == ["records", "codebook"]
    for (_, rows), found in zip(spreadsheet(sheets), book, strict=True):
        told = [[cell.value for cell in row] for row in found.iter_rows()]
        width = len(told[0])
        assert told == [[*row, *[None] * (width - len(row))] for row in rows]
        assert {cell.data_type for row in found.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_what_a_spreadsheet_would_cut_is_not_made() -> None:
    with pytest.raises(TooManyRowsError):
        to_xlsx([Sheet(name="x", columns=(Column(name="a"),), rows=[["a"]] * 1_048_575)])


def test_a_spreadsheet_has_no_cell_that_excel_calls_damaged(tmp_path: Path) -> None:
    columns = tuple(Column(name=str(number)) for number in range(800))
    file = tmp_path / "long.xlsx"
    file.write_bytes(
        to_xlsx([Sheet(name="a & b", columns=columns, rows=[["x" + "🙂" * 20_000, *["end"] * 799]])])
    )
    sheet = load_workbook(file)["a & b"]
    assert sheet["A2"].value == "x" + "🙂" * 16_383
    assert sheet["ADT2"].value == "end"
