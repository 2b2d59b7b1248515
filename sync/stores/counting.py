"""What is kept beside the entries and can be counted anew from them, in the words of both databases: what each lane,
and each personal backup, takes up. (The sums of heads: `auditing`.)"""

from __future__ import annotations

from sync.stores.sorting import ENTRY_BYTES, NAME_BYTES

COLLECTIONS = "SELECT collection FROM collections ORDER BY collection"

_ROWS = f"""
SELECT collection, lane, {ENTRY_BYTES} + coalesce(length(content), 0) AS bytes FROM feed WHERE collection = $1
UNION ALL SELECT collection, lane, {NAME_BYTES} FROM superseded WHERE collection = $1
"""  # noqa: S608  # numbers

COUNT_ANEW = (
    "DELETE FROM held WHERE collection = $1",
    f"""
INSERT INTO held (collection, lane, used) SELECT collection, lane, sum(bytes) FROM ({_ROWS}) AS every
WHERE collection NOT IN (SELECT collection FROM backups) GROUP BY collection, lane
""",  # noqa: S608  # our own
    f"""
UPDATE backups SET used = (SELECT coalesce(sum(bytes), 0) FROM (
    {_ROWS} UNION ALL SELECT collection, address, length(content) FROM chunks WHERE collection = $1
) AS every) WHERE collection = $1
""",  # noqa: S608  # our own
)
"""One after the other, in one transaction that nobody stores beside."""
