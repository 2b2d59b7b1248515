"""The format of bundles: what is written is read, and nothing that was cut or changed is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bundles import (
    CONTENT_LIMIT,
    Bundle,
    Bundled,
    BundleReceipt,
    read_bundle,
    read_receipt,
    verify_bundle,
    write_bundle,
    write_receipt,
)
from sync.crypto import signing
from sync.errors import BundleError
from sync.identifiers import device_id

PRIVATE = signing.new_private_key()
PUBLIC = signing.public_key(PRIVATE)

ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
messages = st.lists(
    st.builds(Bundled, collection=ids, message=st.binary(min_size=1, max_size=300)), max_size=4
).map(tuple)
bundles = st.builds(
    Bundle,
    programme=ids,
    device=st.just(device_id(PUBLIC)),
    enrolment=st.none() | st.binary(min_size=1, max_size=50),
    certificate=st.none() | st.binary(min_size=1, max_size=50),
    pushes=messages,
)
receipts = st.builds(BundleReceipt, bundle=hashes, programme=ids, device=ids, receipts=messages)


@given(bundles)
def test_what_is_written_is_read_and_verifies(bundle: Bundle) -> None:
    read = read_bundle(write_bundle(PRIVATE, bundle))

    verify_bundle(read, PUBLIC)
    assert read.bundle == bundle


@given(receipts)
def test_a_receipt_comes_back_as_it_was_written(receipt: BundleReceipt) -> None:
    assert read_receipt(write_receipt(receipt)) == receipt


@given(bundles, st.data())
def test_cut_at_any_byte_or_changed_in_any_bit_it_is_refused(bundle: Bundle, data: st.DataObject) -> None:
    whole = write_bundle(PRIVATE, bundle)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))

    for broken in (whole[:at], bytes(changed)):
        with pytest.raises(BundleError) as raised:
            read_bundle(broken)
        assert raised.value.why == "cut"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_plainly(raw: bytes) -> None:
    for read in (read_bundle, read_receipt):
        with pytest.raises(BundleError):
            read(raw)


def test_a_file_that_is_too_large_is_not_looked_into() -> None:
    with pytest.raises(BundleError) as raised:
        read_bundle(bytes(CONTENT_LIMIT + 97))
    assert raised.value.why == "too-large"
