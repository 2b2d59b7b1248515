"""From the hub to the rows: a page and the cursor that closes it in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from sync import canonical
from sync.client.layout import HeldKey, HeldRevision, Place
from sync.client.ledger import Ledger
from sync.client.session import Session
from sync.client.state import Batch
from sync.crypto.packets import verify_packet
from sync.errors import BadSignatureError, EpochChangedError, UnreachableError
from sync.exchange import (
    BYTES_LIMIT,
    REVISIONS_LIMIT,
    Changes,
    Cursor,
    KeyPacket,
    Missing,
    Pushed,
    Question,
    decode_cursor,
    encode_cursor,
)
from sync.forgetting import Receipt, Told
from sync.identifiers import CollectionName
from sync.revisions import rev_of

EPOCHS = 16
"""Of so many the cursor is kept: a hub, its relays, and what they were before they were restored."""


async def pull(
    ledger: Ledger,
    session: Session,
    name: CollectionName,
    *,
    progress: Callable[[int], None] | None = None,
    now: int,
) -> list[bytes]:
    """Everything new in a collection. Returns the revs that came. now: milliseconds. Raises EpochChangedError, and
    UnreachableError for a hub that gets no further.

    Until nothing more comes, and once again after the last page: asking from a cursor is what tells the hub
    that a coordinator holds what came before it.
    """
    came: list[bytes] = []
    while True:
        before = ledger.places[name].cursor
        page = await _page(ledger, session, name)
        # Before the cursor goes past it, and vouches for a hub that has lost it.
        check_epoch(ledger.places[name], page.cursor)
        await check_lasts(ledger, session, name)
        new = await _keep(ledger, name, page, now)
        came += new
        if progress and new:
            progress(len(new))
        if not page.packets and not page.revisions:
            return came
        if page.cursor == before:
            # Something, and yet no step further: asking on would go on for ever.
            raise UnreachableError("no step further")


def check_epoch(place: Place, cursor: bytes) -> None:
    """Raises EpochChangedError when the hub's database is another than at the last page or receipt."""
    if place.epoch and place.epoch != epoch_of(cursor):
        raise EpochChangedError


def check_goes_on(place: Place, cursor: bytes) -> None:
    """As `check_epoch`, of where the collection stands now: also when it ends before what was read of it."""
    check_epoch(place, cursor)
    if place.cursor is not None and decode_cursor(cursor).sequence < decode_cursor(place.cursor).sequence:
        raise EpochChangedError


async def check_lasts(ledger: Ledger, session: Session, name: CollectionName) -> None:
    """Raises EpochChangedError when the hub lacks what it said it had stored: a copy from before was put back, in the
    same epoch, and the pull cursor, which is from before that too, cannot tell."""
    sent = ledger.places[name].sent
    if sent and (await ask_for(ledger, session, name, (sent,))):
        raise EpochChangedError


async def ask_for(
    ledger: Ledger, session: Session, name: CollectionName, names: tuple[bytes, ...]
) -> tuple[bytes, ...]:
    """Of these packets and revisions, those that the hub neither holds nor knows as superseded."""
    path = f"collections/{canonical.to_text(ledger.collections[name])}/missing"
    return (await session.ask(Missing, "POST", path, body=Question(revs=names))).missing


def epoch_of(cursor: bytes) -> bytes:
    return decode_cursor(cursor).epoch


async def _page(ledger: Ledger, session: Session, name: CollectionName) -> Changes:
    cursor = ledger.places[name].cursor
    query: dict[str, str | int] = {"limit": REVISIONS_LIMIT, "bytes": BYTES_LIMIT}
    if cursor is not None:
        query["after"] = canonical.to_text(cursor)
    path = f"collections/{canonical.to_text(ledger.collections[name])}/changes"
    return await session.ask(Changes, "GET", path, query=query)


def cursor_in(place: Place, epoch: bytes) -> bytes | None:
    """Of an epoch that is not the present one; None where this device never met it."""
    return next((each for each in place.elsewhere if epoch_of(each) == epoch), None)


def laid_aside(place: Place) -> tuple[bytes, ...]:
    """`elsewhere`, once another epoch answers than that of the place."""
    others = tuple(each for each in place.elsewhere if epoch_of(each) != place.epoch)
    if not place.epoch:
        return others
    start = encode_cursor(Cursor(epoch=place.epoch, sequence=0, mark=bytes(8)))
    return (*others, place.cursor or start)[-EPOCHS:]


def receipt_of(ledger: Ledger, name: CollectionName, given: Changes | Pushed, now: int) -> Receipt | None:
    """None where nothing is ever forgotten."""
    if name != "contacts" or ledger.root.role != "worker":
        return None
    cursor = decode_cursor(given.cursor)
    return Receipt(by=given.receipt, epoch=cursor.epoch, at=now, day=given.day, sequence=cursor.sequence)


async def _keep(ledger: Ledger, name: CollectionName, page: Changes, now: int) -> list[bytes]:
    """The revs of the page that were new here."""
    batch = Batch()
    await _keep_packets(ledger, batch, name, page.packets, now)
    collection = ledger.collections[name]
    revisions = {rev_of(collection, revision): revision for revision in page.revisions}
    known = await ledger.revisions(name, list(revisions))
    new = [rev for rev, held in zip(revisions, known, strict=True) if held is None]
    receipt = receipt_of(ledger, name, page, now)
    for rev in new:
        held = HeldRevision(collection=name, rev=rev, revision=revisions[rev], receipt=receipt)
        ledger.put_revision(batch, held)
    place = _with_revs(ledger.places[name], name, new)
    # A relay says nothing of the hub.
    told = _told(page) if page.receipt == "hub" else place.told
    sent = place.sent if page.more else b""
    epoch = epoch_of(page.cursor)
    place = structs.replace(place, cursor=page.cursor, epoch=epoch, safe=page.safe, told=told, sent=sent)
    # A folder put back from an old copy finds keys of its own that it never made.
    behind = ledger.root.behind or any(_is_own(ledger, name, packet) for packet in page.packets)
    await ledger.commit(batch, places=[place], root=structs.replace(ledger.root, behind=behind))
    return new


def _told(page: Changes) -> Told | None:
    if page.day is None or page.keep_days is None:
        return None
    return Told(epoch=epoch_of(page.cursor), day=page.day, safe=page.safe, keep_days=page.keep_days)


async def _keep_packets(
    ledger: Ledger, batch: Batch, name: CollectionName, packets: tuple[KeyPacket, ...], now: int
) -> None:
    by_key: dict[bytes, list[KeyPacket]] = {}
    for packet in packets:
        by_key.setdefault(packet.key, []).append(packet)
    for key, came in by_key.items():
        held = await ledger.key(name, key) or HeldKey(collection=name, key=key, created=now)
        known = {ledger.packet_name(name, packet) for packet in held.packets}
        fresh = {ledger.packet_name(name, packet): packet for packet in came}
        new = tuple(packet for named, packet in fresh.items() if named not in known)
        if new:
            ledger.put_key(batch, structs.replace(held, packets=(*held.packets, *new)))


def _with_revs(place: Place, name: CollectionName, new: list[bytes]) -> Place:
    if name == "contacts" or not new:
        return place
    return structs.replace(place, revs=tuple(sorted({*place.revs, *new})))


def _is_own(ledger: Ledger, name: CollectionName, packet: KeyPacket) -> bool:
    """Whether this device signed it, for a key that it does not know."""
    if packet.author != ledger.device or packet.key in ledger.places[name].own_keys:
        return False
    try:
        verify_packet(packet, ledger.root.programme, ledger.collections[name], ledger.signing_key)
    except BadSignatureError:
        return False
    return packet.owner == ledger.device
