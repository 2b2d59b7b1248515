"""The directory as an operator has it: theirs wins over what we ship."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from server.operator import Added, Amendments, Correction
from server.site.directory import Country, Entry


def amend(countries: Iterable[Country], amendments: Amendments, path: Path) -> list[Country]:
    """The countries with entries withdrawn, corrected and added, by code. `path` is where the changes came from.

    A country that the directory does not have begins with an operator's first entry in it.
    """
    withdrawn = {withdrawal.id for withdrawal in amendments.withdraw}
    corrections = {correction.id: correction for correction in amendments.correct}
    amended = {country.code: _amend(country, withdrawn, corrections) for country in countries}
    for entry in amendments.add:
        country = amended.get(entry.country) or Country(
            path=path, code=entry.country, facts_as_of=None, neighbours=[], note="", entries=[]
        )
        amended[entry.country] = msgspec.structs.replace(
            country, entries=[*country.entries, _entry(entry)], local=country.local | {entry.id}
        )
    return [amended[code] for code in sorted(amended)]


def _amend(country: Country, withdrawn: set[str], corrections: dict[str, Correction]) -> Country:
    kept = [entry for entry in country.entries if entry.id not in withdrawn]
    entries = [_correct(entry, corrections.get(entry.id)) for entry in kept]
    local = frozenset(entry.id for entry in kept if entry.id in corrections)
    return msgspec.structs.replace(country, entries=entries, local=local)


def _correct(entry: Entry, correction: Correction | None) -> Entry:
    """A corrected number has not been checked by whoever checked the old one."""
    if correction is None:
        return entry
    given = {
        field.name: value
        for field in msgspec.structs.fields(Correction)
        if (value := getattr(correction, field.name)) is not msgspec.UNSET
    }
    return msgspec.structs.replace(entry, **{"checked": None, **given})


def _entry(added: Added) -> Entry:
    return Entry(**{field.name: getattr(added, field.name) for field in msgspec.structs.fields(Entry)})
