"""What a store keeps of a revision or a packet, and what it reads of that, where it has to.

A revision that supersedes nothing, has no chunks and is no tombstone begins with 84 bytes of MessagePack that are the
same in all of them, but for its record and its key, which stand in its row. Only what comes after is kept: the
body with its `bin` header. Whatever else there is begins as a map, so the first byte tells the two apart.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from sync.exchange import KeyPacket
from sync.revisions import Revision

_BEFORE_RECORD = b"\x86\xa6record\xc4\x10"
_BEFORE_KEY = b"\xaasupersedes\x90\xa3key\xc4\x10"
_BEFORE_BODY = b"\xa9tombstone\xc2\xa6chunks\x90\xa4body"

# Of `bin 8`, `bin 16` and `bin 32`, as MessagePack has it.
_BODY_HEADERS = (b"\xc4", b"\xc5", b"\xc6")

_encoder = msgspec.msgpack.Encoder()
_revision = msgspec.msgpack.Decoder(Revision)
_packet = msgspec.msgpack.Decoder(KeyPacket)


def kept_of(revision: Revision) -> bytes:
    """What is kept in the row of its record and key."""
    if revision.supersedes or revision.chunks or revision.tombstone:
        return _encoder.encode(revision)
    return _encoder.encode(revision.body)


def whole(record: bytes, key: bytes, kept: bytes) -> bytes:
    """A revision as it came, of what is kept of it."""
    if not _is_shortened(kept):
        return kept
    return b"".join((_BEFORE_RECORD, record, _BEFORE_KEY, key, _BEFORE_BODY, kept))


def has_body(kept: bytes) -> bool:
    """Of a revision, whether it may go with its time: no tombstone, and nothing that is not understood."""
    if _is_shortened(kept):
        return True
    try:
        return not _revision.decode(kept).tombstone
    except msgspec.DecodeError:
        return False


def recipient_of(content: bytes) -> bytes | None:
    """Of a packet; None where it is not understood: then it is everybody's, and stays."""
    try:
        return _packet.decode(content).recipient
    except msgspec.DecodeError:
        return None


def _is_shortened(kept: bytes) -> bool:
    return kept.startswith(_BODY_HEADERS)


def today_of(now: float) -> int:
    """Days since 1970-01-01 (UTC), of Unix seconds."""
    return int(now // 86_400)


def iso_day(day: int) -> str:
    """`2026-03-01`, of a number of days since 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
