from __future__ import annotations

import contextlib
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms.evaluation import Scope, as_value, holds, number_of, result
from server.forms.expressions import Condition, Operand
from server.forms.parser import ExpressionError, parse_condition, parse_operand
from tests.vectors.cases.forms import BY_HAND, form_reckoning_cases

from .vectors import vectors

VECTORS = vectors("form_expressions.json")


@pytest.mark.parametrize("case", VECTORS["parsed"], ids=lambda case: str(case["text"]))
def test_a_condition_becomes_the_tree_of_the_vectors(case: dict[str, Any]) -> None:
    parsed = parse_condition(case["text"])
    assert msgspec.json.decode(msgspec.json.encode(parsed)) == case["condition"]
    assert msgspec.convert(case["condition"], Condition) == parsed


@pytest.mark.parametrize("text", VECTORS["refused"])
def test_what_is_no_condition_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_condition(text)


@pytest.mark.parametrize("case", VECTORS["holds"], ids=lambda case: str(case["condition"]))
def test_a_condition_holds_where_the_vectors_say(case: dict[str, Any]) -> None:
    condition = msgspec.convert(case["condition"], Condition)
    assert holds(condition, Scope(value=case["values"].get, own=case.get("own"))) is case["holds"]


@pytest.mark.parametrize("tree", VECTORS["malformed"], ids=str)
def test_a_malformed_tree_is_refused(tree: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(tree, Condition)


def test_expressions_give_what_the_browser_is_held_to() -> None:
    assert (
        msgspec.json.decode(msgspec.json.encode(form_reckoning_cases()[1]))
        == vectors("form_reckoning.json")["valid"]
    )


@pytest.mark.parametrize("case", BY_HAND, ids=str)
def test_a_calculation_gives_what_a_record_can_hold(case: dict[str, Any]) -> None:
    found = result(msgspec.convert(case["operand"], Operand), Scope(value=case["values"].get))
    assert as_value(found) == case["value"]


@given(st.floats() | st.integers(-(2**60), 2**60))
def test_what_a_calculation_gives_can_be_kept(number: float) -> None:
    kept = as_value(number)
    assert kept is None or isinstance(kept, str) or abs(kept) < 2**53
    if isinstance(kept, str):
        assert math.isclose(number_of(kept), number, abs_tol=1e-6)


@given(st.text())
def test_no_text_breaks_the_reading_of_expressions(text: str) -> None:
    for read in (parse_condition, parse_operand):
        with contextlib.suppress(ExpressionError):
            read(text)
