"""The operator's two files: who runs this hub, and what it knows better than the directory we ship.

Both are optional. Without them the app says that nobody has put a name to this hub.
"""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from server.errors import OperatorFileError
from server.site.directory import CountryCode, Dialled, Entry, EntryId, International, Number
from server.site.topics import Filled, HelpKind, Person
from server.toml_lines import line_of, line_of_syntax_error, parse_path, unknown_field

T = TypeVar("T")

Icon = Literal["compass", "sun", "leaf", "book"]
"""All neutral: what stands on the home screen says nothing of what is inside."""


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`operator.toml`. `reach` is free text: an address, a number, where to find them.

    `locales` are the BCP 47 tags offered, in the order given; empty means all there are. `countries_first`
    come before the others on the help page. `keep_days` is how long a phone keeps a contact that the hub holds.
    """

    name: str = ""
    reach: str = ""
    app_name: Annotated[str, msgspec.Meta(min_length=1, max_length=24)] = "Sojourn"
    icon: Icon = "compass"
    locales: list[str] = []
    countries_first: list[CountryCode] = []
    keep_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 90


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
    hours: str | msgspec.UnsetType = msgspec.UNSET
    languages: list[str] | msgspec.UnsetType = msgspec.UNSET
    cost: str | msgspec.UnsetType = msgspec.UNSET
    source_title: Filled | msgspec.UnsetType = msgspec.UNSET
    source_address: Filled | msgspec.UnsetType = msgspec.UNSET
    enforcement: bool | msgspec.UnsetType = msgspec.UNSET
    note: str | msgspec.UnsetType = msgspec.UNSET
    checked: Person | msgspec.UnsetType = msgspec.UNSET


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reason` is for whoever reads the file next; it is not shown."""

    id: EntryId
    reason: Filled


class Amendments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`directory.toml`: what wins over the directory we ship."""

    add: list[Added] = []
    correct: list[Correction] = []
    withdraw: list[Withdrawal] = []


def load_operator(data: Path) -> Operator:
    """`operator.toml` of a data folder, or what holds without one."""
    return _load(data / "operator.toml", Operator) or Operator()


def load_amendments(data: Path, known: frozenset[str]) -> Amendments:
    """`directory.toml` of a data folder; `known` are the ids of the entries that there are to change."""
    path = data / "directory.toml"
    amendments = _load(path, Amendments) or Amendments()
    _refuse_made_up(path, amendments, known)
    return amendments


def _load(path: Path, kind: type[T]) -> T | None:
    if not path.exists():
        return None
    text = path.read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise OperatorFileError(path, line_of_syntax_error(str(error), text), str(error)) from error
    except msgspec.ValidationError as error:
        message = str(error)
        at = parse_path(message)
        if (name := unknown_field(message)) is not None:
            at = (*at, name)
        why = message.partition(" - at ")[0]
        field = ".".join(str(key) for key in at if isinstance(key, str))
        raise OperatorFileError(path, line_of(text, at), f"{field}: {why}" if field else why) from error


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
