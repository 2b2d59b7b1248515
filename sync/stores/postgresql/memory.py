"""What this process last saw of collections, so that most pushes need not ask for it again."""

from __future__ import annotations

from sync.stores.postgresql.looking import Look

# Some megabytes at most.
COLLECTIONS = 32
NAMES = 2_048


class Memory:
    """Of those that were pushed to last. Nothing of it is relied on without asking: whoever stores by it makes the
    database compare.

    lost: how many connections were, so far. What was seen before the last of them is forgotten.
    """

    def __init__(self) -> None:
        self._looks: dict[bytes, tuple[int, Look]] = {}

    def take(self, collection: bytes, lost: int) -> Look | None:
        """What the last push left; whoever takes it uses it up."""
        since, left = self._looks.pop(collection, (lost, None))
        return left if since == lost else None

    def keep(self, collection: bytes, left: Look, lost: int) -> None:
        """lost: before the push. What nobody pushed to for longest goes."""
        if len(left.owners) + len(left.numbers) + len(left.held) > NAMES:
            return
        self._looks[collection] = (lost, left)
        if len(self._looks) > COLLECTIONS:
            del self._looks[next(iter(self._looks))]

    def serves(self, collection: bytes, lost: int) -> bool:
        """Whether a push is likely to be stored without a look."""
        since, left = self._looks.get(collection, (lost, None))
        return left is not None and since == lost and not left.wary
