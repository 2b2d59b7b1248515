"""What fields, lists and choices may be called."""

from __future__ import annotations

import re

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_CHOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def is_field_name(text: str) -> bool:
    return _FIELD.fullmatch(text) is not None


def is_choice_name(text: str) -> bool:
    return _CHOICE.fullmatch(text) is not None
