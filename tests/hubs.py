"""A real hub: its own process, its own SQLite file, a loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

PATIENCE_SECONDS = 180.0


class Hub:
    """A hub on a data folder; it can be ended, killed and started again on the same port."""

    def __init__(
        self, data: Path, *, build: bool = False, practice: bool = False, public_url: str | None = None
    ) -> None:
        self.data = data
        self._public_url = public_url
        self.extra: dict[str, str] = {}
        self.days_ahead = 0
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data / "hub.log"
        self.words = ["serve", *(() if build else ("--no-build",)), *(("--practice",) if practice else ())]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def database(self) -> Path:
        return self.data / "sojourn.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        """For other commands on the same data folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
        public = {"SOJOURN_PUBLIC_URL": self._public_url} if self._public_url else {}
        return {
            **kept,
            **public,
            **self.extra,
            "SOJOURN_DATA": str(self.data),
            "SOJOURN_PORT": str(self.port),
        }

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _later(self.days_ahead), *self.words],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        # Without certificates, which it takes longer to read than to ask: the hub needs the machine to start.
        with httpx.Client(trust_env=False, verify=False) as client:
            while time.monotonic() < until:
                if self._process is None or self._process.poll() is not None:
                    raise AssertionError(f"the hub ended: {self.log.read_text('utf-8')}")
                try:
                    if client.get(f"{self.url}/api/v1/health").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.02)
        raise AssertionError(f"the hub did not answer: {self.log.read_text('utf-8')}")

    def end(self) -> int:
        """As an operator does; gives the exit status."""
        return self._send(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does, for the process."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(PATIENCE_SECONDS)


def _later(days: int) -> str:
    """The command line, with a clock so many days ahead from the next start on."""
    clock = f"import time; real = time.time; time.time = lambda: real() + {days * 86_400}; " if days else ""
    return f"{clock}from server.command import main; main()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
