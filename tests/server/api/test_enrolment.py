"""From the operator's link to a device with a token, over real HTTP."""

from __future__ import annotations

import secrets
import time

import httpx
import msgspec
import pytest

from server.api.token import CHALLENGE_SECONDS, check_challenge, make_challenge
from sync import canonical
from sync.crypto import signing
from sync.enrolment import (
    Certificate,
    Certificates,
    Challenge,
    Enrolled,
    PendingEnrolments,
    TokenGrant,
    TokenRequest,
    enrolment_of,
    sign_card,
    sign_certificate,
    token_message,
)
from sync.errors import BadChallengeError
from sync.exchange import Changes
from sync.identifiers import new_id
from tests.hubs import Hub
from tests.server.api.devices import (
    MSGPACK,
    Device,
    Programme,
    code_of,
    create,
    found,
    founding_of,
    ok,
    revision,
)


def test_a_programme_is_founded_once(lasting_hub: Hub, client: httpx.Client) -> None:
    invite = create(lasting_hub)
    programme, founding = founding_of(invite, client, lasting_hub)
    _, rival = founding_of(invite, client, lasting_hub)

    def send(body: msgspec.Struct) -> httpx.Response:
        return programme.coordinator.request("POST", programme.path("/founding"), body)

    assert send(founding).status_code == 204
    assert send(founding).status_code == 204  # the answer got lost
    assert code_of(send(rival)) == "already-founded"


def test_founding_needs_the_claim_and_true_signatures(lasting_hub: Hub, client: httpx.Client) -> None:
    programme, founding = founding_of(create(lasting_hub), client, lasting_hub)
    _, other = founding_of(create(lasting_hub), client, lasting_hub)

    def code(**changes: object) -> str:
        body = msgspec.structs.replace(founding, **changes)
        return code_of(programme.coordinator.request("POST", programme.path("/founding"), body))

    assert code(claim=secrets.token_bytes(32)) == "unknown"
    assert code(card=other.card) == "bad-signature"
    assert code(certificate=other.certificate) == "bad-signature"
    assert code(card=msgspec.structs.replace(founding.card, name="Another")) == "bad-signature"
    worker = msgspec.structs.replace(founding.certificate, role="worker")
    assert code(certificate=worker) == "malformed"


def test_whoever_holds_the_link_learns_what_the_operator_called_it(
    client: httpx.Client, programme: Programme
) -> None:
    answer = client.get(programme.path(), headers={"accept": "application/json"})

    assert answer.json() == {"name": "Practice", "practice": True}


def test_a_device_enrols_waits_and_is_certified(programme: Programme) -> None:
    device = programme.enrol()
    pending = ok(programme.coordinator.request("GET", programme.path("/enrolments")), PendingEnrolments)
    assert [each.signing_key for each in pending.enrolments] == [device.signing_key]

    programme.certify(device)

    known = ok(device.request("GET", programme.path("/certificates")), Certificates)
    assert known.card == programme.card
    assert device.certificate in known.certificates
    assert device.fetch_token().is_success
    pending = ok(programme.coordinator.request("GET", programme.path("/enrolments")), PendingEnrolments)
    assert pending.enrolments == ()


def test_the_same_enrolment_twice_is_the_same_device(programme: Programme) -> None:
    invite, lane = programme.invite()
    device = Device(programme.hub, programme.coordinator.client, programme.programme, "worker", lane)
    enrolment = enrolment_of(invite, device.signing_key, device.sealing_key)

    first = ok(device.request("POST", programme.path("/enrolments"), enrolment), Enrolled)
    again = ok(device.request("POST", programme.path("/enrolments"), enrolment), Enrolled)

    assert first.device == again.device == device.device
    assert first.token != again.token
    other = enrolment_of(invite, signing.public_key(signing.new_private_key()), device.sealing_key)
    assert code_of(device.request("POST", programme.path("/enrolments"), other)) == "invite-used"


def test_whoever_enrols_with_anothers_key_gets_nothing_of_theirs(programme: Programme) -> None:
    known = [programme.coordinator, programme.join()]
    for other in known:
        invite, lane = programme.invite()
        enrolment = enrolment_of(invite, other.signing_key, other.sealing_key)
        thief = Device(programme.hub, programme.coordinator.client, programme.programme, "worker", lane)
        answer = thief.request("POST", programme.path("/enrolments"), enrolment)
        if not answer.is_success:
            assert code_of(answer) == "invite-used"
            continue
        thief.token = ok(answer, Enrolled).token
        key = new_id()
        other.push([other.packet("contacts", key)], [])
        (refused,) = thief.push([], [revision(key)]).refused
        assert refused.why == "wrong-lane"


def test_an_invited_coordinator_writes_to_its_own_lane_until_it_is_certified(programme: Programme) -> None:
    worker, waiting = programme.join(), programme.enrol("coordinator")
    key = new_id()
    worker.push([worker.packet("contacts", key)], [revision(key)])
    (refused,) = waiting.push([], [revision(key)]).refused
    assert refused.why == "wrong-lane"


def test_an_expired_or_unknown_invite_lets_nobody_in(programme: Programme) -> None:
    client = programme.coordinator.client
    expired, lane = programme.invite(days=-1)
    device = Device(programme.hub, client, programme.programme, "worker", lane)

    enrolment = enrolment_of(expired, device.signing_key, device.sealing_key)
    unknown = msgspec.structs.replace(enrolment, invite=new_id())

    assert code_of(device.request("POST", programme.path("/enrolments"), enrolment)) == "invite-expired"
    assert code_of(device.request("POST", programme.path("/enrolments"), unknown)) == "unknown"


def test_certificates_that_the_programme_did_not_sign_are_refused(
    lasting_hub: Hub, client: httpx.Client, programme: Programme
) -> None:
    other = found(lasting_hub, client)
    assert other.coordinator.certificate is not None
    forged = msgspec.structs.replace(other.coordinator.certificate, programme=programme.programme)

    for certificate in (other.coordinator.certificate, forged):
        body = Certificates(certificates=(certificate,))
        answer = programme.coordinator.request("POST", programme.path("/certificates"), body)
        assert code_of(answer) == "bad-signature"


def test_a_newer_card_is_signed_by_the_one_before(programme: Programme) -> None:
    def card(private: signing.SigningPrivateKey, *, stands: bool = True) -> Certificates:
        own = signing.new_private_key()
        new = sign_card(
            private,
            programme=programme.programme,
            generation=2,
            sealing_key=secrets.token_bytes(1216),
            signing_key=signing.public_key(own),
            practice=True,
            name="Practice",
            own=own if stands else None,
        )
        return Certificates(certificates=(under(own, programme.coordinator),), card=new)

    def send(body: Certificates) -> httpx.Response:
        return programme.coordinator.request("POST", programme.path("/certificates"), body)

    assert code_of(send(card(signing.new_private_key()))) == "bad-signature"
    assert code_of(send(card(programme.private, stands=False))) == "bad-signature"
    good = card(programme.private)
    assert code_of(send(msgspec.structs.replace(good, certificates=()))) == "card-changed"
    assert send(good).status_code == 204
    assert send(good).status_code == 204  # an answer that got lost
    assert code_of(send(card(programme.private))) == "card-changed"
    known = ok(programme.coordinator.request("GET", programme.path("/certificates")), Certificates)
    assert (known.card, known.cards) == (good.card, (programme.card,))
    assert ok(programme.coordinator.try_pull(), Changes).generation == 2


def test_a_card_comes_with_as_many_certificates_as_a_large_programme_has(programme: Programme) -> None:
    certificate = under(programme.private, programme.join())

    def another() -> Device:
        return Device(
            programme.hub,
            programme.coordinator.client,
            programme.programme,
            "worker",
            programme.coordinator.lane,
        )

    many = tuple(under(programme.private, another()) for _ in range(2_000))
    answer = programme.coordinator.request(
        "POST", programme.path("/certificates"), Certificates(certificates=(certificate, *many, certificate))
    )
    assert code_of(answer) == "malformed"
    body = Certificates(certificates=(certificate, *many))
    answer = programme.coordinator.request("POST", programme.path("/certificates"), body)
    assert answer.status_code == 204
    body = Certificates(certificates=(certificate,) * 6_000)
    answer = programme.coordinator.request("POST", programme.path("/certificates"), body)
    assert code_of(answer) == "too-large"


def test_a_device_that_was_away_gets_a_token_by_its_old_certificate(programme: Programme) -> None:
    device, stranger = programme.join(), programme.enrol()
    private = signing.new_private_key()
    new = sign_card(
        programme.private,
        programme=programme.programme,
        generation=2,
        sealing_key=secrets.token_bytes(1216),
        signing_key=signing.public_key(private),
        practice=True,
        name="Practice",
        own=private,
    )
    certificates = tuple(under(private, each) for each in (programme.coordinator, device))
    body = Certificates(certificates=certificates, card=new)
    assert programme.coordinator.request("POST", programme.path("/certificates"), body).status_code == 204

    # Signed by the key of before, with as high a number as there is: whoever left can do that.
    stranger.certificate = under(programme.private, stranger, n=2**53 - 1)
    assert code_of(stranger.fetch_token()) == "bad-signature"
    device.certificate = under(programme.private, device, n=2**53 - 1)
    assert device.fetch_token().is_success
    known = ok(device.request("GET", programme.path("/certificates")), Certificates)
    assert sorted(known.certificates, key=lambda each: each.device) == sorted(
        certificates, key=lambda each: each.device
    )


def under(private: signing.SigningPrivateKey, device: Device, n: int = 2) -> Certificate:
    return sign_certificate(
        private,
        programme=device.programme,
        lane=device.lane,
        role=device.role,
        signing_key=device.signing_key,
        sealing_key=device.sealing_key,
        n=n,
    )


def test_a_revoked_device_stops_at_once_and_stays_out(programme: Programme) -> None:
    device = programme.join()
    before = device.certificate

    programme.certify(device, 2, revoked=True)

    assert code_of(device.try_pull()) == "revoked"
    assert code_of(device.try_push([], [])) == "revoked"
    assert code_of(device.fetch_token()) == "revoked"
    device.certificate = before  # the certificate from before it was revoked
    assert code_of(device.fetch_token()) == "revoked"
    programme.certify(device, 3)  # revoked never goes back
    assert code_of(device.try_pull()) == "revoked"


def test_a_restored_hub_takes_a_certificate_that_it_has_not_seen(programme: Programme) -> None:
    device = Device(programme.hub, programme.coordinator.client, programme.programme, "worker", new_id())
    programme.certify(device)
    assert device.certificate is not None
    stranger = Device(programme.hub, programme.coordinator.client, programme.programme, "worker", new_id())
    stranger.certificate = msgspec.structs.replace(device.certificate, device=stranger.device)

    assert device.fetch_token().is_success
    assert code_of(stranger.fetch_token()) == "bad-signature"


def test_a_token_needs_this_hubs_challenge_and_the_devices_signature(programme: Programme) -> None:
    device = programme.join()
    assert device.certificate is not None
    challenge = ok(device.client.post("/challenge", headers={"accept": MSGPACK}), Challenge).challenge

    def code(challenge: bytes, origin: str, private: signing.SigningPrivateKey) -> str:
        assert device.certificate is not None
        signature = signing.sign(private, token_message(origin, challenge, device.device))
        body = TokenRequest(certificate=device.certificate, challenge=challenge, signature=signature)
        return code_of(device.request("POST", "/token", body))

    assert code(secrets.token_bytes(56), device.hub.url, device.private) == "bad-challenge"
    assert code(challenge, "https://elsewhere.example", device.private) == "bad-signature"
    assert code(challenge, device.hub.url, signing.new_private_key()) == "bad-signature"


def test_a_challenge_is_good_for_two_minutes() -> None:
    key, now = bytes(32), int(time.time())
    challenge = make_challenge(key, bytes(16), now)

    check_challenge(key, challenge, now + CHALLENGE_SECONDS)
    for wrong_key, later in ((key, CHALLENGE_SECONDS + 1), (key, -1), (bytes(31) + b"\1", 0)):
        with pytest.raises(BadChallengeError):
            check_challenge(wrong_key, challenge, now + later)


def test_a_token_says_when_it_expires(programme: Programme) -> None:
    device = programme.join()

    grant = msgspec.msgpack.decode(device.fetch_token().content, type=TokenGrant)

    assert 29 * 86_400 < grant.expires - time.time() <= 31 * 86_400
    assert len(canonical.from_text(grant.token)) == 32
