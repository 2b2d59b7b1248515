"""What the hub is told by its environment, and nothing else reads."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from server.errors import SettingsError
from server.plain import plainly

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

PREFIX = "SOJOURN_"
POSTGRESQL = ("postgresql://", "postgres://")
PASSPHRASE = "SOJOURN_PASSPHRASE"  # noqa: S105 - a variable's name
"""Read by the command line's clients, never by the hub."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`public_url` has no slash at its end: addresses are put behind it.

    database: an SQLite file, or `postgresql://…`, which may hold a password and is not printed.
    `backups`: how many personal backups the hub takes, 0 for none; `backup_mb`: millions of bytes for each.
    `device_mb`: millions of bytes for what a worker sends.
    token_rate: requests a second that one token may ask in the long run; 0: any number. proxies: who may say in
    X-Forwarded-For whose a request is. metrics_port: 0 for none.
    """

    host: str
    port: int
    data: Path
    database: Path | str
    public_url: str
    backups: int
    backup_mb: int
    device_mb: int
    token_rate: int
    proxies: tuple[Network, ...]
    metrics_host: str
    metrics_port: int


Filled = Annotated[str, msgspec.Meta(min_length=1)]


class _Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: Filled = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    data: Filled = "data"
    database: Filled | None = None
    public_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^/\s?#]+/?$")] | None = None
    backups: Annotated[int, msgspec.Meta(ge=0)] = 500
    backup_mb: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 20
    device_mb: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1_000
    token_rate: Annotated[int, msgspec.Meta(ge=0)] = 50
    proxies: str = "127.0.0.0/8 ::1/128"
    metrics_host: Filled = "127.0.0.1"
    metrics_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0


def parse_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment; raises `SettingsError`, which names the variable."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name != PASSPHRASE
    }
    known = [field.name for field in msgspec.structs.fields(_Environment)]
    for field in sorted(given.keys() - set(known)):
        there_are = ", ".join(PREFIX + name.upper() for name in known)
        raise SettingsError(PREFIX + field.upper(), f"is not a setting: there are {there_are}")
    found = msgspec.convert({}, _Environment)
    for field, value in given.items():
        try:
            checked = msgspec.convert({field: value}, _Environment, strict=False)
        except msgspec.ValidationError as error:
            why = plainly(str(error))
            raise SettingsError(PREFIX + field.upper(), f"“{value}” cannot be used: {why}") from error
        found = msgspec.structs.replace(found, **{field: getattr(checked, field)})
    return _settle(found)


def _settle(given: _Environment) -> Settings:
    data = Path(given.data)
    host = f"[{given.host}]" if ":" in given.host else given.host
    return Settings(
        host=given.host,
        port=given.port,
        data=data,
        database=_database(given.database, data),
        public_url=(given.public_url or f"http://{host}:{given.port}").rstrip("/"),
        backups=given.backups,
        backup_mb=given.backup_mb,
        device_mb=given.device_mb,
        token_rate=given.token_rate,
        proxies=_networks(given.proxies),
        metrics_host=given.metrics_host,
        metrics_port=given.metrics_port,
    )


def _database(given: str | None, data: Path) -> Path | str:
    if given is None:
        return data / "sojourn.sqlite3"
    if given.startswith(POSTGRESQL):
        return given
    if "://" in given:
        raise SettingsError(
            f"{PREFIX}DATABASE", f"is the path of an SQLite file, or begins with {POSTGRESQL[0]}"
        )
    return Path(given)


def _networks(given: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(each) for each in given.split())
    except ValueError as error:
        raise SettingsError(
            f"{PREFIX}PROXIES", f"addresses or networks with spaces between: {error}"
        ) from error
