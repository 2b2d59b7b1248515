"""What every request passes costs no more than it has to, and leaves nobody out."""

from __future__ import annotations

from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from server.api import API_PATH
from server.api.limits import Bodies
from server.api.wire import Endpoint
from server.app import create_app
from server.settings import parse_settings

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Litestar 3


def test_guards_are_coroutines_and_no_handler_is_copied_for_them(tmp_path: Path) -> None:
    handlers = operations(tmp_path)
    guards = [guard for handler in handlers for guard in handler.guards or ()]

    assert guards
    # Litestar gives a plain function to a thread.
    assert [guard for guard in guards if not iscoroutinefunction(guard)] == []
    # Litestar's own handlers copy themselves for each guard, at each request.
    assert [handler.operation_id for handler in handlers if not isinstance(handler, Endpoint)] == []


def test_every_body_that_is_read_is_counted(tmp_path: Path) -> None:
    handlers = operations(tmp_path)
    reading = [
        handler for handler in handlers if {"data", "body"} & handler.parsed_fn_signature.parameters.keys()
    ]
    counted = [
        handler
        for handler in handlers
        if any(isinstance(middleware, Bodies) for middleware in handler.resolve_middleware())
    ]

    assert {"push", "putChunk", "token"} <= {handler.operation_id for handler in reading}
    assert [handler.operation_id for handler in reading if handler not in counted] == []
    # Others do without another round of everything that a request passes.
    assert [handler.operation_id for handler in counted if handler.http_methods == {"GET"}] == []


def operations(data: Path) -> list[HTTPRouteHandler]:
    """All of the API, and nothing that Litestar adds to it."""
    app = create_app(parse_settings({"SOJOURN_DATA": str(data)}))
    return [
        handler
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith(API_PATH)
        for handler in route.route_handlers
        if isinstance(handler.operation_id, str)
    ]
