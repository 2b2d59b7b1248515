from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import OperatorFileError
from server.operator import Operator, keeping, load_operator
from server.toml_lines import line_of


def write(folder: Path, text: str) -> Path:
    (folder / "operator.toml").write_text(text, "utf-8")
    return folder


def test_without_a_file_nobody_has_put_a_name_to_the_hub(tmp_path: Path) -> None:
    assert load_operator(tmp_path) == Operator(name="", app_name="Sojourn", icon="compass")


def test_a_file_says_who_runs_the_hub_and_how_it_looks(tmp_path: Path) -> None:
    text = 'name = "Drop-in centre"\nreach = "Market Street 3"\nicon = "leaf"\nlocales = ["km", "zh-Hans"]\n'
    operator = load_operator(write(tmp_path, text))
    assert (operator.name, operator.icon, operator.locales) == ("Drop-in centre", "leaf", ["km", "zh-Hans"])


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ('name = "A"\n\ncolour = "red"\n', 3, "colour"),
        ("# who\nname = 7\n", 2, "name"),
        ('name = "A"\nicon = "handcuffs"\n', 2, "icon"),
        ('name = "A"\nlocales = ["km"\n', 2, ""),
        ("keep_days = 6\n", 1, "keep_days"),
        ('name = "A\n', 1, ""),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(OperatorFileError) as raised:
        load_operator(write(tmp_path, text))
    assert (raised.value.path, raised.value.line) == (tmp_path / "operator.toml", line)
    assert told in str(raised.value)


def test_nothing_is_forgotten_while_the_file_has_a_fault(tmp_path: Path) -> None:
    assert keeping(tmp_path) == (90, None)
    assert keeping(write(tmp_path, "keep_days = 30\nhub_keep_days = 365\n")) == (30, 365)
    assert keeping(write(tmp_path, 'keep_days = 30\ncolour = "red"\n')) == (None, None)


def test_a_line_is_found_in_the_right_one_of_several_tables() -> None:
    text = '[[add]]\nid = "a"\n\n[[correct]]\nid = "b"\n\n[[add]]\nwho = "c"\nid = "d"\n'
    assert line_of(text, ("add", 1, "id")) == 9
    assert line_of(text, ("add", 1, "kind")) == 7
    assert line_of(text, ("correct", 0, "id")) == 5
