"""Whoever holds the true heads sees the same record, however the revisions came (docs/protocol.md section 1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from sync import merge, revisions

DEVICES = [hashlib.sha256(bytes([n])).digest()[:16] for n in range(3)]
RECORD = bytes(16)
NAMES = ["age", "area", "note"]

changes = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(st.integers(0, 2), st.none(), st.booleans()), max_size=2
)
steps = st.lists(
    st.tuples(
        st.integers(0, 2), st.sets(st.integers(0, 11)), changes, st.integers(0, 9).map(lambda n: n == 0)
    ),
    min_size=1,
    max_size=12,
)
"""A history: which device, which of the revisions so far had reached it, what it changed, whether it deleted."""


def history(drawn: Iterable[tuple[int, set[int], dict[str, revisions.Value], bool]]) -> list[merge.Head]:
    """Every revision of one record, opened, in the order in which they were made."""
    made: list[merge.Head] = []
    held: list[dict[bytes, merge.Head]] = [{} for _ in DEVICES]
    counters = [0] * len(DEVICES)
    for device, reached, changed, deleted in drawn:
        held[device] |= {made[n].rev: made[n] for n in reached if n < len(made)}
        counters[device] += 1
        heads = heads_among(held[device].values())
        make = merge.tombstone(heads, DEVICES[device], counters[device])
        if not deleted:
            make = merge.successor(heads, DEVICES[device], counters[device], changed)
        supersedes, plaintext = make
        rev = hashlib.sha256(revisions.encode_plaintext(plaintext)).digest()
        head = merge.Head(rev=rev, tombstone=deleted, supersedes=supersedes, plaintext=plaintext)
        made.append(head)
        held[device][rev] = head
    return made


def heads_among(opened: Iterable[merge.Head]) -> list[merge.Head]:
    known = {head.rev: head for head in opened}
    bare = {
        rev: revisions.Revision(
            record=RECORD,
            supersedes=head.supersedes,
            key=bytes(16),
            tombstone=head.tombstone,
            chunks=(),
            body=bytes(28),
        )
        for rev, head in known.items()
    }
    return [known[rev] for rev in revisions.heads_of(bare)]


@given(steps, st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_give_the_same_heads_and_view(
    drawn: list[tuple[int, set[int], dict[str, revisions.Value], bool]], random: object
) -> None:
    made = history(drawn)
    shuffled = made + made[: len(made) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types its Random as object here
    assert heads_among(shuffled) == heads_among(made)
    assert merge.merge(heads_among(shuffled)) == merge.merge(heads_among(made))


@given(steps, st.sets(st.integers(0, 11)))
def test_any_subset_that_holds_the_true_heads_gives_them_and_the_view(
    drawn: list[tuple[int, set[int], dict[str, revisions.Value], bool]], also: set[int]
) -> None:
    made = history(drawn)
    true = heads_among(made)
    some = [*true, *(made[n] for n in also if n < len(made))]
    assert heads_among(some) == true
    assert merge.merge(heads_among(some)) == merge.merge(true)


@given(steps)
def test_merging_does_not_care_for_order_or_repeats_of_heads(
    drawn: list[tuple[int, set[int], dict[str, revisions.Value], bool]],
) -> None:
    heads = heads_among(history(drawn))
    assert merge.merge([*reversed(heads), *heads]) == merge.merge(heads)


@given(steps)
def test_merging_two_by_two_gives_what_merging_all_gives(
    drawn: list[tuple[int, set[int], dict[str, revisions.Value], bool]],
) -> None:
    live = [head for head in heads_among(history(drawn)) if not head.tombstone]
    if not live:
        return
    left = live[0]
    for head in live[1:]:
        left = joined(left, head)
    right = live[-1]
    for head in reversed(live[:-1]):
        right = joined(head, right)
    assert values(left) == values(right) == values(joined(left, right))
    whole = merge.merge(live).fields
    assert values(left) == {name: {a.order for a in alternatives} for name, alternatives in whole.items()}


@given(steps)
def test_an_edit_of_all_heads_leaves_one_head_and_every_field_it_did_not_touch(
    drawn: list[tuple[int, set[int], dict[str, revisions.Value], bool]],
) -> None:
    made = history(drawn)
    before = merge.merge(heads_among(made)).fields
    supersedes, plaintext = merge.successor(heads_among(made), DEVICES[0], 99, {"age": 40})
    edit = merge.Head(rev=b"\xff" * 32, tombstone=False, supersedes=supersedes, plaintext=plaintext)
    assert heads_among([*made, edit]) == [edit]
    after = merge.merge([edit]).fields
    assert [a.value for a in after["age"]] == [40]
    for name in before.keys() - {"age"}:
        assert {a.order for a in after[name]} == {a.order for a in before[name]}


def joined(one: merge.Head, other: merge.Head) -> merge.Head:
    """Two heads as one that carries and has seen what they did: what a decision-free edit would be."""
    fields = merge.merge([one, other]).fields
    seen = sorted({*one.plaintext.past, one.plaintext.stamp, *other.plaintext.past, other.plaintext.stamp})
    plaintext = revisions.Plaintext(
        author=one.plaintext.author,
        counter=one.plaintext.counter,
        past=tuple(seen),
        fields=tuple(
            revisions.Field(name, tuple(sorted(fields[name], key=lambda a: a.order))) for name in fields
        ),
    )
    revs = tuple(n.to_bytes(32, "big") for n in range(len(seen)))
    return merge.Head(rev=max(one.rev, other.rev), tombstone=False, supersedes=revs, plaintext=plaintext)


def values(head: merge.Head) -> dict[str, set[tuple[bytes, int, bytes]]]:
    return {field.name: {a.order for a in field.alternatives} for field in head.plaintext.fields}
