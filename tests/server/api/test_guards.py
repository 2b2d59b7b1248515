"""Guards run at every request: none may cost a change of threads."""

from __future__ import annotations

from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from litestar.routes import HTTPRoute

from server.app import create_app
from server.settings import parse_settings


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Litestar 3
def test_guards_are_coroutines_and_one_on_the_routes_that_are_asked_most(tmp_path: Path) -> None:
    app = create_app(parse_settings({"SOJOURN_DATA": str(tmp_path)}))
    handlers = [
        handler for route in app.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers
    ]
    guards = {handler.operation_id: list(handler.guards or ()) for handler in handlers}

    # Litestar gives a plain function to a thread.
    assert [guard for each in guards.values() for guard in each if not iscoroutinefunction(guard)] == []
    assert {name: len(guards[name]) for name in ("push", "pull")} == {"push": 1, "pull": 1}
