"""Contacts as lines to leave with: JSON lines, or a table. Values are exactly what was typed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from server.exports.cells import NOTICE, Cell, Column, Sheet, cell
from server.exports.columns import Questions, newest_first, ordered, practice_column
from server.forms import Form, all_keys
from sync.client.contacts import Contact

_ABOUT = (
    Column(name="record", note="The contact's id."),
    Column(name="device", note="The device that wrote it."),
    Column(name="number", type="integer", note="That device's count."),
    Column(name="form", note="The form's id."),
    Column(name="form_hash", note="The form's version, by hash."),
    Column(name="form_version", note="The form's version, where it is known."),
    Column(
        name="flags",
        note="provisional: nobody let the device in yet. revoked: the device was put out. late: written after that. "
        "undecided: two devices disagree. deleted-elsewhere: deleted on one device, changed on another.",
    ),
    Column(name="undecided", note="Every value of the fields where two devices disagree, as JSON."),
)


def json_lines(contacts: Sequence[Contact], forms: Mapping[str, Form], *, practice: bool) -> Iterator[str]:
    """A line each, after the notice's. forms: by hash, for the order of fields and the version's name."""
    order = _order(forms.values())
    yield to_json({"notice": NOTICE})
    for contact in contacts:
        line: dict[str, object] = {"practice": True} if practice else {}
        line |= {
            "record": contact.record.hex(),
            "device": contact.device.hex(),
            "number": contact.counter,
            "form": contact.form,
            "form_hash": contact.form_hash,
            "form_version": _version(contact, forms) or None,
            "fields": {name: contact.fields[name] for name in ordered(contact.fields, order)},
        }
        if contact.undecided:
            line["undecided"] = contact.undecided
        if flags(contact):
            line["flags"] = flags(contact)
        yield to_json(line)


def json_names(contacts: Sequence[Contact], forms: Mapping[str, Form], *, practice: bool) -> Sheet:
    """The names that the lines use, as columns for the codebook; without rows."""
    columns = (*practice_column(practice=practice), *_ABOUT, *_fields(contacts, forms))
    return Sheet(name="records", columns=columns, rows=())


def record_sheet(contacts: Sequence[Contact], forms: Mapping[str, Form], *, practice: bool) -> Sheet:
    """A row each. forms: by hash."""
    fields = _fields(contacts, forms)
    return Sheet(
        name="records",
        columns=(*practice_column(practice=practice), *about_columns(), *fields),
        rows=[
            [
                *(["true"] if practice else []),
                *about(contact, forms),
                *(cell(contact.fields.get(column.name)) for column in fields),
            ]
            for contact in contacts
        ],
        notice=NOTICE,
    )


def about_columns() -> tuple[Column, ...]:
    """Beside the answers: a field's name never begins with `_`."""
    return tuple(Column(name=f"_{each.name}", type=each.type, note=each.note) for each in _ABOUT)


def about(contact: Contact, forms: Mapping[str, Form]) -> list[Cell]:
    """A cell for each of `about_columns`."""
    return [
        contact.record.hex(),
        contact.device.hex(),
        contact.counter,
        contact.form,
        contact.form_hash,
        _version(contact, forms),
        " ".join(flags(contact)),
        to_json(contact.undecided) if contact.undecided else "",
    ]


def flags(contact: Contact) -> list[str]:
    """What is odd about a contact; none for most."""
    odd = {
        "provisional": contact.standing == "provisional",
        "revoked": contact.standing == "revoked",
        "late": contact.late,
        "undecided": bool(contact.undecided),
        "deleted-elsewhere": contact.deleted_elsewhere,
    }
    return [name for name, there in odd.items() if there]


def to_json(value: object) -> str:
    """Without spaces, as JavaScript writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fields(contacts: Sequence[Contact], forms: Mapping[str, Form]) -> tuple[Column, ...]:
    """Of every field that some contact has: in the order of the newest form, then by name."""
    questions = Questions(forms.values())
    names = ordered({name for contact in contacts for name in contact.fields}, _order(forms.values()))
    return tuple(questions.column(name) for name in names)


def _order(forms: Iterable[Form]) -> list[str]:
    return [*dict.fromkeys(key for form in newest_first(forms) for key in all_keys(form))]


def _version(contact: Contact, forms: Mapping[str, Form]) -> str:
    form = forms.get(contact.form_hash)
    return form.version if form else ""
