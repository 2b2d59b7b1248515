"""MessagePack or JSON, as the client asks, one definition for both: the Structs of `sync`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.dto import AbstractDTO
from litestar.enums import HttpMethod, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, RequestBody
from litestar.types import ExceptionHandlersMap, Receive, Scope, Send
from litestar.typing import FieldDefinition

from server.api.headers import header_of
from server.api.limits import Bodies
from server.api.problems import MEDIA_TYPE as PROBLEM
from server.api.problems import WrongMediaTypeError
from sync import canonical
from sync.exchange import Encoding

MSGPACK = "application/vnd.msgpack"
JSON = "application/json"
TOKEN = "token"  # noqa: S105  # what the OpenAPI document calls the bearer token
SECURED = [{TOKEN: list[str]()}]
T = TypeVar("T")

_ENCODINGS: dict[str, Encoding] = {MSGPACK: "msgpack", "application/msgpack": "msgpack", JSON: "json"}


class Wire(Response[T]):
    """An answer in the encoding that the request accepts; MessagePack where it does not say."""

    def __init__(self, content: T, *, headers: dict[str, str] | None = None) -> None:
        # Empty ones, since Litestar's takes longer to find out what None is.
        super().__init__(content, headers=headers or {}, cookies=[])

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **options: Any) -> Any:
        # Not Litestar's own: it prepares cookies, encoders and texts that no answer of the API has.
        media_type = JSON if prefers_json(header_of(request.scope, b"accept")) else MSGPACK
        body = self.render(self.content, media_type)
        headers = [
            (b"content-type", media_type.encode("ascii")),
            (b"content-length", b"%d" % len(body)),
            *((name.encode("ascii"), value.encode("ascii")) for name, value in self.headers.items()),
        ]
        return partial(_send_whole, self.status_code or options["status_code"], headers, body)

    def render(self, content: Any, media_type: str, enc_hook: Any = None) -> bytes:
        packed = msgspec.msgpack.encode(content)
        # Through MessagePack also for JSON: what a store keeps packed is spliced in, and bytes become base64.
        return msgspec.json.encode(msgspec.msgpack.decode(packed)) if media_type == JSON else packed


async def _send_whole(
    status: int, headers: list[tuple[bytes, bytes]], body: bytes, _scope: Scope, _receive: Receive, send: Send
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class Body(AbstractDTO[T]):
    """Reads a request's body as the Struct that the handler names, whichever encoding it came in.

    A DTO is where Litestar lets a request's headers decide how its body is read.
    """

    def decode_bytes(self, value: bytes) -> Any:
        kind: type[T] = self.model_type
        if encoding_of(self.asgi_connection) == "json":
            try:
                return msgspec.json.decode(value, type=kind)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise canonical.malformed(error) from None
        return canonical.decode(msgspec.msgpack.Decoder(kind), value)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing to prepare: the Struct itself is what travels."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Any:
        return schema_creator.for_field_definition(FieldDefinition.from_annotation(cls.documented()))

    @classmethod
    def documented(cls) -> Any:
        return cls.model_type

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Any:
        return iter(())

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        return False


def encoding_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Encoding:
    """Of a request's body. Raises WrongMediaTypeError."""
    media_type = header_of(connection.scope, b"content-type").partition(";")[0].strip().lower()
    try:
        return _ENCODINGS[media_type]
    except KeyError:
        raise WrongMediaTypeError from None


def prefers_json(accept: str) -> bool:
    """Whether JSON stands in Accept with more weight than MessagePack or anything."""
    accept = accept.lower()
    if "json" not in accept:
        return False
    weights: dict[str, float] = {}
    for part in accept.split(","):
        media_type, _, parameters = part.strip().partition(";")
        _, _, weight = parameters.partition("q=")
        try:
            weights[media_type.strip()] = float(weight or 1)
        except ValueError:
            continue
    packed = max(weights.get(MSGPACK, 0.0), weights.get("application/msgpack", 0.0))
    json = max(weights.get(JSON, 0.0), weights.get(PROBLEM, 0.0))
    return json > packed


@dataclass
class WireOperation(Operation):
    """In the OpenAPI document: every body in both encodings, every error a problem."""

    def __post_init__(self) -> None:
        if isinstance(self.request_body, RequestBody):
            self.request_body = replace(self.request_body, content=_both(self.request_body.content))
        responses = self.responses or {}
        for status, response in list(responses.items()):
            if not isinstance(response, OpenAPIResponse) or not response.content:
                continue
            if status.startswith("2"):
                response.content = _both(response.content)
            elif PROBLEM not in response.content:
                # Litestar expects a 400 of its own shape wherever an address has a parameter.
                del responses[status]


def _both(content: dict[str, OpenAPIMediaType]) -> dict[str, OpenAPIMediaType]:
    schema = content.get(MSGPACK) or content.get(JSON)
    return {MSGPACK: schema, JSON: schema} if schema is not None else content


class Endpoint(HTTPRouteHandler):
    """Litestar's, without what that makes anew for each request: a copy of itself for each guard, a map of errors."""

    async def authorize_connection(self, connection: ASGIConnection[Any, Any, Any, Any]) -> None:
        for guard in self.resolve_guards():
            await guard(connection, self)  # type: ignore[misc]  # never one that gives nothing to wait for

    def resolve_exception_handlers(self) -> ExceptionHandlersMap:
        return self._exception_handlers

    @cached_property
    def _exception_handlers(self) -> ExceptionHandlersMap:
        """For the first request, when there is nothing left to add."""
        return super().resolve_exception_handlers()


_BODIES = [Bodies()]

head = partial(Endpoint, http_method=HttpMethod.HEAD, operation_class=WireOperation)
get = partial(Endpoint, http_method=HttpMethod.GET, operation_class=WireOperation, media_type=MSGPACK)
post = partial(
    Endpoint,
    http_method=HttpMethod.POST,
    operation_class=WireOperation,
    middleware=_BODIES,
    media_type=MSGPACK,
)
put = partial(
    Endpoint,
    http_method=HttpMethod.PUT,
    operation_class=WireOperation,
    middleware=_BODIES,
    status_code=200,
    media_type=MSGPACK,
)

# Where all there is to say is that it is done.
put_only = partial(put, status_code=204, media_type=MediaType.TEXT)
post_only = partial(post, status_code=204, media_type=MediaType.TEXT)
delete_only = partial(
    Endpoint,
    http_method=HttpMethod.DELETE,
    operation_class=WireOperation,
    status_code=204,
    media_type=MediaType.TEXT,
)
