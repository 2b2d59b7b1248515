"""What `deploy/` sets up is what the hub reads and needs; that it runs is tried by hand (docs/operating.md)."""

from __future__ import annotations

import configparser
import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.api.changes import WAIT_LIMIT_SECONDS
from server.settings import PREFIX, parse_settings

DEPLOY = Path(__file__).parent.parent / "deploy"
OPERATING = DEPLOY.parent / "docs" / "operating.md"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
FOR_CADDY = {f"{PREFIX}NAME", f"{PREFIX}HUB"}
"""The name that people open, and where the hub is: Caddy's and the compose file's own, never the hub's."""


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def unit(name: str = "sojourn.service") -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / name, "utf-8")
    return parser["Service"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_it_names_is_one(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", path.read_text("utf-8"))) - FOR_CADDY
    values = {
        "PORT": "8000",
        "BACKUPS": "1",
        "BACKUP_MB": "1",
        "PUBLIC_URL": "https://hub.example.org",
        "PROXIES": "::1",
    }

    parse_settings({name: values.get(name.removeprefix(PREFIX), "x") for name in named})


def test_whoever_waits_for_news_is_answered_before_the_hub_is_killed() -> None:
    grace = compose()["services"]["hub"]["stop_grace_period"]

    assert int(unit()["TimeoutStopSec"]) > WAIT_LIMIT_SECONDS
    assert int(grace.removesuffix("s")) > WAIT_LIMIT_SECONDS


def test_caddy_alone_is_reached_from_outside_and_the_hub_believes_it_alone() -> None:
    services, networks = compose()["services"], compose()["networks"]
    (between,) = networks["between"]["ipam"]["config"]

    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert {name for name, service in services.items() if "between" in service["networks"]} == {
        "hub",
        "caddy",
    }
    assert services["hub"]["environment"]["SOJOURN_PROXIES"] == between["subnet"]
    assert networks["between"]["internal"]
    assert networks["inside"]["internal"]
    assert services["database"]["networks"] == ["inside"]


def test_a_hub_that_is_ended_while_it_starts_is_not_killed_after_the_grace() -> None:
    """As its container's first process it would pass over SIGTERM until it waits for it."""
    shown = OPERATING.read_text("utf-8").replace("\\\n", "")
    (run,) = re.findall(r"^docker run .*", shown, re.MULTILINE)

    assert compose()["services"]["hub"]["init"] is True
    assert " --init " in run


def test_docker_before_27_is_given_the_ipv6_range_that_it_does_not_find() -> None:
    outside = compose()["networks"]["outside"]
    (given,) = outside["ipam"]["config"]

    assert outside["enable_ipv6"]
    assert ipaddress.IPv6Network(given["subnet"]).is_private


def test_a_backup_is_made_by_the_hubs_own_user_who_alone_may_read_it() -> None:
    hub, backup = unit(), unit("sojourn-backup.service")

    assert "/opt/sojourn/bin/sojourn backup " in backup["ExecStart"]
    for name in ("User", "Environment", "EnvironmentFile", "StateDirectory", "StateDirectoryMode", "UMask"):
        assert backup[name] == hub[name]


def test_reading_a_form_may_limit_itself_under_the_units_filter() -> None:
    filters = " ".join(
        line.split("=", 1)[1]
        for line in (DEPLOY / "sojourn.service").read_text("utf-8").splitlines()
        if line.startswith("SystemCallFilter=")
    )

    assert "@resources" not in filters, "setrlimit and setpriority (server/forms/apart.py) are among them"


@pytest.mark.parametrize("name", ["Caddyfile", "field/Caddyfile"])
def test_a_proxy_lets_the_largest_body_and_the_longest_wait_through(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    (size,) = re.findall(r"max_size (\d+)MiB", text)
    (seconds,) = re.findall(r"response_header_timeout (\d+)s", text)

    assert int(size) >= 6
    assert int(seconds) > WAIT_LIMIT_SECONDS
    # No log of requests, and nothing of those that failed.
    assert re.findall(r"\blog \{\s+([^}]*?)\s+\}", text) == [
        "exclude http.log.error http.handlers.reverse_proxy"
    ]
