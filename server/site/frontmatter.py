"""A Markdown file whose head is YAML between two lines of three dashes."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from server.errors import ContentError
from server.plain import fault_of

T = TypeVar("T")


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """`body_line` is the line of the file, from one, on which the body begins."""

    head: str
    body: str
    body_line: int


def split(path: Path, text: str) -> Split:
    lines = text.splitlines(keepends=True)
    try:
        if lines[0].rstrip() != "---":
            raise ValueError
        end = next(at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    except (IndexError, StopIteration, ValueError):
        raise ContentError(path, "", "has no front matter between two lines of ---") from None
    return Split(head="".join(lines[1:end]), body="".join(lines[end + 1 :]), body_line=end + 2)


def decode(path: Path, head: str, kind: type[T]) -> T:
    """The front matter as a Struct; a fault names the field."""
    try:
        return msgspec.convert(yaml.safe_load(head), kind)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        why = error.problem if isinstance(error, yaml.MarkedYAMLError) and error.problem else str(error)
        raise ContentError(path, "front matter", why, mark.line + 2 if mark else 1) from error
    except msgspec.ValidationError as error:
        _, field, why = fault_of(str(error), kind)
        raise ContentError(path, field or "front matter", why) from error


def lines_of_values(head: str) -> dict[str, int]:
    """The line, from one in the file, on which each scalar stands: for the locations of messages."""
    found: dict[str, int] = {}
    _walk(yaml.compose(head, Loader=yaml.SafeLoader), found)
    return found


def _walk(node: yaml.Node | None, found: dict[str, int]) -> None:
    if isinstance(node, yaml.ScalarNode):
        found.setdefault(node.value, node.start_mark.line + 2)
    elif isinstance(node, yaml.MappingNode):
        for _key, value in node.value:
            _walk(value, found)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _walk(value, found)
