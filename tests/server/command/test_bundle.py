"""`sojourn device bundle`, `sojourn bundle import` and `sojourn device receipt`, as people type them."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.enrolment import invite_link
from tests.hubs import Hub
from tests.server.command.keyboard import at_a_keyboard, told, typed
from tests.sync.client.people import founding


@pytest.fixture(autouse=True)
def keyboard(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> Iterator[None]:
    """With the hub's settings, as its operator has them."""
    for name, value in hub.environment.items():
        if name.startswith("SOJOURN_"):
            monkeypatch.setenv(name, value)
    with at_a_keyboard():
        yield


@pytest.fixture
async def link(hub: Hub) -> str:
    return invite_link(await founding(hub))


@pytest.fixture
def state(link: str, tmp_path: Path) -> str:
    """A worker's folder with two contacts that wait."""
    assert typed("coordinator", "init", "--invite", link, "--state", f"{tmp_path}/c").exit_code == 0
    made = told("coordinator", "invite", "--role", "worker", "--state", f"{tmp_path}/c")
    state = f"{tmp_path}/d"
    assert typed("device", "join", "--invite", str(made["link"]), "--state", state).exit_code == 0
    examples = typed("device", "form", "--example", "2").stdout
    assert typed("device", "add", "-", "--state", state, given=examples).exit_code == 0
    return state


def test_there_and_back_with_the_hub_out_of_reach(state: str, hub: Hub, tmp_path: Path) -> None:
    hub.end()
    file = tmp_path / "carried"
    packed = told("device", "bundle", str(file), "--state", state)
    assert (packed["contacts"], packed["left"]) == (2, 0)
    assert file.stat().st_mode & 0o077 == 0

    first = typed("bundle", "import", str(file))
    again = json.loads(typed("bundle", "import", str(file), "--json").stdout)
    assert first.exit_code == 0, first.output
    assert f"The receipt is {file}.receipt" in first.stdout
    assert (again["stored"], again["refused"], again["revoked"]) == (0, 0, False)

    sent = told("device", "receipt", f"{file}.receipt", "--state", state)
    assert (sent["known"], sent["waiting"]) == (2, 0)
    hub.start()
    assert told("device", "missing", "--state", state)["missing"] == 0


@pytest.mark.parametrize("size", [0, 10, 500, -1])
def test_a_cut_file_is_said_to_be_cut(state: str, tmp_path: Path, size: int) -> None:
    file = tmp_path / "carried"
    told("device", "bundle", str(file), "--state", state)
    file.write_bytes(file.read_bytes()[:size])

    result = typed("bundle", "import", str(file))

    assert result.exit_code == 6
    assert "not whole, or was changed" in result.stderr
    assert not Path(f"{file}.receipt").exists()


def test_a_bundle_is_no_receipt(state: str, tmp_path: Path) -> None:
    file = tmp_path / "carried"
    told("device", "bundle", str(file), "--state", state)

    result = typed("device", "receipt", str(file), "--state", state)

    assert result.exit_code == 6
    assert "not what belongs here" in result.stderr
    assert told("device", "bundle", str(file), "--state", state)["contacts"] == 2


def test_a_changed_file_is_refused_whatever_was_changed(state: str, tmp_path: Path) -> None:
    file = tmp_path / "carried"
    told("device", "bundle", str(file), "--state", state)
    whole = file.read_bytes()
    for at in (0, len(whole) // 2, len(whole) - 40, len(whole) - 1):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert "not whole, or was changed" in typed("bundle", "import", str(file)).stderr


def test_without_room_for_the_receipt_nothing_is_left_half_and_the_next_time_writes_it(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "carried"
    told("device", "bundle", str(file), "--state", state)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("server.command.files.os.fsync", full)
        result = typed("bundle", "import", str(file))

    assert result.exit_code == 1
    assert "What is in the file is stored; it has no receipt yet." in result.output
    assert [each.name for each in tmp_path.iterdir() if "carried" in each.name] == ["carried"]
    again = json.loads(typed("bundle", "import", str(file), "--json").stdout)
    assert again["stored"] == 0
    assert told("device", "receipt", f"{file}.receipt", "--state", state)["waiting"] == 0
