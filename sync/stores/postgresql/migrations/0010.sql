-- The feed with every column in full, for whoever goes through all of it: verifying, counting, moving.
CREATE VIEW feed AS
SELECT collection, sequence, rev, kind, lane, key, record, day, superseded, content FROM entries;
