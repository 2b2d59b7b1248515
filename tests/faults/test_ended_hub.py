"""SIGTERM with requests under way: each is answered, what was answered is on the disk, and the hub ends with 0."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import httpx
import msgspec

from sync import canonical
from sync.exchange import Push, Pushed
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.server.api.devices import MSGPACK, client_of, found, revision

PUSHERS = 8
BEFORE = 24
REVISIONS = 50


async def test_what_is_under_way_is_answered_and_there(hub: Hub) -> None:
    with client_of(hub) as client:
        programme = await asyncio.to_thread(found, hub, client)
        worker, key = await asyncio.to_thread(programme.join), new_id()
        await asyncio.to_thread(worker.push, [worker.packet("contacts", key)], [])
    path = worker.collection("contacts")
    headers = {"authorization": f"Bearer {worker.token}", "accept": MSGPACK, "content-type": MSGPACK}
    acknowledged: list[bytes] = []
    answered = asyncio.Condition()

    async with httpx.AsyncClient(
        base_url=f"{hub.url}/api/v1", headers=headers, trust_env=False, timeout=60
    ) as line:

        async def push() -> None:
            """Until nobody answers any more."""
            while True:
                sent = Push(packets=(), revisions=tuple(revision(key) for _ in range(REVISIONS)))
                try:
                    answer = await line.post(path, content=msgspec.msgpack.encode(sent))
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                async with answered:
                    acknowledged.extend(msgspec.msgpack.decode(answer.content, type=Pushed).stored)
                    answered.notify_all()

        first = await line.get(worker.collection("members"))
        cursor = canonical.to_text(msgspec.msgpack.decode(first.content)["cursor"])
        waiting = asyncio.create_task(
            line.get(worker.collection("members"), params={"wait": 25, "after": cursor})
        )
        pushing = [asyncio.create_task(push()) for _ in range(PUSHERS)]
        async with answered:
            await answered.wait_for(lambda: len(acknowledged) >= BEFORE * REVISIONS)
        status = await asyncio.to_thread(hub.end)
        await asyncio.gather(*pushing)
        assert (await waiting).status_code == 200
    assert status == 0
    with closing(sqlite3.connect(hub.database)) as connection:
        kept = {rev for (rev,) in connection.execute("SELECT rev FROM entries WHERE kind = 1")}
    # Nothing was stored whose answer did not arrive: what was under way was let end.
    assert kept == set(acknowledged)
