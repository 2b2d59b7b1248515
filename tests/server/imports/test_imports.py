from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms import Form, example, parse_xlsform
from server.forms.form import all_keys
from server.imports import UnreadableError, read_cells, read_table
from sync.crypto.imports import imported_record

ROOT = Path(__file__).parents[3]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/import.json").read_text("utf-8"))
GIVEN, *TABLES = VECTORS["valid"]
FORMS = msgspec.convert(GIVEN["forms"], list[Form])
OWN = parse_xlsform(ROOT / "content/forms/contact.xlsx")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


@pytest.mark.parametrize("case", TABLES, ids=lambda case: str(case["why"]))
def test_a_table_is_read_as_the_vectors_say(case: dict[str, Any]) -> None:
    cells = read_cells(bytes.fromhex(case["data"]))
    table = msgspec.to_builtins(read_table(FORMS, cells, GIVEN["today"]))
    assert cells.separator == case["separator"]
    assert table == {name: case[name] for name in ("columns", "contacts", "faults")}
    if "record" in case:
        seed = bytes.fromhex(GIVEN["sealing_seed"])
        assert imported_record(seed, table["contacts"][0]["identity"]).hex() == case["record"]


@pytest.mark.parametrize("case", VECTORS["invalid"], ids=lambda case: str(case["why"]))
def test_what_is_no_table_of_text_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_cells(bytes.fromhex(case["data"]))
    assert (refused.value.code, refused.value.number) == (case["code"], case["number"])


@given(st.binary() | st.text(alphabet="\",;\t\r\n#a'0=é\ufeff ").map(str.encode))
def test_whatever_is_in_a_file_it_is_read_or_refused(data: bytes) -> None:
    try:
        cells = read_cells(data)
    except UnreadableError:
        return
    table = read_table([OWN], cells)
    assert {each.row for each in table.faults}.isdisjoint(each.row for each in table.contacts)
    assert len(table.columns) == len(cells.header)


@given(
    st.integers(0, 2**32),
    st.sampled_from(",;\t"),
    st.sampled_from(ENCODINGS),
    st.sampled_from(("\n", "\r\n")),
    st.randoms(use_true_random=False),
)
def test_what_a_form_allows_comes_back_as_it_was(
    seed: int, separator: str, encoding: str, end: str, random: Any
) -> None:
    contacts = example(OWN, seed, 8)
    contacts += contacts[:2]
    names = [name for name in all_keys(OWN) if any(name in each for each in contacts)]
    random.shuffle(names)
    written = io.StringIO(newline="")
    lines = csv.writer(written, delimiter=separator, lineterminator=end)
    lines.writerows(
        [
            names,
            *(
                [" ".join(v) if isinstance(v := each.get(n, ""), list) else v for n in names]
                for each in contacts
            ),
        ]
    )
    table = read_table([OWN], read_cells(written.getvalue().encode(encoding)))
    assert table.faults == []
    assert [each.values for each in table.contacts] == contacts
    # However often it is read; and the same twice in a table is two.
    again = read_table([OWN], read_cells(written.getvalue().encode()))
    assert [each.identity for each in again.contacts] == [each.identity for each in table.contacts]
    assert len({each.identity for each in table.contacts}) == len(contacts)
