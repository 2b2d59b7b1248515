"""The hub above, and a programme of its own for every test."""

from tests.server.api.conftest import client, programme

__all__ = ["client", "programme"]
