"""Who belongs to a programme, both ways: its cards and certificates, its open invites, and who enrolled here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from server.api.certificates import check_cards
from server.relaying.line import Line
from sync.enrolment import (
    Card,
    Certificate,
    Certificates,
    Enrolled,
    OpenInvites,
    chain_to,
    first_card,
    newer,
    verify_certificate,
)
from sync.errors import (
    BadSignatureError,
    CardChangedError,
    InviteExpiredError,
    InviteUsedError,
    UnknownError,
)
from sync.stores.certifying import newer_above
from sync.stores.interface import Programme, Store


async def follow(store: Store, line: Line, *, day: int) -> bool:
    """Takes what the hub above has, and gives it what coordinators brought here. True when something was new here.

    The hub's word counts where the two differ. A card that cannot be followed is no news: a hub that was put back,
    and given a rival of the card that is held here. Raises BadSignatureError where it never showed the programme's.
    """
    offered = await line.ask(Certificates, "GET", f"{line.programme_path}/certificates")
    known = await _programme(store, line, offered, day)
    if known.card is None:
        raise BadSignatureError("no card")
    is_behind = offered.card is not None and offered.card.generation < known.card.generation
    try:
        is_new = False if is_behind else await _take(store, known, known.card, offered)
    except (CardChangedError, BadSignatureError):
        is_new = False
    held = {each.device: each for each in await store.certificates(known.programme)}
    line.certificate = held.get(line.keeper.kept.device)
    if line.certificate is not None:
        await _give(store, line, offered, held.values(), is_behind=is_behind)
    return is_new


async def take_invites(store: Store, line: Line, *, now: int) -> None:
    """So that a device can enter here while there is no line."""
    programme = line.keeper.kept.programme
    there = (await line.ask(OpenInvites, "GET", f"{line.programme_path}/invites")).invites
    here = {each.invite for each in await store.open_invites(programme, now=now)}
    for each in there:
        if each.invite not in here:
            try:
                await store.register_invite(programme, each.invite, each)
            except InviteUsedError:
                continue


async def give_enrolments(line: Line) -> int:
    """Returns how many the hub above refused: their invites were used or over by then."""
    refused = 0
    for enrolment in line.keeper.enrolments():
        try:
            await line.hub.ask(Enrolled, "POST", f"{line.programme_path}/enrolments", body=enrolment)
        except (UnknownError, InviteUsedError, InviteExpiredError):
            refused += 1
        line.keeper.drop_enrolment(enrolment)
    return refused


async def _programme(store: Store, line: Line, offered: Certificates, day: int) -> Programme:
    """As it is kept here; begun with the card that the relay's invite names. Cut off anywhere, it goes on."""
    invite = line.keeper.kept.invite
    try:
        known = await store.programme(invite.programme)
    except UnknownError:
        card = first_card(offered.chain, invite)
        # Nobody founds it here: no claim has this hash.
        await store.create_programme(
            invite.programme,
            card.name,
            practice=card.practice,
            claim_hash=secrets.token_bytes(32),
            expiry=0,
        )
        known = await store.programme(invite.programme)
    if known.card is None:
        card = first_card(offered.chain, invite)
        (first, *_) = (*chain_to(card, offered.chain), card)
        vouched = _vouched(offered.certificates, invite.programme, card)
        if not vouched:
            raise BadSignatureError("no certificate")
        await store.found(first, vouched[0], day=day)
        known = await store.programme(invite.programme)
    return known


async def _take(store: Store, known: Programme, held_card: Card, offered: Certificates) -> bool:
    cards = check_cards(offered.chain, held_card)
    card = cards[-1] if cards else held_card
    certificates = _vouched(offered.certificates, known.programme, card)
    held = {each.device: each for each in await store.certificates(known.programme)}
    if not cards and not any(newer_above(held.get(each.device), each, card) for each in certificates):
        return False
    await store.certify(known.programme, cards, certificates, after=held_card, follows=True)
    return True


async def _give(
    store: Store, line: Line, offered: Certificates, held: Iterable[Certificate], *, is_behind: bool
) -> None:
    """is_behind: the hub above was put back from a backup that is older than its card."""
    path = f"{line.programme_path}/certificates"
    there = {each.device: each for each in offered.certificates}
    known = await store.programme(line.keeper.kept.programme)
    if known.card is not None:
        # Who was put out here under the card before: the hub above takes nothing that this card has not signed.
        everybody = list(held)
        held = _vouched(everybody, known.programme, known.card)
        line.out_here = sum(each.revoked for each in everybody) - sum(each.revoked for each in held)
    if is_behind:
        body = Certificates(card=known.card, cards=known.cards, certificates=tuple(held))
    else:
        body = Certificates(certificates=tuple(each for each in held if newer(there.get(each.device), each)))
    if not body.certificates:
        return
    try:
        await line.tell("POST", path, body)
    except (CardChangedError, BadSignatureError):
        return  # meanwhile it has another card: that is taken with the next exchange


def _vouched(offered: Iterable[Certificate], programme: bytes, card: Card) -> list[Certificate]:
    vouched: list[Certificate] = []
    for each in offered:
        try:
            verify_certificate(each, card.signing_key)
        except BadSignatureError:
            continue
        if each.programme == programme:
            vouched.append(each)
    return vouched
