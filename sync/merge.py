"""What the heads of a record say together, and what an edit of them must carry (docs/protocol.md section 1).

A pure function of the heads: commutative, associative, idempotent. It needs no common ancestor, since each
head carries the stamps that it has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from sync.errors import MalformedError
from sync.revisions import (
    SUPERSEDES_LIMIT,
    SUPERSEDES_LIMIT_TOMBSTONE,
    Alternative,
    Field,
    Plaintext,
    Revision,
    Stamp,
    Value,
)


class Head(Struct, frozen=True, kw_only=True):
    """A head, opened."""

    rev: bytes
    tombstone: bool
    supersedes: tuple[bytes, ...]
    plaintext: Plaintext

    def __post_init__(self) -> None:
        if len(self.plaintext.past) != len(self.supersedes):
            raise MalformedError("past must have one stamp for each rev in supersedes")
        if self.tombstone and self.plaintext.fields:
            raise MalformedError("a tombstone has no fields")


class Merged(Struct, frozen=True, kw_only=True):
    """A record as its heads have it.

    fields: ascending by name; a field's alternatives in the order of the smallest rev that carries each,
    then by stamp: one is the value, several have not been decided.
    deleted: there are only tombstones. deleted_elsewhere: there is a tombstone beside live heads.
    """

    fields: dict[str, tuple[Alternative, ...]]
    deleted: bool
    deleted_elsewhere: bool


def head_of(rev: bytes, revision: Revision, plaintext: Plaintext) -> Head:
    """Raises MalformedError where the plaintext does not fit its revision."""
    return Head(rev=rev, tombstone=revision.tombstone, supersedes=revision.supersedes, plaintext=plaintext)


def merge(heads: Iterable[Head]) -> Merged:
    every = sorted({head.rev: head for head in heads}.values(), key=lambda head: head.rev)
    live = [head for head in every if not head.tombstone]
    names = sorted({field.name for head in live for field in head.plaintext.fields})
    views = [(_carried(head), _seen(head)) for head in live]
    fields = {name: _standing(name, views) for name in names}
    return Merged(
        fields={name: alternatives for name, alternatives in fields.items() if alternatives},
        deleted=bool(every) and not live,
        deleted_elsewhere=bool(live) and len(live) < len(every),
    )


def successor(
    heads: Iterable[Head], author: bytes, counter: int, changes: Mapping[str, Value]
) -> tuple[tuple[bytes, ...], Plaintext]:
    """`supersedes` and plaintext of an edit of these heads, or of a new record when there are none.

    changes: field name to its new value. A field left out keeps what it has, undecided alternatives too.
    Raises MalformedError when more than 256 revisions would be superseded: the caller starts a new record.
    """
    held = list(heads)
    supersedes, past = _past_of(held, SUPERSEDES_LIMIT)
    kept = {name: values for name, values in merge(held).fields.items() if name not in changes}
    fields = {name: tuple(sorted(values, key=lambda a: a.order)) for name, values in kept.items()}
    fields |= {name: (Alternative(value, author, counter),) for name, value in changes.items()}
    ordered = tuple(Field(name, fields[name]) for name in sorted(fields))
    return supersedes, Plaintext(author=author, counter=counter, past=past, fields=ordered)


def tombstone(heads: Iterable[Head], author: bytes, counter: int) -> tuple[tuple[bytes, ...], Plaintext]:
    """`supersedes` and plaintext of the deletion of these heads. Raises MalformedError beyond 1,024 revs."""
    supersedes, past = _past_of(list(heads), SUPERSEDES_LIMIT_TOMBSTONE)
    return supersedes, Plaintext(author=author, counter=counter, past=past, fields=())


def stamps_of(head: Head) -> dict[bytes, Stamp]:
    """The stamp of every revision that this head knows of, itself included, by rev."""
    stamps = dict(zip(head.supersedes, head.plaintext.past, strict=True))
    return stamps | {head.rev: head.plaintext.stamp}


def _carried(head: Head) -> dict[str, tuple[Alternative, ...]]:
    return {field.name: field.alternatives for field in head.plaintext.fields}


def _seen(head: Head) -> frozenset[Stamp]:
    return frozenset((*head.plaintext.past, head.plaintext.stamp))


def _standing(
    name: str, views: list[tuple[dict[str, tuple[Alternative, ...]], frozenset[Stamp]]]
) -> tuple[Alternative, ...]:
    """The alternatives that each head either carries or has not seen. `views` are in order of rev."""
    standing: dict[tuple[bytes, int, bytes], Alternative] = {}
    stamps = [{alternative.stamp for alternative in carried.get(name, ())} for carried, _ in views]
    for carried, _ in views:
        for alternative in carried.get(name, ()):
            if all(
                alternative.stamp in carried_stamps or alternative.stamp not in seen
                for carried_stamps, (_, seen) in zip(stamps, views, strict=True)
            ):
                standing.setdefault(alternative.order, alternative)
    return tuple(standing.values())


def _past_of(heads: list[Head], limit: int) -> tuple[tuple[bytes, ...], tuple[Stamp, ...]]:
    stamps: dict[bytes, Stamp] = {}
    for head in heads:
        stamps |= stamps_of(head)
    if len(stamps) > limit:
        raise MalformedError("too many superseded")
    ordered = sorted(stamps)
    return tuple(ordered), tuple(stamps[rev] for rev in ordered)
