"""Content that is data: TOML files, each decoded into its Struct or refused with the field at fault."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from server.errors import ContentError
from server.plain import fault_of
from server.toml_lines import line_of, line_of_syntax_error

T = TypeVar("T")


def decode_data(path: Path, text: str, kind: type[T]) -> T:
    """Raises `ContentError` for what is no TOML, or not what `kind` wants."""
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(path, "", str(error), line_of_syntax_error(str(error), text)) from error
    except msgspec.ValidationError as error:
        at, field, why = fault_of(str(error), kind)
        raise ContentError(path, field, why, line_of(text, at)) from error


def load_data(path: Path, kind: type[T]) -> T:
    return decode_data(path, path.read_text("utf-8"), kind)


def refuse_twice(path: Path, what: str, names: list[str]) -> None:
    """Raises `ContentError` for the first name that stands twice."""
    for at, name in enumerate(names):
        if name in names[:at]:
            raise ContentError(path, f"{what} {name}", "stands twice")
