"""What becomes of a spreadsheet that is to be a form. It is read in a process of its own, which harms nothing else; a
hub imports this alone, and none of what reads spreadsheets.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Literal

import msgspec

LARGEST_SHEET = 700_000
"""Bytes: ten times the largest form that we know, and with MessagePack around it below what the API reads."""
SECONDS = 20
"""Of a processor. Our own form takes one or two."""
Why = Literal["name", "number", "address", "document", "birth", "day", "text"]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    data: bytes
    language: str


class Pointed(msgspec.Struct, frozen=True, kw_only=True):
    """`why`: what the answers look like: `day` an exact date, `text` anything that somebody writes."""

    field: str
    why: Why


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """`sheet` and `cell` are empty where nothing so near can be named; `why` is English, and says what to do. `code`
    and what it is `about`: for the common ones (docs/protocol.md); "" for others."""

    sheet: str
    cell: str
    why: str
    code: str = ""
    about: dict[str, str] = {}


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """Either `faults`, or the form: `content` is canonical JSON, `hash` its SHA-256 in hex; `texts`, by language tag
    and text, is what it says in other languages than its own, `language`."""

    faults: tuple[Fault, ...] = ()
    content: str = ""
    hash: str = ""
    language: str = ""
    texts: dict[str, dict[str, str]] = {}
    pointed: tuple[Pointed, ...] = ()


async def convert_apart(job: Job) -> Converted:
    """One fault, without a place, where it took too long or too much."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.forms.apart",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What the reader of spreadsheets says of the content goes to no log.
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.environ.get("PATH", "")},
    )
    try:
        async with asyncio.timeout(SECONDS * 2):
            answer, _ = await process.communicate(msgspec.msgpack.encode(job))
        return msgspec.msgpack.decode(answer, type=Converted)
    except (TimeoutError, msgspec.DecodeError):
        return Converted(
            faults=(
                Fault(
                    sheet="", cell="", why="it could not be read: save it anew as .xlsx", code="unreadable"
                ),
            )
        )
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
