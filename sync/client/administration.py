"""What coordinators keep in `admin`: the programme's secrets, invites, the log of exports. Pure but for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from sync import canonical
from sync.client.layout import ProgrammeSecret
from sync.client.reading import Record, of_type
from sync.client.trust import Trust
from sync.crypto import sealing, signing
from sync.enrolment import Card, PendingEnrolment, verify_enrolment
from sync.errors import BadSignatureError, MalformedError
from sync.identifiers import Role, device_id
from sync.revisions import Value

Deed: TypeAlias = Literal["invite", "revoke", "rotate"]


_ROLES: dict[str, Role] = {"worker": "worker", "coordinator": "coordinator", "relay": "relay"}


class KeptInvite(Struct, frozen=True, kw_only=True):
    """A coordinator's own record of an invite. device: whom it has let in already, if anyone. generation: of the card
    under which it was made: it lets nobody in under another, since whoever left may know its mac key."""

    record: Record
    invite: bytes
    role: Role
    lane: bytes
    expiry: int
    mac_key: bytes
    device: bytes | None
    generation: int


def invite_fields(
    invite: bytes, role: Role, lane: bytes, expiry: int, mac_key: bytes, *, generation: int
) -> dict[str, Value]:
    return {
        "type": "invite",
        "invite": canonical.to_text(invite),
        "role": role,
        "lane": canonical.to_text(lane),
        "expiry": expiry,
        "mac_key": canonical.to_text(mac_key),
        "generation": generation,
    }


def seeds_fields(secrets: Sequence[ProgrammeSecret]) -> dict[str, Value]:
    ordered = sorted(secrets, key=lambda secret: secret.generation)
    return {
        "type": "seeds",
        "signing_keys": tuple(canonical.to_text(secret.signing_key) for secret in ordered),
        "sealing_seeds": tuple(canonical.to_text(secret.sealing_seed) for secret in ordered),
    }


def log_fields(who: bytes, why: str, when: int, exported: Mapping[str, Value]) -> dict[str, Value]:
    """exported: `format` and `count`."""
    return {"type": "log", "who": canonical.to_text(who), "why": why, "when": when, **exported}


def deed_fields(who: bytes, what: Deed, about: bytes, when: int) -> dict[str, Value]:
    """about: the invite, or the device; nothing where it is about the programme."""
    named: dict[str, Value] = {"about": canonical.to_text(about)} if about else {}
    return {**log_fields(who, "", when, named), "what": what}


def kept_invites(records: Sequence[Record], trust: Trust) -> dict[bytes, KeptInvite]:
    """By invite id. An invite of a coordinator who was revoked since lets nobody in, nor one taken back."""
    kept: dict[bytes, KeptInvite] = {}
    for record in of_type(records, "invite"):
        if record.value("withdrawn") is True:
            continue
        if any(trust.standing(author) != "certified" for author in record.authors):
            continue
        try:
            invite = _kept_invite(record)
        except MalformedError:
            continue
        kept[invite.invite] = invite
    return kept


def logged_out(records: Sequence[Record], trust: Trust) -> set[bytes]:
    """Whom, by the log, a coordinator who stays put out: whoever left may have the key that signs certificates."""
    out: set[bytes] = set()
    for record in of_type(records, "log"):
        if record.text("what") != "revoke":
            continue
        if any(trust.standing(author) != "certified" for author in record.authors):
            continue
        try:
            out.add(canonical.from_text(record.text("about")))
        except MalformedError:
            continue
    return out


def programme_secrets(
    records: Sequence[Record], trust: Trust
) -> tuple[tuple[ProgrammeSecret, ...], tuple[bytes, ...]]:
    """The secrets of every generation, if a record holds those of the card that this device trusts, and the content
    keys of that record. Others hold those of a card that is to be, or of one that came too late."""
    for record, secrets in _held_secrets(records, trust):
        if fit(secrets[-1], trust):
            return secrets, record.keys
    return (), ()


def keys_to_come(records: Sequence[Record], trust: Trust) -> set[bytes]:
    """The content keys of secrets of a card that is to be: for whoever stays with it, and nobody else."""
    held = _held_secrets(records, trust)
    return {key for record, secrets in held if len(secrets) > trust.card.generation for key in record.keys}


def fit(secret: ProgrammeSecret, trust: Trust) -> bool:
    """Whether these are the private keys of the card."""
    card = trust.card
    try:
        signing_key = signing.public_key(signing.private_from_bytes(secret.signing_key))
        sealing_key = sealing.public_key(secret.sealing_seed)
    except MalformedError:
        return False
    return (signing_key, sealing_key) == (card.signing_key, card.sealing_key)


def why_not(pending: PendingEnrolment, invite: KeptInvite | None, card: Card, last_day: str) -> str | None:
    """Why a device is not let in, or nothing. Role and expiry are from the coordinator's own record.

    last_day: the day on which the invite expired, ISO 8601. The days are the hub's word: no proof, but no
    reason to let in what even the hub says came too late.
    """
    if invite is None:
        return "unknown-invite"
    if invite.device not in {None, device_id(pending.signing_key)}:
        return "invite-used"
    if invite.generation != card.generation:
        return "invite-ended"
    if pending.day > last_day:
        return "invite-expired"
    try:
        verify_enrolment(pending, invite.mac_key, card.programme, invite.role, invite.expiry)
    except BadSignatureError:
        return "wrong-secret"
    return None


def _kept_invite(record: Record) -> KeptInvite:
    role, expiry, device = _ROLES.get(record.text("role")), record.value("expiry"), record.text("device")
    generation = record.value("generation")
    if role is None or not isinstance(expiry, int):
        raise MalformedError("not an invite")
    return KeptInvite(
        record=record,
        invite=canonical.from_text(record.text("invite")),
        role=role,
        lane=canonical.from_text(record.text("lane")),
        expiry=expiry,
        mac_key=canonical.from_text(record.text("mac_key")),
        device=canonical.from_text(device) if device else None,
        # The first releases did not say it, and had one alone.
        generation=generation if isinstance(generation, int) else 1,
    )


def _held_secrets(
    records: Sequence[Record], trust: Trust
) -> list[tuple[Record, tuple[ProgrammeSecret, ...]]]:
    found: list[tuple[Record, tuple[ProgrammeSecret, ...]]] = []
    for record in of_type(records, "seeds"):
        if any(trust.standing(author) != "certified" for author in record.authors):
            continue
        try:
            secrets = _secrets(record)
        except MalformedError:
            continue
        if secrets:
            found.append((record, secrets))
    return found


def _secrets(record: Record) -> tuple[ProgrammeSecret, ...]:
    keys, seeds = record.value("signing_keys"), record.value("sealing_seeds")
    if not isinstance(keys, tuple) or not isinstance(seeds, tuple):
        raise MalformedError("not the programme's secrets")
    if len(keys) != len(seeds):
        raise MalformedError("not the programme's secrets")
    return tuple(
        ProgrammeSecret(
            generation=number,
            signing_key=canonical.from_text(key),
            sealing_seed=canonical.from_text(seed),
        )
        for number, (key, seed) in enumerate(zip(keys, seeds, strict=True), start=1)
    )
