"""`python -m tests.hostile --minutes 5`: besieges a hub of its own on this machine, and says what it cost."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.hostile.siege import CLIENTS, besiege, besieged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, besieged(Path(folder) / "data") as hub:
        until = time.monotonic() + given.minutes * 60
        outcome = besiege(hub, lambda _: time.monotonic() < until, given.seed)
        faults = hub.log.read_text("utf-8").count('"fault"')
    print(f"{CLIENTS} hostile clients for {given.minutes:g} minutes, {outcome.statuses.total():,} answers\n")
    for status, count in sorted(outcome.statuses.items()):
        print(f"{status or 'cut':>5} {count:>9,}")
    print(f"\nfaults: {faults}; statuses that must not be: {outcome.wrong or 'none'}")
    print(
        f"a bystander's contact stored and read back {outcome.served:,} times, the slowest in {outcome.slowest:.2f} s"
    )
    for name in ("memory", "files", "threads", "disk"):
        print(f"{name:>8} {getattr(outcome.before, name):>13,} -> {getattr(outcome.after, name):>13,}")


if __name__ == "__main__":
    main()
