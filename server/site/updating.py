"""From templates to each locale's catalogs: what is translated stays, what is new is to be translated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel.messages.catalog import Catalog as Po

from server.site.back_translations import load_back, translated_in, unknown_in, write_back
from server.site.catalogs import (
    DOMAINS,
    catalog_path,
    forms_of,
    is_translated,
    key_of,
    new_catalog,
    read_catalog,
    write_catalog,
)
from server.site.locales import SOURCE, load_locales
from server.site.minor import Edit, carry_over, load_minor, refuse_unfit
from server.site.places import Places, find_places


def update(places: Places | None = None) -> dict[str, int]:
    """Brings every locale's catalogs up to the templates, keeping what is translated; gives what is missing.

    Nothing is guessed: a block whose English has changed is untranslated again, and its old translation stays
    at the end of the file, commented out, to copy from. Only an edit that `minor.toml` names keeps it.
    """
    places = places or find_places()
    templates = {domain: load_template(places, domain) for domain in DOMAINS}
    edits = load_minor(places.translations)
    refuse_unfit(places.translations, edits, templates)
    missing: dict[str, int] = {}
    for locale in load_locales(places.translations):
        if locale.tag == SOURCE:
            continue
        catalogs: dict[str, Po] = {}
        for domain, template in templates.items():
            catalog = catalogs[domain] = up_to_date(places, locale.tag, domain, template, edits)
            write_catalog(catalog_path(places.translations, locale.tag, domain), catalog)
            missing[f"{locale.tag}/{domain}"] = sum(
                not is_translated(message) for message in catalog if message.id
            )
        _let_go(places, locale.tag, catalogs, edits)
    return missing


def _let_go(places: Places, tag: str, catalogs: Mapping[str, Po], edits: Sequence[Edit]) -> None:
    """What was read back of messages that are gone goes with them."""
    translated, back = translated_in(catalogs), load_back(places.translations, tag, edits)
    if unknown_in(back, translated):
        write_back(places.translations, tag, translated, back)


def load_template(places: Places, domain: str) -> Po:
    return read_catalog(places.translations / f"{domain}.pot", SOURCE)


def up_to_date(places: Places, tag: str, domain: str, template: Po, edits: Sequence[Edit] = ()) -> Po:
    """A locale's catalog with the messages of the template, and what was translated of them; nothing is written."""
    path = catalog_path(places.translations, tag, domain)
    catalog = read_catalog(path, tag) if path.exists() else new_catalog(domain, tag)
    carry_over(catalog, template, edits)
    _revive(catalog, template)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.fuzzy = False
    catalog.obsolete = {
        key: message for key, message in catalog.obsolete.items() if all(forms_of(message.string))
    }
    return catalog


def _revive(catalog: Po, template: Po) -> None:
    """English that has come back finds the translation that it had."""
    wanted = {key_of(message) for message in template if message.id}
    for key, message in list(catalog.obsolete.items()):
        if key_of(message) in wanted and catalog.get(message.id, message.context) is None:
            catalog.add(
                message.id,
                message.string,
                flags=message.flags,
                user_comments=message.user_comments,
                context=message.context,
            )
            del catalog.obsolete[key]
