from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import OperatorFileError, SettingsError
from server.operator import load_operator
from server.settings import parse_settings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("foo = 1", "there is no such field here: there are app_name,"),
        ("name = 7", "text, between quotation marks is wanted"),
        ('keep_days = "ten"', "a whole number is wanted"),
        ("keep_days = 6", "a whole number from 7 up is wanted"),
        ('icon = "handcuffs"', "'handcuffs' is not one of the choices"),
    ],
)
def test_a_fault_in_the_operators_file_is_told_in_plain_words(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "operator.toml").write_text(text + "\n", "utf-8")
    with pytest.raises(OperatorFileError) as raised:
        load_operator(tmp_path)
    assert told in str(raised.value)
    assert "Expected" not in str(raised.value)


def test_a_setting_that_is_none_names_those_that_are() -> None:
    with pytest.raises(SettingsError, match="is not a setting: there are SOJOURN_HOST, SOJOURN_PORT"):
        parse_settings({"SOJOURN_FOO": "1"})


def test_a_bad_value_says_what_is_wanted() -> None:
    with pytest.raises(SettingsError, match="a whole number is wanted"):
        parse_settings({"SOJOURN_PORT": "abc"})
