from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.forms import Form, example, parse_xlsform, relevant_values, validate

from .vectors import vectors

FORMS = [
    parse_xlsform(Path(__file__).parents[3] / "content" / "forms" / "contact.xlsx"),
    msgspec.convert(vectors("form_validation.json")["form"], Form),
    msgspec.convert(vectors("form_repeats.json")["form"], Form),
]


@given(st.sampled_from(FORMS), st.integers(0, 2**32))
def test_an_example_always_validates(form: Form, seed: int) -> None:
    (contact,) = example(form, seed, 1)
    assert validate(form, contact) == []
    assert relevant_values(form, contact) == contact


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_examples_differ_from_each_other_and_are_the_same_again(form: Form) -> None:
    contacts = example(form, 7, 50)
    assert contacts == example(form, 7, 50)
    assert len({msgspec.json.encode(contact) for contact in contacts}) > 25


def test_a_form_that_nobody_can_fill_in_is_said_to_be_one() -> None:
    impossible = msgspec.convert(
        {
            "id": "impossible",
            "version": "1",
            "title": "Impossible",
            "fields": [
                {
                    "type": "integer",
                    "name": "n",
                    "label": "N",
                    "required": True,
                    "constraint": ["compare", "<", ["own"], 0],
                }
            ],
            "choices": {},
        },
        Form,
    )
    with pytest.raises(ValueError, match="impossible"):
        example(impossible, 1, 1)
