"""MessagePack as docs/formats.md, section 1, has it: its table, by hand, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "bool | int | str | bytes | Sequence[Value] | Mapping[str, Value] | None"

LIMIT = 1 << 53
DEEPEST = 32
"""Arrays in arrays; what Sojourn writes has less than half."""
NATURALS = (0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)
NEGATIVES = (0xD0, 1), (0xD1, 2), (0xD2, 4), (0xD3, 8)
TEXTS = (0xD9, 1), (0xDA, 2), (0xDB, 4)
BYTES = (0xC4, 1), (0xC5, 2), (0xC6, 4)
ARRAYS = (0xDC, 2), (0xDD, 4)
MAPS = (0xDE, 2), (0xDF, 4)


class RefusedError(Exception):
    """What is read is not what docs/formats.md describes, was changed, or does not open with what was given."""


def encode(value: Value) -> bytes:  # noqa: PLR0911  # a row of the table each
    """Raises RefusedError for what has no place in a format: floats, integers of 2^53 and above."""
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return _integer(value)
        case str():
            text = value.encode()
            return _head(len(text), 0xA0, 32, TEXTS) + text
        case bytes():
            return _head(len(value), 0, 0, BYTES) + value
        case Mapping():
            pairs = (encode(name) + encode(each) for name, each in value.items())
            return _head(len(value), 0x80, 16, MAPS) + b"".join(pairs)
        case Sequence():
            return _head(len(value), 0x90, 16, ARRAYS) + b"".join(map(encode, value))
    raise RefusedError(type(value).__name__)


def decode(encoded: bytes) -> Value:
    """Raises RefusedError for anything but one value, whole, in its shortest form."""
    decoder = _Decoder(encoded)
    value = decoder.value(0)
    if encode(value) != encoded:
        raise RefusedError("not the shortest form, or more than one value")
    return value


def _integer(value: int) -> bytes:
    if not -LIMIT < value < LIMIT:
        raise RefusedError("an integer too large")
    if value >= 0:
        return _head(value, 0, 128, NATURALS)
    if value >= -32:
        return bytes([256 + value])
    first, width = next(each for each in NEGATIVES if value >= -(1 << 8 * each[1] - 1))
    return bytes([first]) + value.to_bytes(width, signed=True)


def _head(number: int, fixed: int, below: int, wider: tuple[tuple[int, int], ...]) -> bytes:
    """fixed: the first byte of 0, where numbers under `below` are written in that byte."""
    if number < below:
        return bytes([fixed + number])
    first, width = next(each for each in wider if number < 1 << 8 * each[1])
    return bytes([first]) + number.to_bytes(width)


class _Decoder:
    def __init__(self, encoded: bytes) -> None:
        self._encoded = encoded
        self._at = 0

    def value(self, depth: int) -> Value:  # noqa: PLR0911  # a row of the table each
        if depth > DEEPEST:
            raise RefusedError("too deep")
        first = self._take(1)[0]
        constants: dict[int, Value] = {0xC0: None, 0xC2: False, 0xC3: True}
        if first in constants:
            return constants[first]
        if first < 0x80:
            return first
        if first >= 0xE0:
            return first - 256
        if first in dict(NATURALS):
            return self._number(first, NATURALS)
        if first in dict(NEGATIVES):
            return int.from_bytes(self._take(dict(NEGATIVES)[first]), signed=True)
        if 0xA0 <= first < 0xC0 or first in dict(TEXTS):
            return self._text(first)
        if first in dict(BYTES):
            return self._take(self._number(first, BYTES))
        if 0x90 <= first < 0xA0 or first in dict(ARRAYS):
            return [self.value(depth + 1) for _ in range(self._number(first, ARRAYS, 0x90))]
        if first < 0x90 or first in dict(MAPS):
            return self._map(self._number(first, MAPS, 0x80), depth + 1)
        raise RefusedError(f"a type that is not used: {first:02x}")

    def _text(self, first: int) -> str:
        try:
            return self._take(self._number(first, TEXTS, 0xA0)).decode()
        except UnicodeDecodeError as error:
            raise RefusedError("text that is not UTF-8") from error

    def _map(self, length: int, depth: int) -> dict[str, Value]:
        entries: dict[str, Value] = {}
        for _ in range(length):
            name = self.value(depth)
            if not isinstance(name, str):
                raise RefusedError("a map whose key is not text")
            entries[name] = self.value(depth)
        return entries

    def _number(self, first: int, wider: tuple[tuple[int, int], ...], fixed: int = 0) -> int:
        width = dict(wider).get(first)
        return first - fixed if width is None else int.from_bytes(self._take(width))

    def _take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._encoded):
            raise RefusedError("cut off")
        taken = self._encoded[self._at : end]
        self._at = end
        return taken


def array(value: Value, *lengths: int) -> Sequence[Value]:
    """lengths: those that it may have; any, where none is given."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise RefusedError("no array")
    if lengths and len(value) not in lengths:
        raise RefusedError("an array of another length")
    return value


def labelled(value: Value, label: str) -> Sequence[Value]:
    """What stands after the label that an array begins with."""
    elements = array(value)
    if not elements or elements[0] != label:
        raise RefusedError(f"no {label}")
    return elements[1:]


def versioned(value: Value, *labels: str, newest: int = 1) -> Sequence[Value]:
    """What stands after label, one of these, and version of a row, of version 1 up to this one."""
    elements = array(value)
    if len(elements) < 2 or elements[0] not in labels or elements[1] not in range(1, newest + 1):
        raise RefusedError(f"no {labels[0]} of a version that is known")
    return elements[2:]


def octets(value: Value, *lengths: int) -> bytes:
    if not isinstance(value, bytes) or (lengths and len(value) not in lengths):
        raise RefusedError("not the bytes that belong here")
    return value


def text(value: Value) -> str:
    if not isinstance(value, str):
        raise RefusedError("no text")
    return value


def natural(value: Value, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RefusedError("no natural number")
    return value


def boolean(value: Value) -> bool:
    if not isinstance(value, bool):
        raise RefusedError("no boolean")
    return value


def struct(value: Value) -> Mapping[str, Value]:
    if not isinstance(value, Mapping):
        raise RefusedError("no map")
    return value
