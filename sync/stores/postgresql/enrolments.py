"""Invites, and the devices that used them."""

from __future__ import annotations

import hmac

from sync.enrolment import Enrolment, Heard, InviteRegistration, OpenInvite, PendingEnrolment
from sync.errors import InviteExpiredError, InviteUsedError, UnknownError
from sync.identifiers import collection_id
from sync.stores.contents import iso_day
from sync.stores.interface import Author
from sync.stores.postgresql import programmes, tokens
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_programme

_REGISTER = """
INSERT INTO invites (programme, invite, role, lane, claim_hash, expiry) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""
_INVITE = "SELECT role, lane, claim_hash, expiry FROM invites WHERE programme = $1 AND invite = $2"
_ENROLMENT = "SELECT signing_key, sealing_key FROM enrolments WHERE programme = $1 AND invite = $2"
_OPEN = """
SELECT EXISTS (
    SELECT 1 FROM invites i WHERE i.programme = $1 AND i.invite = $2 AND i.expiry >= $3 AND NOT EXISTS (
        SELECT 1 FROM enrolments e WHERE e.programme = i.programme AND e.invite = i.invite
    )
)
"""
_ALL_OPEN = """
SELECT i.invite, i.role, i.lane, i.claim_hash, i.expiry FROM invites i
WHERE i.programme = $1 AND i.expiry >= $2 AND NOT EXISTS (
    SELECT 1 FROM enrolments e WHERE e.programme = i.programme AND e.invite = i.invite
)
ORDER BY i.invite
"""
_ELSEWHERE = "SELECT 1 FROM enrolments WHERE programme = $1 AND device = $2 AND invite <> $3"
_ENROL = """
INSERT INTO enrolments (programme, invite, device, signing_key, sealing_key, mac, day)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_PENDING = """
SELECT e.invite, e.signing_key, e.sealing_key, e.mac, e.day FROM enrolments e
WHERE e.programme = $1 AND NOT EXISTS (
    SELECT 1 FROM certificates c WHERE c.programme = e.programme AND c.device = e.device
)
ORDER BY e.day, e.invite
"""
_HEARD = """
SELECT k.owner, max(n.day) FROM keys k JOIN numbers n ON n.collection = k.collection AND n.id = k.key
WHERE k.collection = $1 AND n.day IS NOT NULL GROUP BY k.owner ORDER BY k.owner
"""
_AUTHORS = """
SELECT e.device, i.role, i.lane, e.signing_key FROM enrolments e JOIN invites i USING (programme, invite)
WHERE e.programme = $1 AND e.device = ANY ($2)
"""


async def register(
    programme: bytes, invite: bytes, registration: InviteRegistration, connection: Connection
) -> None:
    """Raises InviteUsedError when the id stands for another invite already."""
    wanted = (registration.role, registration.lane, registration.claim_hash, registration.expiry)
    await connection.execute(_REGISTER, programme, invite, *wanted)
    if tuple(await connection.fetchrow(_INVITE, programme, invite)) != wanted:
        raise InviteUsedError


async def is_open(programme: bytes, invite: bytes, now: int, connection: Connection) -> bool:
    return bool(await connection.fetchval(_OPEN, programme, invite, now))


async def open_invites(programme: bytes, now: int, connection: Connection) -> list[OpenInvite]:
    """Those that nobody used yet, and that are not over."""
    return [
        OpenInvite(invite=invite, role=role, lane=lane, claim_hash=claim_hash, expiry=expiry)
        for invite, role, lane, claim_hash, expiry in await connection.fetch(_ALL_OPEN, programme, now)
    ]


async def enrol(
    programme: bytes,
    enrolment: Enrolment,
    connection: Connection,
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
    await lock_programme(programme, connection)
    found = await connection.fetchrow(_INVITE, programme, enrolment.invite)
    if found is None or not hmac.compare_digest(found[2], claim_hash):
        raise UnknownError("no such invite")
    keys = (enrolment.signing_key, enrolment.sealing_key)
    held = await connection.fetchrow(_ENROLMENT, programme, enrolment.invite)
    if held is None:
        if found[3] < now:
            raise InviteExpiredError
        # A device makes its keys for one invite: a second one shows somebody else's public key.
        if await connection.fetchval(_ELSEWHERE, programme, device, enrolment.invite):
            raise InviteUsedError
        await connection.execute(_ENROL, programme, enrolment.invite, device, *keys, enrolment.mac, day)
    elif tuple(held) != keys:
        raise InviteUsedError
    await tokens.keep(programme, device, token_hash, connection, last_day=last_day, day=day, provisional=True)


async def pending(programme: bytes, connection: Connection) -> list[PendingEnrolment]:
    """Those whose device has no certificate, oldest first."""
    return [
        PendingEnrolment(
            invite=invite, signing_key=signing_key, sealing_key=sealing_key, mac=mac, day=iso_day(day)
        )
        for invite, signing_key, sealing_key, mac, day in await connection.fetch(_PENDING, programme)
    ]


async def heard(programme: bytes, connection: Connection) -> list[Heard]:
    contacts = collection_id(programme, "contacts")
    found = await connection.fetch(_HEARD, contacts)
    return [Heard(device=owner, day=iso_day(day)) for owner, day in found]


async def authors(programme: bytes, devices: list[bytes], connection: Connection) -> dict[bytes, Author]:
    """Those of the devices that are known: by certificate, else by enrolment."""
    known = {
        device: Author(device=device, role=role, lane=lane, signing_key=signing_key)
        for device, role, lane, signing_key in await connection.fetch(_AUTHORS, programme, devices)
    }
    certificates = await programmes.certificates_among(programme, devices, connection)
    for device, certificate in certificates.items():
        known[device] = Author(
            device=device,
            role=certificate.role,
            lane=certificate.lane,
            signing_key=certificate.signing_key,
        )
    return known
