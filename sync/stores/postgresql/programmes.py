"""Programmes, their collections, cards and certificates."""

from __future__ import annotations

import msgspec

from sync.enrolment import Card, Certificate, newer
from sync.errors import AlreadyFoundedError, CardChangedError, UnknownError
from sync.identifiers import COLLECTIONS, collection_id
from sync.stores.certifying import check_all_come, newer_above, with_those_out
from sync.stores.interface import NO_PROGRAMME, Collection, Programme
from sync.stores.postgresql.driver import Connection
from sync.stores.postgresql.locking import lock_programme

_CREATE = "INSERT INTO programmes (programme, name, practice, claim_hash, expiry) VALUES ($1, $2, $3, $4, $5)"
_CREATE_COLLECTION = "INSERT INTO collections (collection, programme, name) VALUES ($1, $2, $3)"
_PROGRAMME = "SELECT name, practice, claim_hash, expiry FROM programmes WHERE programme = $1"
_NAMED = "SELECT programme FROM programmes WHERE name = $1 ORDER BY programme"
_COLLECTION = "SELECT programme, name FROM collections WHERE collection = $1"
_FOUND = "UPDATE programmes SET founded = $2 WHERE programme = $1 AND founded IS NULL RETURNING 1"
_CARDS = "SELECT card FROM cards WHERE programme = $1 ORDER BY generation"
_FIRST_CARD = "SELECT card FROM cards WHERE programme = $1 AND generation = 1"
_KEEP_CARD = "INSERT INTO cards (programme, generation, card) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
# Said again in each collection's own row: whoever asks for news reads that alone.
_NAME_CARD = (
    "UPDATE collections SET generation = greatest(generation, $2) WHERE collection = ANY ($1::uuid[])"
)
_CERTIFICATES = "SELECT certificate FROM certificates WHERE programme = $1 ORDER BY device"
_ALL_GO = "DELETE FROM certificates WHERE programme = $1"
_INVITES_END = """
UPDATE invites SET expiry = 0 WHERE programme = $1 AND NOT EXISTS (
    SELECT 1 FROM enrolments e WHERE e.programme = $1 AND e.invite = invites.invite
)
"""
_AMONG = "SELECT device, certificate FROM certificates WHERE programme = $1 AND device = ANY ($2)"
_KEEP_CERTIFICATE = """
INSERT INTO certificates (programme, device, n, revoked, certificate) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (programme, device) DO UPDATE
SET n = excluded.n, revoked = excluded.revoked, certificate = excluded.certificate
"""

_card = msgspec.msgpack.Decoder(Card)
_certificate = msgspec.msgpack.Decoder(Certificate)


async def create(
    programme: bytes, name: str, claim_hash: bytes, expiry: int, connection: Connection, *, practice: bool
) -> None:
    await connection.execute(_CREATE, programme, name, practice, claim_hash, expiry)
    made = [(collection_id(programme, each), programme, each) for each in COLLECTIONS]
    await connection.executemany(_CREATE_COLLECTION, made)


async def programme(which: bytes, connection: Connection) -> Programme:
    """Raises UnknownError."""
    found = await connection.fetchrow(_PROGRAMME, which)
    if found is None or which == NO_PROGRAMME:
        raise UnknownError("no such programme")
    name, practice, claim_hash, expiry = found
    cards = await cards_of(which, connection)
    return Programme(
        programme=which,
        name=name,
        practice=practice,
        claim_hash=claim_hash,
        expiry=expiry,
        card=cards[-1] if cards else None,
        cards=tuple(cards[:-1]),
    )


async def named(name: str, connection: Connection) -> list[bytes]:
    """The ids of those that are called that."""
    return [which for (which,) in await connection.fetch(_NAMED, name) if which != NO_PROGRAMME]


async def collection(which: bytes, connection: Connection) -> Collection:
    """Raises UnknownError."""
    found = await connection.fetchrow(_COLLECTION, which)
    if found is None:
        raise UnknownError("no such collection")
    return Collection(collection=which, programme=found[0], name=found[1])


async def found(first: Card, certificate: Certificate, day: int, connection: Connection) -> None:
    """Raises UnknownError, AlreadyFoundedError. The very same again is the retry of an answer that got lost."""
    await lock_programme(first.programme, connection)
    if await connection.fetchval(_FOUND, first.programme, day) is None:
        if await connection.fetchval(_FIRST_CARD, first.programme) != msgspec.msgpack.encode(first):
            raise AlreadyFoundedError
        return
    await _keep_card(first, connection)
    await connection.execute(_KEEP_CERTIFICATE, *_row_of(certificate))


async def certify(
    which: bytes,
    cards: list[Card],
    certificates: list[Certificate],
    after: Card | None,
    connection: Connection,
    *,
    follows: bool = False,
) -> None:
    """Keeps what is newer than what is held; with a new card, that and nothing else. Raises CardChangedError."""
    await lock_programme(which, connection)
    held = await cards_of(which, connection)
    if (held[-1] if held else None) != after:
        raise CardChangedError("another card is held")
    if cards:
        before = await certificates_of(which, connection)
        if follows:
            certificates = with_those_out(before, certificates)
        else:
            check_all_come(before, certificates)
        await _begin_anew(which, cards, connection)
    known = await certificates_among(which, [each.device for each in certificates], connection)
    kept: list[Certificate] = []
    card = cards[-1] if cards else after
    for certificate in certificates:
        before_it = known.get(certificate.device)
        if newer(before_it, certificate) or (follows and card and newer_above(before_it, certificate, card)):
            known[certificate.device] = certificate
            kept.append(certificate)
    # Thousands come with a new card: one round trip for all.
    await connection.executemany(_KEEP_CERTIFICATE, [_row_of(each) for each in kept])


async def cards_of(which: bytes, connection: Connection) -> list[Card]:
    """In order of their generations."""
    return [_card.decode(raw) for (raw,) in await connection.fetch(_CARDS, which)]


async def certificates_of(which: bytes, connection: Connection) -> list[Certificate]:
    return [_certificate.decode(raw) for (raw,) in await connection.fetch(_CERTIFICATES, which)]


async def certificates_among(
    which: bytes, devices: list[bytes], connection: Connection
) -> dict[bytes, Certificate]:
    """Of those devices that have one."""
    found = await connection.fetch(_AMONG, which, devices)
    return {device: _certificate.decode(raw) for device, raw in found}


async def _begin_anew(which: bytes, cards: list[Card], connection: Connection) -> None:
    """Whoever left can have signed none of what is kept."""
    for card in cards:
        await _keep_card(card, connection)
    await connection.execute(_ALL_GO, which)
    await connection.execute(_INVITES_END, which)


async def _keep_card(kept: Card, connection: Connection) -> None:
    raw = msgspec.msgpack.encode(kept)
    await connection.execute(_KEEP_CARD, kept.programme, kept.generation, raw)
    collections = [collection_id(kept.programme, each) for each in COLLECTIONS]
    await connection.execute(_NAME_CARD, collections, kept.generation)


def _row_of(kept: Certificate) -> tuple[bytes, bytes, int, bool, bytes]:
    return (kept.programme, kept.device, kept.n, kept.revoked, msgspec.msgpack.encode(kept))
