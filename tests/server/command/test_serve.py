"""The hub as an operator runs it: starts, plain errors, a graceful end, and the practice programme."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from sync.exchange import Changes
from tests.hubs import Hub
from tests.server.api.devices import client_of, found


def sojourn(hub: Hub, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from server.command import main; main()", *arguments],
        env=hub.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_taken_port_is_one_plain_line(hub: Hub) -> None:
    second = sojourn(hub, "serve", "--no-build")

    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"127.0.0.1:{hub.port}" in second.stderr
    assert "SOJOURN_PORT" in second.stderr


def test_a_wrong_setting_is_one_plain_line(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.port = 0

    wrong = sojourn(hub, "serve", "--no-build")

    assert wrong.returncode == 1
    assert wrong.stderr.count("\n") == 1
    assert "SOJOURN_PORT" in wrong.stderr


def test_a_database_that_cannot_be_used_is_one_plain_line(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.database.write_bytes(b"no database at all" * 100)

    broken = sojourn(hub, "serve", "--no-build")

    assert broken.returncode == 1
    assert broken.stderr.count("\n") == 1
    assert "sojourn.sqlite3" in broken.stderr


def test_a_fault_in_the_operators_file_is_one_plain_line_and_no_start(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    (tmp_path / "operator.toml").write_text('nmae = "Coast team"\n', "utf-8")

    wrong = sojourn(hub, "serve")

    assert wrong.returncode == 1
    assert "operator.toml" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert not (tmp_path / "site").exists()


def test_a_hub_holds_nothing_of_what_builds_pages() -> None:
    """Jinja, Babel and the spreadsheets alone are more than all that a hub needs."""
    told = subprocess.run(
        [sys.executable, "-c", "import server.command.serve, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert not {"jinja2", "babel", "openpyxl", "pyxform", "server.site.building"} & set(told.stdout.split())


def test_told_to_end_the_hub_answers_whoever_waits(hub: Hub) -> None:
    with client_of(hub) as client:
        worker = found(hub, client).join()
        pages: list[Changes] = []
        waiting = threading.Thread(target=lambda: pages.append(worker.pull(query={"wait": 25})), daemon=True)
        waiting.start()
        time.sleep(0.3)  # on its way; had it not come yet, the hub would answer it at once
        started = time.monotonic()

        status = hub.end()
        waiting.join(20)

    assert status == 0
    assert len(pages) == 1
    assert time.monotonic() - started < 20


def test_a_programme_is_made_beside_a_running_hub(hub: Hub) -> None:
    made = sojourn(hub, "programme", "create", "Coast team", "--json")
    told = json.loads(made.stdout)

    answer = httpx.get(
        f"{hub.url}/api/v1/programmes/{told['programme']}",
        headers={"accept": "application/json"},
        trust_env=False,
    )

    assert told["link"].startswith(f"{hub.url}/join#")
    assert answer.json() == {"name": "Coast team", "practice": False}


def test_a_programme_needs_a_name(hub: Hub) -> None:
    assert sojourn(hub, "programme", "create", "  ").returncode == 2
    assert sojourn(hub, "programme", "create", "x" * 201).returncode == 2


def explanation(hub: Hub) -> str:
    """What the start of a practice hub says, once it has said all."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        log = hub.log.read_text("utf-8")
        if "coordinator show" in log:
            return log
        time.sleep(0.05)
    raise AssertionError(hub.log.read_text("utf-8"))


def test_practice_runs_from_an_invite_to_the_coordinator(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data", practice=True)
    hub.start()
    try:
        told = explanation(hub)
        link = re.search(r"http://\S+/join#\S+", told)
        commands = re.findall(r"sojourn (coordinator \w+ --state \S+ --passphrase-file \S+)", told)
        assert link is not None
        words = hub.data / "practice" / "passphrase"
        worker = ("--state", str(tmp_path / "worker"), "--passphrase-file", str(words))
        contacts = tmp_path / "contacts.jsonl"
        contacts.write_text(sojourn(hub, "device", "form", "--example", "2").stdout, "utf-8")

        for arguments in (
            ("device", "join", "--invite", link[0], *worker),
            ("device", "add", str(contacts), *worker),
            ("device", "push", *worker),
            tuple(commands[0].split()),
        ):
            done = sojourn(hub, *arguments)
            assert done.returncode == 0, done.stderr
        shown = sojourn(hub, *commands[1].split(), "--json")

        assert len(json.loads(shown.stdout)["contacts"]) == 2
        assert stat.S_IMODE(words.stat().st_mode) == 0o600
    finally:
        hub.end()


def test_a_second_start_shows_the_same_invite_until_it_is_used(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "data", practice=True)

    def invite() -> str:
        hub.log.unlink(missing_ok=True)
        hub.start()
        explanation(hub)
        hub.end()
        return (hub.data / "practice" / "invite").read_text("utf-8").strip()

    first = invite()
    assert invite() == first
    hub.start()
    explanation(hub)
    joined = sojourn(
        hub,
        "device",
        "join",
        "--invite",
        first,
        "--state",
        str(tmp_path / "worker"),
        "--passphrase-file",
        str(hub.data / "practice" / "passphrase"),
    )
    hub.end()

    assert joined.returncode == 0, joined.stderr
    assert invite() != first
