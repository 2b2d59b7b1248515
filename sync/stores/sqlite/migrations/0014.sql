-- The last day on which a revision came under a content key; NULL of a lane, and of a key under which none came yet. It
-- says of most keys whether anything needs their packets, and when a device was heard from, so that no index has to
-- name every revision by its key: one less that each push writes.
DROP VIEW feed;
ALTER TABLE numbers ADD COLUMN day INTEGER;

UPDATE numbers SET day = latest.day FROM (
    SELECT collection, key, max(day) AS day FROM entries WHERE kind = 1 GROUP BY collection, key
) AS latest
WHERE latest.collection = numbers.collection AND latest.key = numbers.number;

DROP INDEX entries_key;

-- As before, with two days to choose from.
CREATE VIEW feed AS
SELECT collections.collection, entries.sequence, rev, kind, coalesce(lanes.id, zeroblob(16)) AS lane,
    coalesce(named.id, zeroblob(16)) AS key, record, entries.day, superseded, content
FROM collections CROSS JOIN entries ON entries.collection = collections.number
LEFT JOIN numbers AS lanes ON lanes.collection = entries.collection AND lanes.number = entries.lane
LEFT JOIN numbers AS named ON named.collection = entries.collection AND named.number = entries.key;

-- By its own name, as `feed`: for whoever compares it with what is there.
CREATE VIEW latest AS
SELECT collections.collection, numbers.id AS key, numbers.day
FROM collections CROSS JOIN numbers ON numbers.collection = collections.number WHERE numbers.day IS NOT NULL;
