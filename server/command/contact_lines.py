"""Contacts that were fetched, as scripts and as people read them: each with the words of its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.command.vault import counted
from server.exports import flags, ordered
from server.forms import Form, all_keys
from sync.client import Contact, Overview
from sync.revisions import Value


def told_of(contact: Contact, known: Mapping[str, Form]) -> dict[str, Any]:
    form = known.get(contact.form_hash)
    order = list(all_keys(form)) if form else []
    return {
        "record": contact.record.hex(),
        "device": contact.device.hex(),
        "number": contact.counter,
        "form": contact.form,
        "form_version": form.version if form else None,
        "fields": {name: contact.fields[name] for name in ordered(contact.fields, order)},
        "undecided": contact.undecided,
        "flags": flags(contact),
    }


def lines_of(contact: Contact, known: Mapping[str, Form]) -> list[str]:
    form = known.get(contact.form_hash)
    labels, choices = ({}, {}) if form is None else _labels(form)
    marks = f"  [{', '.join(flags(contact))}]" if flags(contact) else ""
    version = f"version {form.version}" if form else "a version that is not here"
    shown = [f"Contact {contact.counter} of {contact.device.hex()}, form {contact.form}, {version}{marks}"]
    for name in ordered(contact.fields, list(labels)):
        values = contact.undecided.get(name, (contact.fields[name],))
        told = " / ".join(_shown(each, choices.get(name, {})) for each in values)
        shown.append(f"  {labels.get(name, name)}: {told}")
    return [*shown, ""]


def total_of(seen: Overview) -> str:
    total = f"{counted(len(seen.contacts), 'contact', 'contacts')}."
    if seen.unreadable:
        total += f" {counted(seen.unreadable, 'entry', 'entries')} could not be opened."
    return total


def _labels(form: Form) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Of the fields and of their choices."""
    known = all_keys(form)
    labels = {key: " ".join([field.label or field.name, *key.split("/")[1:]]) for key, field in known.items()}
    choices = {
        key: {choice.name: choice.label for choice in form.choices.get(field.choices, ())}
        for key, field in known.items()
    }
    return labels, choices


def _shown(value: Value, choices: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        return ", ".join(choices.get(each, each) for each in value)
    return choices.get(value, value) if isinstance(value, str) else str(value)
