-- Counts that belong to nobody: how often readers found a page clear. No day, no device, nothing of who said it.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
