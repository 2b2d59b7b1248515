"""What this process last saw of collections and tokens, so that most pushes need not ask for it again."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import PresumedError
from sync.stores.postgresql.looking import Look
from sync.stores.postgresql.tokens import Shown

# Some megabytes at most.
COLLECTIONS = 32
NAMES = 2_048
TOKENS = 1_024


class Memory:
    """Of the collections that were pushed to last, and of the tokens that were asked for last. Nothing of it is relied
    on without asking: whoever stores by it makes the database compare.

    lost: how many connections were, so far. What was seen before the last of them is forgotten.
    """

    def __init__(self) -> None:
        self._looks: dict[bytes, tuple[int, Look]] = {}
        self._shown: dict[bytes, Shown] = {}

    def take(self, collection: bytes, lost: int) -> Look | None:
        """What the last push left; whoever takes it uses it up."""
        since, left = self._looks.pop(collection, (lost, None))
        return left if since == lost else None

    def keep(self, collection: bytes, left: Look, lost: int) -> None:
        """lost: before the push. What nobody pushed to for longest goes."""
        if len(left.owners) + len(left.numbers) + len(left.held) > NAMES:
            return
        self._looks[collection] = (lost, left)
        _leave(COLLECTIONS, self._looks)

    def serves(self, collection: bytes, lost: int) -> bool:
        """Whether a push is likely to be stored without a look."""
        since, left = self._looks.get(collection, (lost, None))
        return left is not None and since == lost and not left.wary

    def meet(self, token_hash: bytes, shown: Shown) -> None:
        """Only of whom a certificate says all there is to say."""
        self._shown.pop(token_hash, None)
        if shown.certificate is not None and not shown.bearer.revoked:
            self._shown[token_hash] = shown
            _leave(TOKENS, self._shown)

    def met(self, token_hash: bytes) -> Shown | None:
        return self._shown.get(token_hash)

    def certificates(self, token_hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Those that the tokens were shown with. Raises PresumedError."""
        found: dict[bytes, bytes] = {}
        for token_hash in token_hashes:
            shown = self._shown.get(token_hash)
            if shown is None or shown.certificate is None:
                raise PresumedError
            found[token_hash] = shown.certificate
        return found

    def forget(self, token_hashes: Iterable[bytes]) -> None:
        for token_hash in token_hashes:
            self._shown.pop(token_hash, None)


def _leave(most: int, kept: dict[bytes, tuple[int, Look]] | dict[bytes, Shown]) -> None:
    """The latest of them."""
    if len(kept) > most:
        del kept[next(iter(kept))]
