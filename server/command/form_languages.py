"""The forms of a programme in one language, for what is written beside contacts: questions and choices."""

from __future__ import annotations

import re

import click
import msgspec

from server.command.publishing import known_forms
from server.forms import Form, texts, translate
from server.site.catalogs import EMPTY, Catalog, catalog_path, load_catalog
from server.site.locales import SOURCE
from server.site.places import find_places
from sync.client.members import forms
from sync.client.reading import Record

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def forms_in_language(held: list[Record], tag: str) -> dict[str, Form]:
    """Every form that is here, by hash, with what the programme or the hub says in that language.

    The rest stays as it was written. Raises UsageError where nothing is in it.
    """
    records, catalog = forms(held), _catalog(tag)
    said: dict[str, Form] = {}
    for name, form in known_forms(held).items():
        record = records.get(name)
        own = record.text("language") if record else SOURCE
        said[name] = form if own == tag else _translated(form, _texts_in(record, tag), catalog)
    if all(len(form.fallback) == len([*texts(form)]) for form in said.values()):
        raise click.UsageError(f"There is no form in a language that is called {tag}.")
    return said


def _translated(form: Form, programme: dict[str, str], hub: Catalog) -> Form:
    """The programme's own words first: what it says as the hub's form does is in the hub's catalog too."""
    return translate(form, lambda text: programme.get(text) or hub.find(text))


def _texts_in(record: Record | None, tag: str) -> dict[str, str]:
    try:
        every = msgspec.json.decode((record and record.text("texts")) or "{}", type=dict[str, dict[str, str]])
    except msgspec.DecodeError:
        return {}
    return every.get(tag, {})


def _catalog(tag: str) -> Catalog:
    translations = find_places().translations
    there = _TAG.fullmatch(tag) and catalog_path(translations, tag, "content").exists()
    return load_catalog(translations, tag, "content") if there else EMPTY
