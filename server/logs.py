"""What the hub says of itself while it runs: one JSON object a line on stderr.

Level, event, counts; of an error its kind, and where in the code it was. No time, no address, no id, and never the
text of an error: it may quote what somebody sent. What others log (asyncio, libraries) is cut down to the same.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

import msgspec

OURS = ("server", "sync")
EVENT = re.compile(r"[a-z]+(-[a-z]+)*")
FRAMES = 12
"""Of an error: the innermost."""

log = logging.getLogger(__name__)


class JSONLines(logging.Formatter):
    """Ours are `log.warning("event", extra={"told": {…}})`."""

    def format(self, record: logging.LogRecord) -> str:
        room = record.name.partition(".")[0]
        ours = room in OURS and not record.args and EVENT.fullmatch(str(record.msg)) is not None
        told: dict[str, Any] = {
            "level": record.levelname.lower(),
            "event": record.msg if ours else f"said-by-{room}",
            **(getattr(record, "told", {}) if ours else {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told |= told_of(record.exc_info[1])
        return msgspec.json.encode(told).decode("utf-8")


def told_of(error: BaseException) -> dict[str, Any]:
    """What may be said of an error."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return {
        "error": type(error).__name__,
        "at": [f"{_short(each.filename)}:{each.lineno} {each.name}" for each in frames],
    }


def log_in_lines() -> None:
    """From here on, for the whole process; also what nobody caught."""
    handler = logging.StreamHandler()
    handler.setFormatter(JSONLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for room in OURS:
        logging.getLogger(room).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    sys.unraisablehook = lambda unraisable: _lost(unraisable.exc_value)
    threading.excepthook = lambda failed: _lost(failed.exc_value)


def _crashed(kind: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log.critical("crash", extra={"told": told_of(error)})


def _lost(error: BaseException | None) -> None:
    log.error("fault", extra={"told": told_of(error) if error is not None else {}})


def _short(filename: str) -> str:
    """From the package on: where things lie on this machine says who runs it."""
    parts = filename.replace("\\", "/").split("/")
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return "/".join(parts[next((at for at, part in enumerate(parts) if part in OURS), -1) :])
