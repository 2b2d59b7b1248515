-- Up to which number a verified backup of this database goes: `sojourn backup` says it. A coordinator who pulled says
-- `confirmed`; a device forgets by whichever is higher, the hub drops bodies by `confirmed` alone.
ALTER TABLE collections ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;
