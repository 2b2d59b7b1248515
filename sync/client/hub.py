"""A hub over HTTP: requests in MessagePack, problems as exceptions, tries again where that can help."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from sync import canonical
from sync.client.retry import Patience, delay
from sync.errors import PROBLEMS, InviteError, MalformedError, ProblemError, QuotaError, UnreachableError

MSGPACK = "application/vnd.msgpack"
PROBLEM_PREFIX = "urn:sojourn:problem:"
# A page of 4 MiB over a line of 35 kbit/s takes a quarter of an hour, but never a minute without a byte.
TIMEOUT = httpx.Timeout(60.0, connect=15.0)

T = TypeVar("T", bound=Struct)


class _Problem(Struct, frozen=True, kw_only=True):
    type: str = ""
    detail: str = ""
    field: str = ""


class Hub:
    """origin: as the invite has it. waiting: told the cause and the seconds of every pause.

    Every request here is safe to repeat: the protocol makes it so.
    """

    def __init__(
        self,
        origin: str,
        *,
        patience: Patience,
        transport: httpx.AsyncBaseTransport | None = None,
        waiting: Callable[[str, float], None] | None = None,
    ) -> None:
        if not _is_private(origin):
            raise InviteError("not-https")
        self.origin = origin
        self._patience = patience
        self._waiting = waiting
        # Nothing from the environment: neither a proxy nor a .netrc was meant for this.
        self._client = httpx.AsyncClient(
            base_url=f"{origin}/api/v1/", timeout=TIMEOUT, transport=transport, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(
        self,
        answer: type[T],
        method: str,
        path: str,
        *,
        body: Struct | None = None,
        query: Mapping[str, str | int] | None = None,
        token: str = "",
    ) -> T:
        """The answer. Raises ProblemError, and UnreachableError once patience has run out."""
        content = await self._send(method, path, body=body, query=query, token=token)
        return canonical.decode(msgspec.msgpack.Decoder(answer), content)

    async def tell(self, method: str, path: str, *, body: Struct, token: str = "") -> None:
        """As `ask`, where the hub has nothing to say."""
        await self._send(method, path, body=body, query=None, token=token)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: Struct | None,
        query: Mapping[str, str | int] | None,
        token: str,
    ) -> bytes:
        started = self._patience.clock()
        request = self._client.build_request(
            method,
            path,
            content=None if body is None else msgspec.msgpack.encode(body),
            params=query,
            headers=_headers(token, has_body=body is not None),
        )
        attempt = 0
        while True:
            cause, least = "", 0.0
            try:
                return _content(await self._client.send(request))
            except ProblemError as problem:
                if not _passes(problem):
                    raise
                cause, least = problem.code, problem.retry_after or 0.0
            except httpx.TransportError as error:
                cause = type(error).__name__
            except _NoHubError:
                cause = "not-a-hub"
            pause = max(least, delay(attempt, self._patience.draw()))
            if not self._patience.lasts(started, pause):
                raise UnreachableError(cause)
            if self._waiting:
                self._waiting(cause, pause)
            await self._patience.sleep(pause)
            attempt += 1


class _NoHubError(Exception):
    """Something else answered: a captive portal, a proxy."""


class _OtherProblemError(ProblemError):
    """A problem that this version does not know, or a status without one."""

    code = "other"

    def __init__(self, status: int, detail: str, retry_after: float | None) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.answered = status


def _headers(token: str, *, has_body: bool) -> dict[str, str]:
    headers = {"accept": MSGPACK, "user-agent": "sojourn"}
    if has_body:
        headers["content-type"] = MSGPACK
    if token:
        headers["authorization"] = f"Bearer {token}"
    return headers


def _content(response: httpx.Response) -> bytes:
    if response.status_code == 204:
        return b""
    media_type = response.headers.get("content-type", "").partition(";")[0].strip()
    if response.status_code in {200, 201}:
        if media_type != MSGPACK:
            raise _NoHubError
        return response.content
    if response.status_code < 400:
        raise _NoHubError
    raise _problem(response)


def _problem(response: httpx.Response) -> ProblemError:
    retry_after = _seconds(response.headers.get("retry-after", ""))
    try:
        told = msgspec.json.decode(response.content, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = _Problem()
    kind = PROBLEMS.get(told.type.removeprefix(PROBLEM_PREFIX))
    if kind is None:
        return _OtherProblemError(response.status_code, told.detail or told.type, retry_after)
    if kind is MalformedError:
        return MalformedError(told.detail, field=told.field)
    return kind(told.detail, retry_after=retry_after)


def _passes(problem: ProblemError) -> bool:
    """Whether the same request may succeed later: 5xx but for a full quota, 429, 408."""
    status = problem.answered if isinstance(problem, _OtherProblemError) else problem.status
    return (status >= 500 and not isinstance(problem, QuotaError)) or status in {408, 429}


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None


def _is_private(origin: str) -> bool:
    """Whether nobody on the way can read along: https, or this machine itself."""
    parts: Any = urlsplit(origin)
    host: str = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
