"""What tests in more than one room need: real hubs, and a site that is built once."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from server.settings import parse_settings
from tests.hubs import Hub

# No test is timed; a failing example is printed so that it can be run again.
settings.register_profile("sojourn", deadline=None, print_blob=True)
settings.load_profile("sojourn")


OPERATOR = 'locales = ["en", "km", "my", "th", "ur"]\n'
"""Scripts with and without spaces, from left and from right: what a test of one mechanism needs."""


@pytest.fixture(scope="session")
def built_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with a built site in some languages: copy it, do not serve from it. Built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    data = (base if worker_id == "master" else base.parent) / "built"
    with (data.parent / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "site").exists():
            from server.site import build  # as slow to import as all the rest together

            data.mkdir()
            (data / "operator.toml").write_text(OPERATOR, "utf-8")
            build(parse_settings({"SOJOURN_DATA": str(data)}))
    return data


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with no site: the API alone. Starts in a second."""
    yield from running(tmp_path / "data")


@pytest.fixture
def site_hub(tmp_path: Path, built_data: Path) -> Iterator[Hub]:
    """A hub with the whole site."""
    shutil.copytree(built_data, tmp_path / "data", symlinks=True)
    yield from running(tmp_path / "data")


@pytest.fixture(scope="module")
def lasting_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """As `hub`, for a whole module: its tests must not mind each other's programmes."""
    yield from running(tmp_path_factory.mktemp("hub"))


def running(data: Path) -> Iterator[Hub]:
    started = Hub(data)
    started.start()
    try:
        yield started
    finally:
        started.end()
