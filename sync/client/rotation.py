"""A new card for the programme when a coordinator leaves (docs/protocol.md section 4, "Rotation").

What is made here is on the disk before the hub hears of it, so that a rotation that was cut goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import structs

from sync.client.layout import HeldKey, HeldRevision, ProgrammeSecret, Rotation
from sync.client.ledger import Ledger
from sync.client.reading import Keyring
from sync.client.state import Batch
from sync.client.trust import Trust, with_certificates
from sync.client.writing import seal_to
from sync.crypto import sealing, signing
from sync.enrolment import Card, Certificate, Certificates, sign_card, sign_certificate
from sync.identifiers import COLLECTIONS, LIMIT, CollectionName, sealing_key_id

AT_ONCE = 50
"""Keys a transaction, at some milliseconds each."""


async def begin(ledger: Ledger, secret: ProgrammeSecret, out: Collection[bytes]) -> Rotation:
    """A card of the next generation, signed by the present one's key and by its own. secret: of the present one."""
    before, cut = ledger.trust.card, ledger.root.rotation
    private, seed = signing.new_private_key(), sealing.new_seed()
    rotation = Rotation(
        card=sign_card(
            signing.private_from_bytes(secret.signing_key),
            programme=before.programme,
            generation=before.generation + 1,
            sealing_key=sealing.public_key(seed),
            signing_key=signing.public_key(private),
            practice=before.practice,
            name=before.name,
            own=private,
        ),
        secret=ProgrammeSecret(
            generation=before.generation + 1,
            signing_key=signing.private_to_bytes(private),
            sealing_seed=seed,
        ),
        out=tuple(sorted({*out, *(cut.out if cut else ())})),
        known=cut.known if cut else tuple(sorted(ledger.certificates)),
    )
    await ledger.commit(Batch(), root=structs.replace(ledger.root, rotation=rotation))
    return rotation


def certificates_under(
    rotation: Rotation,
    held: Iterable[Certificate],
    vouched: Collection[bytes],
    last: Mapping[bytes, int],
) -> tuple[Certificate, ...]:
    """The same devices under the new key: revoked are those that were, those that leave, and whoever was let in since
    the rotation began by nobody who stays; whoever leaves still had the key then. last: the counter accepted of each.
    """
    private = signing.private_from_bytes(rotation.secret.signing_key)
    return tuple(
        sign_certificate(
            private,
            programme=each.programme,
            lane=each.lane,
            role=each.role,
            signing_key=each.signing_key,
            sealing_key=each.sealing_key,
            # Under a new card numbers begin anew where somebody used them up.
            n=min(each.n + 1, LIMIT - 1),
            revoked=each.revoked or not _stays(rotation, each.device, vouched),
            last_counter=each.last_counter if each.revoked else _last(rotation, each.device, vouched, last),
        )
        for each in held
    )


def done_under(
    trust: Trust,
    cards: Collection[Card],
    offered: Certificates,
    told: tuple[Collection[bytes], Collection[bytes]],
    secret: ProgrammeSecret,
    *,
    own: bytes,
) -> tuple[Certificate, ...]:
    """What others did at a hub that was put back from before a card, under the card of then, signed with the key of
    now. Who was let in stays where a coordinator who stays let them in, as with any new card: whoever left may have
    the key of before. So who was put out is out where the log of one who stays says so; and nobody leads themselves
    out. cards: that led to the one of now; nothing where the hub follows none of them. told: by those who stay, whom
    they let in, and whom they put out. own: this device."""
    before = max(offered.chain, key=lambda card: card.generation, default=None)
    if before is None or before not in cards:
        return ()
    private = signing.private_from_bytes(secret.signing_key)
    let_in, put_out = told
    made: list[Certificate] = []
    there = with_certificates(Trust(card=before, certificates={}), offered.certificates).certificates
    for device, each in sorted(there.items()):
        held = trust.certificates.get(device)
        is_out = each.revoked and device in put_out
        if device == own or (held is not None and held.revoked >= is_out):
            continue
        known = held or each
        made.append(
            sign_certificate(
                private,
                programme=known.programme,
                lane=known.lane,
                role=known.role,
                signing_key=known.signing_key,
                sealing_key=known.sealing_key,
                n=min(max(each.n, known.n) + 1, LIMIT - 1),
                revoked=is_out or device not in let_in,
                last_counter=each.last_counter if is_out else 0,
            )
        )
    return tuple(made)


def trust_after(rotation: Rotation, certificates: Iterable[Certificate]) -> Trust:
    return Trust(card=rotation.card, certificates={each.device: each for each in certificates})


async def all_keys(ledger: Ledger) -> dict[CollectionName, set[bytes]]:
    """The ids of the content keys, by collection."""
    keys: dict[CollectionName, set[bytes]] = {name: set() for name in COLLECTIONS}
    async for row in ledger.scan():
        if isinstance(row, HeldKey):
            keys[row.collection].add(row.key)
    return keys


async def keys_of(ledger: Ledger, revs: list[bytes]) -> set[bytes]:
    """Of contacts that are held."""
    held: list[HeldRevision | None] = await ledger.revisions("contacts", revs)
    return {each.revision.key for each in held if each is not None}


async def reseal(
    ledger: Ledger,
    name: CollectionName,
    keys: Collection[bytes],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Seals content keys to the programme's present key, as far as they are not. Returns how many.

    Only those that a certified device vouches for: a coordinator's own word would vouch for what a hub made up.
    Cut off and run again, it goes on: each is in the outbox, or it is not.
    """
    card = ledger.trust.card
    recipient = sealing_key_id(card.sealing_key)
    ring = Keyring(ledger, name)
    count, listed = 0, sorted(keys)
    for start in range(0, len(listed), AT_ONCE):
        batch, place = Batch(), ledger.places[name]
        opened: list[HeldKey] = []
        for key_id in listed[start : start + AT_ONCE]:
            held = await ledger.key(name, key_id)
            if held is None or recipient in {packet.recipient for packet in held.packets}:
                continue
            key = await ring.get(key_id)
            if key is not None and key.verified and key.content_key is not None:
                opened.append(key)
        await ring.save()
        for key in opened:
            place = seal_to(ledger, batch, place, key, {recipient: card.sealing_key})
        await ledger.commit(batch, places=[place])
        count += len(opened)
        if progress:
            progress(len(listed[start : start + AT_ONCE]))
    return count


def _stays(rotation: Rotation, device: bytes, vouched: Collection[bytes]) -> bool:
    return device not in rotation.out and (device in rotation.known or device in vouched)


def _last(rotation: Rotation, device: bytes, vouched: Collection[bytes], last: Mapping[bytes, int]) -> int:
    return 0 if _stays(rotation, device, vouched) else last.get(device, 0)
