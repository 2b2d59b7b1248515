"""Contacts in the shape of CTDC's global synthetic dataset: its 27 columns, of what our own contact form asks. Pure.

CTDC-shaped and aligned with IC-TIP by concept; nobody has certified it. Columns and values: The Global Synthetic Data
Codebook, version 2, February 2024, as its CSV writes them. A flag is 1 or empty: empty is not known, never no. Only
contacts whose official status is that an authority has identified the person, and nothing is guessed: what our form
does not ask stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from server.exports.cells import NOTICE, Cell, Column, Sheet
from server.exports.columns import newest_first, practice_column
from server.forms import Form, keys
from sync.client.contacts import Contact
from sync.client.publication import counts

STATUS, IDENTIFIED = "official_status", "identified"
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "week": "text",
        "gender": "select_one",
        "sector": "select_one",
        STATUS: "select_one",
        "exploitation_form": "select_one",
        "indicators_deception": "select_multiple",
        "indicators_coercion": "select_multiple",
        "indicators_conditions": "select_multiple",
        "indicators_control": "select_multiple",
    }
)
"""The fields that a form must have, by name, with their types."""
GENDERS: Mapping[str, str] = MappingProxyType(
    {"man": "Man", "woman": "Woman", "other": "Trans/Transgender/NonConforming"}
)
_Answers = Mapping[str, tuple[str, ...]]
_LABOUR: _Answers = {"exploitation_form": ("labour", "household", "begging", "crime")}
FLAGS: Mapping[str, _Answers] = MappingProxyType(
    {
        "meansDebtBondageEarnings": {
            "indicators_coercion": ("cr04",),
            "indicators_control": ("cd02", "cd14"),
        },
        "meansThreats": {
            "indicators_coercion": ("cr06", "cr07", "cr08", "cr09"),
            "indicators_control": ("cd09", "cd10", "cd11", "cd13", "cd15"),
        },
        "meansAbusePsyPhySex": {"indicators_coercion": ("cr01",), "indicators_control": ("cd04",)},
        "meansFalsePromises": {"indicators_deception": tuple(f"dr{number:02}" for number in range(1, 11))},
        "meansDrugsAlcohol": {},
        "meansDenyBasicNeeds": {"indicators_coercion": ("cr05", "cr10"), "indicators_control": ("cd03",)},
        "meansExcessiveWorkHours": {"indicators_conditions": ("ex01",)},
        "meansWithholdDocs": {"indicators_coercion": ("cr03",), "indicators_control": ("cd01",)},
        "isForcedLabour": _LABOUR,
        "isSexualExploit": {"exploitation_form": ("sexual",)},
        "isOtherExploit": {"exploitation_form": ("marriage", "conflict", "organs", "other")},
        "typeOfLabourAgriculture": {"sector": ("farming",)},
        "typeOfLabourConstruction": {"sector": ("building",)},
        "typeOfLabourDomesticWork": {"sector": ("domestic",), "exploitation_form": ("household",)},
        "typeOfLabourHospitality": {"sector": ("hospitality",)},
        "typeOfSexProstitution": {},
        "typeOfSexPornography": {},
        "recruiterRelationIntimatePartner": {},
        "recruiterRelationFriend": {},
        "recruiterRelationFamily": {},
        "recruiterRelationOther": {},
    }
)
"""Each flag is 1 where one of these answers was given. A type of labour also needs `isForcedLabour`."""
_NOT_ASKED = "Our contact form does not ask this: always empty."
_WEEK = re.compile(r"(20[0-9]{2})-W[0-9]{2}")


class Missing(Struct, frozen=True, kw_only=True):
    """What a form lacks. form, version: empty version where it is not here."""

    form: str
    version: str
    fields: tuple[str, ...]


class MissingFieldsError(ValueError):
    """Contacts were written in forms that lack fields of `NEEDED`."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(f"{len(missing)} forms lack fields")
        self.missing = tuple(missing)


def ctdc_sheet(contacts: Iterable[Contact], forms: Mapping[str, Form], *, practice: bool) -> Sheet:
    """forms: by hash. Contacts that reports do not count are not in it either. Raises `MissingFieldsError`."""
    counted = [contact for contact in contacts if counts(contact)]
    _check(counted, forms)
    rows: list[list[Cell]] = [
        [*(["true"] if practice else []), *_row(contact)]
        for contact in counted
        if contact.fields.get(STATUS) == IDENTIFIED
    ]
    return Sheet(
        name="ctdc", columns=(*practice_column(practice=practice), *COLUMNS), rows=rows, notice=NOTICE
    )


def _row(contact: Contact) -> list[Cell]:
    week = contact.fields.get("week")
    year = _WEEK.fullmatch(week) if isinstance(week, str) else None
    gender = contact.fields.get("gender")
    return [
        int(year[1]) if year else "",
        GENDERS.get(gender, "") if isinstance(gender, str) else "",
        *([""] * 4),
        *(_flag(contact, name) for name in FLAGS),
    ]


def _flag(contact: Contact, name: str) -> Cell:
    given = _given(contact, FLAGS[name])
    if name.startswith("typeOfLabour"):
        given = given and _given(contact, _LABOUR)
    return 1 if given else ""


def _given(contact: Contact, answers: _Answers) -> bool:
    for field, names in answers.items():
        value = contact.fields.get(field)
        chosen = value if isinstance(value, tuple) else (value,)
        if any(name in chosen for name in names):
            return True
    return False


def _check(contacts: Sequence[Contact], forms: Mapping[str, Form]) -> None:
    unknown = sorted({contact.form for contact in contacts if contact.form_hash not in forms})
    used = {contact.form_hash for contact in contacts}
    missing = [Missing(form=form, version="", fields=tuple(NEEDED)) for form in unknown]
    for form in newest_first(each for name, each in forms.items() if name in used):
        if lacking := _lacking(form):
            missing.append(Missing(form=form.id, version=form.version, fields=lacking))
    if missing:
        raise MissingFieldsError(missing)


def _lacking(form: Form) -> tuple[str, ...]:
    # What stands in a repeat is asked any number of times: it says nothing of the contact.
    asked = {field.name: field for _, field in keys(form, lambda _: 0)}
    lacking = [name for name, kind in NEEDED.items() if name not in asked or asked[name].type != kind]
    if STATUS not in lacking:
        choices = form.choices.get(asked[STATUS].choices, ())
        lacking += [] if IDENTIFIED in {choice.name for choice in choices} else [f"{STATUS}: {IDENTIFIED}"]
    return tuple(lacking)


def _flag_column(name: str, answers: _Answers) -> Column:
    told = "; ".join(f"{field}: {' '.join(names)}" for field, names in answers.items())
    if name.startswith("typeOfLabour"):
        told += "; and isForcedLabour"
    choices = (("1", told),) if answers else ()
    return Column(name=name, type="integer", choices=choices, note="" if answers else _NOT_ASKED)


COLUMNS = (
    Column(name="yearOfRegistration", type="integer", note="Of the contact's week, an ISO week."),
    Column(
        name="gender",
        type="select_one",
        choices=tuple((told, f"gender: {name}") for name, told in GENDERS.items()),
    ),
    Column(name="ageBroad", note="Our contact form has no such age bands: always empty."),
    *(
        Column(name=name, note=_NOT_ASKED)
        for name in ("citizenship", "CountryOfExploitation", "traffickMonths")
    ),
    *(_flag_column(name, answers) for name, answers in FLAGS.items()),
)
"""In CTDC's order."""
