"""Every envelope that is read from elsewhere: what is written comes back, and anything else is malformed, no more.

The strategies are made from the Structs themselves, so that a new one is fuzzed as soon as it is named here.
"""

from __future__ import annotations

import re
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec import inspect

from server.api.document import _STRUCTS
from sync import bundles, canonical, exchange
from sync.errors import BundleError, MalformedError, TooLargeError

ENVELOPES: tuple[type[msgspec.Struct], ...] = (*_STRUCTS, bundles.Bundle, bundles.BundleReceipt)
MOST_BYTES = 80
"""Where a length has no upper limit of its own."""
PER_BYTE = 200
"""Bytes of memory for each byte read: a map of an entry is ten times its own length, and kept twice."""
ANY_INPUT = 200_000
"""Bytes of memory that reading costs whatever is read."""

slowly = settings(max_examples=15, suppress_health_check=list(HealthCheck))


def of(kind: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: PLR0911, PLR0912  # a case for each type
    """What fits a type as msgspec sees it, its constraints included."""
    match kind:
        case inspect.IntType(gt=None, ge=least, lt=below, le=most):
            highest = below - 1 if below is not None else 2**63 - 1 if most is None else most
            return st.integers(-(2**63) if least is None else least, highest)
        case inspect.BytesType(min_length=least, max_length=most):
            return st.binary(min_size=least or 0, max_size=_most(least, most))
        case inspect.StrType(pattern=str(pattern)):
            return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(st.characters(codec="utf-8"), min_size=least or 0, max_size=_most(least, most))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.UnionType(types=types):
            return st.one_of(*map(of, types))
        case (
            inspect.VarTupleType(item_type=item, min_length=least)
            | inspect.ListType(item_type=item, min_length=least)
        ):
            made = tuple if isinstance(kind, inspect.VarTupleType) else list
            return st.lists(of(item), min_size=least or 0, max_size=(least or 0) + 3).map(made)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(of, items))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(of(key), of(value), max_size=3)
        case inspect.StructType(cls=cls, fields=fields):
            return st.fixed_dictionaries({field.name: of(field.type) for field in fields}).map(
                lambda held: _made(cls, held)
            )
        case _:
            raise TypeError(f"no such type is made up here: {kind}")


def _most(least: int | None, most: int | None) -> int:
    return min((least or 0) + MOST_BYTES, MOST_BYTES * 20 if most is None else most)


def _made(cls: type[msgspec.Struct], held: dict[str, Any]) -> msgspec.Struct:
    """What its fields allow and the Struct itself refuses is no example."""
    try:
        return cls(**held)
    except (MalformedError, ValueError):
        reject()


def changed(draw: st.DrawFn, raw: bytes) -> bytes:
    """The same bytes with a few of them changed, lost or twice."""
    body = bytearray(raw)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(body) - 1, 0)))
        piece = draw(st.binary(max_size=6))
        body[at : at + draw(st.integers(0, 6))] = piece
    return bytes(body)


@st.composite
def damaged(draw: st.DrawFn, kind: type[msgspec.Struct]) -> bytes:
    encode = draw(st.sampled_from([msgspec.msgpack.encode, msgspec.json.encode]))
    return changed(draw, encode(draw(of(inspect.type_info(kind)))))


@pytest.mark.parametrize("kind", ENVELOPES, ids=lambda kind: kind.__name__)
@slowly
@given(st.data())
def test_what_is_written_comes_back(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    made = data.draw(of(inspect.type_info(kind)))
    packed = msgspec.msgpack.encode(made)

    assert canonical.decode(msgspec.msgpack.Decoder(kind), packed) == made
    assert msgspec.msgpack.encode(canonical.decode(msgspec.msgpack.Decoder(kind), packed)) == packed
    assert msgspec.json.decode(msgspec.json.encode(made), type=kind) == made


@pytest.mark.parametrize("kind", ENVELOPES, ids=lambda kind: kind.__name__)
@slowly
@given(st.data())
def test_what_is_damaged_is_read_or_malformed(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    raw = data.draw(st.one_of(damaged(kind), st.binary(max_size=300)))
    try:
        read = canonical.decode(msgspec.msgpack.Decoder(kind), raw)
    except MalformedError:
        return
    # Nothing that was read is beyond what can be written and read again.
    assert canonical.decode(msgspec.msgpack.Decoder(kind), msgspec.msgpack.encode(read)) == read


@slowly
@given(st.data(), st.sampled_from(["msgpack", "json"]))
def test_a_damaged_push_is_read_refused_or_malformed(
    data: st.DataObject, encoding: exchange.Encoding
) -> None:
    raw = data.draw(st.one_of(damaged(exchange.Push), st.binary(max_size=300)))
    try:
        read = exchange.read_push(raw, encoding, bytes(16), bytes(16))
    except (MalformedError, TooLargeError):
        return
    assert all(len(refusal.rev) == 32 for refusal in read.refused)


@slowly
@given(st.data())
def test_a_damaged_bundle_is_a_bundle_error(data: st.DataObject) -> None:
    made = data.draw(of(inspect.type_info(bundles.BundleReceipt)))
    whole = bundles.write_receipt(made)
    assert bundles.read_receipt(whole) == made
    raw = changed(data.draw, whole) if data.draw(st.booleans()) else data.draw(st.binary(max_size=300))
    for read in (bundles.read_receipt, bundles.read_bundle):
        try:
            read(raw)
        except BundleError:
            continue
        assert raw == whole


STARTS = (
    b"\x91",  # lists in lists
    b"\x81\xa0",  # maps in maps
    b"\xdd\xff\xff\xff\xff",  # a list that says it has four thousand million entries
    b"\xdf\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"\xdb\xff\xff\xff\xff",
    b"[",
    b'{"":',
)


@pytest.mark.parametrize("kind", ENVELOPES, ids=lambda kind: kind.__name__)
def test_no_input_takes_more_memory_than_its_length_allows(kind: type[msgspec.Struct]) -> None:
    decoder = msgspec.msgpack.Decoder(kind)
    for start in STARTS:
        for length in (1_000, 300_000):
            raw = (start * length)[:length]
            tracemalloc.start()
            with pytest.raises(MalformedError):
                canonical.decode(decoder, raw)
            with pytest.raises((msgspec.DecodeError, RecursionError)):
                msgspec.json.decode(raw, type=kind)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak <= ANY_INPUT + PER_BYTE * length, (start, length)
