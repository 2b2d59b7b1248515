"""What can go wrong in this room.

SyncError
├── ProblemError              a problem of docs/protocol.md section 5: raised by a hub, met by a client
│   ├── MalformedError        400  malformed         bytes that are not what they should be; with a path
│   ├── BadChallengeError     400  bad-challenge
│   ├── NoTokenError          401  no-token
│   ├── WrongTokenError       401  wrong-token
│   ├── WrongCollectionError  403  wrong-collection
│   ├── WrongLaneError        403  wrong-lane
│   ├── WrongRoleError        403  wrong-role
│   ├── BadSignatureError     403  bad-signature     a card, certificate, packet, challenge, mac
│   ├── RevokedError          403  revoked
│   ├── UnknownError          404  unknown
│   ├── NoBackupsError        404  no-backups        this hub takes no personal backups, or no more
│   ├── EpochChangedError     409  epoch-changed
│   ├── AlreadyFoundedError   409  already-founded
│   ├── CardChangedError      409  card-changed      another card than the one that was signed for
│   ├── InviteUsedError       410  invite-used
│   ├── InviteExpiredError    410  invite-expired
│   ├── TooLargeError         413  too-large
│   ├── TooFastError          429  too-fast          with retry_after
│   ├── UnavailableError      503  unavailable       with retry_after
│   └── QuotaError            507  quota
├── OpeningError              something sealed cannot be opened; never says why
├── PresumedError             a store does not know any more whose a token is: it has to be asked
├── UnreachableError          the hub did not answer within the time that the caller gave
├── InviteError               an invite that cannot be used here
├── BundleError               a bundle, or its receipt file, that cannot be taken
├── MoveError                 a hub's data that cannot be moved to another store
├── RestoreError              a backup of a hub that cannot be made, or not be restored
└── StateError                the folder of a headless device
    ├── StateBusyError        another process has it open
    ├── StateMissingError     there is none
    ├── StateExistsError      there is one already, for something else
    └── StateDamagedError     a row is gone or was changed
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class SyncError(Exception):
    """Root of the tree. `code` is stable: programs may compare it."""

    code: ClassVar[str] = "sync"


class ProblemError(SyncError):
    """One of the problems that a hub names on the wire.

    `detail` is for whoever reads a log, never for the person at the screen; `retry_after` is in seconds.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 500

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail
        self.retry_after = retry_after


class MalformedError(ProblemError, ValueError):
    """`field` is the path to what is wrong (`$.revisions[3].record`), empty when the whole is.

    A ValueError too, so that msgspec reports it with its path when a Struct refuses its own content.
    """

    code = "malformed"
    status = 400

    def __init__(self, detail: str = "", *, field: str = "", retry_after: float | None = None) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.field = field


class BadChallengeError(ProblemError):
    code = "bad-challenge"
    status = 400


class NoTokenError(ProblemError):
    code = "no-token"
    status = 401


class WrongTokenError(ProblemError):
    code = "wrong-token"
    status = 401


class WrongCollectionError(ProblemError):
    code = "wrong-collection"
    status = 403


class WrongLaneError(ProblemError):
    code = "wrong-lane"
    status = 403


class WrongRoleError(ProblemError):
    code = "wrong-role"
    status = 403


class BadSignatureError(ProblemError):
    code = "bad-signature"
    status = 403


class RevokedError(ProblemError):
    code = "revoked"
    status = 403


class UnknownError(ProblemError):
    code = "unknown"
    status = 404


class NoBackupsError(ProblemError):
    code = "no-backups"
    status = 404


class EpochChangedError(ProblemError):
    code = "epoch-changed"
    status = 409


class AlreadyFoundedError(ProblemError):
    code = "already-founded"
    status = 409


class CardChangedError(ProblemError):
    code = "card-changed"
    status = 409


class InviteUsedError(ProblemError):
    code = "invite-used"
    status = 410


class InviteExpiredError(ProblemError):
    code = "invite-expired"
    status = 410


class TooLargeError(ProblemError):
    code = "too-large"
    status = 413


class TooFastError(ProblemError):
    code = "too-fast"
    status = 429


class UnavailableError(ProblemError):
    code = "unavailable"
    status = 503


class QuotaError(ProblemError):
    code = "quota"
    status = 507


PROBLEMS: dict[str, type[ProblemError]] = {
    problem.code: problem
    for problem in (
        MalformedError,
        BadChallengeError,
        NoTokenError,
        WrongTokenError,
        WrongCollectionError,
        WrongLaneError,
        WrongRoleError,
        BadSignatureError,
        RevokedError,
        UnknownError,
        NoBackupsError,
        EpochChangedError,
        AlreadyFoundedError,
        CardChangedError,
        InviteUsedError,
        InviteExpiredError,
        TooLargeError,
        TooFastError,
        UnavailableError,
        QuotaError,
    )
}
"""Every problem by its code; the table of docs/protocol.md section 5."""


class OpeningError(SyncError):
    """Wrong key, wrong passphrase, changed bytes, wrong place: the one who tries learns only that it failed."""

    code = "cannot-open"

    def __init__(self) -> None:
        super().__init__(self.code)


class PresumedError(SyncError):
    """Of a push by a bearer that was presumed: nothing of it is stored. Never met outside a hub."""


class UnreachableError(SyncError):
    """`cause` names what the last try met: a problem's code, or the network's error."""

    code = "unreachable"

    def __init__(self, cause: str) -> None:
        super().__init__(f"{self.code}: {cause}")
        self.cause = cause


class InviteError(SyncError):
    """`why`: `not-an-invite`, `expired`, `wrong-key` (the card is not the invited programme's), `founding` (where one
    joins), `worker` (where a coordinator is made), `relay` (where any device joins), `not-relay` (where one begins),
    `not-https`."""

    code = "bad-invite"

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.code}: {why}")
        self.why = why


class BundleError(SyncError):
    """`why`: `too-large`, `cut` (or changed), `not-a-bundle`, `bad-signature`, `unknown-programme`, `unknown-device`,
    `not-its-device` (another's receipt), `revoked`; or the code of the problem that a push in it would have met."""

    code = "bad-bundle"

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.code}: {why}")
        self.why = why


class MoveError(SyncError):
    """`detail` is for whoever runs the hub."""

    code = "cannot-move"

    def __init__(self, detail: str) -> None:
        super().__init__(f"{self.code}: {detail}")
        self.detail = detail


class RestoreError(SyncError):
    """`detail` is for whoever runs the hub."""

    code = "cannot-restore"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class StateError(SyncError):
    code = "state"

    def __init__(self, folder: Path, detail: str = "") -> None:
        super().__init__(f"{self.code}: {folder}" + (f": {detail}" if detail else ""))
        self.folder = folder
        self.detail = detail


class StateBusyError(StateError):
    code = "state-busy"


class StateMissingError(StateError):
    code = "state-missing"


class StateExistsError(StateError):
    code = "state-exists"


class StateDamagedError(StateError):
    code = "state-damaged"


class StateBehindError(StateError):
    code = "state-behind"
