"""`sojourn coordinator`, as a coordinator or a script types it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from sync.client import Coordinator
from sync.enrolment import invite_link
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.sync.client.people import PASSPHRASE, around, founding


@pytest.fixture(autouse=True)
def keyboard() -> Iterator[None]:
    with at_a_keyboard():
        yield


class Programme:
    """A coordinator's folder, and a worker's whose contacts were pulled."""

    def __init__(self, hub: Hub, folder: Path, *, practice: bool = False) -> None:
        self.state = f"{folder}/coordinator"
        self.worker = f"{folder}/worker"
        founded = invite_link(asyncio.run(founding(hub, practice=practice)))
        assert typed("coordinator", "init", "--invite", founded, "--state", self.state).exit_code == 0
        link = str(told("coordinator", "invite", "--role", "worker", "--state", self.state)["link"])
        self.device = str(told("device", "join", "--invite", link, "--state", self.worker)["device"])
        self.typed = typed("device", "form", "--example", "12", "--seed", "5").stdout
        assert typed("device", "add", "-", "--state", self.worker, given=self.typed).exit_code == 0
        assert typed("device", "push", "--state", self.worker).exit_code == 0
        self.pulled = told("coordinator", "pull", "--state", self.state)


@pytest.fixture(scope="module")
def programme(lasting_hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Programme:
    with at_a_keyboard():
        return Programme(lasting_hub, tmp_path_factory.mktemp("programme"))


def test_a_pull_lets_the_device_in_and_fetches_its_contacts(programme: Programme) -> None:
    assert programme.pulled["contacts"] == 12
    assert programme.pulled["certified"] == [programme.device]


def test_contacts_are_shown_with_the_forms_words(programme: Programme) -> None:
    shown = typed("coordinator", "show", "--state", programme.state).stdout
    assert f"Contact 12 of {programme.device}" in shown
    assert "  Week: 2026-" in shown
    assert shown.rstrip().endswith("12 contacts.")


def test_an_invite_is_a_link_and_a_code(programme: Programme) -> None:
    result = typed(
        "coordinator", "invite", "--role", "coordinator", "--days", "2", "--state", programme.state
    )
    assert result.exit_code == 0
    assert "/join#" in result.stdout
    assert "█" in result.stdout


def test_a_revoked_device_is_listed_as_such_and_sends_no_more(lasting_hub: Hub, tmp_path: Path) -> None:
    made = Programme(lasting_hub, tmp_path)
    assert typed("coordinator", "revoke", made.device[:3], "--state", made.state).exit_code == 2
    revoked = told("coordinator", "revoke", made.device[:12], "--state", made.state)
    assert revoked == {"device": made.device, "last_counter": 12}
    listed = told("coordinator", "devices", "--state", made.state)["devices"]
    assert isinstance(listed, list)
    by_id = {each["device"]: each for each in listed}
    assert (by_id[made.device]["standing"], by_id[made.device]["last"]) == ("revoked", 12)
    line = typed("device", "form", "--example", "1").stdout
    assert typed("device", "add", "-", "--state", made.worker, given=line).exit_code == 0
    pushed = typed("device", "push", "--state", made.worker)
    assert pushed.exit_code == 6
    assert "kept" in pushed.stderr


def test_putting_out_a_coordinator_changes_the_keys_and_says_what_they_still_hold(
    lasting_hub: Hub, tmp_path: Path
) -> None:
    made = Programme(lasting_hub, tmp_path)
    invited = told("coordinator", "invite", "--role", "coordinator", "--state", made.state)
    other = str(tmp_path / "other")
    assert typed("coordinator", "init", "--invite", str(invited["link"]), "--state", other).exit_code == 0
    certified = told("coordinator", "pull", "--state", made.state)["certified"]
    assert isinstance(certified, list)
    revoked = typed("coordinator", "revoke", str(certified[0]), "--state", made.state)
    assert revoked.exit_code == 0
    assert "The programme has new keys." in revoked.stdout
    assert "can still read what was sent before" in revoked.stderr
    again = told("coordinator", "rotate", "--state", made.state)
    assert (again["generation"], again["unvouched"]) == (3, [])


def test_a_folder_in_use_is_status_7(programme: Programme) -> None:
    async def while_open() -> Result:
        async with await Coordinator.open(Path(programme.state), PASSPHRASE, around()):
            return await asyncio.to_thread(typed, "coordinator", "show", "--state", programme.state)

    result = asyncio.run(while_open())
    assert result.exit_code == 7
    assert "Another sojourn command" in result.stderr
