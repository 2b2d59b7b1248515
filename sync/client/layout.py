"""What the rows of a headless device hold; each is MessagePack, with its kind in it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from sync.enrolment import Card, Certificate, Invite
from sync.exchange import KeyPacket
from sync.forgetting import Receipt, Told
from sync.identifiers import CollectionName, Role
from sync.revisions import Revision

LAYOUT = 1


class ProgrammeSecret(Struct, frozen=True, kw_only=True):
    """One generation of a programme's private keys: PKCS#8 DER and X-Wing's seed."""

    generation: int
    signing_key: bytes
    sealing_seed: bytes


class Rotation(Struct, frozen=True, kw_only=True):
    """A new card that is on its way to the hub, with its secret. out: the devices that do not come along; known: those
    that were there when it was made. secret_kept: it lies in `admin`, on the hub."""

    card: Card
    secret: ProgrammeSecret
    out: tuple[bytes, ...]
    known: tuple[bytes, ...]
    secret_kept: bool = False


class Root(Struct, frozen=True, kw_only=True, tag="root"):
    """Who this device is, and where.

    invite: kept until there is a certificate, since a provisional token may have to be asked for again.
    announce: a coordinator must give card and certificates to the hub before anything else.
    behind: this folder is an old copy, so that new contacts would be numbered like others that exist.
    cards: that led to the present one. resealed: the generation for which every content key here is sealed.
    """

    layout: int = LAYOUT
    role: Role
    hub: str
    programme: bytes
    invite: Invite | None
    signing_key: bytes
    sealing_seed: bytes
    card: Card | None = None
    token: str = ""
    secrets: tuple[ProgrammeSecret, ...] = ()
    announce: bool = False
    behind: bool = False
    cards: tuple[Card, ...] = ()
    rotation: Rotation | None = None
    resealed: int = 1


class HeldCertificates(Struct, frozen=True, kw_only=True, tag="certificates"):
    """All were verified when they came."""

    certificates: tuple[Certificate, ...] = ()


class Place(Struct, frozen=True, kw_only=True, tag="place"):
    """How far this device is in a collection.

    epoch: of the last page or receipt; empty before there was one. cursor: None for the start.
    counter: of the last revision that it made. key, week, uses: its current content key, the ISO week it was
    made in, revisions made with it. first, next: the outbox is the rows in between that are still there.
    own_keys: the content keys that it made. revs: of all that it holds; not kept for `contacts`, which is
    large and only ever read whole. told: by the hub itself, with the last page. sent: the last packet or revision that
    a receipt of this epoch says was stored beyond the cursor; empty where the cursor vouches for all of them.
    elsewhere: the cursors of other epochs that it met, the last met last: of a relay, while the hub answers, and the
    other way round.
    """

    collection: CollectionName
    epoch: bytes = b""
    cursor: bytes | None = None
    safe: int = 0
    counter: int = 0
    key: bytes | None = None
    week: str = ""
    uses: int = 0
    first: int = 0
    next: int = 0
    own_keys: tuple[bytes, ...] = ()
    revs: tuple[bytes, ...] = ()
    told: Told | None = None
    sent: bytes = b""
    elsewhere: tuple[bytes, ...] = ()


class HeldKey(Struct, frozen=True, kw_only=True, tag="key"):
    """A content key with its packets. content_key is None until a packet of it could be opened.

    verified: the packet was signed by a certified device that may. sealed_to: by this device itself.
    created: when it was made or came here, in milliseconds; 0 in folders from before this was kept.
    """

    collection: CollectionName
    key: bytes
    packets: tuple[KeyPacket, ...] = ()
    content_key: bytes | None = None
    owner: bytes = b""
    verified: bool = False
    sealed_to: tuple[bytes, ...] = ()
    created: int = 0


class HeldRevision(Struct, frozen=True, kw_only=True, tag="revision"):
    """`rev` is computed again before the revision is sent. receipt: of a worker's contacts, once there was one."""

    collection: CollectionName
    rev: bytes
    revision: Revision
    receipt: Receipt | None = None


Kind: TypeAlias = Literal["packet", "revision"]


class Queued(Struct, frozen=True, kw_only=True, tag="queued"):
    """Something that no receipt has named yet. name: its packet id or rev; key: of the packet."""

    collection: CollectionName
    kind: Kind
    name: bytes
    key: bytes = b""


class Quarantined(Struct, frozen=True, kw_only=True):
    name: bytes
    kind: Kind
    why: str


class Quarantine(Struct, frozen=True, kw_only=True, tag="quarantine"):
    """What a hub refused, or what is not what it was: kept here, not sent again."""

    collection: CollectionName
    items: tuple[Quarantined, ...] = ()


Row: TypeAlias = Root | HeldCertificates | Place | HeldKey | HeldRevision | Queued | Quarantine
