"""Invites, and the devices that used them."""

from __future__ import annotations

import hmac
import sqlite3

from sync.enrolment import Enrolment, Heard, InviteRegistration, OpenInvite, PendingEnrolment
from sync.errors import InviteExpiredError, InviteUsedError, UnknownError
from sync.identifiers import collection_id
from sync.stores.contents import iso_day
from sync.stores.interface import Author
from sync.stores.sqlite import programmes, tokens

_REGISTER = """
INSERT OR IGNORE INTO invites (programme, invite, role, lane, claim_hash, expiry) VALUES (?, ?, ?, ?, ?, ?)
"""
_INVITE = "SELECT role, lane, claim_hash, expiry FROM invites WHERE programme = ? AND invite = ?"
_ENROLMENT = "SELECT signing_key, sealing_key FROM enrolments WHERE programme = ? AND invite = ?"
_OPEN = """
SELECT EXISTS (
    SELECT 1 FROM invites i WHERE i.programme = ? AND i.invite = ? AND i.expiry >= ? AND NOT EXISTS (
        SELECT 1 FROM enrolments e WHERE e.programme = i.programme AND e.invite = i.invite
    )
)
"""
_ALL_OPEN = """
SELECT i.invite, i.role, i.lane, i.claim_hash, i.expiry FROM invites i
WHERE i.programme = ? AND i.expiry >= ? AND NOT EXISTS (
    SELECT 1 FROM enrolments e WHERE e.programme = i.programme AND e.invite = i.invite
)
ORDER BY i.invite
"""
_ELSEWHERE = "SELECT 1 FROM enrolments WHERE programme = ? AND device = ? AND invite <> ?"
_ENROL = """
INSERT INTO enrolments (programme, invite, device, signing_key, sealing_key, mac, day)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_PENDING = """
SELECT e.invite, e.signing_key, e.sealing_key, e.mac, e.day FROM enrolments e
WHERE e.programme = ? AND NOT EXISTS (
    SELECT 1 FROM certificates c WHERE c.programme = e.programme AND c.device = e.device
)
ORDER BY e.day, e.invite
"""
_HEARD = """
SELECT k.owner, max(n.day) FROM keys k
JOIN collections c ON c.collection = k.collection
JOIN numbers n ON n.collection = c.number AND n.id = k.key
WHERE k.collection = ? AND n.day IS NOT NULL GROUP BY k.owner ORDER BY k.owner
"""
_AUTHOR = """
SELECT i.role, i.lane, e.signing_key FROM enrolments e JOIN invites i USING (programme, invite)
WHERE e.programme = ? AND e.device = ?
"""


def register(
    programme: bytes, invite: bytes, registration: InviteRegistration, connection: sqlite3.Connection
) -> None:
    """Raises InviteUsedError when the id stands for another invite already."""
    wanted = (registration.role, registration.lane, registration.claim_hash, registration.expiry)
    connection.execute(_REGISTER, (programme, invite, *wanted))
    if connection.execute(_INVITE, (programme, invite)).fetchone() != wanted:
        raise InviteUsedError


def is_open(programme: bytes, invite: bytes, now: int, connection: sqlite3.Connection) -> bool:
    return bool(connection.execute(_OPEN, (programme, invite, now)).fetchone()[0])


def open_invites(programme: bytes, now: int, connection: sqlite3.Connection) -> list[OpenInvite]:
    """Those that nobody used yet, and that are not over."""
    return [
        OpenInvite(invite=invite, role=role, lane=lane, claim_hash=claim_hash, expiry=expiry)
        for invite, role, lane, claim_hash, expiry in connection.execute(_ALL_OPEN, (programme, now))
    ]


def enrol(
    programme: bytes,
    enrolment: Enrolment,
    connection: sqlite3.Connection,
    *,
    device: bytes,
    claim_hash: bytes,
    token_hash: bytes,
    last_day: int,
    now: int,
    day: int,
) -> None:
    """Raises UnknownError, InviteExpiredError, InviteUsedError.

    The same enrolment again is the retry of an answer that got lost; it may come after the expiry.
    """
    found = connection.execute(_INVITE, (programme, enrolment.invite)).fetchone()
    if found is None or not hmac.compare_digest(found[2], claim_hash):
        raise UnknownError("no such invite")
    keys = (enrolment.signing_key, enrolment.sealing_key)
    held = connection.execute(_ENROLMENT, (programme, enrolment.invite)).fetchone()
    if held is None:
        if found[3] < now:
            raise InviteExpiredError
        # A device makes its keys for one invite: a second one shows somebody else's public key.
        if connection.execute(_ELSEWHERE, (programme, device, enrolment.invite)).fetchone():
            raise InviteUsedError
        connection.execute(_ENROL, (programme, enrolment.invite, device, *keys, enrolment.mac, day))
    elif held != keys:
        raise InviteUsedError
    tokens.keep(programme, device, token_hash, connection, last_day=last_day, day=day, provisional=True)


def pending(programme: bytes, connection: sqlite3.Connection) -> list[PendingEnrolment]:
    """Those whose device has no certificate, oldest first."""
    return [
        PendingEnrolment(
            invite=invite, signing_key=signing_key, sealing_key=sealing_key, mac=mac, day=iso_day(day)
        )
        for invite, signing_key, sealing_key, mac, day in connection.execute(_PENDING, (programme,))
    ]


def heard(programme: bytes, connection: sqlite3.Connection) -> list[Heard]:
    contacts = collection_id(programme, "contacts")
    return [Heard(device=owner, day=iso_day(day)) for owner, day in connection.execute(_HEARD, (contacts,))]


def authors(programme: bytes, devices: list[bytes], connection: sqlite3.Connection) -> dict[bytes, Author]:
    """Those of the devices that are known: by certificate, else by enrolment."""
    return {
        device: author for device in devices if (author := _author(programme, device, connection)) is not None
    }


def _author(programme: bytes, device: bytes, connection: sqlite3.Connection) -> Author | None:
    certificate = programmes.certificate_of(programme, device, connection)
    if certificate is not None:
        return Author(
            device=device,
            role=certificate.role,
            lane=certificate.lane,
            signing_key=certificate.signing_key,
        )
    found = connection.execute(_AUTHOR, (programme, device)).fetchone()
    if found is None:
        return None
    role, lane, signing_key = found
    return Author(device=device, role=role, lane=lane, signing_key=signing_key)
