"""A relay: a hub on a small computer, which hands on what it takes, and takes what is new above (docs/protocol.md
section 6). Nothing here opens anything: the relay has no key but the one that shows who it is."""

from server.relaying.exchanging import Exchanged, Relay
from server.relaying.kept import Keeper, begin, keepers
from server.relaying.passing import PassedOn, Passing
from server.relaying.running import enrolling, passing_for, relaying, relays_of

__all__ = [
    "Exchanged",
    "Keeper",
    "PassedOn",
    "Passing",
    "Relay",
    "begin",
    "enrolling",
    "keepers",
    "passing_for",
    "relaying",
    "relays_of",
]
