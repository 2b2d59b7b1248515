"""What is kept of a revision: less than what travels, and all of it comes back, in every store."""

from __future__ import annotations

import re
import secrets

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from sync.identifiers import new_id
from sync.revisions import Revision, rev_of
from sync.stores.contents import has_body, shortened, whole
from sync.stores.interface import ArrivedRevision, Store
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.sorting import ENTRY_BYTES
from sync.stores.sqlite import SQLiteStore
from tests.sync.stores.conftest import DAY, Feed
from tests.sync.test_codec_properties import whole_revisions

BODY_BYTES = 1_024


def plain(**changes: object) -> Revision:
    fields: dict[str, object] = {
        "record": new_id(),
        "supersedes": (),
        "key": new_id(),
        "tombstone": False,
        "chunks": (),
        "body": secrets.token_bytes(BODY_BYTES),
    }
    return Revision(**{**fields, **changes})  # type: ignore[arg-type]  # by name


def arrived(feed: Feed, revision: Revision) -> ArrivedRevision:
    return ArrivedRevision(
        rev=rev_of(feed.collection, revision),
        record=revision.record,
        key=revision.key,
        supersedes=revision.supersedes,
        content=msgspec.msgpack.encode(revision),
    )


@given(whole_revisions)
@example(plain(body=bytes(28)))
@example(plain(body=bytes(255)))
@example(plain(body=bytes(256)))
@example(plain(body=bytes(65_535)))
@example(plain(body=bytes(65_536)))
def test_whatever_is_shortened_comes_back(revision: Revision) -> None:
    content = msgspec.msgpack.encode(revision)
    kept = shortened(revision.record, revision.key, content)

    assert whole(revision.record, revision.key, kept) == content
    assert has_body(kept) is not revision.tombstone
    if not (revision.supersedes or revision.chunks or revision.tombstone):
        assert len(content) - len(kept) == 84


@given(whole_revisions)
def test_what_was_kept_whole_stays_so(revision: Revision) -> None:
    content = msgspec.msgpack.encode(revision)
    assert whole(revision.record, revision.key, content) == content


@given(whole_revisions, st.binary(min_size=16, max_size=16))
def test_what_its_row_says_otherwise_is_kept_whole(revision: Revision, other: bytes) -> None:
    content = msgspec.msgpack.encode(revision)
    if other not in (revision.record, revision.key):
        assert shortened(other, revision.key, content) == content
        assert shortened(revision.record, other, content) == content


async def test_what_is_pushed_is_pulled_byte_for_byte(feed: Feed) -> None:
    first = plain(key=feed.key)
    edit = plain(key=feed.key, record=first.record, supersedes=(rev_of(feed.collection, first),))
    deleted = plain(key=feed.key, tombstone=True, body=bytes(28))
    sent = [arrived(feed, each) for each in (plain(key=feed.key), first, deleted, plain(key=feed.key), edit)]
    await feed.push(*sent)

    heads = [each.content for each in sent if each.rev != rev_of(feed.collection, first)]
    assert await feed.heads() == heads
    assert await feed.heads(lane=feed.lane) == heads
    assert (await feed.page(since=DAY, lane=feed.lane)).revisions == heads
    # A page is measured by what travels.
    room = len(feed.packet().content) + len(heads[0]) + len(heads[1])
    assert (await feed.page(size_bytes=room)).revisions == heads[:2]
    assert (await feed.page(size_bytes=room - 1)).revisions == heads[:1]


async def test_what_an_earlier_version_kept_whole_is_pulled_and_dropped_as_well(feed: Feed) -> None:
    sent = [arrived(feed, plain(key=feed.key)) for _ in range(3)]
    contents = [each.content for each in sent]
    await feed.push(*sent)
    for each in sent[:2]:
        await run(feed.store, "UPDATE entries SET content = $1 WHERE rev = $2", each.content, each.rev)
    await run(feed.store, "UPDATE held SET used = used + $1", 2 * 84)

    assert await feed.heads() == contents
    await feed.store.confirm(feed.collection, 4)
    await feed.store.expire(DAY + 1, packets_before=None, bodies_before=DAY + 1)

    assert await feed.heads() == []
    assert await run(feed.store, "SELECT used FROM held") == [(4 * ENTRY_BYTES + 100,)]


async def run(store: Store, sql: str, *values: object) -> list[tuple[object, ...]]:
    """On either store's own connection; values as `$1`."""
    if isinstance(store, PostgreSQLStore):
        return [tuple(row) for row in await store._write(lambda connection: connection.fetch(sql, *values))]
    assert isinstance(store, SQLiteStore)
    sql = re.sub(r"\$(\d)", r"?\1", sql)
    return await store._write(lambda connection: connection.execute(sql, values).fetchall())
