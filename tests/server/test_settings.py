from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from server.errors import SettingsError
from server.settings import Settings, parse_settings


def test_without_variables_the_hub_listens_at_home_and_keeps_all_in_one_folder() -> None:
    assert parse_settings({"PATH": "/bin"}) == Settings(
        host="127.0.0.1",
        port=8000,
        data=Path("data"),
        database=Path("data/sojourn.sqlite3"),
        public_url="http://127.0.0.1:8000",
        backups=500,
        backup_mb=20,
        device_mb=1_000,
        token_rate=50,
        proxies=(ip_network("127.0.0.0/8"), ip_network("::1")),
        metrics_host="127.0.0.1",
        metrics_port=0,
    )


def test_the_database_lies_in_the_data_folder_unless_it_is_told_elsewhere() -> None:
    assert parse_settings({"SOJOURN_DATA": "/srv/hub"}).database == Path("/srv/hub/sojourn.sqlite3")
    assert parse_settings({"SOJOURN_DATABASE": "/db/x.sqlite3"}).database == Path("/db/x.sqlite3")
    address = "postgresql://hub:secret@db.example/sojourn"
    assert parse_settings({"SOJOURN_DATABASE": address}).database == address


def test_an_address_of_another_kind_is_refused_without_being_repeated() -> None:
    with pytest.raises(SettingsError, match="SOJOURN_DATABASE") as raised:
        parse_settings({"SOJOURN_DATABASE": "mysql://hub:secret@db.example/sojourn"})
    assert "secret" not in str(raised.value)


def test_the_public_address_follows_host_and_port_and_has_no_slash_at_its_end() -> None:
    assert parse_settings({"SOJOURN_HOST": "::1", "SOJOURN_PORT": "80"}).public_url == "http://[::1]:80"
    assert parse_settings({"SOJOURN_PUBLIC_URL": "https://a.example/"}).public_url == "https://a.example"


def test_a_passphrase_for_the_clients_is_none_of_the_hubs_business() -> None:
    assert parse_settings({"SOJOURN_PASSPHRASE": "x"}).port == 8000


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SOJOURN_PROT", "8000"),
        ("SOJOURN_PORT", "many"),
        ("SOJOURN_PORT", "0"),
        ("SOJOURN_PROXIES", "caddy"),
        ("SOJOURN_TOKEN_RATE", "-1"),
        ("SOJOURN_HOST", ""),
        ("SOJOURN_BACKUPS", "-1"),
        ("SOJOURN_BACKUP_MB", "0"),
        ("SOJOURN_PUBLIC_URL", "a.example"),
        ("SOJOURN_PUBLIC_URL", "https://a.example/deep"),
    ],
)
def test_an_unknown_variable_or_a_bad_value_stops_with_its_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable) as raised:
        parse_settings({variable: value})
    assert raised.value.variable == variable
