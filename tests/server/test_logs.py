"""One JSON object a line, whoever logs; never the text of an error."""

from __future__ import annotations

import subprocess
import sys

import msgspec

PROGRAM = """
import asyncio, logging, sys, threading, warnings
from server.logs import log_in_lines
log_in_lines()
logging.getLogger("server.x").warning("swept", extra={"told": {"count": 3}})
logging.getLogger("server.x").warning("of %s", "secret")
logging.getLogger("elsewhere.x").error("secret from %s", "secret")
logging.getLogger("elsewhere.x").info("secret")
warnings.warn("secret")
thread = threading.Thread(target=lambda: {}["secret"])
thread.start()
thread.join()

async def lost():
    async def fails():
        raise ValueError("secret")
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

asyncio.run(lost())
raise LookupError("secret")
"""


def test_whoever_logs_it_is_an_event_without_what_was_in_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "secret" not in done.stdout + done.stderr
    told = [msgspec.json.decode(line) for line in done.stderr.splitlines()]
    assert [(each["level"], each["event"], each.get("error"), each.get("count")) for each in told] == [
        ("warning", "swept", None, 3),
        ("warning", "said-by-server", None, None),
        ("error", "said-by-elsewhere", None, None),
        ("warning", "said-by-py", None, None),
        ("error", "fault", "KeyError", None),
        ("error", "said-by-asyncio", "ValueError", None),
        ("critical", "crash", "LookupError", None),
    ]
    assert told[-1]["at"][0].endswith("<module>")
