-- Up to which number a verified backup of this database goes: `sojourn backup --restored` says it. A coordinator who
-- pulled says `confirmed`; a device forgets by whichever is higher, the hub drops bodies by `confirmed` alone.
ALTER TABLE collections ADD COLUMN backed_up bigint NOT NULL DEFAULT 0;
