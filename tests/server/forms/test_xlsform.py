from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types

from server.forms import Form, FormError, fields, parse_xlsform, relevant_values, texts, translate

from .conftest import CHOICES, SETTINGS, Write

CONTACT = Path(__file__).parents[3] / "content" / "forms" / "contact.xlsx"
HEAD = "type | name | label | required | relevant | constraint"


def fault(path: Path) -> FormError:
    with pytest.raises(FormError) as caught:
        parse_xlsform(path)
    return caught.value


def test_our_own_contact_form_is_read_and_survives_json() -> None:
    form = parse_xlsform(CONTACT)
    assert form.id == "contact"
    assert msgspec.json.decode(msgspec.json.encode(form), type=Form) == form
    assert {"week", "place", "language", "age_band"} <= {field.name for field in fields(form)}


def test_groups_hold_their_fields_in_order(write: Write) -> None:
    form = parse_xlsform(
        write(
            HEAD,
            "begin_group | a | A | | |",
            "text | b | B | | |",
            "begin group | c | C | | |",
            "note | d | D | | |",
            "end_group | | | | |",
            "end group | | | | |",
            "integer | e | E | yes | |",
        )
    )
    assert [field.name for field in form.fields] == ["a", "e"]
    assert [field.name for field in form.fields[0].fields] == ["b", "c"]
    assert [field.name for field in fields(form)] == ["b", "e"]
    assert fields(form)[1].required


@pytest.mark.parametrize(
    ("row", "where", "why"),
    [
        ("geopoint | a | A | | |", "survey!A3", "no type 'geopoint'"),
        ("image | a | A | | |", "survey!A3", "no type 'image'"),
        ("deviceid | a | A | | |", "survey!A3", "nobody was asked"),
        ("select_one answers or_more | a | A | | |", "survey!A3", "no type"),
        ("begin_repeat | a | A | | |", "survey!A3", "no end_repeat"),
        ("text | a | Hello ${first} | | |", "survey!C3", "cannot show an answer"),
        ("select_one nobody | a | A | | |", "survey!A3", "no list 'nobody'"),
        ("end_group | | | | |", "survey!A3", "no open group"),
        ("begin_group | g | G | | |", "survey!A3", "no end_group"),
        ("text | first | A | | |", "survey!B3", "name of row 2"),
        ("text | form_hash | A | | |", "survey!B3", "used by every record"),
        ("text | a b | A | | |", "survey!B3", "not a name"),
        ("text | a | | | |", "survey!C3", "needs a label"),
        ("text | a | A | maybe | |", "survey!D3", "neither yes nor no"),
        ("note | a | A | yes | |", "survey!D3", "cannot be required"),
        ("text | a | A | | ${nobody} = 'x' |", "survey!E3", "no field 'nobody'"),
        ("text | a | A | | ${a} = 'x' |", "survey!E3", "depends on itself: a → a"),
        ("text | a | A | | . = 'x' |", "survey!E3", "constraints only"),
        ("text | a | A | | ${first} |", "survey!E3", "a condition is needed"),
        ("text | a | A | | ${first} = 'maybe' |", "survey!E3", "no choice 'maybe'"),
        ("text | a | A | | selected(${first}, 'maybe') |", "survey!E3", "no choice 'maybe'"),
        ("text | a | A | | ${first} > 'yes' |", "survey!E3", "by selected()"),
        ("text | a | A | | | selected(., 'yes')", "survey!F3", "for select_one and select_multiple"),
        ("select_multiple answers | a | A | | | . = 'yes'", "survey!F3", "by selected()"),
        ("note | a | A | | | . = 'x'", "survey!F3", "no value"),
        ("text | a | A | | | regex(., 'x')", "survey!F3", "no function regex()"),
    ],
)
def test_what_our_forms_do_not_have_is_refused_by_sheet_and_cell(
    write: Write, row: str, where: str, why: str
) -> None:
    found = fault(write(HEAD, "select_one answers | first | First | | |", row))
    assert found.where == where
    assert why in found.why


def test_a_form_with_days_repeats_filters_and_calculations_is_read(write: Write) -> None:
    head = "type | name | label | relevant | constraint | calculation | choice_filter | repeat_count"
    choices = (
        "| choices |\n| | list_name | name | label | country |\n| | countries | a | A | |\n"
        "| | provinces | a1 | A1 | a |\n| | provinces | b1 | B1 | b |\n"
    )
    form = parse_xlsform(
        write(
            head,
            "date | met | Day | | . <= today() | | |",
            "time | at | Time | | | | |",
            "decimal | wage | Wage | | . > 0.5 | | |",
            "select_one countries or_other | country | Country | | | | |",
            "select_multiple provinces | routes | Routes | | | | country = ${country} |",
            "begin_repeat | child | Child | | | | | 2",
            "integer | age | Age | | | | |",
            "end_repeat | | | | | | |",
            "calculate | ages | | | | sum(${age}) div 2 | |",
            choices=choices,
        )
    )
    known = {field.name: field for field in fields(form)}
    assert [field.type for field in known.values()] == [
        "date", "time", "decimal", "select_one", "text", "select_multiple", "integer", "calculate",
    ]  # fmt: skip
    assert known["country_other"].relevant is not None
    assert [choice.name for choice in form.choices[known["country"].choices]] == ["a", "other"]
    assert form.choices["provinces"][0].values == {"country": "a"}
    assert msgspec.json.decode(msgspec.json.encode(form), type=Form) == form
    kept = relevant_values(
        form, {"country": "other", "country_other": "x", "age/1": 3, "age/2": 4, "age/3": 5}
    )
    assert kept == {"country": "other", "country_other": "x", "age/1": 3, "age/2": 4, "ages": "3.5"}


@pytest.mark.parametrize(
    ("row", "where", "why"),
    [
        ("text | a | A | | ${age} = 1 | |", "survey!E5", "stands in the repeat 'child'"),
        ("calculate | a | A | | | ${child} + 1 |", "survey!F5", "no field 'child'"),
        ("calculate | a | A | | | ${a} + 1 |", "survey!F5", "depends on itself: a → a"),
        ("calculate | a | A | | | |", "survey!F5", "what is calculated"),
        ("text | a | A | | | 1 + 1 |", "survey!F5", "no calculation"),
        ("select_one answers | a | A | | | | place = 'x'", "survey!G5", "has a column 'place'"),
        ("text | a | A | | | | name = 'x'", "survey!G5", "no choice_filter"),
        ("end_repeat | | | | | |", "survey!A5", "no open repeat"),
        ("begin_group | a | A | | | |", "survey!A5", "no end_group"),
    ],
)
def test_what_repeats_and_calculations_cannot_ask_for_is_refused(
    write: Write, row: str, where: str, why: str
) -> None:
    found = fault(
        write(
            "type | name | label | required | relevant | calculation | choice_filter",
            "begin_repeat | child | Child | | | |",
            "integer | age | Age | | | |",
            "end_repeat | | | | | |",
            row,
        )
    )
    assert found.where == where
    assert why in found.why


def test_all_that_is_wrong_is_said_at_once(write: Write) -> None:
    found = fault(
        write(
            HEAD, "geopoint | a | A | | |", "text | b | | | |", "integer | c | C | | ${d} = 1 |", settings=""
        )
    )
    assert [each.where for each in (found, *found.also)] == ["survey!A2", "survey!C3", "settings"]


def test_a_circle_through_a_group_is_refused_at_the_groups_condition(write: Write) -> None:
    found = fault(
        write(
            HEAD,
            "begin_group | g | G | | ${b} = 'x' |",
            "text | a | A | | |",
            "end_group | | | | |",
            "text | b | B | | ${a} = 'x' |",
        )
    )
    assert found.where == "survey!E2"
    assert "g → b → a → g" in found.why


@pytest.mark.parametrize("column", ["default", "read_only", "label::Thai (th)", "trigger"])
def test_a_column_that_we_do_not_read_is_refused(write: Write, column: str) -> None:
    assert fault(write(f"type | name | label | {column}", "text | a | A | x")).where == "survey!D1"


def test_an_appearance_that_we_do_not_draw_is_refused(write: Write) -> None:
    assert fault(write("type | name | label | appearance", "text | a | A | signature")).where == "survey!D2"


def test_a_choice_twice_is_refused(write: Write) -> None:
    twice = CHOICES + "| | answers | yes | Yes again |\n"
    assert fault(write(HEAD, "text | a | A | | |", choices=twice)).where == "choices!B4"


def test_a_form_needs_an_id_and_a_version(write: Write) -> None:
    without = SETTINGS.replace("| test | 1 |", "| test | |")
    assert fault(write(HEAD, "text | a | A | | |", settings=without)).where == "settings!C2"


def test_what_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"nothing of the kind")
    assert fault(path).path == path


def test_a_sheet_that_we_do_not_read_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheets: dict[str, list[tuple[str, ...]]] = {
        "survey": [("type", "name", "label"), ("text", "a", "A")],
        "settings": [("form_id", "version"), ("test", "1")],
        "entities": [("dataset", "label"), ("people", "x")],
    }
    for sheet, rows in sheets.items():
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "form.xlsx")
    assert fault(tmp_path / "form.xlsx").where == "entities"


def test_a_cell_keeps_its_place_below_an_empty_row(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    survey = book.create_sheet("survey")
    for row in [("type", "name", "label"), (), (), ("audio", "a", "A")]:
        survey.append(row)
    book.save(tmp_path / "form.xlsx")
    assert fault(tmp_path / "form.xlsx").where == "survey!A4"


def test_the_hash_is_the_same_in_every_language_and_another_for_another_form(write: Write) -> None:
    form = parse_xlsform(write(HEAD, "text | a | A | | |"))
    other = parse_xlsform(write(HEAD, "text | a | A | yes | |"))
    assert len(form.hash) == 64
    assert form.hash != other.hash
    assert translate(form, lambda text: f"«{text}»").hash == form.hash


def test_a_text_without_translation_stays_and_is_named(write: Write) -> None:
    form = parse_xlsform(write(HEAD, "select_one answers | a | A | | |", "text | b | B | | |"))
    assert list(texts(form)) == ["Test", "A", "B", "Yes", "No"]
    thai = translate(form, {"A": "ก", "Yes": "ใช่"}.get)
    assert [field.label for field in thai.fields] == ["ก", "B"]
    assert [choice.label for choice in thai.choices["answers"]] == ["ใช่", "No"]
    assert thai.fallback == ("Test", "B", "No")
