"""What can be wrong with a form: a branch of the tree in `server.errors`.

ServerError
└── FormError   an XLSForm says something that our forms do not have
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.errors import ServerError


class Why(str):
    """Why something is refused, in English, with a stable code and what it names: so it can be said in any language."""

    code: str
    about: dict[str, str]

    def __new__(cls, why: str, code: str, **about: str) -> Why:
        made = super().__new__(cls, why)
        made.code, made.about = code, about
        return made


class FormError(ServerError):
    """`where` is a sheet and a cell, `survey!C7`; a sheet alone where nothing nearer can be named. `also`: what else
    is wrong with the same form."""

    code = "bad-form"

    def __init__(self, path: Path, where: str, why: str) -> None:
        super().__init__(f"{path}: {where}: {why}" if where else f"{path}: {why}")
        self.path = path
        self.where = where
        self.why = why
        self.also: tuple[FormError, ...] = ()


class Faults:
    """What is wrong with a form, all of it: people mend a sheet at once, not cell by cell."""

    def __init__(self) -> None:
        self.found: list[FormError] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Goes on after the block where something in it was refused."""
        try:
            yield
        except FormError as fault:
            self.found.append(fault)

    def tell(self) -> None:
        """Raises the first that was found, if any, with the others."""
        if self.found:
            first, *others = self.found
            first.also = tuple(others)
            raise first
