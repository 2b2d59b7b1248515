"""What is wrong with a spreadsheet, as the console is told: in English, and the common faults by a code."""

from __future__ import annotations

import msgspec
import pytest

from server.converted import Job
from server.forms.conversion import convert

SHEETS = """survey,,,
,type,name,label{columns}
{rows}
choices,,,
,list_name,name,label
,colours,red,Red
settings,,,
,form_title,form_id,version
,Contact,contact,1
"""


@pytest.mark.parametrize(
    ("rows", "columns", "code", "about"),
    [
        (",geopoint,where,Where", "", "unknown-type", {"name": "geopoint"}),
        (",integer,age,", "", "no-label", {}),
        (",integer,,Age", "", "no-name", {"name": ""}),
        (",integer,1st,Age", "", "bad-name", {"name": "1st"}),
        (",integer,age,Age\n,integer,age,Age again", "", "same-name", {"name": "age"}),
        (",select_one shapes,shape,Shape", "", "unknown-list", {"name": "shapes"}),
        (",integer,age,Age,${year} > 1", ",relevant", "unknown-question", {"name": "year"}),
        (
            ",select_one colours,one,One,\n,integer,age,Age,${one} = 'blue'",
            ",relevant",
            "unknown-choice",
            {"name": "blue", "list": "colours"},
        ),
        (",integer,age,Age,x", ",wizard", "unknown-column", {"name": "wizard"}),
        (",integer,age,Age,Umur", ",label::Malay", "no-language", {"name": "label::Malay"}),
        (",start,start,", "", "not-asked", {"name": "start"}),
        (",integer,age,Age,1 +", ",relevant", "bad-expression", {}),
        (",integer,age,Age,x", ",appearance", "", {}),
    ],
)
def test_the_common_faults_have_a_code(rows: str, columns: str, code: str, about: dict[str, str]) -> None:
    data = SHEETS.format(rows=rows, columns=columns).encode()
    (fault,) = convert(Job(name="form", data=data, language="en")).faults
    assert (fault.code, fault.about) == (code, about)
    assert type(fault.why) is str
    assert msgspec.msgpack.encode(fault)


def test_a_sheet_without_settings_and_a_file_that_is_none_have_a_code() -> None:
    without = SHEETS[: SHEETS.index("settings")].format(rows=",integer,age,Age", columns="")
    for data, code in ((without.encode(), "no-settings"), (b"PK\x03\x04 no zip", "unreadable")):
        (fault,) = convert(Job(name="form", data=data, language="en")).faults
        assert fault.code == code
