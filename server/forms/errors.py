"""What can be wrong with a form: a branch of the tree in `server.errors`.

ServerError
└── FormError   an XLSForm says something that our forms do not have
"""

from __future__ import annotations

from pathlib import Path

from server.errors import ServerError


class FormError(ServerError):
    """`where` is a sheet and a cell, `survey!C7`; a sheet alone where nothing nearer can be named."""

    code = "bad-form"

    def __init__(self, path: Path, where: str, why: str) -> None:
        super().__init__(f"{path}: {where}: {why}" if where else f"{path}: {why}")
        self.path = path
        self.where = where
        self.why = why
