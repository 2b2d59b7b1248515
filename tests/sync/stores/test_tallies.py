"""Counts that belong to nobody: the same contract for every store."""

from __future__ import annotations

import asyncio

from sync.stores.interface import Store
from tests.sync.stores.conftest import Open


async def test_every_count_is_kept_also_when_many_come_at_once(store: Store) -> None:
    await asyncio.gather(*(store.count("one") for _ in range(40)), store.count("other"))

    assert await store.counts() == {"one": 40, "other": 1}


async def test_counts_outlive_the_process(open_store: Open) -> None:
    first = await open_store()
    await first.count("one")
    await first.close()

    second = await open_store()
    assert await second.counts() == {"one": 1}
    await second.close()
