"""`sojourn coordinator form`, `notice`, `referrals`, and what a headless device shows of them."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.command import main
from server.command.contact_form import contact_form
from server.command.referral_file import ReferralFileError, encode_referrals, read_referrals
from server.forms import FormError, parse_content, parse_publication
from sync.enrolment import invite_link
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.sync.client.people import founding

VECTORS = Path(__file__).parents[2] / "vectors"
FORM = """survey,,,,
,type,name,label,label::Urdu (ur),required
,text,week,Week,ہفتہ,
,select_one yes_no,lamp,Was there a lamp?,,yes
choices,,,,
,list_name,name,label,label::Urdu (ur)
,yes_no,yes,Yes,جی ہاں
,yes_no,no,No,
settings,,,,
,form_title,form_id,version
,Contact,contact,{version}
"""


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


class Programme:
    def __init__(self, hub: Hub, folder: Path) -> None:
        self.folder = folder
        self.state, self.worker = f"{folder}/coordinator", f"{folder}/worker"
        founded = invite_link(asyncio.run(founding(hub)))
        told("coordinator", "init", "--invite", founded, "--state", self.state)
        link = str(told("coordinator", "invite", "--role", "worker", "--state", self.state)["link"])
        self.device = str(told("device", "join", "--invite", link, "--state", self.worker)["device"])
        told("coordinator", "pull", "--state", self.state)

    def publish(self, *words: str) -> dict[str, object]:
        return told("coordinator", *words, "--state", self.state)

    def form(self, version: str) -> str:
        """The hash of a form that was published."""
        path = self.folder / f"{version}.csv"
        path.write_text(FORM.format(version=version), encoding="utf-8")
        return str(self.publish("form", "publish", str(path), "--reason", "week=No day is asked.")["hash"])

    def shown(self) -> dict[str, object]:
        told("device", "pull", "--state", self.worker)
        return told("device", "show", "--state", self.worker)


@pytest.fixture
def programme(lasting_hub: Hub, tmp_path: Path) -> Programme:
    return Programme(lasting_hub, tmp_path)


def test_contacts_are_written_in_the_newest_form_and_read_each_in_its_own(programme: Programme) -> None:
    own = contact_form()
    assert programme.shown()["form"] == {"form": own.id, "version": own.version, "hash": own.hash}
    one = programme.form("v1")
    assert programme.shown()["form"] == {"form": "contact", "version": "v1", "hash": one}
    add = ("device", "add", "-", "--state", programme.worker)
    assert typed(*add, given='{"week": "2026-W10", "lamp": "yes"}\n').exit_code == 0
    assert typed(*add, given='{"week": "2026-W10", "place": "border"}\n').exit_code == 3
    two = programme.form("v2")
    programme.shown()
    assert typed(*add, given='{"week": "2026-W11", "lamp": "no"}\n').exit_code == 0
    assert typed("device", "push", "--state", programme.worker).exit_code == 0
    programme.publish("pull")
    listed = programme.publish("form", "list")["forms"]
    assert isinstance(listed, list)
    assert [each["hash"] for each in listed] == [two, one]
    shown = typed("coordinator", "show", "--state", programme.state).stdout
    assert "version v1" in shown
    assert "version v2" in shown
    assert shown.count("Was there a lamp?") == 2
    exported = typed(
        "coordinator", "export", "--format", "jsonl", "--why", "a test", "--state", programme.state
    ).stdout.splitlines()[1:]
    lines = [json.loads(line) for line in exported]
    assert [(each["form_hash"], each["form_version"]) for each in lines] == [(one, "v1"), (two, "v2")]


def test_a_version_published_again_is_the_present_one_again(programme: Programme) -> None:
    one = programme.form("v1")
    programme.form("v2")
    assert programme.form("v1") == one
    listed = programme.publish("form", "list")["forms"]
    assert isinstance(listed, list)
    assert [each["version"] for each in listed] == ["v1", "v2"]


def test_notices_come_and_go(programme: Programme, tmp_path: Path) -> None:
    text = tmp_path / "notice.txt"
    text.write_text("The office is closed on Monday.\n", encoding="utf-8")
    first = str(programme.publish("notice", "publish", "--file", str(text))["id"])
    second = str(programme.publish("notice", "publish", "--text", "New cards are here.")["id"])
    again = str(programme.publish("notice", "publish", "--text", "New cards are here.")["id"])
    notices = programme.shown()["notices"]
    assert isinstance(notices, list)
    assert {each["id"]: each["text"] for each in notices} == {
        first: "The office is closed on Monday.",
        again: "New cards are here.",
    }
    assert again != second
    programme.publish("notice", "withdraw", first[:8])
    assert programme.shown()["notices"] == [{"id": again, "text": "New cards are here."}]
    assert typed("coordinator", "notice", "withdraw", first[:8], "--state", programme.state).exit_code == 2


def test_a_revoked_device_gets_no_new_notice(programme: Programme) -> None:
    programme.publish("notice", "publish", "--text", "before")
    programme.shown()
    programme.publish("revoke", programme.device)
    programme.publish("notice", "publish", "--text", "after")
    assert typed("device", "pull", "--state", programme.worker).exit_code == 6
    kept = told("device", "show", "--state", programme.worker)["notices"]
    assert isinstance(kept, list)
    assert [each["text"] for each in kept] == ["before"]


def test_referral_contacts_are_replaced_as_a_whole(programme: Programme, tmp_path: Path) -> None:
    table = tmp_path / "contacts.csv"
    table.write_text(
        "service,kind,area,phone,hours,note\nNight shelter,shelter,North,+66 2 555 0100,always,\n"
        "\nLegal desk,legal,,,Mon-Fri,ask at the gate\n",
        encoding="utf-8",
    )
    assert programme.publish("referrals", "publish", str(table))["contacts"] == 2
    written = tmp_path / "contacts.toml"
    written.write_text('[[contact]]\nservice = "Clinic"\nkind = "medical"\n', encoding="utf-8")
    shown = programme.shown()["referrals"]
    assert shown == [
        {
            "service": "Night shelter",
            "kind": "shelter",
            "area": "North",
            "phone": "+66 2 555 0100",
            "hours": "always",
        },
        {"service": "Legal desk", "kind": "legal", "hours": "Mon-Fri", "note": "ask at the gate"},
    ]
    programme.publish("referrals", "publish", str(written))
    assert programme.shown()["referrals"] == [{"service": "Clinic", "kind": "medical"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("service,kind\n,shelter\n", "row 2, service: this cell is empty"),
        ("service,kind,phone\nA,b,1\n\nC,d,ask Mary\n", "row 2, phone: '1' cannot be called"),
        ("service,kind,phone\nA,b,\n\nC,d,ask Mary\n", "row 4, phone: 'ask Mary' cannot be called"),
        ("service,kind\nA,b,c\n", "row 2: there are more cells than columns"),
        ("service,kind,fax\n", "row 1: the column 'fax' is not one of"),
        ("service\nA\n", "row 1: there is no column 'kind'"),
        ("service,kind\n", "there is no contact in it"),
        (f"service,kind\n{'a' * 301},b\n", "row 2, service: at most 300 characters"),
        (f'service,kind\n"{"a" * 131_073},b\n', "cannot be read: field larger than field limit"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "contacts.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(ReferralFileError) as wrong:
        read_referrals(table)
    assert says in str(wrong.value)


def test_rows_are_judged_as_in_the_browser(tmp_path: Path) -> None:
    vectors = json.loads((VECTORS / "referrals.json").read_text(encoding="utf-8"))
    table = tmp_path / "contacts.csv"

    def read(row: dict[str, str]) -> str:
        with table.open("w", encoding="utf-8", newline="") as file:
            lines = csv.DictWriter(file, row)
            lines.writeheader()
            lines.writerow(row)
        return encode_referrals(read_referrals(table))

    for case in vectors["valid"]:
        assert json.loads(read(case["row"])) == [case["told"]]
    for case in vectors["invalid"]:
        with pytest.raises(ReferralFileError, match=f"row 2, {case['cell']}: "):
            read(case["row"])


def test_a_wrong_cell_of_a_toml_file_is_named(tmp_path: Path) -> None:
    table = tmp_path / "contacts.toml"
    table.write_text('[[contact]]\nservice = "A"\nkind = "b"\nphone = 5\n', encoding="utf-8")
    with pytest.raises(ReferralFileError, match="contact 1, phone: write it as text"):
        read_referrals(table)


def test_a_form_knows_its_languages_and_what_the_hubs_own_form_says_too(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(FORM.format(version="v1"), encoding="utf-8")
    read = parse_publication(path, "en")
    assert read.texts == {"ur": {"Week": "ہفتہ", "Yes": "جی ہاں"}}
    assert parse_content(read.content) == read.form
    # The title, then the week's label, which the hub's own form has in the same words, and its empty hint.
    assert read.placed(contact_form()).split(" ")[:3] == ["0", "4", "-"]
    as_json = tmp_path / "form.json"
    as_json.write_text(read.content, encoding="utf-8")
    assert parse_publication(as_json, "en").form == read.form


def test_the_default_language_of_a_form_may_be_any(tmp_path: Path) -> None:
    path = tmp_path / "form.csv"
    path.write_text(
        "survey,,,,\n,type,name,label::Urdu (ur),label::English (en)\n,integer,age,عمر,Age\n"
        "settings,,,,\n,form_id,version,default_language\n,contact,1,Urdu (ur)\n",
        encoding="utf-8",
    )
    read = parse_publication(path, "en")
    assert (read.form.fields[0].label, read.language) == ("عمر", "ur")
    assert read.texts == {"en": {"عمر": "Age"}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"id":"a","version":"1","title":"A","fields":[],"choices":{}}', "nothing to answer"),
        ('{"id":"a"}', "is no form"),
        ('{"id":"\udcff"}', "is no form"),
        (
            '{"id":"a","version":"1","title":"A","choices":{},"fields":'
            '[{"type":"select_one","name":"q","label":"Q","choices":"none"}]}',
            "there is no list 'none'",
        ),
        (
            '{"id":"a","version":"1","title":"A","choices":{},"fields":'
            '[{"type":"text","name":"q","label":"Q","relevant":["compare","=",["field","r"],"x"]}]}',
            "there is no field 'r'",
        ),
    ],
)
def test_a_form_in_json_is_checked_too(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "form.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(FormError, match=says):
        parse_publication(path, "en")


def test_a_question_that_could_tell_who_somebody_is_needs_a_reason(hub: Hub, tmp_path: Path) -> None:
    programme = Programme(hub, tmp_path)
    path = tmp_path / "form.csv"
    path.write_text(FORM.format(version="1").replace(",text,week,Week", ",date,met,Day"), encoding="utf-8")
    refused = CliRunner().invoke(
        main, ["coordinator", "form", "publish", str(path), "--state", programme.state]
    )
    assert refused.exit_code == 2
    assert "--reason met" in refused.output
    made = programme.publish("form", "publish", str(path), "--reason", "met=Legal deadlines count in days.")
    assert made["version"] == "1"
