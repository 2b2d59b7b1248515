"""The operator's `directory.toml`: what it changes, and how its faults are named."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from server.errors import OperatorFileError
from server.site.amending import amend, load_amendments
from server.site.directory import Country, load_directory
from server.site.places import find_places

SHIPPED = load_directory(find_places().content / "directory")
KNOWN = frozenset(entry.id for country in SHIPPED for entry in country.entries)
ADDED = """[[add]]
country = "LA"
id = "la-drop-in"
who = "Drop-in centre"
kind = "ngo"
numbers = [{ dial = "021000000" }]
source_title = "We run it"
source_address = "https://centre.example/"
confidence = "high"
display = "source"
checked = { by = "A. Person", role = "operator", date = 2026-01-31 }
"""


CLINIC = """[[add]]
country = "LA"
id = "la-clinic"
who = "Clinic"
kind = "health"
address = "Market Street 5"
checks_papers = "no"
source_title = "We run it"
source_address = "https://clinic.example/"
confidence = "high"
display = "source"
"""


def amended(folder: Path, text: str) -> dict[str, Country]:
    path = folder / "directory.toml"
    path.write_text(text, "utf-8")
    return {country.code: country for country in amend(SHIPPED, load_amendments(folder, KNOWN), path)}


def test_an_added_entry_may_begin_a_country_that_the_directory_does_not_have(tmp_path: Path) -> None:
    assert "AQ" not in {country.code for country in SHIPPED}
    begun = amended(tmp_path, ADDED.replace('"LA"', '"AQ"'))["AQ"]
    assert [entry.id for entry in begun.entries] == ["la-drop-in"]
    assert begun.entries[0].checked is not None
    assert begun.entries[0].checked.date == datetime.date(2026, 1, 31)
    assert begun.local == {"la-drop-in"}


@pytest.mark.parametrize(
    "way", ['address = "Market Street 5"', 'website = "https://a.example/"', 'whatsapp = ["+85621000000"]']
)
def test_an_entry_needs_no_number_where_there_is_another_way_to_reach_it(tmp_path: Path, way: str) -> None:
    laos = amended(tmp_path, CLINIC.replace('address = "Market Street 5"', way))["LA"]
    clinic = laos.entries[-1]
    assert (clinic.id, clinic.numbers, clinic.checks_papers) == ("la-clinic", [], "no")


@pytest.mark.parametrize("kind", ["shelter", "inspection", "rights-body", "health", "asylum"])
def test_an_operator_may_add_places_of_these_kinds(tmp_path: Path, kind: str) -> None:
    text = CLINIC.replace('"health"', f'"{kind}"').replace('checks_papers = "no"\n', "")
    assert amended(tmp_path, text)["LA"].entries[-1].kind == kind


def test_a_correction_may_add_an_address_a_website_and_papers(tmp_path: Path) -> None:
    text = """[[correct]]
id = "th-1694"
kind = "labour"
address = "Market Street 9"
website = "https://labour.example/"
checks_papers = "unknown"
"""
    after = next(entry for entry in amended(tmp_path, text)["TH"].entries if entry.id == "th-1694")
    assert (after.address, after.website) == ("Market Street 9", "https://labour.example/")
    assert (after.checks_papers, after.numbers[0].dial) == ("unknown", "1694")


def test_a_correction_replaces_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    text = '[[correct]]\nid = "th-1300"\nhours = "08:00 to 16:00"\n'
    before = next(entry for country in SHIPPED for entry in country.entries if entry.id == "th-1300")
    thailand = amended(tmp_path, text)["TH"]
    after = next(entry for entry in thailand.entries if entry.id == "th-1300")
    assert after.hours == "08:00 to 16:00"
    assert (after.who, after.numbers) == (before.who, before.numbers)
    assert thailand.local == {"th-1300"}


def test_a_withdrawn_entry_is_gone(tmp_path: Path) -> None:
    text = '[[withdraw]]\nid = "th-1300"\nreason = "does not answer"\n'
    assert "th-1300" not in {entry.id for entry in amended(tmp_path, text)["TH"].entries}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('[[withdraw]]\nid = "th-1300"\n', 1, "reason"),
        ('[[withdraw]]\nreason = "x"\nid = "th-9999"\n', 3, "th-9999"),
        ('[[correct]]\nid = "th-1300"\n\n[[correct]]\nid = "th-1694"\nphone = "1"\n', 6, "phone"),
        ('[[correct]]\nid = "th-1300"\nchecked = { by = "A", date = 2026-01-01 }\n', 3, "role"),
        ('[[correct]]\nid = "th-1300"\nchecked = { by = "A", role = "B", date = 2999-01-01 }\n', 3, "future"),
        (ADDED.replace('kind = "ngo"', 'kind = "magic"'), 5, "kind"),
        (ADDED.replace("la-drop-in", "th-1300"), 3, "already"),
        ('[[withdraw]\nid = "th-1300"\n', 1, ""),
        (CLINIC.replace('address = "Market Street 5"\n', ""), 1, "an address or a website"),
        (CLINIC.replace('"health"', '"ngo"'), 1, "checks_papers"),
        (CLINIC.replace('checks_papers = "no"', 'checks_papers = "perhaps"'), 7, "perhaps"),
        (CLINIC.replace('address = "Market Street 5"', 'website = "clinic.example"'), 6, "website"),
        ('\n[[correct]]\nid = "th-1300"\nnumbers = []\n', 2, "an address or a website"),
        ('\n[[correct]]\nid = "th-1300"\nchecks_papers = "yes"\n', 2, "checks_papers"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(OperatorFileError) as raised:
        amended(tmp_path, text)
    assert (raised.value.path, raised.value.line) == (tmp_path / "directory.toml", line)
    assert told in str(raised.value)
