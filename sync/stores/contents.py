"""What a store reads of what it keeps as MessagePack, where it has to."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from sync.exchange import KeyPacket
from sync.revisions import Revision

_revision = msgspec.msgpack.Decoder(Revision)
_packet = msgspec.msgpack.Decoder(KeyPacket)


def has_body(content: bytes) -> bool:
    """Of a revision, whether it may go with its time: no tombstone, and nothing that is not understood."""
    try:
        return not _revision.decode(content).tombstone
    except msgspec.DecodeError:
        return False


def recipient_of(content: bytes) -> bytes | None:
    """Of a packet; None where it is not understood: then it is everybody's, and stays."""
    try:
        return _packet.decode(content).recipient
    except msgspec.DecodeError:
        return None


def today_of(now: float) -> int:
    """Days since 1970-01-01 (UTC), of Unix seconds."""
    return int(now // 86_400)


def iso_day(day: int) -> str:
    """`2026-03-01`, of a number of days since 1970-01-01."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
