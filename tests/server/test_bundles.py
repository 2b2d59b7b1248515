"""`sojourn bundle import` over each store: what it takes in, once, also when two do it at the same time."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from server.bundles import Imported, import_bundle
from sync.bundles import Bundle, Bundled, write_bundle
from sync.crypto import signing
from sync.enrolment import Invite, InviteRegistration, claim_of, enrolment_of, sign_card, sign_certificate
from sync.exchange import Push
from sync.identifiers import collection_id, new_id
from sync.stores.interface import Store
from sync.stores.postgresql import PostgreSQLStore
from sync.stores.sqlite import SQLiteStore
from tests.server.api.devices import Device, revision

DAY = 20_000
NOW = DAY * 86_400


@pytest.fixture(params=["sqlite", "postgresql"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Awaitable[Store]]:
    if request.param == "sqlite":
        return lambda: SQLiteStore.open(tmp_path / "store.sqlite3")
    address = request.getfixturevalue("database")
    return lambda: PostgreSQLStore.open(address)


@pytest.fixture
async def store(open_store: Callable[[], Awaitable[Store]]) -> AsyncIterator[Store]:
    opened = await open_store()
    yield opened
    await opened.close()


@pytest.fixture
async def invite(store: Store) -> Invite:
    """Of a programme that has its keys."""
    private, programme = signing.new_private_key(), new_id()
    card = sign_card(
        private,
        programme=programme,
        generation=1,
        sealing_key=secrets.token_bytes(1216),
        signing_key=signing.public_key(private),
        practice=True,
        name="Practice",
    )
    coordinator = sign_certificate(
        private,
        programme=programme,
        lane=new_id(),
        role="coordinator",
        signing_key=signing.public_key(signing.new_private_key()),
        sealing_key=bytes(1216),
    )
    made = Invite(
        hub="https://hub.example",
        invite=new_id(),
        programme=programme,
        signing_key_hash=hashlib.sha256(card.signing_key).digest(),
        role="worker",
        expiry=NOW + 60,
        secret=secrets.token_bytes(32),
    )
    await store.create_programme(programme, "Practice", practice=True, claim_hash=bytes(32), expiry=NOW)
    await store.found(card, coordinator, day=DAY)
    claim_hash = hashlib.sha256(claim_of(made.secret)).digest()
    registration = InviteRegistration(role="worker", lane=new_id(), claim_hash=claim_hash, expiry=made.expiry)
    await store.register_invite(programme, made.invite, registration)
    return made


def bundle_with(invite: Invite) -> bytes:
    """Of a device that has never met a hub: two contacts."""
    device = Device(cast("Any", None), cast("Any", None), invite.programme, "worker", new_id())
    key = new_id()
    push = Push(packets=(device.packet("contacts", key),), revisions=(revision(key), revision(key)))
    collection = collection_id(invite.programme, "contacts")
    enrolment = enrolment_of(invite, device.signing_key, device.sealing_key)
    bundle = Bundle(
        programme=invite.programme,
        device=device.device,
        enrolment=msgspec.msgpack.encode(enrolment),
        certificate=None,
        pushes=(Bundled(collection, msgspec.msgpack.encode(push)),),
    )
    return write_bundle(device.private, bundle)


async def imported(store: Store, raw: bytes, *, later: int = 0) -> Imported:
    return await import_bundle(store, raw, now=NOW + later, day=DAY, take_revoked=False)


async def test_a_bundle_is_taken_once_by_whoever_takes_it_when(store: Store, invite: Invite) -> None:
    raw = bundle_with(invite)

    both = await asyncio.gather(imported(store, raw), imported(store, raw))
    late = await imported(store, raw, later=1_000_000)  # once the invite is over

    assert sorted((each.stored, each.known, each.refused) for each in both) == [(0, 3, 0), (3, 0, 0)]
    assert (late.stored, late.known, late.refused) == (0, 3, 0)
    page = await store.page(
        collection_id(invite.programme, "contacts"), lane=None, after=None, limit=10, size_bytes=1_000_000
    )
    assert (len(page.packets), len(page.revisions)) == (1, 2)
    assert len(await store.pending(invite.programme)) == 1
