from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.forms.evaluation import holds
from server.forms.expressions import Condition
from server.forms.parser import ExpressionError, parse_condition

from .vectors import vectors

VECTORS = vectors("form_expressions.json")


@pytest.mark.parametrize("case", VECTORS["parsed"], ids=lambda case: str(case["text"]))
def test_a_condition_becomes_the_tree_of_the_vectors(case: dict[str, Any]) -> None:
    parsed = parse_condition(case["text"])
    assert msgspec.to_builtins(parsed) == case["condition"]
    assert msgspec.convert(case["condition"], Condition) == parsed


@pytest.mark.parametrize("text", VECTORS["refused"])
def test_what_is_no_condition_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_condition(text)


@pytest.mark.parametrize("case", VECTORS["holds"], ids=lambda case: str(case["condition"]))
def test_a_condition_holds_where_the_vectors_say(case: dict[str, Any]) -> None:
    condition = msgspec.convert(case["condition"], Condition)
    assert holds(condition, case["values"].get, case.get("own")) is case["holds"]


@pytest.mark.parametrize("tree", VECTORS["malformed"], ids=str)
def test_a_malformed_tree_is_refused(tree: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(tree, Condition)
