"""What a relay keeps of itself, beside its store: a file for each programme in `relay/` of the data folder.

The store alone says what is here; the places in this file only save asking again, so that an old or a lost file
repeats work and loses nothing, and two processes may write it in turn. The key lies there as it is, readable by its
owner alone: a relay starts with nobody there to type a passphrase. Whoever takes it can be a relay until it is
revoked, and reads nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from sync.crypto import sealing, signing
from sync.enrolment import Certificate, Enrolment, Invite, parse_invite
from sync.errors import InviteError, MalformedError
from sync.identifiers import CollectionName, ProgrammeId, device_id

FOLDER = "relay"


class Place(Struct, frozen=True, kw_only=True):
    """How far a collection was handed up, by a cursor of the store here, and taken down, by one of the hub above.

    again: from where to begin once more when more devices are known, since something was refused there; b"" for the
    start.
    """

    up: bytes = b""
    up_again: bytes | None = None
    down: bytes = b""
    down_again: bytes | None = None

    def anew(self) -> Place:
        """From where something was refused, on the way up or down."""
        return Place(
            up=self.up if self.up_again is None else self.up_again,
            down=self.down if self.down_again is None else self.down_again,
        )


class Kept(Struct, frozen=True, kw_only=True):
    """invite: without its secret, once it has done its work. epoch: of the hub above, at the last meeting. day: the
    last on which refused things were tried again. certificate: its own, by which a relay with a new database comes back
    once its token is over."""

    invite: Invite
    signing_key: bytes
    sealing_key: bytes
    token: str = ""
    certificate: Certificate | None = None
    epoch: bytes = b""
    day: int = 0
    places: dict[CollectionName, Place] = {}

    @property
    def programme(self) -> ProgrammeId:
        return self.invite.programme

    @property
    def public_key(self) -> bytes:
        return signing.public_key(signing.private_from_bytes(self.signing_key))

    @property
    def device(self) -> bytes:
        return device_id(self.public_key)


_decoder = msgspec.msgpack.Decoder(Kept)
_enrolments = msgspec.msgpack.Decoder(Enrolment)


class Keeper:
    """The file, and what stands in it now."""

    def __init__(self, file: Path, kept: Kept) -> None:
        self.file = file
        self.kept = kept

    def save(self, kept: Kept) -> None:
        """On the disk before it returns, where something changed."""
        if kept != self.kept:
            self.kept = kept
            _write(self.file, msgspec.msgpack.encode(kept))

    def place(self, name: CollectionName) -> Place:
        return self.kept.places.get(name, Place())

    def put(self, name: CollectionName, place: Place) -> None:
        self.save(structs.replace(self.kept, places={**self.kept.places, name: place}))

    # What enrolled here goes up too, with its claim, which the hub above asks for.

    def add_enrolment(self, enrolment: Enrolment) -> None:
        _write(self._enrolment(enrolment), msgspec.msgpack.encode(enrolment))

    def enrolments(self) -> list[Enrolment]:
        files = sorted(self.file.parent.glob(f"{self.file.stem}.*.enrolment"))
        return [_enrolments.decode(file.read_bytes()) for file in files]

    def drop_enrolment(self, enrolment: Enrolment) -> None:
        self._enrolment(enrolment).unlink(missing_ok=True)

    def _enrolment(self, enrolment: Enrolment) -> Path:
        return self.file.with_name(f"{self.file.stem}.{enrolment.invite.hex()}.enrolment")


def begin(data: Path, link: str, *, now: int) -> Keeper:
    """Makes a relay's key for the programme of an invite; with the same invite again, the one that was made.

    Raises InviteError.
    """
    try:
        invite = parse_invite(link)
    except MalformedError:
        raise InviteError("not-an-invite") from None
    if invite.role != "relay":
        raise InviteError("not-relay")
    file = data / FOLDER / f"{invite.programme.hex()}.kept"
    if file.exists():
        held = Keeper(file, _decoder.decode(file.read_bytes()))
        if held.kept.invite.invite == invite.invite:
            return held
    if invite.expiry < now:
        raise InviteError("expired")
    made = Kept(
        invite=invite,
        signing_key=signing.private_to_bytes(signing.new_private_key()),
        # Its private half is thrown away at once: whatever is sealed to a relay by mistake, nobody opens.
        sealing_key=sealing.public_key(sealing.new_seed()),
    )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(file, msgspec.msgpack.encode(made))
    return Keeper(file, made)


def keepers(data: Path) -> list[Keeper]:
    """Of every programme that this relay hands on for."""
    files = sorted((data / FOLDER).glob("*.kept"))
    return [Keeper(file, _decoder.decode(file.read_bytes())) for file in files]


def _write(file: Path, content: bytes) -> None:
    """Under a name of this process's own first, on the disk, then in its place."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
