"""What a hub, or a worker, can make up: it hides nothing, changes nothing and speaks for nobody else."""

from __future__ import annotations

import secrets

from msgspec import structs

from sync.client.coordinator import Refused
from sync.client.layout import HeldRevision
from sync.client.state import Batch
from sync.client.writing import Draft, write
from sync.crypto import sealing, signing
from sync.enrolment import PendingEnrolment, PendingEnrolments, enrolment_of, parse_invite
from sync.identifiers import device_id, new_id
from sync.merge import Head
from sync.revisions import Plaintext, Revision, rev_of
from tests.sync.client.people import Place, contact, numbers

WEEK = "2026-W10"


async def test_what_nobody_signed_hides_no_record(place: Place) -> None:
    coordinator = place.coordinator
    await coordinator.log_export("report", {"format": "csv", "count": 1})
    ledger = coordinator.ledger
    (entry,) = await coordinator.log()
    forged = Revision(
        record=entry.record,
        supersedes=(entry.heads[0].rev,),
        key=new_id(),
        tombstone=True,
        chunks=(),
        body=secrets.token_bytes(540),
    )
    rev = rev_of(ledger.collections["admin"], forged)
    batch, held = Batch(), ledger.places["admin"]
    ledger.put_revision(batch, HeldRevision(collection="admin", rev=rev, revision=forged))
    await ledger.commit(batch, places=[structs.replace(held, revs=tuple(sorted({*held.revs, rev})))])
    assert [each.text("why") for each in await coordinator.log()] == ["report"]


async def test_a_worker_says_nothing_in_anothers_name(place: Place) -> None:
    victim, other = await place.worker("victim"), await place.worker("other")
    await victim.add([contact(1)])
    await victim.push()
    past = Plaintext(author=victim.ledger.device, counter=900, past=(), fields=())
    before = Head(rev=secrets.token_bytes(32), tombstone=False, supersedes=(), plaintext=past)
    draft = Draft(record=new_id(), changes=contact(2), heads=(before,))
    await write(other.ledger, "contacts", [draft], week=WEEK)
    await other.push()
    await place.coordinator.fetch()
    seen = await place.coordinator.overview()
    assert (numbers(seen), seen.unreadable) == ([1], 1)
    assert [(each.device, each.last) for each in seen.devices] == [(victim.ledger.device, 1)]


async def test_an_invite_shown_twice_at_once_lets_one_device_in(place: Place) -> None:
    invite = parse_invite(await place.link())
    asking: list[PendingEnrolment] = []
    for _ in range(2):
        signing_key = signing.public_key(signing.new_private_key())
        made = enrolment_of(invite, signing_key, sealing.public_key(sealing.new_seed()))
        asking.append(
            PendingEnrolment(
                invite=made.invite,
                signing_key=made.signing_key,
                sealing_key=made.sealing_key,
                mac=made.mac,
                day="2026-03-01",
            )
        )
    ask = place.coordinator.session.ask

    async def lying(answer: type, method: str, path: str, **options: object) -> object:
        if path.endswith("/enrolments"):
            return PendingEnrolments(enrolments=tuple(asking))
        return await ask(answer, method, path, **options)  # type: ignore[arg-type]

    place.coordinator.session.ask = lying  # type: ignore[method-assign, assignment]
    certified, refused = await place.coordinator.certify_pending()
    first, second = (device_id(each.signing_key) for each in asking)
    assert certified == (first,)
    assert refused == (Refused(device=second, why="invite-used"),)
