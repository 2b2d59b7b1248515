"""Contacts in the layout that Kobo and ODK tools give a form's submissions in, to go on with there. Pure.

Group and name as a path (`meeting/team`, as pyxform names them), a select_multiple also split into a column of 0 and 1
for each choice, and a table of its own for each repeat, whose rows name the row that they belong to.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from server.exports.cells import NOTICE, Cell, Column, Sheet, cell
from server.exports.columns import Questions, newest_first, practice_column
from server.exports.records import flags, to_json
from server.forms import Form, named
from server.forms.form import key_of, walk
from sync.client.contacts import Contact
from sync.revisions import Value

_ABOUT = (
    Column(name="_uuid", note="The contact's id."),
    Column(name="__version__", note="The form's version, where it is known."),
    Column(name="_form_hash", note="The form's version, by hash."),
    Column(name="_device", note="The device that wrote it."),
    Column(name="_number", type="integer", note="That device's count."),
    Column(name="_flags", note="What is odd about the contact."),
    Column(name="_undecided", note="Every value of the fields where two devices disagree, as JSON."),
    Column(name="_index", type="integer", note="The number of the row in this table."),
)
_ABOUT_REPEAT = (
    Column(name="_index", type="integer", note="The number of the row in this table."),
    Column(name="_parent_table_name", note="The table that the row belongs to."),
    Column(name="_parent_index", type="integer", note="The row there that it belongs to, by its _index."),
    Column(name="_submission__uuid", note="That row's _uuid."),
)


class _Place(Struct, frozen=True):
    """Where a field stands. repeat: the name of the one that it is in, if any. choices: of a select_multiple."""

    name: str
    repeat: str
    columns: tuple[Column, ...]
    choices: tuple[str, ...]


def form_ids(contacts: Sequence[Contact]) -> list[str]:
    """The forms that contacts were written in: submissions are of one form at a time."""
    return sorted({contact.form for contact in contacts})


def submission_sheets(
    contacts: Sequence[Contact], forms: Mapping[str, Form], form: str, *, practice: bool
) -> list[Sheet]:
    """The table of a form's contacts, named by its id, then one for each repeat, by its name. forms: by hash."""
    held = [contact for contact in contacts if contact.form == form]
    places = _places([each for each in forms.values() if each.id == form])
    outside = [place for place in places if not place.repeat]
    others = _others(held, places)
    main = Sheet(
        name=form,
        columns=(
            *practice_column(practice=practice),
            *(column for place in outside for column in place.columns),
            *(Column(name=name) for name in others),
            *_ABOUT,
        ),
        rows=[
            [
                *(["true"] if practice else []),
                *(each for place in outside for each in _cells(place, contact.fields.get(place.name))),
                *(cell(contact.fields.get(name)) for name in others),
                *_about(contact, forms, index),
            ]
            for index, contact in enumerate(held, start=1)
        ],
        notice=NOTICE,
    )
    repeats = dict.fromkeys(place.repeat for place in places if place.repeat)
    return [main, *(_repeat(held, form, name, places, practice=practice) for name in repeats)]


def _repeat(
    contacts: Sequence[Contact], form: str, repeat: str, places: Sequence[_Place], *, practice: bool
) -> Sheet:
    inside = [place for place in places if place.repeat == repeat]
    names = {place.name for place in inside}
    rows: list[list[Cell]] = []
    for parent, contact in enumerate(contacts, start=1):
        times = max((at for name, at in map(named, contact.fields) if name in names), default=0)
        for at in range(1, times + 1):
            values = [(place, contact.fields.get(key_of(place.name, at))) for place in inside]
            rows.append(
                [
                    *(["true"] if practice else []),
                    *(each for place, value in values for each in _cells(place, value)),
                    len(rows) + 1,
                    form,
                    parent,
                    _uuid(contact),
                ]
            )
    columns = (column for place in inside for column in place.columns)
    return Sheet(
        name=repeat,
        columns=(*practice_column(practice=practice), *columns, *_ABOUT_REPEAT),
        rows=rows,
        notice=NOTICE,
    )


def _places(forms: Iterable[Form]) -> list[_Place]:
    """In the order of the newest version, then what only older ones ask. A field stands where the newest has it."""
    versions = newest_first(forms)
    questions = Questions(versions)
    found: dict[str, _Place] = {}
    for form in versions:
        for field, groups in walk(form):
            if field.type in {"group", "repeat", "note"} or field.name in found:
                continue
            path = "/".join(each.name for each in (*groups, field))
            column = questions.column(field.name, path)
            split = questions.choices(field.name) if field.type == "select_multiple" else ()
            found[field.name] = _Place(
                name=field.name,
                repeat=next((each.name for each in groups if each.type == "repeat"), ""),
                columns=(column, *(_split(column, name, label) for name, label in split)),
                choices=tuple(name for name, _ in split),
            )
    return list(found.values())


def _split(column: Column, name: str, label: str) -> Column:
    return Column(
        name=f"{column.name}/{name}",
        question=column.question,
        type="integer",
        choices=(("1", label),),
        form=column.form,
        version=column.version,
    )


def _cells(place: _Place, value: Value) -> list[Cell]:
    """The answer, and 1 or 0 for each choice where there is one."""
    chosen = value if isinstance(value, tuple) else (value,)
    answered = value not in (None, "", ())
    return [cell(value), *(int(name in chosen) if answered else "" for name in place.choices)]


def _others(contacts: Sequence[Contact], places: Sequence[_Place]) -> list[str]:
    """What no known version asks, or not in the place where this contact has it: kept under its bare name."""
    repeated = {place.name: bool(place.repeat) for place in places}

    def placed(key: str) -> bool:
        name, at = named(key)
        return repeated.get(name) is (at > 0)

    return sorted({key for contact in contacts for key in contact.fields if not placed(key)})


def _about(contact: Contact, forms: Mapping[str, Form], index: int) -> list[Cell]:
    form = forms.get(contact.form_hash)
    return [
        _uuid(contact),
        form.version if form else "",
        contact.form_hash,
        contact.device.hex(),
        contact.counter,
        " ".join(flags(contact)),
        to_json(contact.undecided) if contact.undecided else "",
        index,
    ]


def _uuid(contact: Contact) -> str:
    return str(uuid.UUID(bytes=contact.record))
