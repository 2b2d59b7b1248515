from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms import Form, relevant_values, validate, week_of
from server.forms.weeks import is_week

from .vectors import vectors

VECTORS = vectors("form_validation.json")
FORM = msgspec.convert(VECTORS["form"], Form)
WIDE = vectors("form_repeats.json")
WIDE_FORM = msgspec.convert(WIDE["form"], Form)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["why"]))
def test_the_problems_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    assert msgspec.to_builtins(validate(FORM, case["values"])) == case["problems"]


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["cases"] if "kept" in case], ids=lambda case: str(case["why"])
)
def test_what_is_kept_is_what_is_asked_and_answered(case: dict[str, Any]) -> None:
    assert relevant_values(FORM, case["values"]) == case["kept"]


@pytest.mark.parametrize("case", WIDE["cases"], ids=lambda case: str(case["why"]))
def test_days_numbers_and_repeats_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    assert msgspec.to_builtins(validate(WIDE_FORM, case["values"], WIDE["today"])) == case["problems"]
    assert relevant_values(WIDE_FORM, case["values"], WIDE["today"]) == case["kept"]


@given(
    st.dictionaries(
        st.sampled_from(
            ["wage", "fee", "country", "province", "district", "age/1", "age/2", "grade/2", "trips", "by/1"]
        ),
        st.sampled_from(["a", "b", "a1", "b1", "d1", "1", "2.5", 1, 7, 20, ["a1", "b1"]]),
    )
)
def test_what_is_kept_is_kept_again(values: dict[str, Any]) -> None:
    kept = relevant_values(WIDE_FORM, values, WIDE["today"])
    assert relevant_values(WIDE_FORM, kept, WIDE["today"]) == kept


PLACES = st.sampled_from(["a", "b"])
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "wage": st.sampled_from(["1", "2.5"]),
    "fee": st.sampled_from(["1", "20"]),
    "why": st.just("x"),
    "country": PLACES,
    "province": st.sampled_from(["a1", "b1"]),
    "routes": st.lists(st.sampled_from(["a1", "a2", "b1"]), unique=True),
    "trips": st.integers(0, 3),
    **{f"age/{at}": st.sampled_from([1, 7, 20]) for at in (1, 2, 3)},
    **{f"grade/{at}": st.just("x") for at in (1, 2, 3)},
    **{f"by/{at}": PLACES for at in (1, 2, 3)},
}


@given(st.fixed_dictionaries({}, optional=FITTING))
def test_what_is_kept_can_be_saved_but_for_what_somebody_has_to_answer(values: dict[str, Any]) -> None:
    kept = relevant_values(WIDE_FORM, values, WIDE["today"])
    codes = {problem.code for problem in validate(WIDE_FORM, kept, WIDE["today"])}
    assert codes <= {"required", "constraint"}


@given(
    st.dictionaries(
        st.sampled_from(["week", "place", "needs", "people", "consent", "zoo"]), st.from_type(object)
    )
)
def test_whatever_is_decoded_gets_problems_and_no_exception(values: dict[str, Any]) -> None:
    assert all(problem.code for problem in validate(FORM, values))


@given(st.dates(min_value=datetime.date(2000, 1, 3), max_value=datetime.date(2099, 12, 31)))
def test_every_days_week_is_a_week(day: datetime.date) -> None:
    assert is_week(week_of(day))
