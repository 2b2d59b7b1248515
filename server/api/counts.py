"""How many answers of each kind since the start, in memory: for whoever asks `server.metrics`."""

from __future__ import annotations

from collections import defaultdict

from litestar.types import Message, Scope


class Counts:
    """answers: by operation of the OpenAPI document (or `page`, `other`) and status: nobody makes up more."""

    def __init__(self) -> None:
        self.answers: defaultdict[tuple[str, int], int] = defaultdict(int)


async def counted(message: Message, scope: Scope) -> None:
    """For Litestar's `before_send`."""
    if message["type"] == "http.response.start":
        named = getattr(scope.get("route_handler"), "operation_id", None)
        if not isinstance(named, str):
            named = "other" if scope["path"].startswith("/api/") else "page"
        scope["litestar_app"].state["hub"].counts.answers[named, message["status"]] += 1
