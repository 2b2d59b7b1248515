"""What a large request costs the system in memory that is asked for and given back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Copies of a large request, taken and given back, and how many pages the system had to hand out for them.
COPIES = """
import resource
from server.memory import keep_memory
{first}
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def copy():
    return [b"x" * size for size in (1_200_000, 1_300_000, 1_400_000)]
copy()
before = pages()
for _ in range(20):
    copy()
print(pages() - before)
"""


def pages(first: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", COPIES.format(first=first)], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_copies_of_a_large_request_are_not_asked_of_the_system_each_time() -> None:
    assert pages("keep_memory()") * 5 < pages("")
