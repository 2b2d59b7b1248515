"""Bearer tokens by their hash, and whose they are."""

from __future__ import annotations

import sqlite3

import msgspec

from sync.enrolment import Certificate
from sync.errors import PresumedError, WrongTokenError
from sync.stores.interface import Bearer
from sync.stores.presuming import Shown
from sync.stores.sqlite import backups

_KEEP = "INSERT INTO tokens (programme, hash, device, provisional, last_day) VALUES (?, ?, ?, ?, ?)"
_EXPIRED = "DELETE FROM tokens WHERE programme = ? AND device = ? AND last_day < ?"
_END = "DELETE FROM tokens"
_END_OF = "DELETE FROM tokens WHERE programme = ?"
_BEARER = """
SELECT t.programme, t.device, t.provisional, t.last_day, c.certificate, i.role, i.lane
FROM tokens t
LEFT JOIN certificates c ON c.programme = t.programme AND c.device = t.device
LEFT JOIN enrolments e ON t.provisional AND e.programme = t.programme AND e.device = t.device
LEFT JOIN invites i ON i.programme = e.programme AND i.invite = e.invite
WHERE t.hash = ?
"""
_STILL = """
SELECT 1 FROM tokens JOIN certificates USING (programme, device)
WHERE hash = ? AND NOT provisional AND last_day >= ? AND certificate = ?
"""

_certificate = msgspec.msgpack.Decoder(Certificate)


def keep(
    programme: bytes,
    device: bytes,
    token_hash: bytes,
    connection: sqlite3.Connection,
    *,
    last_day: int,
    day: int,
    provisional: bool,
) -> None:
    """Clears the device's expired ones away, so that they do not pile up."""
    connection.execute(_EXPIRED, (programme, device, day))
    connection.execute(_KEEP, (programme, token_hash, device, provisional, last_day))


def end(programme: bytes | None, connection: sqlite3.Connection) -> int:
    """Of one programme, or of all. Returns how many there were."""
    if programme is None:
        return connection.execute(_END).rowcount
    return connection.execute(_END_OF, (programme,)).rowcount


def bearer(token_hash: bytes, day: int, connection: sqlite3.Connection) -> Shown:
    """Raises WrongTokenError for an unknown or expired one.

    A certificate says role and lane, and of a provisional token the invite does: whoever enrols has shown
    the invite, but not that the signing key is theirs.
    """
    found = connection.execute(_BEARER, (token_hash,)).fetchone()
    if found is None:
        return Shown(backups.bearer(token_hash, connection))
    programme, device, provisional, last_day, raw, role, lane = found
    certificate = _certificate.decode(raw) if raw else None
    if last_day < day or (role if provisional else certificate) is None:
        raise WrongTokenError
    found_bearer = Bearer(
        programme=programme,
        device=device,
        role=role if provisional or certificate is None else certificate.role,
        lane=lane if provisional or certificate is None else certificate.lane,
        provisional=bool(provisional),
        revoked=certificate is not None and certificate.revoked,
    )
    return Shown(found_bearer, None if provisional else raw, last_day)


def check(token_hash: bytes, certificate: bytes | None, day: int, connection: sqlite3.Connection) -> None:
    """That it still is a token of a device with this certificate; of none with None. Raises PresumedError."""
    if connection.execute(_STILL, (token_hash, day, certificate)).fetchone() is None:
        raise PresumedError
