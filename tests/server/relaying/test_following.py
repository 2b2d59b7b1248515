"""A relay in this process, below a real hub: whose card it follows, and what it keeps of itself."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec import structs

from server.api import Hub as Here
from server.command.backup import kept_files
from server.command.tokens import end_tokens
from server.command.verify import verified
from server.relaying import Exchanged, begin, keepers, relays_of
from server.settings import parse_settings
from sync import canonical
from sync.crypto import signing
from sync.enrolment import Card, Certificate, Certificates, invite_link, sign_card, sign_certificate
from sync.identifiers import new_id
from sync.stores.sqlite import SQLiteStore
from sync.stores.verifying import Fault
from tests.server.api.devices import Device, Programme, revision


@dataclass
class Centre:
    """A relay that is certified."""

    programme: Programme
    folder: Path
    store: SQLiteStore
    relay: Device
    devices: list[Device] = field(default_factory=list)

    async def exchange(self) -> Exchanged:
        here = Here(store=self.store, origin=self.programme.hub.url, clock=time.time, receipt="relay")
        (relay,) = relays_of(self.folder, here, "")
        try:
            return await relay.exchange()
        finally:
            await relay.above.close()

    def join(self) -> Device:
        device = self.programme.join()
        self.devices.append(device)
        return device

    def following(self) -> tuple[signing.SigningPrivateKey, Card, list[Certificate]]:
        """A card after the first, and everybody's certificates under it."""
        own = signing.new_private_key()
        card = sign_card(
            self.programme.private,
            programme=self.programme.programme,
            generation=2,
            sealing_key=secrets.token_bytes(1216),
            signing_key=signing.public_key(own),
            practice=True,
            name="Practice",
            own=own,
        )
        everybody = (self.programme.coordinator, self.relay, *self.devices)
        return own, card, [certificate_of(own, each, n=2) for each in everybody]

    def change_card(self, card: Card, certificates: list[Certificate]) -> None:
        """At the hub above."""
        body = Certificates(card=card, cards=(self.programme.card,), certificates=tuple(certificates))
        path = self.programme.path("/certificates")
        answer = self.programme.coordinator.request("POST", path, body)
        assert answer.status_code == 204, answer.text

    async def follow(self, cards: list[Card], certificates: list[Certificate]) -> None:
        """At the relay alone."""
        known = await self.store.programme(self.programme.programme)
        await self.store.certify(known.programme, cards, certificates, after=known.card)


@pytest.fixture
async def centre(programme: Programme, tmp_path: Path) -> AsyncIterator[Centre]:
    invite, lane = programme.invite("relay")
    folder = tmp_path / "centre"
    kept = begin(folder, invite_link(invite), now=int(time.time())).kept
    private = signing.private_from_bytes(kept.signing_key)
    relay = Device(
        programme.hub,
        programme.coordinator.client,
        programme.programme,
        "relay",
        lane,
        private,
        kept.sealing_key,
    )
    made = Centre(programme, folder, await SQLiteStore.open(folder / "sojourn.sqlite3"), relay)
    assert (await made.exchange()).provisional
    programme.certify(relay)
    assert not (await made.exchange()).provisional
    yield made
    await made.store.close()


async def test_a_relay_hands_on_below_a_hub_with_a_rival_of_its_card(centre: Centre) -> None:
    phone = centre.join()
    await centre.exchange()
    _, second, certificates = centre.following()
    _, rival, others = centre.following()
    await centre.follow([second], certificates)
    centre.change_card(rival, others)
    key = new_id()
    phone.push([phone.packet("contacts", key)], [revision(key)])

    assert (await centre.exchange()).down == 2

    known = await centre.store.programme(centre.programme.programme)
    assert known.card == second


async def test_who_was_put_out_at_a_relay_stays_out_there_when_the_hub_has_another_card(
    centre: Centre,
) -> None:
    programme, phone = centre.programme, centre.join()
    await centre.exchange()
    out = certificate_of(programme.private, phone, n=2, revoked=True)
    own, card, certificates = centre.following()
    await centre.follow([], [out])
    centre.change_card(card, certificates)

    for _ in range(2):  # whatever of it the hub does not take stops nothing
        assert not (await centre.exchange()).provisional
    held = {each.device: each for each in await centre.store.certificates(programme.programme)}
    assert (await centre.store.programme(programme.programme)).card == card
    assert held[phone.device] == out
    assert held[centre.relay.device] == certificates[1]
    faults: list[Fault] = []
    await verified(centre.folder / "sojourn.sqlite3", faults.append, lambda _: None)
    assert faults == []

    # A coordinator lets it in again, and says so by a higher n.
    again = certificate_of(own, phone, n=3)
    sent = programme.coordinator.request(
        "POST", programme.path("/certificates"), Certificates(certificates=(again,))
    )
    assert sent.status_code == 204, sent.text
    await centre.exchange()
    assert again in await centre.store.certificates(programme.programme)


async def test_a_relay_whose_database_was_lost_comes_back_once_its_token_is_over(centre: Centre) -> None:
    phone = centre.join()
    key = new_id()
    phone.push([phone.packet("contacts", key)], [revision(key)])
    assert (await centre.exchange()).down == 2
    (keeper,) = keepers(centre.folder)
    assert not any(keeper.kept.invite.secret)
    keeper.save(structs.replace(keeper.kept, token=""))

    await centre.store.close()
    centre.store = await SQLiteStore.open(centre.folder / "anew.sqlite3")

    exchanged = await centre.exchange()
    assert (exchanged.provisional, exchanged.down) == (False, 2)
    held = await centre.store.certificates(centre.programme.programme)
    assert centre.relay.device in {each.device for each in held}


async def test_a_relay_whose_token_at_the_hub_was_ended_gets_another_by_itself(centre: Centre) -> None:
    await centre.exchange()
    (before,) = keepers(centre.folder)
    environment = {
        name: value for name, value in centre.programme.hub.environment.items() if name.startswith("SOJOURN_")
    }
    await end_tokens(parse_settings(environment), canonical.to_text(centre.programme.programme))

    await centre.exchange()

    (after,) = keepers(centre.folder)
    assert after.kept.token != before.kept.token


async def test_a_backup_of_a_relay_has_what_it_keeps_of_itself(centre: Centre) -> None:
    (keeper,) = keepers(centre.folder)
    assert dict(kept_files(centre.folder)) == {f"relay/{keeper.file.name}": keeper.file}


def certificate_of(
    private: signing.SigningPrivateKey, device: Device, *, n: int, revoked: bool = False
) -> Certificate:
    return sign_certificate(
        private,
        programme=device.programme,
        lane=device.lane,
        role=device.role,
        signing_key=device.signing_key,
        sealing_key=device.sealing_key,
        n=n,
        revoked=revoked,
    )
