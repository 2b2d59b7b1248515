"""The operator's files: TOML in the data folder, optional, refused with the line of a fault.

`operator.toml` says who runs this hub; without it the app says that nobody has put a name to it.
`directory.toml` is in `server.site.amending`, beside what it amends.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from server.errors import OperatorFileError
from server.plain import fault_of
from server.toml_lines import line_of, line_of_syntax_error
from sync.forgetting import LEAST_KEEP_DAYS

T = TypeVar("T", bound=msgspec.Struct)

CountryCode = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2}|001)$")]
"""ISO 3166, in capitals; 001 is CLDR's code for the world."""

Icon = Literal["compass", "sun", "leaf", "book"]
"""All neutral: what stands on the home screen says nothing of what is inside."""


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`operator.toml`. `reach` is free text: an address, a number, where to find them.

    `locales` are the BCP 47 tags offered, in the order given; empty means all there are. `countries_first`
    come first on the help page. `keep_days` is how long a phone keeps a contact that the hub holds,
    `hub_keep_days` how long the hub keeps one that a coordinator has; without it, for ever.
    """

    name: str = ""
    reach: str = ""
    app_name: Annotated[str, msgspec.Meta(min_length=1, max_length=24)] = "Sojourn"
    icon: Icon = "compass"
    locales: list[str] = []
    countries_first: list[CountryCode] = []
    keep_days: Annotated[int, msgspec.Meta(ge=LEAST_KEEP_DAYS, le=3650)] = 90
    hub_keep_days: Annotated[int, msgspec.Meta(ge=LEAST_KEEP_DAYS, le=3650)] | None = None


def load_operator(data: Path) -> Operator:
    """`operator.toml` of a data folder, or what holds without one."""
    return load_toml(data / "operator.toml", Operator) or Operator()


def keeping(data: Path) -> tuple[int | None, int | None]:
    """`keep_days` and `hub_keep_days`; neither while the file has a fault: nothing is forgotten on a guess."""
    try:
        operator = load_operator(data)
    except OperatorFileError:
        return None, None
    return operator.keep_days, operator.hub_keep_days


def load_toml(path: Path, kind: type[T]) -> T | None:
    """A file as a Struct, None where there is no file; raises `OperatorFileError` with a fault's line."""
    if not path.exists():
        return None
    text = path.read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise OperatorFileError(path, line_of_syntax_error(str(error), text), str(error)) from error
    except msgspec.ValidationError as error:
        at, _, why = fault_of(str(error), kind)
        field = ".".join(key for key in at if isinstance(key, str))
        raise OperatorFileError(path, line_of(text, at), f"{field}: {why}" if field else why) from error
