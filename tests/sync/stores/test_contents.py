"""What is kept of a revision: less than what travels, and all of it comes back, in every store."""

from __future__ import annotations

import re
import secrets

import msgspec
from hypothesis import example, given

from sync.identifiers import new_id
from sync.revisions import Revision, rev_of
from sync.stores.contents import has_body, kept_of, whole
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
        content=kept_of(revision),
    )


@given(whole_revisions)
@example(plain(body=bytes(28)))
@example(plain(body=bytes(255)))
@example(plain(body=bytes(256)))
@example(plain(body=bytes(65_535)))
@example(plain(body=bytes(65_536)))
def test_whatever_is_shortened_comes_back(revision: Revision) -> None:
    content = msgspec.msgpack.encode(revision)
    kept = kept_of(revision)

    assert whole(revision.record, revision.key, kept) == content
    assert has_body(kept) is not revision.tombstone
    if not (revision.supersedes or revision.chunks or revision.tombstone):
        assert len(content) - len(kept) == 84


@given(whole_revisions)
def test_what_was_kept_whole_stays_so(revision: Revision) -> None:
    content = msgspec.msgpack.encode(revision)
    assert whole(revision.record, revision.key, content) == content


async def test_what_is_pushed_is_pulled_byte_for_byte(feed: Feed) -> None:
    first = plain(key=feed.key)
    edit = plain(key=feed.key, record=first.record, supersedes=(rev_of(feed.collection, first),))
    deleted = plain(key=feed.key, tombstone=True, body=bytes(28))
    made = [plain(key=feed.key), first, deleted, plain(key=feed.key), edit]
    await feed.push(*(arrived(feed, each) for each in made))

    heads = [msgspec.msgpack.encode(each) for each in made if each is not first]
    assert await feed.heads() == heads
    assert await feed.heads(lane=feed.lane) == heads
    assert (await feed.page(since=DAY, lane=feed.lane)).revisions == heads
    # A page is measured by what travels.
    room = len(feed.packet().content) + len(heads[0]) + len(heads[1])
    assert (await feed.page(size_bytes=room)).revisions == heads[:2]
    assert (await feed.page(size_bytes=room - 1)).revisions == heads[:1]


async def test_what_an_earlier_version_kept_whole_is_pulled_and_dropped_as_well(feed: Feed) -> None:
    made = [plain(key=feed.key) for _ in range(3)]
    contents = [msgspec.msgpack.encode(each) for each in made]
    await feed.push(*(arrived(feed, each) for each in made))
    for revision, content in zip(made[:2], contents[:2], strict=True):
        rev = rev_of(feed.collection, revision)
        await run(feed.store, "UPDATE entries SET content = $1 WHERE rev = $2", content, rev)
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
