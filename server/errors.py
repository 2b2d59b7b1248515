"""What can go wrong in this room before a request is served.

ServerError
├── SettingsError        a SOJOURN_… variable is unknown, or its value cannot be used
├── AddressError         the hub cannot listen where it is told to
├── OperatorFileError    operator.toml or directory.toml, with its line
└── SiteError            the site cannot be built
    ├── ContentError     a file in content/ breaks a rule, with its line
    ├── TranslationError a file in translations/ cannot be used, with its line
    └── AssetsError      the browser side is not there, or not whole
"""

from __future__ import annotations

from pathlib import Path

from server.fault_lines import line_of_field


class ServerError(Exception):
    """Root of the tree. `code` is stable: scripts may compare it."""

    code = "server"


class SettingsError(ServerError):
    """`variable` is the name in the environment."""

    code = "bad-setting"

    def __init__(self, variable: str, why: str) -> None:
        super().__init__(f"{variable}: {why}")
        self.variable = variable
        self.why = why


class AddressError(ServerError):
    """`why` is the system's word: in use, no such address, not permitted."""

    code = "bad-address"

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host}:{port}: {why} (SOJOURN_HOST and SOJOURN_PORT choose another)")
        self.host = host
        self.port = port
        self.why = why


class OperatorFileError(ServerError):
    """`line` counts from one, as editors do."""

    code = "bad-operator-file"

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}, line {line}: {why}")
        self.path = path
        self.line = line
        self.why = why


class SiteError(ServerError):
    code = "bad-site"


class ContentError(SiteError):
    """`field` is a key of the file, or `body`; empty for the whole file. `line` is looked up where it is not given."""

    code = "bad-content"

    def __init__(self, path: Path, field: str, why: str, line: int | None = None) -> None:
        self.path = path
        self.field = field
        self.why = why
        self.line = line or line_of_field(path, field)
        super().__init__(
            f"{path}, line {self.line}: {field}: {why}" if field else f"{path}, line {self.line}: {why}"
        )


class TranslationError(SiteError):
    """`line` counts from one, as editors do."""

    code = "bad-translation"

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__(f"{path}, line {line}: {why}")
        self.path = path
        self.line = line
        self.why = why


class AssetsError(SiteError):
    code = "bad-assets"
