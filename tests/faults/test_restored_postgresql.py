"""A hub on PostgreSQL goes on from a dump, by the steps of docs/operating.md; devices bring again what came since."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.command import main
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.postgresql import Server, program, server
from tests.server.api.devices import client_of, code_of, found, revision


@pytest.fixture
def primary() -> Iterator[Server]:
    with server() as started:
        yield started


def test_a_dump_is_restored_as_another_life_of_the_hub(hub: Hub, primary: Server, tmp_path: Path) -> None:
    def run(name: str, *options: str) -> None:
        there = ("--host", str(primary.folder), "--username")
        done = subprocess.run([program(name), *there, *options], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def address(database: str) -> str:
        return f"postgresql:///{database}?host={primary.folder}&user=sojourn"

    def command(name: str) -> str:
        told = CliRunner().invoke(main, [name], env=hub.environment)
        assert told.exit_code == 0, told.output
        return told.output

    dump = str(tmp_path / "hub.dump")
    run("createuser", "tester", "sojourn")
    run("createdb", "tester", "sojourn", "--owner", "sojourn")
    hub.end()
    hub.extra["SOJOURN_DATABASE"] = address("sojourn")
    hub.start()
    with client_of(hub) as client:
        programme = found(hub, client)
        worker, key = programme.join(), new_id()
        first, second = revision(key), revision(key)
        before = worker.push([worker.packet("contacts", key)], [first])
        run("pg_dump", "tester", "--format=custom", f"--file={dump}", "sojourn")
        worker.push([], [second])
        run("createdb", "tester", "sojourn_restored", "--owner", "sojourn")
        to = ("--dbname=sojourn_restored", "--no-owner", "--role=sojourn", "--exit-on-error")
        run("pg_restore", "tester", *to, dump)
        hub.end()
        hub.extra["SOJOURN_DATABASE"] = address("sojourn_restored")
        assert "All of it is as it was stored." in command("verify")
        assert "Ask every coordinator" in command("restore")
        hub.start()
        assert code_of(worker.try_pull(before.cursor)) == "epoch-changed"
        again = worker.push([], [first, second])
        assert (len(again.known), len(again.stored)) == (1, 1)
        hub.end()
