"""The line of a field in a content file: a TOML file, or Markdown with a head of YAML.

Rules work on Structs, which know no lines. Only when one is broken is its file read once more, to say where.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from server.toml_lines import Place, line_of, parse_path

_NAME = re.compile(r"[\w'’/-]+")


def line_of_field(path: Path, field: str) -> int:
    """The line, from one, of `entry[0].kind`, `reviewed.date`, `body`, or whatever bears a name that is in `field`.

    The nearest enclosing table's where the field is missing, the file's first where nothing is found.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return 1
    at = parse_path(f" - at `$.{field}`")
    found = line_of(text, at) if path.suffix == ".toml" else _line_in_markdown(text, at)
    return found if found > 1 else _line_naming(text, field)


def _line_in_markdown(text: str, at: Place) -> int:
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), len(lines))
    if at == ("body",):
        return min(end + 2, len(lines))
    try:
        node = yaml.compose("\n".join(lines[1:end]), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 1
    return _line_in_yaml(node, at, 1)


def _line_in_yaml(node: yaml.Node | None, at: Place, line: int) -> int:
    """`line` is that of the key which leads to `node`."""
    if not at:
        return line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == at[0]:
                return _line_in_yaml(value, at[1:], key.start_mark.line + 2)
    elif isinstance(node, yaml.SequenceNode) and isinstance(at[0], int) and at[0] < len(node.value):
        value = node.value[at[0]]
        return _line_in_yaml(value, at[1:], value.start_mark.line + 2)
    return line


def _line_naming(text: str, field: str) -> int:
    """The last line with a quoted name out of `field` in it: of two entries with one id, the second is the fault."""
    words = field.split()
    names = [" ".join(words[at:]) for at in range(len(words))]
    for quoted in (f'"{name}"' for name in (*names, *_NAME.findall(field))):
        if at := [number for number, line in enumerate(text.splitlines(), 1) if quoted in line]:
            return at[-1]
    return 1
