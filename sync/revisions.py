"""Records are small sets that only grow: revisions, what is in them, and which of them are heads.

docs/protocol.md section 1. A revision is immutable, and names every revision of its record that it replaces,
direct or through others; so whoever holds the true heads computes the true heads, whatever else it misses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple, TypeAlias, TypeVar

from msgspec import Meta, Struct, msgpack

from sync import canonical
from sync.errors import MalformedError
from sync.identifiers import LIMIT, DeviceId, Hash, KeyId, Positive, RecordId, Rev

BODY_LIMIT = 64 * 1024
SUPERSEDES_LIMIT = 256
SUPERSEDES_LIMIT_TOMBSTONE = 1024

Body: TypeAlias = Annotated[bytes, Meta(min_length=12 + 16, max_length=BODY_LIMIT)]
Value: TypeAlias = bool | Annotated[int, Meta(gt=-LIMIT, lt=LIMIT)] | str | tuple[str, ...] | None


_T = TypeVar("_T", bytes, str, tuple[bytes, int, bytes])

_plaintext_encoder = msgpack.Encoder()


class UncheckedRevision(Struct, frozen=True, kw_only=True):
    """A revision of the right types, whatever their sizes: what a hub can still name when it refuses it."""

    record: bytes
    supersedes: tuple[bytes, ...]
    key: bytes
    tombstone: bool
    chunks: tuple[bytes, ...]
    body: bytes


class Revision(UncheckedRevision, frozen=True, kw_only=True):
    """One immutable encrypted version of a record. `supersedes` and `chunks` ascend, without repeats."""

    record: RecordId
    supersedes: Annotated[tuple[Rev, ...], Meta(max_length=SUPERSEDES_LIMIT_TOMBSTONE)]
    key: KeyId
    tombstone: bool
    chunks: Annotated[tuple[Hash, ...], Meta(max_length=SUPERSEDES_LIMIT_TOMBSTONE)]
    body: Body

    def __post_init__(self) -> None:
        # Most have neither: a push of a thousand is not to pay for it.
        if self.supersedes and not _ascends(self.supersedes):
            raise MalformedError("supersedes must ascend, without repeats")
        if self.chunks and not _ascends(self.chunks):
            raise MalformedError("chunks must ascend, without repeats")
        if not self.tombstone and len(self.supersedes) > SUPERSEDES_LIMIT:
            raise MalformedError("too many superseded")


class Stamp(NamedTuple):
    """Which revision set a value: the author's device and its counter in this collection."""

    device: DeviceId
    counter: Positive


class Alternative(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A value of a field, with the stamp of the revision that set it."""

    value: Value
    device: DeviceId
    counter: Positive

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.device, self.counter)

    @property
    def order(self) -> tuple[bytes, int, bytes]:
        """By stamp, then by encoded value: one stamp has two values only where a device counted twice.

        Also what tells two alternatives apart, since in Python True == 1 and in a contact they are two answers.
        """
        return self.device, self.counter, _plaintext_encoder.encode(self.value)


class Field(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """More than one alternative only where a conflict has not been decided; ascending by `order`."""

    name: Annotated[str, Meta(min_length=1)]
    alternatives: Annotated[tuple[Alternative, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if len(self.alternatives) > 1 and not _ascends([each.order for each in self.alternatives]):
            raise MalformedError("alternatives must ascend by stamp, without repeats")


class Plaintext(Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """What a body holds. `past` has one stamp for each rev in `supersedes`, in that order."""

    author: DeviceId
    counter: Positive
    past: Annotated[tuple[Stamp, ...], Meta(max_length=SUPERSEDES_LIMIT_TOMBSTONE)]
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        # Code points, as UTF-8 orders them; JavaScript's own comparison of strings would not.
        if not _ascends([field.name for field in self.fields]):
            raise MalformedError("fields must ascend by name, without repeats")

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.author, self.counter)


_plaintext_decoder = msgpack.Decoder(Plaintext)


def encode_plaintext(plaintext: Plaintext) -> bytes:
    """Raises MalformedError for text that UTF-8 cannot hold (a lone surrogate)."""
    try:
        return _plaintext_encoder.encode(plaintext)
    except UnicodeEncodeError:
        raise MalformedError("text that is not Unicode") from None


def decode_plaintext(raw: bytes) -> Plaintext:
    """Raises MalformedError, for longer encodings too: whoever keeps to the protocol writes none."""
    plaintext = canonical.decode(_plaintext_decoder, raw)
    if _plaintext_encoder.encode(plaintext) != raw:
        raise MalformedError("not the shortest encodings")
    return plaintext


def rev_of(collection: bytes, revision: UncheckedRevision) -> bytes:
    """The revision's name, 32 bytes: never sent, always computed."""
    return canonical.digest(
        [
            "sojourn/1/revision",
            collection,
            revision.record,
            revision.supersedes,
            revision.key,
            revision.tombstone,
            revision.chunks,
            revision.body,
        ]
    )


def heads_of(revisions: Mapping[bytes, Revision], superseded: Iterable[bytes] = ()) -> dict[bytes, Revision]:
    """The revisions that none supersedes, by rev, in order of rev; of one record or of many.

    superseded: revs known to be superseded by revisions that are not held. A revision supersedes only
    within its own record, whatever it names.
    """
    gone = {(revision.record, rev) for revision in revisions.values() for rev in revision.supersedes}
    named = set(superseded)
    return {
        rev: revision
        for rev, revision in sorted(revisions.items(), key=lambda item: item[0])
        if (revision.record, rev) not in gone and rev not in named
    }


def _ascends(items: Sequence[_T]) -> bool:
    return all(before < after for before, after in pairwise(items))
