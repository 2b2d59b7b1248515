"""decode(encode(x)) = x, for everything that is written and read."""

from __future__ import annotations

import base64
import secrets
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import canonical, enrolment, exchange, revisions
from sync.crypto import aead, attachments, padding, rows
from sync.errors import MalformedError, OpeningError, TooLargeError

ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
positives = st.integers(1, 2**53 - 1)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
field_values: st.SearchStrategy[revisions.Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    texts,
    st.lists(texts, max_size=3).map(tuple),
)
alternatives = st.lists(
    st.builds(revisions.Alternative, field_values, ids, positives),
    min_size=1,
    max_size=3,
    unique_by=lambda a: a.order,
).map(lambda held: tuple(sorted(held, key=lambda a: a.order)))
plaintexts = st.builds(
    revisions.Plaintext,
    author=ids,
    counter=positives,
    past=st.lists(st.builds(revisions.Stamp, ids, positives), max_size=3).map(tuple),
    fields=st.dictionaries(texts.filter(bool), alternatives, max_size=4).map(
        lambda held: tuple(revisions.Field(name, held[name]) for name in sorted(held))
    ),
)
ascending = st.sets(hashes, max_size=4).map(lambda held: tuple(sorted(held)))
whole_revisions = st.builds(
    revisions.Revision,
    record=ids,
    supersedes=ascending,
    key=ids,
    tombstone=st.booleans(),
    chunks=ascending,
    body=st.binary(min_size=28, max_size=600),
)


@given(st.binary(max_size=3000))
def test_padding_comes_off_and_hides_the_length(content: bytes) -> None:
    padded = padding.pad(content)
    assert padding.unpad(padded) == content
    assert len(padded) >= 512
    assert len(padded) <= max(512, (len(content) + 1) * 1.12)
    assert padding.padded_length(len(padded) - 1) == len(padded)


@given(st.binary(max_size=700))
def test_unpadding_takes_only_what_padding_makes(padded: bytes) -> None:
    try:
        content = padding.unpad(padded)
    except OpeningError:
        return
    assert padding.pad(content) == padded


@given(plaintexts)
def test_a_plaintext_comes_back(plaintext: revisions.Plaintext) -> None:
    encoded = revisions.encode_plaintext(plaintext)
    assert revisions.encode_plaintext(revisions.decode_plaintext(encoded)) == encoded
    assert revisions.decode_plaintext(encoded) == plaintext


@given(st.binary(max_size=200))
def test_bytes_that_are_no_plaintext_are_malformed_and_nothing_else(raw: bytes) -> None:
    try:
        revisions.decode_plaintext(raw)
    except MalformedError:
        return


@given(whole_revisions)
def test_a_revision_comes_back_in_both_encodings(revision: revisions.Revision) -> None:
    packed = msgspec.msgpack.decode(msgspec.msgpack.encode(revision), type=revisions.Revision)
    written = msgspec.json.decode(msgspec.json.encode(revision), type=revisions.Revision)
    assert packed == written == revision
    assert revisions.rev_of(bytes(16), packed) == revisions.rev_of(bytes(16), revision)


@given(st.binary(max_size=100))
def test_text_of_bytes_comes_back(raw: bytes) -> None:
    assert canonical.from_text(canonical.to_text(raw)) == raw


@given(st.text(max_size=60))
def test_only_the_one_text_of_bytes_is_read(text: str) -> None:
    try:
        raw = canonical.from_text(text)
    except MalformedError:
        return
    assert canonical.to_text(raw) == text


@given(ids, st.integers(0, 2**53 - 1), st.binary(min_size=8, max_size=8))
def test_a_cursor_comes_back(epoch: bytes, sequence: int, mark: bytes) -> None:
    cursor = exchange.Cursor(epoch=epoch, sequence=sequence, mark=mark)
    assert exchange.decode_cursor(exchange.encode_cursor(cursor)) == cursor


@given(ids, ids, hashes, hashes, st.integers(0, 2**53 - 1))
def test_an_invite_comes_back(
    invite: bytes, programme: bytes, key: bytes, secret: bytes, expiry: int
) -> None:
    made = enrolment.Invite(
        hub="https://hub.example:8443",
        invite=invite,
        programme=programme,
        signing_key_hash=key,
        role="worker",
        expiry=expiry,
        secret=secret,
    )
    assert enrolment.parse_invite(enrolment.invite_link(made)) == made


@given(hashes, ids, ids, st.binary(max_size=600))
def test_a_row_opens_at_its_address_only(
    key: bytes, address: bytes, elsewhere: bytes, content: bytes
) -> None:
    value = rows.seal_row(key, address, content)
    assert rows.open_row(key, address, value) == content
    if elsewhere != address:
        with pytest.raises(OpeningError):
            rows.open_row(key, elsewhere, value)


@given(whole_revisions, st.integers(0, 30))
def test_one_bad_revision_does_not_hold_up_the_others(revision: revisions.Revision, size: int) -> None:
    bad = {**msgspec.structs.asdict(revision), "record": bytes(size if size != 16 else 15)}
    raw = msgspec.msgpack.encode({"packets": [], "revisions": [msgspec.structs.asdict(revision), bad]})
    read = exchange.read_push(raw, "msgpack", bytes(16), bytes(16))
    assert read.push.revisions == (revision,)
    assert [refusal.why for refusal in read.refused] == ["malformed"]


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
@pytest.mark.parametrize("size", [28, 1])
@pytest.mark.parametrize(("kind", "most"), [("revisions", 1_000), ("packets", 2_000)])
def test_too_many_items_are_counted_before_any_is_looked_at(
    encoding: exchange.Encoding, size: int, kind: str, most: int
) -> None:
    """Well formed or not: `size` is of what is malformed below 28."""
    named = {"key": bytes(16), "owner": bytes(16), "recipient": bytes(16), "author": bytes(16), "suite": 1}
    items: dict[str, dict[str, object]] = {
        "packets": {**named, "sealed": bytes(1), "signature": bytes(64 if size == 28 else 1)},
        "revisions": {
            "record": bytes(16),
            "supersedes": [],
            "key": bytes(16),
            "tombstone": False,
            "chunks": [],
            "body": bytes(size),
        },
    }
    encode = msgspec.json.encode if encoding == "json" else msgspec.msgpack.encode

    read = exchange.read_push(encode({kind: [items[kind]] * most}), encoding, bytes(16), bytes(16))
    assert len(read.push.revisions) + len(read.push.packets) + len(read.refused) == most
    assert len(read.refused) == (0 if size == 28 else most)
    with (
        mock.patch.object(exchange, "_checked", side_effect=AssertionError),
        pytest.raises(TooLargeError),
    ):
        exchange.read_push(encode({kind: [items[kind]] * (most + 1)}), encoding, bytes(16), bytes(16))


def test_a_push_whose_types_are_wrong_says_where() -> None:
    raw = msgspec.msgpack.encode({"packets": [], "revisions": [{"record": "text"}]})
    with pytest.raises(MalformedError) as raised:
        exchange.read_push(raw, "msgpack", bytes(16), bytes(16))
    assert raised.value.field == "$.revisions[0].record"


def test_a_number_that_only_json_can_write_is_malformed_too() -> None:
    short = base64.b64encode(bytes(1)).decode()
    packet = dict.fromkeys(("key", "owner", "recipient", "author", "sealed", "signature"), short)
    raw = msgspec.json.encode({"packets": [{**packet, "suite": 10**30}], "revisions": []})
    with pytest.raises(MalformedError):
        exchange.read_push(raw, "json", bytes(16), bytes(16))


def test_the_same_content_is_never_sealed_alike() -> None:
    with mock.patch("secrets.token_bytes", wraps=secrets.token_bytes) as drawn:
        one, other = (aead.seal(bytes(32), b"content", b"") for _ in range(2))
    assert one != other
    assert drawn.call_count == 2


@st.composite
def attached(draw: st.DrawFn) -> bytes:
    """Of up to three pieces and some, near the borders more often than not."""
    near = draw(st.integers(0, 3)) * attachments.PIECE_SIZE + draw(st.integers(-2, 2))
    length = draw(st.sampled_from([near, draw(st.integers(0, 3 * attachments.PIECE_SIZE))]))
    return (draw(st.binary(min_size=1, max_size=40)) * (max(length, 0) + 1))[: max(length, 0)]


@settings(max_examples=25, deadline=None)
@given(attached(), st.data())
def test_an_attachment_opens_whole_and_in_order_or_not_at_all(content: bytes, data: st.DataObject) -> None:
    sealed = attachments.seal_attachment(content)
    chunks = list(sealed.chunks)
    assert all(len(chunk) <= attachments.CHUNK_LIMIT for chunk in chunks)
    assert attachments.open_attachment(sealed.key, chunks) == content
    other = attachments.seal_attachment(content)
    at = data.draw(st.integers(0, len(chunks) - 1))
    flipped = bytearray(chunks[at])
    flipped[data.draw(st.integers(0, len(flipped) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    broken = [
        chunks[:at] + chunks[at + 1 :],
        chunks[:at] + chunks[at : at + 1] + chunks[at:],
        [*chunks[:at], other.chunks[at], *chunks[at + 1 :]],
        [*chunks[:at], bytes(flipped), *chunks[at + 1 :]],
        [*chunks[:at], chunks[at][:-1], *chunks[at + 1 :]],
        *([chunks[1:] + chunks[:1]] if len(chunks) > 1 else []),
    ]
    for changed in broken:
        with pytest.raises(OpeningError):
            attachments.open_attachment(sealed.key, changed)
