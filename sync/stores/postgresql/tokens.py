"""Bearer tokens by their hash, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sync.enrolment import Certificate
from sync.errors import WrongTokenError
from sync.exchange import Cursor
from sync.stores.interface import Bearer, Page, empty_page
from sync.stores.postgresql import backups
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.paging import STAND
from sync.stores.presuming import Shown

_KEEP = "INSERT INTO tokens (programme, hash, device, provisional, last_day) VALUES ($1, $2, $3, $4, $5)"
_EXPIRED = "DELETE FROM tokens WHERE programme = $1 AND device = $2 AND last_day < $3"
_END = "DELETE FROM tokens"
_END_OF = "DELETE FROM tokens WHERE programme = $1"
_WHOSE = """
SELECT t.programme, t.device, t.provisional, t.last_day, c.certificate {and_more}
FROM tokens t
LEFT JOIN certificates c ON c.programme = t.programme AND c.device = t.device
{there} WHERE t.hash = $1
"""
# Asked only for a provisional token, of which there are few.
_INVITED = """
SELECT i.role, i.lane FROM enrolments e JOIN invites i ON i.programme = e.programme AND i.invite = e.invite
WHERE e.programme = $1 AND e.device = $2
"""
_BEARER = _WHOSE.format(and_more="", there="")
# Both at once, since most who ask for news are told that there is none: a round trip less.
_BEARER_AND_STAND = _WHOSE.format(
    and_more=f", {STAND}", there="LEFT JOIN collections ON collections.collection = $2"
)

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


async def bearer(token_hash: bytes, day: int, connection: Connection) -> Shown:
    """Raises WrongTokenError for an unknown or expired one.

    A certificate says role and lane, and of a provisional token the invite does: whoever enrols has shown
    the invite, but not that the signing key is theirs.
    """
    found = await connection.fetchrow(_BEARER, token_hash)
    if found is None:
        return Shown(await backups.bearer(token_hash, connection))
    _, _, provisional, last_day, certificate = found
    return Shown(await _whose(found, day, connection), None if provisional else certificate, last_day)


async def nothing_new(
    token_hash: bytes, day: int, collection: bytes, after: Cursor, connection: Connection
) -> tuple[Bearer, Page | None]:
    """As `bearer`, and the empty page of whoever is up to date; None for everybody else. The epoch is the caller's."""
    found = await connection.fetchrow(_BEARER_AND_STAND, token_hash, collection)
    if found is None:
        return await backups.bearer(token_hash, connection), None
    *whose, sequence, mark, confirmed, safe, generation = found
    bearer_found = await _whose(whose, day, connection)
    if sequence is None or (after.sequence, after.mark) != (sequence, mark):
        return bearer_found, None
    return bearer_found, empty_page(after, safe=safe, confirmed=confirmed, generation=generation)


async def _whose(row: Sequence[Any], day: int, connection: Connection) -> Bearer:
    """Raises WrongTokenError."""
    programme, device, provisional, last_day, raw = row
    certificate = _certificate.decode(raw) if raw else None
    if last_day < day:
        raise WrongTokenError
    if provisional:
        invited = await connection.fetchrow(_INVITED, programme, device)
    else:
        invited = certificate and (certificate.role, certificate.lane)
    if invited is None:
        raise WrongTokenError
    role, lane = invited
    return Bearer(
        programme=programme,
        device=device,
        role=role,
        lane=lane,
        provisional=provisional,
        revoked=certificate is not None and certificate.revoked,
    )
