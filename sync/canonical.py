"""The one way in which Sojourn writes bytes that are hashed, signed or authenticated: MessagePack arrays.

msgspec writes the shortest encoding of integers and lengths, `bin` for bytes and `str` for text, which is
what docs/protocol.md asks for. Readers decode and encode again; nobody hashes raw input.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Sequence
from typing import TypeAlias, TypeVar

import msgspec

from sync.errors import MalformedError

Part: TypeAlias = "bytes | str | int | bool | Sequence[Part] | None"
T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def encode(array: Sequence[Part]) -> bytes:
    """Integers below 2^53, so that JavaScript holds them exactly: the Structs' constraints see to it."""
    return _encoder.encode(array)


def digest(array: Sequence[Part]) -> bytes:
    """SHA-256 of the encoded array, 32 bytes."""
    return hashlib.sha256(_encoder.encode(array)).digest()


def decode(decoder: msgspec.msgpack.Decoder[T], raw: bytes) -> T:
    """Raises MalformedError, with the path to the field, for anything that the decoder's type is not."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(error) from None


def malformed(error: Exception) -> MalformedError:
    """msgspec says "Expected … - at `$.path`": the same, with the path apart."""
    why, _, path = str(error).partition(" - at `")
    return MalformedError(why, field=path.removesuffix("`"))


def to_text(raw: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    # Not by `base64`, which takes three times as long: a request has five of these.
    return binascii.b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """The inverse of `to_text`, and of nothing else: padding, other letters and stray bits are malformed."""
    try:
        raw = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise MalformedError("not base64url") from None
    if to_text(raw) != text:
        raise MalformedError("not base64url in its one form")
    return raw
