"""Bearer tokens by their hash, and whose they are."""

from __future__ import annotations

import msgspec

from sync.enrolment import Certificate
from sync.errors import WrongTokenError
from sync.stores.interface import Bearer
from sync.stores.postgresql import backups
from sync.stores.postgresql.driver import Connection

_KEEP = "INSERT INTO tokens (programme, hash, device, provisional, last_day) VALUES ($1, $2, $3, $4, $5)"
_EXPIRED = "DELETE FROM tokens WHERE programme = $1 AND device = $2 AND last_day < $3"
_END = "DELETE FROM tokens"
_END_OF = "DELETE FROM tokens WHERE programme = $1"
_BEARER = """
SELECT t.programme, t.device, t.provisional, t.last_day, c.certificate, i.role, i.lane
FROM tokens t
LEFT JOIN certificates c ON c.programme = t.programme AND c.device = t.device
LEFT JOIN enrolments e ON t.provisional AND e.programme = t.programme AND e.device = t.device
LEFT JOIN invites i ON i.programme = e.programme AND i.invite = e.invite
WHERE t.hash = $1
"""

_certificate = msgspec.msgpack.Decoder(Certificate)


async def keep(
    programme: bytes,
    device: bytes,
    token_hash: bytes,
    connection: Connection,
    *,
    last_day: int,
    day: int,
    provisional: bool,
) -> None:
    """Clears the device's expired ones away, so that they do not pile up."""
    await connection.execute(_EXPIRED, programme, device, day)
    await connection.execute(_KEEP, programme, token_hash, device, provisional, last_day)


async def end(programme: bytes | None, connection: Connection) -> int:
    """Of one programme, or of all. Returns how many there were."""
    ended = (
        await connection.execute(_END) if programme is None else await connection.execute(_END_OF, programme)
    )
    return int(ended.removeprefix("DELETE "))


async def bearer(token_hash: bytes, day: int, connection: Connection) -> Bearer:
    """Raises WrongTokenError for an unknown or expired one.

    A certificate says role and lane, and of a provisional token the invite does: whoever enrols has shown
    the invite, but not that the signing key is theirs.
    """
    found = await connection.fetchrow(_BEARER, token_hash)
    if found is None:
        return await backups.bearer(token_hash, connection)
    programme, device, provisional, last_day, raw, role, lane = found
    certificate = _certificate.decode(raw) if raw else None
    if last_day < day or (role if provisional else certificate) is None:
        raise WrongTokenError
    return Bearer(
        programme=programme,
        device=device,
        role=role if provisional or certificate is None else certificate.role,
        lane=lane if provisional or certificate is None else certificate.lane,
        provisional=provisional,
        revoked=certificate is not None and certificate.revoked,
    )
