"""The OpenAPI document, at /api/v1/openapi.json. Nothing else renders it, so nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from server.api.feedback import Feedback
from server.api.forms import Sheet
from server.api.problems import Problem
from server.api.wire import TOKEN
from server.converted import Converted
from sync import audit, backups, enrolment, exchange, revisions

VERSION = "1"

_STRUCTS = (
    audit.Audit,
    audit.AuditQuestion,
    audit.Bucket,
    backups.Backup,
    backups.BackupOffer,
    enrolment.Card,
    enrolment.Certificate,
    enrolment.Certificates,
    enrolment.Challenge,
    enrolment.Enrolled,
    enrolment.Enrolment,
    enrolment.Founding,
    enrolment.InviteRegistration,
    enrolment.PendingEnrolment,
    enrolment.PendingEnrolments,
    enrolment.HeardDevices,
    enrolment.ProgrammeName,
    enrolment.TokenGrant,
    enrolment.TokenRequest,
    exchange.Changes,
    exchange.KeyPacket,
    exchange.Missing,
    exchange.Push,
    exchange.Pushed,
    exchange.Question,
    exchange.Refusal,
    revisions.Revision,
    Feedback,
    exchange.Health,
    Problem,
    Sheet,
    Converted,
)


def document(path: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Sojourn",
        version=VERSION,
        description="What devices and a hub say to each other. docs/protocol.md says what it means.",
        path=path,
        render_plugins=[_Document(path="/openapi.json")],
        use_handler_docstrings=False,
        components=Components(
            security_schemes={
                TOKEN: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="Of this hub's own: provisional from an enrolment, full from `token`.",
                )
            }
        ),
    )


class _Document(JsonRenderPlugin):
    """Litestar's, with msgspec's word on the Structs: it knows that bytes are base64 and how long that is.

    Made once: it takes a tenth of a second, and anybody may ask for it.
    """

    _rendered: bytes = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._rendered:
            return self._rendered
        _, schemas = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
        openapi_schema["components"]["schemas"].update(schemas)
        self._rendered = msgspec.json.encode(openapi_schema)
        return self._rendered

    def receive_router(self, router: Router) -> None:
        """Litestar adds a page for its root and one, in HTML, for what is not there: the API has its own."""
        router.routes[:] = [route for route in router.routes if route.path.endswith("/openapi.json")]
