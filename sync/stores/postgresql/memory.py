"""What the last pushes of this process left of their collections, so that the next ones need not look."""

from __future__ import annotations

from sync.stores.postgresql.looking import Look

# Some megabytes at most.
COLLECTIONS = 32
NAMES = 2_048


class Memory:
    """Of the collections that were pushed to last. Nothing of it is relied on without asking: whoever stores by it
    makes the database compare."""

    def __init__(self) -> None:
        self._looks: dict[bytes, tuple[int, Look]] = {}

    def take(self, collection: bytes, lost: int) -> Look | None:
        """lost: how many connections were, so far. None also where one was lost since."""
        since, left = self._looks.pop(collection, (lost, None))
        return left if since == lost else None

    def keep(self, collection: bytes, left: Look, lost: int) -> None:
        """As `take` had it, before the push. The one that nobody pushed to for longest goes."""
        if len(left.owners) + len(left.numbers) + len(left.held) > NAMES:
            return
        self._looks[collection] = (lost, left)
        if len(self._looks) > COLLECTIONS:
            del self._looks[next(iter(self._looks))]
