"""Tables that somebody saved from a spreadsheet, and what is read of them."""

from __future__ import annotations

import msgspec

from server.forms import Form, translate
from server.forms.form import hashed
from server.imports import UnreadableError, read_cells, read_table
from sync.crypto.imports import imported_record
from tests.vectors.cases.inputs import Case, Cases, seeded

_TODAY = "2026-11-22"
_FORM = {
    "id": "contact",
    "version": "7",
    "title": "Contact",
    "fields": [
        {"type": "text", "name": "week", "label": "Week", "required": True, "appearance": "week"},
        {"type": "select_one", "name": "place", "label": "Where?", "choices": "places", "required": True},
        {"type": "select_multiple", "name": "needs", "label": "Needs", "choices": "needs"},
        {
            "type": "group",
            "name": "more",
            "label": "More",
            "fields": [
                {"type": "integer", "name": "people", "label": "How many?"},
                {"type": "decimal", "name": "wage", "label": "Wage"},
                {
                    "type": "date",
                    "name": "met",
                    "label": "Day",
                    "constraint": ["compare", "<=", ["own"], ["call", "today", []]],
                    "constraint_message": "Not in the future.",
                },
                {"type": "time", "name": "at", "label": "Time"},
                {
                    "type": "text",
                    "name": "note",
                    "label": "Note",
                    "relevant": ["compare", "=", ["field", "place"], "other"],
                },
                {"type": "text", "name": "Note2", "label": "note"},
            ],
        },
        {
            "type": "repeat",
            "name": "child",
            "label": "Children",
            "fields": [{"type": "integer", "name": "age", "label": "Age", "required": True}],
        },
        {
            "type": "calculate",
            "name": "ages",
            "label": "",
            "calculation": ["call", "sum", [["field", "age"]]],
        },
    ],
    "choices": {
        "places": [
            {"name": "north", "label": "North, by the river"},
            {"name": "other", "label": "Elsewhere"},
            {"name": "one", "label": "Same"},
            {"name": "two", "label": "Same"},
        ],
        "needs": [
            {"name": "legal", "label": "Legal help"},
            {"name": "food", "label": "Food"},
            {"name": "safe_place", "label": "A safe place"},
        ],
    },
}
_URDU = {
    "Where?": "کہاں؟",
    "Needs": "ضروریات",
    "North, by the river": "شمال",
    "Food": "کھانا",
    "Week": "ہفتہ",
}
_LONG = "x" * 281
_TABLES: tuple[tuple[str, str | bytes], ...] = (
    (
        "names, as a form has them",
        "week,place,needs,people\n2026-W01,north,legal food,3\n2026-W02,other,,0\n",
    ),
    ("labels, whatever their spaces and capitals", " WEEK ,where?,Needs\n2026-W01,north,Legal help\n"),
    ("labels in another language", "ہفتہ;کہاں؟;ضروریات\n2026-W01;شمال;کھانا|legal\n"),
    ("a byte order mark, and carriage returns", b"\xef\xbb\xbfweek,place\r\n2026-W01,north\r\n"),
    ("UTF-16, little end first", b"\xff\xfe" + "week\tplace\n2026-W01\tother\n".encode("utf-16-le")),
    ("UTF-16, big end first", b"\xfe\xff" + "week,place\n2026-W01,شمال\n".encode("utf-16-be")),
    ("a separator that is told", "sep=;\r\nweek;place\r\n2026-W01;north\r\n"),
    (
        "quotes with separators, line ends and quotes in them; empty rows; no last line end",
        '"week","place","note"\n\n"2026-W01","Elsewhere","a ""b"", c\nd"\n,,\n2026-W02,"North, by the river",',
    ),
    (
        "paths as Kobo and ODK write them, and one column for each choice",
        "week,place,needs,needs/legal,more/people,more-wage,child/age/1,age/2,_uuid,meta/instanceID,end\n"
        "2026-W01,north,legal,0,2,12.50,4,5,uuid:1-a,1-a,x\n",
    ),
    (
        "choices apart, by names and labels",
        "week,place,needs/legal,Needs/Food,needs/safe_place,needs/none,people/legal\n"
        "2026-W01,north,1,TRUE,0,1,1\n2026-W01,north,no,,False,,\n2026-W01,north,2,x,,,\n",
    ),
    (
        "several answers, with whatever stands between them",
        "week,place,needs\n"
        '2026-W01,north,"legal,food"\n2026-W01,north,Legal help; A safe place\n2026-W01,north,Food|legal\n'
        '2026-W01,north,"Food, Legal help"\n2026-W01,north,legal fod\n2026-W01,north,legal legal\n',
    ),
    (
        "numbers, days and times as people write them",
        "week,place,people,wage,met,at\n"
        '2026-w1,north,٣,"12,5",2026-01-31T08:00:00.000+07:00,9:05\n'
        "2026-01-01,north,4.0,007.10,2026-01-31 00:00:00,14:05:09\n"
        "2026W03,north,០១២,0.5,2026-01-31,00:00\n",
    ),
    (
        "what fits no type",
        "week,place,people,wage,met,at\n"
        "last,north,three,1.2345678,31/01/2026,25:00\n"
        '2026-W54,south,-1,"1,234",2026-02-30,noon\n'
        "2026-W01,Same,99999999999999999,-2,2099-01-01,9\n"
        "2026-W01,,1e3,2.,2026-11-23,1:2\n",
    ),
    (
        "what the form's rules do not allow",
        f"week,place,note,Note2\n2026-W01,north,hm,ok\n2026-W01,other,{_LONG},\n,north,,\n",
    ),
    (
        "a text that was kept from being a formula",
        "week,place,Note2\n2026-W01,north,'=1+1\n2026-W01,north,'it is\n2026-W01,north,-2\n2026-W01,north,'-2\n"
        "2026-W01,north,''=1\n",
    ),
    (
        "columns that cannot be read: unknown, twice, unclear, calculated, without a name",
        "week,Week,place,zoo,note,More,ages,,age 1\n2026-W01,x,north,x,,x,9,x,3\n",
    ),
    (
        "a repeat with a gap, and one that is too long",
        "week,place,age/1,age/3,age/21\n2026-W01,north,1,3,4\n2026-W02,north,1,,\n",
    ),
    (
        "the same row twice is two contacts; the same id twice is not",
        "week,place,_uuid\n2026-W01,north,\n2026-W01,north,\n2026-W02,north,a\n2026-W03,north,a\n",
    ),
    (
        "an export of Sojourn's own",
        "# These records can identify people. Keep them encrypted, please.\n"
        "_record,_device,_form_hash,week,place,ages\n"
        f"{'0f' * 16},{'aa' * 16},{'bb' * 32},2026-W01,north,\n",
    ),
    (
        "an export of Sojourn's own as submissions",
        "week,place,_uuid,__version__,_index\n2026-W01,north,0F0F0F0F-0f0f-0f0f-0f0f-0f0f0f0f0f0f,7,1\n",
    ),
    ("more cells than the header has", "week,place\n2026-W01,north,,x\n2026-W01,north,,\n"),
    ("a header alone", "week,place\n"),
    (
        "two names that differ by a capital, and a label that is a name",
        "week,place,Note2,NOTE\n2026-W01,other,a,b\n",
    ),
)
_UNREADABLE: tuple[tuple[str, bytes], ...] = (
    ("a workbook", b"PK\x03\x04 and so on"),
    ("an old workbook", b"\xd0\xcf\x11\xe0 and so on"),
    ("another encoding", "week,place\n2026-W01,nörth\n".encode("latin-1")),
    ("UTF-16 that does not say so", "week,place\n".encode("utf-16-le")),
    ("half a character of UTF-16", b"\xff\xfew"),
    ("a lone surrogate", b"\xff\xfe\x00\xd8"),
    ("nothing", b""),
    ("nothing but spaces and remarks", b"# a remark\n , ,\n"),
    ("a quotation mark that nobody closes", b'week,place\n2026-W01,"north\n'),
    ("something after a quotation mark", b'week,place\n"2026-W01" x,north\n'),
)


def import_cases() -> Cases:
    form = hashed(msgspec.convert(_FORM, Form))
    forms = [form, translate(form, _URDU.get)]
    seed = seeded("sealing seed of a programme", 32)
    return (
        "Tables with what is read of them, for the form in its languages (the first case); `record`: what the first "
        "contact is under this sealing seed. The invalid ones are refused as a whole. `data` in hex.",
        [
            {"forms": msgspec.to_builtins(forms), "today": _TODAY, "sealing_seed": seed},
            *(_table(why, data, forms, seed) for why, data in _TABLES),
        ],
        [_refused(why, data) for why, data in _UNREADABLE],
    )


def _table(why: str, data: str | bytes, forms: list[Form], seed: bytes) -> Case:
    raw = data.encode() if isinstance(data, str) else data
    cells = read_cells(raw)
    table = msgspec.to_builtins(read_table(forms, cells, _TODAY))
    contacts = table["contacts"]
    named = {"record": imported_record(seed, contacts[0]["identity"])} if contacts else {}
    return {"why": why, "data": raw, "separator": cells.separator, **table, **named}


def _refused(why: str, data: bytes) -> Case:
    try:
        read_cells(data)
    except UnreadableError as error:
        return {"why": why, "data": data, "code": error.code, "number": error.number}
    raise AssertionError(why)
