"""What is wrong with a value in an operator's files or settings, in an operator's words.

msgspec speaks to whoever writes the Structs: "Expected `int`, got `str`".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from server.toml_lines import Place, parse_path, unknown_field

WANTED = {
    "int": "a whole number",
    "float": "a number",
    "str": "text, between quotation marks",
    "bool": "true or false",
    "array": "a list, between [ and ]",
    "object": "a table of its own",
    "date": "a day, as 2026-11-30",
}

_RULES: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (re.compile(r"Expected `(\w+)(?: \| null)?`, got"), lambda m: f"{WANTED.get(m[1], m[1])} is wanted"),
    (re.compile(r"Expected `int` >= (-?\d+)"), lambda m: f"a whole number from {m[1]} up is wanted"),
    (re.compile(r"Expected `int` <= (-?\d+)"), lambda m: f"a whole number up to {m[1]} is wanted"),
    (re.compile(r"Expected `\w+` of length >= 1\b"), lambda _: "it must not be empty"),
    (re.compile(r"Expected `str` matching regex '(.+)'"), lambda m: f"text of the form {m[1]} is wanted"),
    (re.compile(r"Object missing required field `(\w+)`"), lambda m: f"“{m[1]}” is missing"),
    (re.compile(r"Invalid enum value (.+)"), lambda m: f"{m[1]} is not one of the choices"),
)


def fault_of(message: str, kind: type[Any]) -> tuple[Place, str, str]:
    """Where a value of a `kind` is at fault, the field's name as people write it, and what is wrong with it.

    `message` is msgspec's; a field that there is not is named itself, with those that there are.
    """
    at = parse_path(message)
    if (name := unknown_field(message)) is not None:
        at = (*at, name)
    fields = [each.encode_name for each in msgspec.structs.fields(kind)] if len(at) == 1 else []
    field = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at).removeprefix(".")
    return at, field, plainly(message, fields=fields)


def plainly(message: str, *, fields: Sequence[str] = ()) -> str:
    """`message` is msgspec's; `fields` are those that there are, for a name that is none of them."""
    why = message.partition(" - at ")[0]
    if why.startswith("Object contains unknown field"):
        known = f": there are {', '.join(sorted(fields))}" if fields else ""
        return f"there is no such field here{known}"
    for pattern, said in _RULES:
        if (found := pattern.match(why)) is not None:
            return said(found)
    return why
