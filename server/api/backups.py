"""Personal backups: made, looked at and ended with the recovery key's token (docs/protocol.md section 4).

At the hub alone: a relay passes on what is asked about them, before any of this is reached (`server.relaying`).
"""

from __future__ import annotations

from typing import Any

from litestar import Request

from server.api.addresses import parse_id
from server.api.bearers import token_hash_of
from server.api.hub import Hub
from server.api.limits import limited
from server.api.problems import LIMITED, answers
from server.api.wire import SECURED, Wire, delete_only, get, put
from sync.backups import KEEP_MONTHS, Backup, BackupOffer, month_text
from sync.errors import NoBackupsError, NoTokenError, UnknownError, WrongTokenError
from sync.stores.interface import Collection, HeldBackup


@get(
    "/backups",
    guards=[limited],
    operation_id="backupOffer",
    summary="Whether this hub takes new personal backups",
    responses=answers(*LIMITED),
)
async def offer(hub: Hub) -> Wire[BackupOffer]:
    return Wire(BackupOffer(offered=hub.backups > 0, quota=hub.backup_quota, keep_months=KEEP_MONTHS))


@put(
    "/backups/{collection:str}",
    guards=[limited],
    security=SECURED,
    operation_id="makeBackup",
    summary="Make a personal backup, or find that it is there",
    responses=answers(*LIMITED, NoTokenError, WrongTokenError, UnknownError, NoBackupsError),
)
async def make_backup(hub: Hub, request: Request[Any, Any, Any], collection: str) -> Wire[Backup]:
    if not hub.backups:
        raise NoBackupsError
    which, token_hash = parse_id(collection), token_hash_of(request)
    held = await hub.store.create_backup(which, token_hash, most=hub.backups, month=hub.month)
    return await _used(hub, which, held)


@get(
    "/backups/{collection:str}",
    guards=[limited],
    security=SECURED,
    operation_id="backup",
    summary="What a personal backup takes up, and until when it is kept",
    responses=answers(*LIMITED, NoTokenError, WrongTokenError, UnknownError),
)
async def backup(hub: Hub, request: Request[Any, Any, Any], collection: str) -> Wire[Backup]:
    which = parse_id(collection)
    return await _used(hub, which, await hub.store.backup(which, token_hash_of(request)))


@delete_only(
    "/backups/{collection:str}",
    guards=[limited],
    security=SECURED,
    operation_id="deleteBackup",
    summary="Destroy a personal backup with all that is in it",
    responses=answers(*LIMITED, NoTokenError, WrongTokenError, UnknownError),
)
async def delete_backup(hub: Hub, request: Request[Any, Any, Any], collection: str) -> None:
    which = parse_id(collection)
    await hub.store.delete_backup(which, token_hash_of(request))
    hub.forget(which)


def check_takes(hub: Hub, collection: Collection) -> None:
    """Raises NoBackupsError where the operator has ended them: what is there can be read and deleted, not added to."""
    if collection.name == "backup" and not hub.backups:
        raise NoBackupsError


async def _used(hub: Hub, collection: bytes, held: HeldBackup) -> Wire[Backup]:
    """Looking at it is a use."""
    month = max(hub.month, held.month)
    if held.month < month:
        await hub.store.use_backup(collection, month)
    return Wire(
        Backup(
            used=held.used,
            quota=hub.backup_quota,
            used_in=month_text(month),
            kept_until=month_text(month + KEEP_MONTHS),
        )
    )
