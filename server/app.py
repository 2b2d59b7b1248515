"""The application: pages for readers, the API for devices, over one store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from server.api import API_PATH, Hub, api, private
from server.api.counts import counted
from server.api.document import document
from server.api.limits import TOKEN_BURST_SECONDS, Proxies, Rates
from server.api.problems import problem_plugin
from server.operator import keeping
from server.pages import pages
from server.relaying import PassedOn, enrolling, passing_for, relaying, relays_of
from server.settings import Settings
from server.stores import open_store
from server.sweeping import sweep_for_ever
from server.tree import Tree


def create_app(settings: Settings, *, upstream: str | None = None) -> Litestar:
    """No log of requests, no cookies, no debug pages. upstream: of a relay, where the hub above answers; empty for
    the address of its invites."""

    tree = Tree(settings.data / "site")
    keep_days, hub_keep_days = keeping(settings.data)

    @asynccontextmanager
    async def with_store(app: Litestar) -> AsyncIterator[None]:
        store = await open_store(settings)
        hub = app.state.hub = Hub(
            store=store,
            receipt="hub" if upstream is None else "relay",
            enrolled=None if upstream is None else enrolling(settings.data),
            origin=settings.public_url,
            clock=time.time,
            has_page=tree.has,
            keep_days=keep_days,
            backups=settings.backups,
            backup_quota=settings.backup_mb * 1_000_000,
            device_quota=settings.device_mb * 1_000_000,
            proxies=Proxies(settings.proxies),
            token_rates=Rates(settings.token_rate * TOKEN_BURST_SECONDS, settings.token_rate),
        )
        store.follow(hub.waiters)
        beside = [asyncio.create_task(sweep_for_ever(hub, hub_keep_days))]
        if upstream is not None:
            app.state.passing = passing_for(settings.data, upstream or settings.public_url)
            beside.append(asyncio.create_task(relaying(relays_of(settings.data, hub, upstream))))
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            if upstream is not None:
                await app.state.passing.close()
            await store.close()

    return Litestar(
        route_handlers=[api(*([] if upstream is None else [PassedOn()])), pages(tree)],
        lifespan=[with_store],
        plugins=[problem_plugin()],
        before_send=[private, counted],
        openapi_config=document(API_PATH),
        logging_config=None,
    )
