"""The directory as an operator has it: `directory.toml` adds, corrects and withdraws, and wins over ours."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from server.errors import OperatorFileError
from server.operator import CountryCode, load_toml
from server.site.directory import ChecksPapers, Country, Entry, EntryId, International, Number, WebAddress
from server.site.topics import Filled, HelpKind, Person
from server.toml_lines import line_of


class Added(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that the operator knows of: an entry of ours, with its country."""

    country: CountryCode


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What replaces an entry's fields; a field that is not given stays as it is."""

    id: EntryId
    who: Filled | msgspec.UnsetType = msgspec.UNSET
    kind: HelpKind | msgspec.UnsetType = msgspec.UNSET
    numbers: list[Number] | msgspec.UnsetType = msgspec.UNSET
    from_abroad: list[International] | msgspec.UnsetType = msgspec.UNSET
    whatsapp: list[International] | msgspec.UnsetType = msgspec.UNSET
    address: str | msgspec.UnsetType = msgspec.UNSET
    website: WebAddress | msgspec.UnsetType = msgspec.UNSET
    hours: str | msgspec.UnsetType = msgspec.UNSET
    languages: list[str] | msgspec.UnsetType = msgspec.UNSET
    cost: str | msgspec.UnsetType = msgspec.UNSET
    source_title: Filled | msgspec.UnsetType = msgspec.UNSET
    source_address: WebAddress | msgspec.UnsetType = msgspec.UNSET
    enforcement: bool | msgspec.UnsetType = msgspec.UNSET
    checks_papers: ChecksPapers | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    checked: Person | msgspec.UnsetType = msgspec.UNSET


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reason` is for whoever reads the file next; readers are told what is in `shown`, in these very words."""

    id: EntryId
    reason: Filled
    shown: str = ""


class Amendments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`directory.toml`: what wins over the directory we ship."""

    add: list[Added] = []
    correct: list[Correction] = []
    withdraw: list[Withdrawal] = []


def load_amendments(data: Path, known: frozenset[str]) -> Amendments:
    """`directory.toml` of a data folder; `known` are the ids of the entries that there are to change."""
    path = data / "directory.toml"
    amendments = load_toml(path, Amendments) or Amendments()
    _refuse_made_up(path, amendments, known)
    return amendments


def amend(countries: Iterable[Country], amendments: Amendments, path: Path) -> list[Country]:
    """The countries with entries withdrawn, corrected and added, by code; the changes are from `path`.

    A country that the directory does not have begins with an operator's first entry in it.
    """
    withdrawn = {withdrawal.id for withdrawal in amendments.withdraw}
    corrections = {correction.id: correction for correction in amendments.correct}
    amended = {country.code: _amend(country, withdrawn, corrections, path) for country in countries}
    for entry in amendments.add:
        country = amended.get(entry.country) or Country(
            path=path, code=entry.country, facts_as_of=None, neighbours=[], note="", entries=[]
        )
        amended[entry.country] = msgspec.structs.replace(
            country, entries=[*country.entries, _entry(entry)], local=country.local | {entry.id}
        )
    return [amended[code] for code in sorted(amended)]


def _amend(country: Country, withdrawn: set[str], corrections: dict[str, Correction], path: Path) -> Country:
    kept = [entry for entry in country.entries if entry.id not in withdrawn]
    entries = [_correct(entry, corrections.get(entry.id), path) for entry in kept]
    local = frozenset(entry.id for entry in kept if entry.id in corrections)
    return msgspec.structs.replace(country, entries=entries, local=local)


def _correct(entry: Entry, correction: Correction | None, path: Path) -> Entry:
    """A corrected number has not been checked by whoever checked the old one."""
    if correction is None:
        return entry
    given = {
        field.name: value
        for field in msgspec.structs.fields(Correction)
        if (value := getattr(correction, field.name)) is not msgspec.UNSET
    }
    try:
        return msgspec.structs.replace(entry, **{"checked": None, **given})
    except ValueError as error:
        line = _line_of_correction(path.read_text("utf-8"), entry.id)
        raise OperatorFileError(path, line, str(error)) from error


def _line_of_correction(text: str, name: str) -> int:
    """The last one with that id: the one that counts."""
    corrections = tomllib.loads(text).get("correct", [])
    at = max(at for at, correction in enumerate(corrections) if correction["id"] == name)
    return line_of(text, ("correct", at))


def _entry(added: Added) -> Entry:
    return Entry(**{field.name: getattr(added, field.name) for field in msgspec.structs.fields(Entry)})


def _refuse_made_up(path: Path, amendments: Amendments, known: frozenset[str]) -> None:
    """A check that has not happened yet, or a change of a line that nobody has, is a slip of the pen."""
    text = path.read_text("utf-8") if path.exists() else ""
    today = datetime.datetime.now(datetime.UTC).date()
    checks = [("add", at, entry.checked) for at, entry in enumerate(amendments.add)]
    checks += [("correct", at, entry.checked or None) for at, entry in enumerate(amendments.correct)]
    for table, at, checked in checks:
        if checked is not None and checked.date > today:
            raise OperatorFileError(path, line_of(text, (table, at, "checked")), "checked: is in the future")
    changes = [("correct", at, entry.id) for at, entry in enumerate(amendments.correct)]
    changes += [("withdraw", at, entry.id) for at, entry in enumerate(amendments.withdraw)]
    for table, at, name in changes:
        if name not in known:
            why = f"id: no entry of the directory is called {name}"
            raise OperatorFileError(path, line_of(text, (table, at, "id")), why)
    for at, entry in enumerate(amendments.add):
        if entry.id in known:
            why = f"id: {entry.id} is in the directory already: correct it instead"
            raise OperatorFileError(path, line_of(text, ("add", at, "id")), why)
