"""A hub on PostgreSQL goes on from a dump, by the steps of docs/operating.md; devices bring again what came since."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.command import main
from sync.exchange import decode_cursor
from sync.identifiers import new_id
from sync.stores.postgresql import saving
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

    def command(*words: str, ends: int = 0) -> str:
        told = CliRunner().invoke(main, words, env=hub.environment)
        assert told.exit_code == ends, told.output
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

        # What is in the dump, and no more, is safe once it was restored and gone through.
        assert worker.pull().safe == 0
        own = command("backup", "--restored", f"{address('sojourn')}&application_name=other", ends=1)
        assert "this is the hub's own database" in own
        assert worker.pull().safe == 0
        standby = f"{address('sojourn_restored')}&default_transaction_read_only=on"
        assert "a standby follows" in command("backup", "--restored", standby, ends=1)
        assert worker.pull().safe == 0
        told = command("backup", "--restored", address("sojourn_restored"))
        assert "2 entries and 0 chunks were read" in told
        assert worker.pull().safe == decode_cursor(before.cursor).sequence == 2
        assert worker.push([], [first]).safe == 2
        page = worker.pull()
        assert page.safe == worker.pull(page.cursor).safe == 2

        # A copy that goes on meanwhile: only what was gone through counts.
        later = str(tmp_path / "later.dump")
        moving = ("--dbname=sojourn_moving", "--no-owner", "--role=sojourn", "--exit-on-error")
        run("createdb", "tester", "sojourn_moving", "--owner", "sojourn")
        run("pg_dump", "tester", "--format=custom", f"--file={later}", "sojourn")
        run("pg_restore", "tester", *moving, later)
        found_there, marks = asyncio.run(
            saving.gone_through(address("sojourn_moving"), lambda _fault: None, lambda _more: None)
        )
        assert (found_there.entries, found_there.faults) == (3, 0)
        worker.push([], [revision(key)])
        run("pg_dump", "tester", "--format=custom", f"--file={later}", "sojourn")
        run("pg_restore", "tester", *moving, "--clean", later)
        asyncio.run(saving.note(address("sojourn"), address("sojourn_moving"), marks))
        assert worker.pull().safe == 3
        away = "CREATE SUBSCRIPTION away CONNECTION 'dbname=sojourn' PUBLICATION all_of_it WITH (connect = false)"
        run("psql", "tester", "--dbname=sojourn_moving", f"--command={away}")
        assert "has a subscription" in command("backup", "--restored", address("sojourn_moving"), ends=1)
        assert worker.pull().safe == 3

        hub.end()
        hub.extra["SOJOURN_DATABASE"] = address("sojourn_restored")
        assert "All of it is as it was stored." in command("verify")
        assert "Ask every coordinator" in command("restore")
        hub.extra["SOJOURN_DATABASE"] = address("sojourn")
        other = command("backup", "--restored", address("sojourn_restored"), ends=1)
        assert "another life of this one" in other
        hub.extra["SOJOURN_DATABASE"] = address("sojourn_restored")
        hub.start()
        assert code_of(worker.try_pull(before.cursor)) == "epoch-changed"
        again = worker.push([], [first, second])
        assert (len(again.known), len(again.stored), again.safe) == (1, 1, 0)
        hub.end()
