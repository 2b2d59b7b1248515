"""Commands as people and scripts type them, with folders that are quick to open."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner, Result

from server.command import vault
from server.command.bundle import bundle
from server.command.coordinator import coordinator
from server.command.device import device
from server.command.tokens import tokens
from server.settings import PASSPHRASE
from sync.client import Around
from tests.sync.client.people import CHEAP
from tests.sync.client.people import PASSPHRASE as WORDS

_GROUPS = {"bundle": bundle, "coordinator": coordinator, "device": device, "tokens": tokens}


@contextmanager
def at_a_keyboard() -> Iterator[None]:
    """The passphrase in the environment; new folders under the least cost that the protocol allows."""

    def cheap(wait: float) -> Around:
        return dataclasses.replace(vault.around(wait), cost=CHEAP)

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(PASSPHRASE, WORDS)
        patched.setattr("server.command.coordinator.around", cheap)
        patched.setattr("server.command.device.around", cheap)
        patched.setattr("server.command.exporting.around", cheap)
        patched.setattr("server.command.importing.around", cheap)
        patched.setattr("server.command.publishing.around", cheap)
        patched.setattr("server.command.reporting.around", cheap)
        yield


def typed(group: str, *words: str, given: str | None = None) -> Result:
    """`sojourn GROUP WORDS…`; given: on stdin."""
    return CliRunner().invoke(_GROUPS[group], list(words), input=given)


def told(group: str, *words: str, given: str | None = None) -> dict[str, object]:
    """As `typed`, with --json, where nothing goes wrong."""
    result = typed(group, *words, "--json", given=given)
    assert result.exit_code == 0, result.output
    read: dict[str, object] = json.loads(result.stdout)
    return read
