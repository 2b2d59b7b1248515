"""Where in a TOML file a value stands: tomllib gives lines for faults of grammar, people need them for all."""

from __future__ import annotations

import json
import re

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
_AT = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_SYNTAX = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


def line_of(text: str, path: Place) -> int:
    """The line, from one, of the value at `path` (keys and places in arrays of tables).

    The nearest enclosing table's line where the value has none of its own: what is missing has no line, what
    is inside an inline table stands on its key's.
    """
    best, best_depth = 1, 0
    for line, at in _places(text):
        depth = len(at)
        if depth > best_depth and path[:depth] == at:
            best, best_depth = line, depth
    return best


def line_of_string(text: str, value: str) -> int:
    """The first line, from one, on which a string stands in quotation marks; 1 where none does."""
    quoted = json.dumps(value, ensure_ascii=False)
    return next((number for number, line in enumerate(text.splitlines(), 1) if quoted in line), 1)


def parse_path(message: str) -> Place:
    """The path of a msgspec message, `… - at `$.add[0].kind``; empty when it is about the whole file."""
    _, _, at = message.rpartition(" - at `$")
    return tuple(key or int(index) for key, index in _AT.findall(at))


def unknown_field(message: str) -> str | None:
    """The name in msgspec's ``Object contains unknown field `x```: its path ends at the table."""
    found = re.search(r"unknown field `([^`]+)`", message)
    return found.group(1) if found else None


def line_of_syntax_error(message: str, text: str) -> int:
    found = _SYNTAX.search(message)
    return int(found.group(1)) if found and found.group(1) else max(1, len(text.splitlines()))


def _places(text: str) -> list[tuple[int, Place]]:
    """Each table and key with its path, top to bottom; long strings may add false ones, which do no harm."""
    found: list[tuple[int, Place]] = []
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _table(header.group(2).split("."), counts, new=header.group(1) == "[[")
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, (*table, key.group(1).strip("\"'"))))
    return found


def _table(names: list[str], counts: dict[Place, int], *, new: bool) -> Place:
    """The path of a table's header; `counts` has for each array of tables the place of its last one so far."""
    table: Place = ()
    for depth, name in enumerate(names, 1):
        table = (*table, name.strip().strip("\"'"))
        if new and depth == len(names):
            counts[table] = counts.get(table, -1) + 1
        if table in counts:
            table = (*table, counts[table])
    return table
