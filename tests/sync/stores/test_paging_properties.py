"""Whatever is pushed while somebody pages, they get each head, and each once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.exchange import Cursor
from sync.stores.interface import ArrivedRevision
from tests.sync.stores.conftest import Feed, Open

# A push of new records (how many), an edit of one that is there (which), or the reading of one page.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(1, 4)),
        st.tuples(st.just("edit"), st.integers(0, 50)),
        st.tuples(st.just("page"), st.integers(1, 3)),
    ),
    max_size=40,
)


@dataclass
class Reader:
    cursor: Cursor | None = None
    seen: list[bytes] = field(default_factory=list)
    more: bool = True

    async def read(self, feed: Feed, limit: int) -> None:
        page = await feed.page(self.cursor, limit=limit)
        self.seen += page.revisions
        self.cursor, self.more = page.cursor, page.more


@given(steps=steps)
# One database for all examples: each has a collection of its own in it.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paging_gives_each_head_exactly_once_while_pushes_go_on(
    open_store: Open, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(_page_while_pushing(open_store, steps))


async def _page_while_pushing(open_store: Open, steps: list[tuple[str, int]]) -> None:
    store = await open_store()
    try:
        feed = await Feed(store).open()
        heads: list[ArrivedRevision] = []
        reader = Reader()
        for step, number in steps:
            if step == "push":
                sent = [feed.revision() for _ in range(number)]
                await feed.push(*sent)
                heads += sent
            elif step == "edit" and heads:
                old = heads.pop(number % len(heads))
                edit = feed.revision(old)
                await feed.push(edit)
                heads.append(edit)
            elif step == "page":
                await reader.read(feed, number)
        await reader.read(feed, 1_000)
    finally:
        await store.close()
    assert not reader.more
    assert len(reader.seen) == len(set(reader.seen))
    assert {each.content for each in heads} <= set(reader.seen)
