"""Whose the tokens were that were asked for last, so that a push need not ask before it stores."""

from __future__ import annotations

from typing import NamedTuple

from sync.errors import PresumedError
from sync.stores.interface import Bearer

# Some megabytes at most.
TOKENS = 1_024


class Shown(NamedTuple):
    """A bearer, and what shows that it is: the certificate as it is kept, until a day. None where that says less."""

    bearer: Bearer
    certificate: bytes | None = None
    last_day: int = 0


class Presumed:
    """By the hash of a token. Nothing of it is relied on without asking: whoever stores by it makes the database
    compare."""

    def __init__(self) -> None:
        self._shown: dict[bytes, Shown] = {}

    def meet(self, token_hash: bytes, shown: Shown) -> None:
        """A token was asked for just now. Kept only of whom a certificate says all there is to say."""
        self._shown.pop(token_hash, None)
        if shown.certificate is not None and not shown.bearer.revoked:
            self._shown[token_hash] = shown
            if len(self._shown) > TOKENS:
                del self._shown[next(iter(self._shown))]

    def bearer(self, token_hash: bytes, day: int) -> Bearer | None:
        """None: it has to be asked for."""
        shown = self._shown.get(token_hash)
        return None if shown is None or shown.last_day < day else shown.bearer

    def certificate(self, token_hash: bytes) -> bytes:
        """That the token was shown with. Raises PresumedError."""
        shown = self._shown.get(token_hash)
        if shown is None or shown.certificate is None:
            raise PresumedError
        return shown.certificate

    def forget(self, token_hash: bytes) -> None:
        self._shown.pop(token_hash, None)
