"""docs/formats.md, section 8: one file with all notes and keepsakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.formats.attachments import attachment_of
from tests.formats.conventions import derived, unsealed
from tests.formats.messagepack import RefusedError, Value, array, decode, labelled, octets, text
from tests.formats.records import value_of
from tests.formats.slots import decode_header, open_slots, slot_key_of_passphrase

HEAD_LIMIT = 4_096
CHUNK = 262_160


def read_export(file: bytes, passphrase: str) -> list[Mapping[str, Value]]:
    """The fields of each note and keepsake. Raises RefusedError unless all of it is whole."""
    length = int.from_bytes(file[:4])
    if length > HEAD_LIMIT:
        raise RefusedError("no export")
    head, chunks = file[4 : 4 + length], file[4 + length :]
    encoded, sealed = (octets(each) for each in array(labelled(decode(head), "sojourn/1/export"), 2))
    header = decode_header(encoded)
    slot = open_slots(header, slot_key_of_passphrase(header, passphrase))
    key = unsealed(derived(slot.vault_key, "sojourn/1/export"), sealed, ["sojourn/1/export-key", encoded])
    content = attachment_of(key, [chunks[at : at + CHUNK] for at in range(0, len(chunks), CHUNK)])
    return [_fields(labelled(each, "record")[0]) for each in _items(content) if array(each)[0] != "chunk"]


def _items(content: bytes) -> Iterator[Value]:
    while content:
        end = 4 + int.from_bytes(content[:4])
        if len(content) < end:
            raise RefusedError("cut off")
        yield decode(content[4:end])
        content = content[end:]


def _fields(value: Value) -> dict[str, Value]:
    return {text(name): value_of(each) for name, each in (array(pair, 2) for pair in array(value))}
