"""Conversion as a program: a `Job` as MessagePack goes in, a `Converted` comes out (`server.converted`)."""

from __future__ import annotations

import os
import resource
import sys

import msgspec

from server.converted import SECONDS, Job
from server.forms.conversion import convert

_MEMORY_BYTES = 1024 * 1024 * 1024


def main() -> None:
    """A hostile spreadsheet gets so much memory and time, and no more."""
    # After all that serves workers.
    os.setpriority(os.PRIO_PROCESS, 0, 19)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(convert(job)))


if __name__ == "__main__":
    main()
