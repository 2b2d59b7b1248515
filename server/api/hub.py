"""What the handlers share: the store, the clock, who is waiting, what is limited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from server.api.counts import Counts
from server.api.limits import (
    BACKUP_BODIES_BYTES,
    BODIES_BYTES,
    EVERYBODYS_BURST,
    EVERYBODYS_REFILL_PER_SECOND,
    FORMS_BURST,
    FORMS_REFILL_PER_SECOND,
    LINE,
    LINE_BURST,
    LINE_REFILL_PER_SECOND,
    SMALL_BODIES_BYTES,
    SMALL_SHARE_BYTES,
    TOKEN_BODIES_BYTES,
    WRONG_BURST,
    WRONG_REFILL_PER_SECOND,
    Budget,
    Proxies,
    Rates,
)
from server.api.waiting import Waiters
from sync.backups import month_of
from sync.enrolment import Enrolment
from sync.errors import UnavailableError
from sync.identifiers import CollectionId
from sync.stores.interface import Collection, Store

DAY_SECONDS = 86_400
RETRY_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Hub:
    """origin: how devices address this hub, as its invites name it. clock: Unix seconds.

    has_page: whether the site has a page at an address. keep_days: how long devices keep a contact that this hub
    has, and may read it here; None for ever. receipt: as which it answers; enrolled: of a relay, keeps on the disk
    what is to go up of a device that came with an invite. backups: how many personal ones it takes;
    backup_quota: bytes for each; device_quota: for a worker's lane of each collection. proxies: who may say for
    whom they ask. token_rates: by device, or backup.
    """

    store: Store
    origin: str
    clock: Callable[[], float]
    has_page: Callable[[str], bool] = lambda _address: False
    keep_days: int | None = None
    receipt: Literal["hub", "relay"] = "hub"
    enrolled: Callable[[bytes, Enrolment], None] | None = None
    backups: int = 0
    backup_quota: int = 20_000_000
    device_quota: int = 1_000_000_000
    proxies: Proxies = field(default_factory=Proxies)
    counts: Counts = field(default_factory=Counts)
    waiters: Waiters = field(default_factory=Waiters)
    rates: Rates = field(default_factory=Rates)
    line_rates: Rates = field(default_factory=lambda: Rates(LINE_BURST, LINE_REFILL_PER_SECOND, parts=LINE))
    everybodys_rates: Rates = field(
        default_factory=lambda: Rates(EVERYBODYS_BURST, EVERYBODYS_REFILL_PER_SECOND)
    )
    wrong_rates: Rates = field(default_factory=lambda: Rates(WRONG_BURST, WRONG_REFILL_PER_SECOND))
    token_rates: Rates = field(default_factory=lambda: Rates(refill=0))
    form_rates: Rates = field(default_factory=lambda: Rates(FORMS_BURST, FORMS_REFILL_PER_SECOND))
    bodies: Budget = field(default_factory=lambda: Budget(BODIES_BYTES, TOKEN_BODIES_BYTES))
    backup_bodies: Budget = field(default_factory=lambda: Budget(BACKUP_BODIES_BYTES, TOKEN_BODIES_BYTES))
    small_bodies: Budget = field(default_factory=lambda: Budget(SMALL_BODIES_BYTES, SMALL_SHARE_BYTES))
    _collections: dict[CollectionId, Collection] = field(default_factory=dict)

    async def collection(self, which: CollectionId) -> Collection:
        """Raises UnknownError. What is once found never changes, so it is asked for once."""
        found = self._collections.get(which)
        if found is None:
            found = self._collections[which] = await self.store.collection(which)
        return found

    def forget(self, which: CollectionId) -> None:
        """A backup was deleted; the same id may be made again."""
        self._collections.pop(which, None)

    def check_is_hub(self) -> None:
        """For what has to be one for the whole programme. Raises UnavailableError at a relay."""
        if self.receipt == "relay":
            raise UnavailableError("a relay answers; this goes to the hub itself", retry_after=RETRY_SECONDS)

    @property
    def now(self) -> int:
        return int(self.clock())

    @property
    def day(self) -> int:
        """Days since 1970-01-01 (UTC): all that is ever stored of when something arrived."""
        return self.now // DAY_SECONDS

    @property
    def kept_since(self) -> int | None:
        """The first day of arrival that a worker's device still reads."""
        return None if self.keep_days is None else self.day - self.keep_days

    @property
    def month(self) -> int:
        """Months since 1970-01 (UTC): all that is kept of when a personal backup was used."""
        return month_of(self.day)
