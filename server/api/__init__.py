"""What devices and the hub say to each other over HTTP (docs/protocol.md sections 2, 4 and 5)."""

from server.api.hub import Hub
from server.api.routes import API_PATH, api, private

__all__ = ["API_PATH", "Hub", "api", "private"]
