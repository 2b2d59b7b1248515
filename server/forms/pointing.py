"""Questions whose answers could tell who somebody is: pointed out before a form is published (security rule 4).

Words in names and English labels are all that a program can go by: what it does not point out may do so all the same.
"""

from __future__ import annotations

import re

from server.converted import Pointed, Why
from server.forms.form import Field, fields
from server.forms.publication import Publication

# In this order: what says most comes first.
_WORDS: tuple[tuple[Why, str], ...] = (
    ("birth", r"birth|born|dob"),
    (
        "document",
        r"passport|visa|permit|licen[cs]e|national.?id|id.?(no|num(ber)?|card)|document|registration",
    ),
    ("number", r"(tele)?phone|mobile|whatsapp|viber|telegram|line.?id|call.?back|e.?mail|account"),
    ("address", r"address|street|house.?(no|num(ber)?)|gps|coordinates?"),
    ("name", r"(first|last|full|family|given|nick|sur)?.?names?|who.?is"),
)
# Whole words: "filename" says nothing.
_FOUND = tuple((why, re.compile(rf"(?<![a-z])({words})s?(?![a-z])", re.IGNORECASE)) for why, words in _WORDS)
# Choices say only what the form offers.
_TYPED = {"text", "integer", "decimal", "date", "time"}


def pointed_out(read: Publication) -> tuple[Pointed, ...]:
    """In the form's order, each field at most once. A form that speaks another language may say it in English too."""
    english = [said for tag, said in read.texts.items() if tag.partition("-")[0] == "en"]
    found = (
        (field.name, _why(field, *(said.get(field.label, "") for said in english)))
        for field in fields(read.form)
    )
    return tuple(Pointed(field=name, why=why) for name, why in found if why is not None)


def _why(field: Field, *english: str) -> Why | None:
    if field.type not in _TYPED or field.appearance == "week":
        return None
    words = " ".join((field.name.replace("_", " "), field.label, *english))
    for why, pattern in _FOUND:
        if pattern.search(words):
            return why
    return {"date": "day", "text": "text"}.get(field.type)  # type: ignore[return-value]  # two of the words above
