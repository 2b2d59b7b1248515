"""From a certificate to a bearer token of this hub's own (docs/protocol.md section 4, step 7)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from server.api.hub import DAY_SECONDS, Hub
from server.api.limits import limited
from server.api.problems import LIMITED, READS_BODY, answers
from server.api.wire import Body, Wire, post
from sync import canonical
from sync.enrolment import (
    Certificate,
    Challenge,
    TokenGrant,
    TokenRequest,
    newer,
    verify_certificate,
    verify_token_request,
)
from sync.errors import (
    BadChallengeError,
    BadSignatureError,
    RevokedError,
    UnknownError,
)
from sync.stores.interface import Programme

TOKEN_DAYS = 30
CHALLENGE_SECONDS = 120

_NONCE = 16
_TIME = 8


@post(
    "/challenge",
    guards=[limited],
    status_code=200,
    operation_id="challenge",
    summary="Something fresh to sign",
    responses=answers(*LIMITED),
)
async def challenge(hub: Hub) -> Wire[Challenge]:
    return Wire(
        Challenge(challenge=make_challenge(hub.store.challenge_key, secrets.token_bytes(_NONCE), hub.now))
    )


@post(
    "/token",
    dto=Body[TokenRequest],
    guards=[limited],
    operation_id="token",
    summary="A token, for a certificate and a signed challenge",
    responses=answers(
        *READS_BODY, *LIMITED, BadChallengeError, BadSignatureError, RevokedError, UnknownError
    ),
)
async def token(hub: Hub, data: TokenRequest) -> Wire[TokenGrant]:
    check_challenge(hub.store.challenge_key, data.challenge, hub.now)
    verify_token_request(data, hub.origin)
    certificate = data.certificate
    programme = await hub.store.programme(certificate.programme)
    held = {each.device: each for each in await hub.store.certificates(programme.programme)}
    if _to_keep(certificate, held.get(certificate.device), programme):
        await hub.store.certify(programme.programme, [], [certificate], after=programme.card)
    raw = secrets.token_bytes(32)
    last_day = hub.day + TOKEN_DAYS
    await hub.store.keep_token(
        programme.programme,
        certificate.device,
        hashlib.sha256(raw).digest(),
        last_day=last_day,
        day=hub.day,
    )
    return Wire(TokenGrant(token=canonical.to_text(raw), expires=(last_day + 1) * DAY_SECONDS))


def make_challenge(key: bytes, nonce: bytes, now: int) -> bytes:
    """Nothing is kept of it: the hub knows its own by the authentication code."""
    message = nonce + now.to_bytes(_TIME, "big")
    return message + hmac.digest(key, message, "sha256")


def check_challenge(key: bytes, challenge: bytes, now: int) -> None:
    """Raises BadChallengeError."""
    message, code = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
    if not hmac.compare_digest(code, hmac.digest(key, message, "sha256")):
        raise BadChallengeError("not of this hub")
    if not 0 <= now - int.from_bytes(message[_NONCE:], "big") <= CHALLENGE_SECONDS:
        raise BadChallengeError("too old")


def _to_keep(offered: Certificate, held: Certificate | None, programme: Programme) -> bool:
    """Whether the hub learns something from it, as one that was restored does.

    Raises BadSignatureError unless the programme signed it, RevokedError when a newer one was revoked.
    """
    if held is not None and held.revoked:
        raise RevokedError
    if offered == held:
        return False
    if held is not None and (offered.device, offered.signing_key) != (held.device, held.signing_key):
        raise BadSignatureError
    if held is not None and not newer(held, offered):
        # Signed under the card before, as a phone has it that was away: what the hub holds counts, and the device
        # is who it says.
        return False
    if programme.card is None:
        raise UnknownError("the programme has no keys here")
    try:
        verify_certificate(offered, programme.card.signing_key)
    except BadSignatureError:
        if held is None:
            raise
        return False
    return True
