"""Vectors of what leaves a programme: a form and contacts, and every file made of them, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import structs, to_builtins

from server.exports import (
    Column,
    MissingFieldsError,
    Sheet,
    codebook_of,
    csv_lines,
    ctdc_sheet,
    json_lines,
    json_names,
    labels_of,
    record_sheet,
    report_sheets,
    report_table,
    spreadsheet,
    submission_sheets,
    tagged_table,
)
from server.forms import Choice, Field, Form
from server.forms.form import hashed
from sync.client.contacts import Contact
from sync.client.publication import publish
from sync.revisions import Value
from tests.vectors.cases.inputs import Case, Cases, seeded
from tests.vectors.cases.publication import QUESTIONS, Group, contacts_of

CELLS = (
    "", "Anna", "=1+1", "+85512345678", "-5", "-5.5", "-5.50", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1",
    "＝1", "＋1", "－1", "＠a", "'=1", "''=1", "'Anna", " =1", "' =1", "'", "a=1", "a,b", 'say "no"', "two\nlines",
    "two\r\nlines", "ភាសាខ្មែរ", '=1,"2"', "#N/A", "1e5", "007",
)  # fmt: skip
SPREADSHEET = ("=1+1", "-5", "a\x00b\x0bc\uffff", "#N/A", "true", "", "two\nlines")
NUMBERS = (
    "12.5",
    "0.000001",
    "-2.5",
    "7",
    "007",
    "12.50",
    "999999999999.999",
    "999999999999.9999",
    "1e5",
    "",
)
NAMES = ("contact", "Contact", "a" * 40, "A" * 40, "[x]:*?/\\'", "______", "contact~2")


_SIGNS = (
    ("deception", "dr", (1, 8)),
    ("coercion", "cr", (3, 6)),
    ("conditions", "ex", (1, 2)),
    ("control", "cd", (2, 3, 15)),
)


def exports_cases() -> Cases:
    old, new, wide = small_form("1"), small_form("2"), wide_form()
    named = [old, new, wide]
    valid: list[Case] = [
        *({"kind": "cell", "why": repr(text), "text": text, "csv": _csv([text])} for text in CELLS),
        _spreadsheet_case(),
        _records("no contacts", named, [], "contact"),
        _records("one version, and what can stand in a cell", named, plain_contacts(new), "contact"),
        _records(
            "versions, one of which is not here",
            named,
            [
                *plain_contacts(old, first=1)[:2],
                *plain_contacts(new, first=3)[:2],
                contact(
                    5,
                    new,
                    {"gender": "man", "left": "x", "needs": ("legal",), "child": 4},
                    form_hash="f" * 64,
                ),
            ],
            "contact",
        ),
        _records("odd ones", named, _odd(new), "contact"),
        _records("a repeat, groups in groups, other answers", named, wide_contacts(wide), "wide"),
        _records("two forms", named, [*plain_contacts(new)[:1], *wide_contacts(wide)[:1]], "wide"),
        _records("practice", named, [*plain_contacts(new)[:2]], "contact", practice=True),
        _records("practice with a repeat", named, wide_contacts(wide), "wide", practice=True),
        _report("hidden rows", 40, 3, 13, 14, 60),
        _report("everything hidden", 3, 3, 4, 0, 0),
        _report("nothing hidden but the weeks", 40, 30, 30, 30, 60),
    ]
    invalid: list[Case] = [
        _refused("a form that asks nothing of it", [wide], wide_contacts(wide)),
        _refused("a version that is not here", [new], [contact(1, new, {}, form_hash="f" * 64)]),
        _refused(
            "another type, another list of states, a field in a repeat",
            [spoilt_form()],
            [contact(1, spoilt_form(), {})],
        ),
    ]
    description = (
        "What leaves a programme (docs/exports.md), from `forms` and `contacts`, practice or not. By `kind`: `cell`, a "
        "text as it stands in CSV; `spreadsheet`, sheets as rows; `records`, each file as text, and sheets as rows; "
        "`report`, a publication with its labels as files. `ctdc` is null where the forms lack its fields. invalid: "
        "forms that lack fields of the CTDC-shaped export, and which."
    )
    return description, valid, invalid


def small_form(version: str) -> Form:
    """What the CTDC-shaped export needs. Version 1 has another order, other labels, and a field that went."""
    newer = version != "1"
    left = Field(type="text", name="left", label="Only in version 1")
    about = (
        Field(type="select_one", name="gender", label="Gender" if newer else "Sex", choices="genders"),
        Field(type="select_multiple", name="needs", label="Needs; what for?", choices="needs"),
        Field(type="integer", name="people", label="How many people"),
    )
    return hashed(
        Form(
            id="contact",
            version=version,
            title="Contact",
            fields=(
                Field(type="note", name="safety", label="No names"),
                Field(type="text", name="week", label="Week", appearance="week", required=True),
                Field(
                    type="group",
                    name="meeting",
                    label="Who",
                    fields=about if newer else tuple(reversed(about)),
                ),
                *(() if newer else (left,)),
                Field(type="text", name="remark", label='=Remark, "free"', appearance="multiline"),
                Field(type="select_one", name="sector", label="Work", choices="sectors"),
                Field(type="select_one", name="official_status", label="Status", choices="statuses"),
                Field(type="select_one", name="exploitation_form", label="Form", choices="exploitation"),
                *(_signs(dimension, code) for dimension, code, _ in _SIGNS),
            ),
            choices={
                "genders": _choices("woman", "man", "other", "not_asked"),
                "needs": _choices("medical", "legal", *(("food",) if newer else ("tent",))),
                "sectors": _choices("domestic", "farming", "fishing", "building", "hospitality", "none"),
                "statuses": _choices("unknown", "presumed", "identified", "not_identified"),
                "exploitation": _choices(
                    "labour", "household", "sexual", "begging", "crime", "marriage", "organs", "other", "none"
                ),
                **{code: _numbered(code, numbers) for _, code, numbers in _SIGNS},
            },
        )
    )


def wide_form() -> Form:
    """Groups in groups, a repeat, every type, `or_other`."""
    person = (
        Field(type="integer", name="age", label="Age"),
        Field(
            type="group",
            name="plans",
            label="Plans",
            fields=(Field(type="select_multiple", name="wish", label="Wishes", choices="wishes"),),
        ),
        Field(type="text", name="wish_other", label="Specify other."),
    )
    return hashed(
        Form(
            id="wide",
            version="2026-11",
            title="Wide",
            fields=(
                Field(type="date", name="met", label="Met"),
                Field(type="time", name="at", label="At"),
                Field(type="decimal", name="wage", label="Wage"),
                Field(type="calculate", name="worth", label="", calculation="x"),
                Field(
                    type="group",
                    name="outer",
                    label="Outer",
                    fields=(
                        Field(
                            type="group",
                            name="inner",
                            label="Inner",
                            fields=(
                                Field(type="select_one", name="kind", label="Kind", choices="wishes"),
                                Field(type="repeat", name="person", label="People", fields=person),
                            ),
                        ),
                    ),
                ),
            ),
            choices={"wishes": _choices("1", "2", "other")},
        )
    )


def spoilt_form() -> Form:
    form = small_form("2")
    fields: list[Field] = []
    for field in form.fields:
        match field.name:
            case "official_status":
                fields.append(structs.replace(field, choices="genders"))
            case "indicators_control":
                fields.append(structs.replace(field, type="select_one"))
            case "sector":
                fields.append(Field(type="repeat", name="jobs", label="Jobs", fields=(field,)))
            case _:
                fields.append(field)
    return hashed(structs.replace(form, version="3", fields=tuple(fields)))


def plain_contacts(form: Form, first: int = 1) -> list[Contact]:
    every: list[dict[str, Value]] = [
        {"week": "2026-W47", "gender": "woman", "needs": ("legal", "medical"), "people": 3},
        {"week": "2025-W01", "remark": '=cmd|"/c calc"!A1\nand, more', "needs": ()},
        {
            "week": "2026-W53",
            "gender": "other",
            "official_status": "identified",
            "exploitation_form": "labour",
            "sector": "farming",
            "indicators_deception": ("dr08",),
            "indicators_coercion": ("cr03", "cr06"),
            "indicators_conditions": ("ex01", "ex02"),
            "indicators_control": ("cd02",),
        },
        {"week": "2026-W02", "official_status": "identified", "exploitation_form": "household"},
        {"official_status": "identified", "exploitation_form": "sexual", "sector": "hospitality"},
        {"week": "2026-W03", "official_status": "identified", "gender": "not_asked", "sector": "building"},
        {"week": "2026-W04", "official_status": "identified", "exploitation_form": "organs", "gender": "man"},
        {"week": "2026-W05", "official_status": "presumed", "exploitation_form": "labour"},
        {"week": "2026-W06", "official_status": ("identified",), "remark": "@អ្នក", "unknown_to_all": True},
        {"week": "Friday", "official_status": "identified", "indicators_control": ("cd99", "cd15", "cd03")},
    ]
    return [contact(number, form, fields) for number, fields in enumerate(every, start=first)]


def wide_contacts(form: Form) -> list[Contact]:
    every: list[dict[str, Value]] = [
        {
            "met": "2026-11-22", "at": "14:05", "wage": "12.5", "worth": 7, "kind": "2",
            "age/1": 30, "wish/1": ("1", "other"), "wish_other/1": "-home", "age/3": 4,
        },
        {"wage": "999999999999.999999", "worth": "a, b"},
        {"worth": "-2.5", "wish/2": ("2",), "age": 5, "kind/1": "1"},
    ]  # fmt: skip
    return [contact(number, form, fields) for number, fields in enumerate(every, start=1)]


def contact(number: int, form: Form, fields: Mapping[str, Value], **odd: Any) -> Contact:
    """odd: what is other than usual, by the names of `Contact`."""
    usual = Contact(
        record=seeded(f"export {number}", 16),
        device=seeded("export device", 16),
        counter=number,
        form=form.id,
        form_hash=form.hash,
        fields=dict(sorted(fields.items())),
        undecided={},
        deleted_elsewhere=False,
        standing="certified",
        late=False,
    )
    return structs.replace(usual, **odd)


def _odd(form: Form) -> list[Contact]:
    given: dict[str, Value] = {"week": "2026-W47", "official_status": "identified"}
    odd: list[dict[str, Any]] = [
        {},
        {"standing": "provisional"},
        {"standing": "revoked"},
        {"standing": "revoked", "late": True},
        {"undecided": {"needs": (("legal",), ()), "official_status": ("identified", "unknown")}},
        {"deleted_elsewhere": True},
    ]
    return [contact(number, form, given, **each) for number, each in enumerate(odd, start=1)]


def _records(
    why: str, forms: Sequence[Form], contacts: Sequence[Contact], form: str, *, practice: bool = False
) -> Case:
    known = {each.hash: each for each in forms}
    as_table = record_sheet(contacts, known, practice=practice)
    as_submissions = submission_sheets(contacts, known, form, practice=practice)
    names = json_names(contacts, known, practice=practice)
    try:
        shaped = ctdc_sheet(contacts, known, practice=practice)
    except MissingFieldsError:
        shaped = None
    return {
        "kind": "records",
        "why": why,
        "forms": to_builtins(list(forms)),
        "contacts": to_builtins(list(contacts), builtin_types=(bytes,)),
        "practice": practice,
        "form": form,
        "jsonl": _text(json_lines(contacts, known, practice=practice)),
        "jsonl_codebook": _file(codebook_of([names], csv=False)),
        "csv": _file(as_table),
        "csv_codebook": _file(codebook_of([as_table], csv=True)),
        "xlsx": _sheets([as_table, codebook_of([as_table], csv=False)]),
        "ctdc": shaped and _file(shaped),
        "ctdc_codebook": shaped and _file(codebook_of([shaped], csv=True)),
        "submissions": {sheet.name: _file(sheet) for sheet in as_submissions},
        "submissions_codebook": _file(codebook_of(as_submissions, csv=True)),
        "submissions_xlsx": _sheets([*as_submissions, codebook_of(as_submissions, csv=False)]),
    }


def _refused(why: str, forms: Sequence[Form], contacts: Sequence[Contact]) -> Case:
    try:
        ctdc_sheet(contacts, {form.hash: form for form in forms}, practice=False)
    except MissingFieldsError as error:
        return {
            "why": why,
            "forms": to_builtins(list(forms)),
            "contacts": to_builtins(list(contacts), builtin_types=(bytes,)),
            "missing": to_builtins(error.missing),
        }
    raise AssertionError(why)


def _report(why: str, *counts: int) -> Case:
    places = (*QUESTIONS[1].choices, None)
    groups: list[Group] = [
        (times, {"week": "2026-W47", "place": place, "needs": ("medical",)}, {})
        for times, place in zip(counts, places, strict=True)
    ]
    made = publish(contacts_of(groups), QUESTIONS, "2026-Q4")
    labels = labels_of([_report_form()])
    notices = ["Contacts are counted, not people.", "=Small numbers are hidden."]
    return {
        "kind": "report",
        "why": why,
        "publication": to_builtins(made),
        "labels": to_builtins(labels),
        "notices": notices,
        "csv": _file(report_table(made, labels)),
        "hxl": _text(csv_lines(tagged_table(made, labels), hxl=True)),
        "xlsx": _sheets(report_sheets(made, labels, notices)),
    }


def _report_form() -> Form:
    places = tuple(Choice(name=name, label=f"{name.title()}, all") for name in ("border", "coast", "city"))
    field = Field(type="select_one", name="place", label="=Area", choices="places")
    return hashed(Form(id="contact", version="1", title="", fields=(field,), choices={"places": places}))


def _spreadsheet_case() -> Case:
    """Text and numbers by the type of their column, and the names of sheets."""
    texts, numbers = _one_column("texts", "text", SPREADSHEET), _one_column("numbers", "decimal", NUMBERS)
    empty = [_one_column(name, "text", ()) for name in NAMES]
    return {
        "kind": "spreadsheet",
        "why": "text, numbers and the names of sheets",
        "sheets": [to_builtins(each) for each in (texts, numbers, *empty)],
        "xlsx": _sheets([texts, numbers, *empty]),
    }


def _one_column(name: str, kind: str, cells: Sequence[str]) -> Sheet:
    return Sheet(name=name, columns=(Column(name="cell", type=kind),), rows=[[cell] for cell in cells])


def _signs(dimension: str, code: str) -> Field:
    return Field(
        type="select_multiple", name=f"indicators_{dimension}", label=f"Signs of {dimension}", choices=code
    )


def _choices(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(name=name, label=name.replace("_", " ").capitalize()) for name in names)


def _numbered(code: str, numbers: Sequence[int]) -> tuple[Choice, ...]:
    return _choices(*(f"{code}{number:02}" for number in numbers))


def _csv(texts: Sequence[str]) -> str:
    sheet = _one_column("cells", "text", texts)
    _, line = csv_lines(sheet)
    return line


def _file(sheet: Sheet) -> str:
    return _text(csv_lines(sheet))


def _text(lines: Any) -> str:
    return "".join(f"{line}\n" for line in lines)


def _sheets(sheets: Sequence[Sheet]) -> list[Case]:
    return [{"name": name, "rows": list(rows)} for name, rows in spreadsheet(sheets)]
