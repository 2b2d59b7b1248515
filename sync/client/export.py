"""Contacts as lines to leave with: JSON lines or CSV, whose first line says that they can identify people.

Values are exactly what was typed. Pure: contacts in, text out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypeAlias

from sync.client.contacts import Contact
from sync.revisions import Value

Format: TypeAlias = Literal["jsonl", "csv"]
NOTICE = (
    "These records can identify people. Keep them encrypted, give them to nobody who does not need them, "
    "and delete them when they have served."
)
_COLUMNS = ("_record", "_device", "_number", "_form", "_form_hash", "_form_version", "_flags", "_undecided")


def lines(
    contacts: Sequence[Contact],
    form: Format,
    *,
    practice: bool,
    order: Sequence[str] = (),
    versions: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Without line ends, in the order of the contacts.

    order: field names that come first, as a form has them. practice: marks every line. versions: of forms, by hash.
    """
    write = _jsonl if form == "jsonl" else _csv
    return write(contacts, practice, order, versions)


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


def ordered(fields: Mapping[str, Value], order: Sequence[str]) -> dict[str, Value]:
    """The fields that `order` names first, then the others by name."""
    named = [name for name in order if name in fields]
    return {name: fields[name] for name in [*named, *sorted(set(fields) - set(named))]}


def _jsonl(
    contacts: Sequence[Contact], practice: bool, order: Sequence[str], versions: Mapping[str, str]
) -> Iterator[str]:
    yield _json({"notice": NOTICE})
    for contact in contacts:
        line: dict[str, object] = {"practice": True} if practice else {}
        line |= {
            "record": contact.record.hex(),
            "device": contact.device.hex(),
            "number": contact.counter,
            "form": contact.form,
            "form_hash": contact.form_hash,
            "form_version": versions.get(contact.form_hash),
            "fields": ordered(contact.fields, order),
        }
        if contact.undecided:
            line["undecided"] = contact.undecided
        if flags(contact):
            line["flags"] = flags(contact)
        yield _json(line)


def _csv(
    contacts: Sequence[Contact], practice: bool, order: Sequence[str], versions: Mapping[str, str]
) -> Iterator[str]:
    names = list(ordered({name: None for contact in contacts for name in contact.fields}, order))
    yield f"# {NOTICE}"
    yield _row([*(["practice"] if practice else []), *_COLUMNS, *names])
    for contact in contacts:
        undecided = _json(contact.undecided) if contact.undecided else ""
        about = [
            contact.record.hex(),
            contact.device.hex(),
            str(contact.counter),
            contact.form,
            contact.form_hash,
            versions.get(contact.form_hash, ""),
            " ".join(flags(contact)),
            undecided,
        ]
        values = [_text(contact.fields.get(name)) for name in names]
        yield _row([*(["true"] if practice else []), *about, *values])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _row(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
