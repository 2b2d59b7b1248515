"""What tests in more than one room need: real hubs, and a site that is built once."""

from __future__ import annotations

import datetime
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from server.settings import parse_settings
from tests.hubs import Hub
from tests.postgresql import Server, server

# No test is timed; a failing example is printed so that it can be run again.
settings.register_profile("sojourn", deadline=None, print_blob=True)
settings.load_profile("sojourn")


TODAY = datetime.date(2026, 11, 21)
"""The day of every build whose words depend on it."""

OPERATOR = 'locales = ["en", "km", "my", "th", "ur"]\n'
"""Scripts with and without spaces, from left and from right: what a test of one mechanism needs."""


@pytest.fixture(scope="session")
def built_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with a built site in some languages, once for all workers: `lend` it, do not serve from it."""
    return _built_once(_shared(tmp_path_factory, worker_id) / "built", OPERATOR)


@pytest.fixture(scope="session")
def whole_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """As `built_data`, in every language there is."""
    return _built_once(_shared(tmp_path_factory, worker_id) / "whole", "")


def lend(built: Path, data: Path) -> None:
    """A data folder that has the built site without copying its thousands of files; whoever builds makes another."""
    data.mkdir(parents=True, exist_ok=True)
    for path in built.iterdir():
        if path.is_file():
            shutil.copyfile(path, data / path.name)
    (data / "site").symlink_to((built / "site").resolve(), target_is_directory=True)


def _shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


def _built_once(data: Path, operator: str) -> Path:
    with data.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "site").exists():
            from server.site import build  # as slow to import as all the rest together

            data.mkdir(exist_ok=True)
            (data / "operator.toml").write_text(operator, "utf-8")
            build(parse_settings({"SOJOURN_DATA": str(data)}), today=TODAY)
    return data


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with no site: the API alone. Starts in a second."""
    yield from running(tmp_path / "data")


@pytest.fixture
def site_hub(tmp_path: Path, built_data: Path) -> Iterator[Hub]:
    """A hub with the whole site."""
    lend(built_data, tmp_path / "data")
    yield from running(tmp_path / "data")


@pytest.fixture(scope="module")
def lasting_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """As `hub`, for a whole module: its tests must not mind each other's programmes."""
    yield from running(tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One server for all tests of a worker; each takes a schema of its own."""
    with server() as started:
        yield started


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    """The address of an empty database, as SOJOURN_DATABASE has it."""
    with postgresql.schema() as address:
        yield address


def running(data: Path) -> Iterator[Hub]:
    started = Hub(data)
    started.start()
    try:
        yield started
    finally:
        started.end()
