"""`sojourn device`, as a worker or a script types it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.enrolment import invite_link
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.sync.client.people import founding


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


@pytest.fixture
async def invite(lasting_hub: Hub, tmp_path: Path) -> str:
    return invite_link(await founding(lasting_hub))


@pytest.fixture
def state(invite: str, tmp_path: Path) -> str:
    """A worker's folder that has joined."""
    assert typed("coordinator", "init", "--invite", invite, "--state", f"{tmp_path}/c").exit_code == 0
    made = told("coordinator", "invite", "--role", "worker", "--state", f"{tmp_path}/c")
    joined = typed("device", "join", "--invite", str(made["link"]), "--state", f"{tmp_path}/d")
    assert joined.exit_code == 0, joined.output
    return f"{tmp_path}/d"


def examples(number: int) -> str:
    result = typed("device", "form", "--example", str(number), "--seed", "7")
    assert result.exit_code == 0
    return result.stdout


def test_joining_says_the_programme_and_its_fingerprint(invite: str, tmp_path: Path) -> None:
    begun = told("coordinator", "init", "--invite", invite, "--state", f"{tmp_path}/c")
    made = told("coordinator", "invite", "--role", "worker", "--state", f"{tmp_path}/c")
    joined = told("device", "join", "--invite", str(made["link"]), "--state", f"{tmp_path}/d")
    assert joined["programme"] == "Test programme"
    assert joined["fingerprint"] == begun["fingerprint"]
    assert joined["provisional"] is True


def test_lines_that_fit_are_saved_and_the_others_named(state: str) -> None:
    lines = examples(2).splitlines()
    broken = [*lines, "", "no json", "[]", json.dumps({"week": "2026-W10", "place": "moon", "x": 1})]
    result = typed("device", "add", "-", "--state", state, "--json", given="\n".join(broken))
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert answer["added"] == 2
    named = {
        bad["line"]: {(each["field"], each["code"]) for each in bad["problems"]} for bad in answer["bad"]
    }
    assert named[4] == {("", "not-json")}
    assert named[5] == {("", "not-an-object")}
    assert named[6] == {("place", "unknown-choice"), ("age_band", "required"), ("x", "unknown-field")}
    assert "line 6: place: “moon” is not one of the choices" in result.stderr


def test_a_lone_surrogate_is_not_json(state: str) -> None:
    result = typed("device", "add", "-", "--state", state, given='{"week": "\\ud800"}')
    assert result.exit_code == 3


def test_pushing_says_what_is_on_the_hub(state: str) -> None:
    assert typed("device", "add", "-", "--state", state, given=examples(3)).exit_code == 0
    pushed = told("device", "push", "--state", state)
    assert (pushed["stored"], pushed["waiting"], pushed["made"]) == (3, 0, 3)
    again = told("device", "push", "--state", state)
    assert (again["stored"], again["known"]) == (0, 0)
    pulled = told("device", "pull", "--state", state)
    assert (pulled["came"], pulled["provisional"]) == (0, True)


def test_examples_are_varied_valid_and_the_same_for_a_seed() -> None:
    lines = examples(10).splitlines()
    assert len(set(lines)) == 10
    assert lines == examples(10).splitlines()
    assert typed("device", "form", "--example", "10", "--seed", "8").stdout.splitlines() != lines


def test_the_forms_fields_are_listed() -> None:
    form = told("device", "form")
    assert isinstance(form["fields"], list)
    assert form["fields"][0]["name"] == "week"
    assert "week (text, needed): Week" in typed("device", "form").stdout


def test_a_wrong_passphrase_is_status_5(state: str, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("something else\n")
    result = typed("device", "push", "--state", state, "--passphrase-file", f"{tmp_path}/words")
    assert result.exit_code == 5
    assert "Traceback" not in result.output


def test_no_folder_is_status_7(tmp_path: Path) -> None:
    result = typed("device", "push", "--state", f"{tmp_path}/none")
    assert result.exit_code == 7
    assert not (tmp_path / "none").exists()


def test_a_used_invite_is_status_6(invite: str, tmp_path: Path) -> None:
    assert typed("coordinator", "init", "--invite", invite, "--state", f"{tmp_path}/c").exit_code == 0
    made = told("coordinator", "invite", "--role", "worker", "--state", f"{tmp_path}/c")
    link = str(made["link"])
    assert typed("device", "join", "--invite", link, "--state", f"{tmp_path}/one").exit_code == 0
    second = typed("device", "join", "--invite", link, "--state", f"{tmp_path}/two")
    assert second.exit_code == 6
    assert "used already" in second.stderr


def test_a_link_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    result = typed("device", "join", "--invite", "https://hub.example/join#xx", "--state", f"{tmp_path}/d")
    assert result.exit_code == 6
    assert not (tmp_path / "d").exists()


def test_a_hub_that_is_not_there_is_status_4(hub: Hub, tmp_path: Path) -> None:
    link = founding_link(hub, tmp_path)
    hub.end()
    result = typed("device", "join", "--invite", link, "--state", f"{tmp_path}/d", "--wait", "0")
    assert result.exit_code == 4
    hub.start()
    assert typed("device", "join", "--invite", link, "--state", f"{tmp_path}/d").exit_code == 0


def founding_link(hub: Hub, tmp_path: Path) -> str:
    """A worker's link on a fresh hub."""
    invite = invite_link(asyncio.run(founding(hub)))
    assert typed("coordinator", "init", "--invite", invite, "--state", f"{tmp_path}/c").exit_code == 0
    made = told("coordinator", "invite", "--role", "worker", "--state", f"{tmp_path}/c")
    return str(made["link"])


def test_the_exit_codes_are_in_the_help() -> None:
    assert "5  the passphrase does not open the folder" in typed("device", "--help").output


def test_missing_says_whether_everything_is_on_the_hub(state: str) -> None:
    assert typed("device", "add", "-", "--state", state, given=examples(2)).exit_code == 0
    before = typed("device", "missing", "--state", state)
    assert before.exit_code == 3
    assert "2 contacts are not on the hub" in before.stdout
    assert typed("device", "push", "--state", state).exit_code == 0
    after = told("device", "missing", "--state", state)
    assert (after["held"], after["missing"], after["queued"]) == (2, 0, 0)
