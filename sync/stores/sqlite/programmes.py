"""Programmes, their collections, cards and certificates."""

from __future__ import annotations

import sqlite3

import msgspec

from sync.enrolment import Card, Certificate, newer
from sync.errors import AlreadyFoundedError, CardChangedError, UnknownError
from sync.identifiers import COLLECTIONS, collection_id
from sync.stores.certifying import check_all_come, newer_above, with_those_out
from sync.stores.interface import NO_PROGRAMME, Collection, Programme
from sync.stores.sqlite.numbering import CREATE_COLLECTION

_CREATE = "INSERT INTO programmes (programme, name, practice, claim_hash, expiry) VALUES (?, ?, ?, ?, ?)"
_PROGRAMME = """
SELECT name, practice, claim_hash, expiry FROM programmes WHERE programme = ? AND programme <> zeroblob(16)
"""
_NAMED = "SELECT programme FROM programmes WHERE name = ? ORDER BY programme"
_COLLECTION = "SELECT programme, name FROM collections WHERE collection = ?"
_FOUND = "UPDATE programmes SET founded = ? WHERE programme = ? AND founded IS NULL"
_CARDS = "SELECT card FROM cards WHERE programme = ? ORDER BY generation"
_FIRST_CARD = "SELECT card FROM cards WHERE programme = ? AND generation = 1"
_KEEP_CARD = "INSERT OR IGNORE INTO cards (programme, generation, card) VALUES (?, ?, ?)"
_CERTIFICATES = "SELECT certificate FROM certificates WHERE programme = ? ORDER BY device"
_ALL_GO = "DELETE FROM certificates WHERE programme = ?"
_INVITES_END = """
UPDATE invites SET expiry = 0 WHERE programme = ?1 AND NOT EXISTS (
    SELECT 1 FROM enrolments e WHERE e.programme = ?1 AND e.invite = invites.invite
)
"""
_CERTIFICATE = "SELECT certificate FROM certificates WHERE programme = ? AND device = ?"
_KEEP_CERTIFICATE = """
INSERT OR REPLACE INTO certificates (programme, device, n, revoked, certificate) VALUES (?, ?, ?, ?, ?)
"""

_card = msgspec.msgpack.Decoder(Card)
_certificate = msgspec.msgpack.Decoder(Certificate)


def create(
    programme: bytes,
    name: str,
    claim_hash: bytes,
    expiry: int,
    connection: sqlite3.Connection,
    *,
    practice: bool,
) -> None:
    connection.execute(_CREATE, (programme, name, practice, claim_hash, expiry))
    connection.executemany(
        CREATE_COLLECTION, [(collection_id(programme, each), programme, each) for each in COLLECTIONS]
    )


def programme(which: bytes, connection: sqlite3.Connection) -> Programme:
    """Raises UnknownError."""
    found = connection.execute(_PROGRAMME, (which,)).fetchone()
    if found is None:
        raise UnknownError("no such programme")
    name, practice, claim_hash, expiry = found
    cards = cards_of(which, connection)
    return Programme(
        programme=which,
        name=name,
        practice=bool(practice),
        claim_hash=claim_hash,
        expiry=expiry,
        card=cards[-1] if cards else None,
        cards=tuple(cards[:-1]),
    )


def named(name: str, connection: sqlite3.Connection) -> list[bytes]:
    """The ids of those that are called that."""
    return [which for (which,) in connection.execute(_NAMED, (name,)) if which != NO_PROGRAMME]


def collection(which: bytes, connection: sqlite3.Connection) -> Collection:
    """Raises UnknownError."""
    found = connection.execute(_COLLECTION, (which,)).fetchone()
    if found is None:
        raise UnknownError("no such collection")
    return Collection(collection=which, programme=found[0], name=found[1])


def found(first: Card, certificate: Certificate, day: int, connection: sqlite3.Connection) -> None:
    """Raises UnknownError, AlreadyFoundedError. The very same again is the retry of an answer that got lost."""
    programme(first.programme, connection)
    if connection.execute(_FOUND, (day, first.programme)).rowcount == 0:
        held = connection.execute(_FIRST_CARD, (first.programme,)).fetchone()
        if held is None or held[0] != msgspec.msgpack.encode(first):
            raise AlreadyFoundedError
        return
    _keep_card(first, connection)
    _keep_certificate(certificate, connection)


def certify(
    which: bytes,
    cards: list[Card],
    certificates: list[Certificate],
    after: Card | None,
    connection: sqlite3.Connection,
    *,
    follows: bool = False,
) -> None:
    """Keeps what is newer than what is held; with a new card, that and nothing else. Raises CardChangedError."""
    held = cards_of(which, connection)
    if (held[-1] if held else None) != after:
        raise CardChangedError("another card is held")
    if cards:
        before = certificates_of(which, connection)
        if follows:
            certificates = with_those_out(before, certificates)
        else:
            check_all_come(before, certificates)
        _begin_anew(which, cards, connection)
    card = cards[-1] if cards else after
    for certificate in certificates:
        known = certificate_of(which, certificate.device, connection)
        if newer(known, certificate) or (follows and card and newer_above(known, certificate, card)):
            _keep_certificate(certificate, connection)


def cards_of(which: bytes, connection: sqlite3.Connection) -> list[Card]:
    """In order of their generations."""
    return [_card.decode(raw) for (raw,) in connection.execute(_CARDS, (which,))]


def certificates_of(which: bytes, connection: sqlite3.Connection) -> list[Certificate]:
    return [_certificate.decode(raw) for (raw,) in connection.execute(_CERTIFICATES, (which,))]


def certificate_of(which: bytes, device: bytes, connection: sqlite3.Connection) -> Certificate | None:
    found = connection.execute(_CERTIFICATE, (which, device)).fetchone()
    return _certificate.decode(found[0]) if found else None


def _begin_anew(which: bytes, cards: list[Card], connection: sqlite3.Connection) -> None:
    """Whoever left can have signed none of what is kept."""
    for card in cards:
        _keep_card(card, connection)
    connection.execute(_ALL_GO, (which,))
    connection.execute(_INVITES_END, (which,))


def _keep_card(kept: Card, connection: sqlite3.Connection) -> None:
    connection.execute(_KEEP_CARD, (kept.programme, kept.generation, msgspec.msgpack.encode(kept)))


def _keep_certificate(kept: Certificate, connection: sqlite3.Connection) -> None:
    raw = msgspec.msgpack.encode(kept)
    connection.execute(_KEEP_CERTIFICATE, (kept.programme, kept.device, kept.n, kept.revoked, raw))
