"""A real PostgreSQL server for the tests: a folder of its own, a socket in it, no port."""

from __future__ import annotations

import asyncio
import grp
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from sync.stores.postgresql.driver import connect

PATIENCE_SECONDS = 60.0
# PostgreSQL refuses to run as root; Debian's package makes the first of these, every system has the second.
OTHERS = ("postgres", "nobody")


class Server:
    """Started and ended by its own process; it can be killed and started again on what is on the disk."""

    def __init__(self, folder: Path, options: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def address(self, schema: str | None = None) -> str:
        """As SOJOURN_DATABASE has it. A schema is as good as a database of its own, and made at once."""
        where = f"postgresql:///postgres?host={self.folder}&user=tester"
        return f"{where}&search_path={schema}" if schema else where

    def make(self) -> None:
        self._run("initdb", "--auth=trust", "--username=tester", "--encoding=UTF8", "--locale=C.UTF-8")

    def follow(self, primary: Server) -> None:
        """A copy of a running server, which then has what that one writes, until it is promoted."""
        from_there = ("--host", str(primary.folder), "--username", "tester")
        self._run("pg_basebackup", *from_there, "--write-recovery-conf", "--checkpoint=fast")

    def start(self) -> None:
        options = [
            f"--{option}" for option in ("listen_addresses=", f"unix_socket_directories={self.folder}")
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", str(self.folder / "data"), *options, *self._options],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **_other_user(),
            )
        self._wait_until_ready()

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: ends connections, then itself. SIGKILL: as a power cut does, for its children too."""
        process, self._process = self._process, None
        if process is None:
            return
        children = _children(process.pid)
        process.send_signal(how)
        process.wait(PATIENCE_SECONDS)
        # They notice by themselves; until they have, nobody can start on the same folder.
        until = time.monotonic() + PATIENCE_SECONDS
        while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
            time.sleep(0.02)

    @contextmanager
    def schema(self) -> Iterator[str]:
        """The address of an empty one, gone afterwards."""
        name = f"t{secrets.token_hex(6)}"
        self.execute(f"CREATE SCHEMA {name}")
        try:
            yield self.address(name)
        finally:
            self.execute(f"DROP SCHEMA {name} CASCADE")

    def execute(self, sql: str, *values: object) -> list[Any]:
        return asyncio.run(fetch(self.address(), sql, *values))

    def _run(self, name: str, *options: str) -> None:
        subprocess.run(
            [program(name), "-D", str(self.folder / "data"), *options],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **_other_user(),
        )

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                self.execute("SELECT 1")
            except (OSError, asyncpg.CannotConnectNowError):
                time.sleep(0.02)
            else:
                return
        raise AssertionError(f"PostgreSQL did not start: {(self.folder / 'log').read_text('utf-8')}")


async def fetch(address: str, sql: str, *values: object) -> list[Any]:
    """Beside whatever else has the database open."""
    connection = await connect(address)
    try:
        return [tuple(row) for row in await connection.fetch(sql, *values)]
    finally:
        await connection.close()


@contextmanager
def server(primary: Server | None = None) -> Iterator[Server]:
    """A running one. primary: follow that one."""
    folder = Path(tempfile.mkdtemp(prefix="sojourn-postgresql-"))
    user = _other_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    made = Server(folder)
    try:
        if primary is None:
            made.make()
        else:
            made.follow(primary)
        made.start()
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)


def program(name: str) -> str:
    """Where it is: on PATH, beside pg_config's, or in Debian's folders, newest first."""
    found = shutil.which(name)
    if found:
        return found
    folders = []
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], check=True, capture_output=True, text=True)
        folders.append(Path(told.stdout.strip()))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / name).exists():
            return str(folder / name)
    raise AssertionError(
        f"The tests need PostgreSQL's own programs, and {name} is neither on PATH nor in /usr/lib/postgresql: "
        "install PostgreSQL 14 or later (Debian: apt-get install postgresql)."
    )


def _children(pid: int) -> list[int]:
    """Of a process, where the system tells."""
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in told.read_text("ascii").split()] if told.exists() else []


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdecimal() else 0


def _other_user() -> dict[str, Any]:
    """For root, whom PostgreSQL refuses: what makes a child process somebody else's."""
    if os.getuid() != 0:
        return {}
    known = {each.pw_name: each for each in pwd.getpwall()}
    other = next(known[name] for name in OTHERS if name in known)
    return {"user": other.pw_uid, "group": grp.getgrgid(other.pw_gid).gr_gid, "extra_groups": []}
