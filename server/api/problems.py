"""Every error as `application/problem+json` (RFC 9457), from one map of class to title; no handler writes a status.

What HTTP itself can get wrong joins the tree of `sync.errors`:

    ProblemError
    ├── WrongMethodError     405  wrong-method
    ├── TooSlowError         408  too-slow           the body stopped coming
    ├── WrongMediaTypeError  415  wrong-media-type   neither MessagePack nor JSON
    └── FaultError           500  fault              a mistake of ours
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.plugins.problem_details import (
    ProblemDetailsConfig,
    ProblemDetailsException,
    ProblemDetailsPlugin,
)
from msgspec import Struct

from server.logs import told_of
from sync import errors
from sync.errors import MalformedError, ProblemError, TooLargeError, UnknownError

MEDIA_TYPE = "application/problem+json"

Problems = tuple[type[ProblemError], ...]

log = logging.getLogger(__name__)


class WrongMethodError(ProblemError):
    code = "wrong-method"
    status = 405


class TooSlowError(ProblemError):
    code = "too-slow"
    status = 408


class WrongMediaTypeError(ProblemError):
    code = "wrong-media-type"
    status = 415


class FaultError(ProblemError):
    code = "fault"
    status = 500


TITLES: dict[type[ProblemError], str] = {
    errors.MalformedError: "Not what it should be",
    errors.BadChallengeError: "Not a challenge of this hub, or too old",
    errors.NoTokenError: "A token is needed",
    errors.WrongTokenError: "The token is unknown or has expired",
    errors.WrongCollectionError: "Another programme's",
    errors.WrongLaneError: "Another worker's",
    errors.WrongRoleError: "Not for this role",
    errors.BadSignatureError: "The signature does not verify",
    errors.RevokedError: "This device was revoked",
    errors.UnknownError: "There is no such thing here",
    errors.NoBackupsError: "This hub takes no personal backups, or no more",
    errors.EpochChangedError: "The hub's database is another than before",
    errors.AlreadyFoundedError: "The programme has its keys already",
    errors.CardChangedError: "The programme has another card, or a device that is not among these",
    errors.InviteUsedError: "The invite was used already",
    errors.InviteExpiredError: "The invite has expired",
    errors.TooLargeError: "Too large",
    errors.TooFastError: "Too many requests",
    errors.UnavailableError: "The hub cannot do this now",
    errors.QuotaError: "No room is left",
    WrongMethodError: "The address does not know this method",
    TooSlowError: "The request took too long to arrive",
    WrongMediaTypeError: "Neither MessagePack nor JSON",
    FaultError: "A fault of the hub",
}


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every error answers. `field` is the path to what is malformed."""

    type: str
    status: int
    title: str
    detail: str = ""
    field: str = ""


def problem_plugin() -> ProblemDetailsPlugin:
    convert: dict[type[Exception], Callable[[Any], ProblemDetailsException]] = {
        ProblemError: _to_wire,
        HTTPException: lambda error: _to_wire(_of_http(error), error.headers),
        Exception: _of_fault,
    }
    return ProblemDetailsPlugin(ProblemDetailsConfig(exception_to_problem_detail_map=convert))


ALWAYS: Problems = (FaultError, errors.UnavailableError)
NEEDS_TOKEN: Problems = (
    errors.NoTokenError,
    errors.WrongTokenError,
    errors.RevokedError,
    errors.TooFastError,
)
READS_BODY: Problems = (errors.MalformedError, errors.TooLargeError, WrongMediaTypeError, TooSlowError)
LIMITED: Problems = (errors.TooFastError,)


def answers(*kinds: type[ProblemError]) -> dict[int, ResponseSpec]:
    """For the OpenAPI document: these problems, by status, with their codes."""
    codes: dict[int, list[str]] = {}
    for kind in dict.fromkeys((*kinds, *ALWAYS)):
        codes.setdefault(kind.status, []).append(kind.code)
    return {status: _specified(named) for status, named in sorted(codes.items())}


def _specified(codes: list[str]) -> ResponseSpec:
    named = ", ".join(f"`{code}`" for code in codes)
    return ResponseSpec(Problem, generate_examples=False, media_type=MEDIA_TYPE, description=named)


class Answer(ProblemDetailsException):
    """One problem as it is sent."""

    def __init__(self, problem: Problem, headers: dict[str, str]) -> None:
        super().__init__(status_code=problem.status, headers=headers)
        self.problem = problem

    def to_response(self, request: Request[Any, Any, Any]) -> Response[Any]:
        return Response(
            self.problem, status_code=self.status_code, headers=self.headers, media_type=MEDIA_TYPE
        )


def _to_wire(error: ProblemError, headers: dict[str, str] | None = None) -> Answer:
    sent = {**(headers or {}), "cache-control": "no-store"}
    if error.retry_after is not None:
        sent["retry-after"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        sent["www-authenticate"] = "Bearer"
    problem = Problem(
        type=f"urn:sojourn:problem:{error.code}",
        status=error.status,
        title=TITLES[type(error)],
        detail=error.detail,
        field=error.field if isinstance(error, MalformedError) else "",
    )
    return Answer(problem, sent)


def _of_http(error: HTTPException) -> ProblemError:
    """Litestar's own errors, by what a client would do about them."""
    if isinstance(error, NotFoundException):
        return UnknownError()
    if isinstance(error, MethodNotAllowedException):
        return WrongMethodError()
    if error.status_code == TooLargeError.status:
        return TooLargeError()
    if error.status_code >= 500:
        return _fault(error)
    return MalformedError(*_why(error))


def _why(error: HTTPException) -> tuple[str]:
    """What Litestar says of the first wrong parameter."""
    first = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    key, message = first.get("key", ""), first.get("message", "")
    return (f"{key}: {message}" if key else message or error.detail,)


def _of_fault(error: Exception) -> ProblemDetailsException:
    return _to_wire(_fault(error))


def _fault(error: Exception) -> FaultError:
    """Where it went wrong, for the operator; never what was in it: no message, no body, no address."""
    log.error("fault", extra={"told": told_of(error)})
    return FaultError()
