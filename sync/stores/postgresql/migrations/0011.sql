-- The last day on which a revision came under a content key; NULL of a lane, and of a key under which none came yet. It
-- says of most keys whether anything needs their packets, and when a device was heard from, so that no index has to
-- name every revision by its key: one less that each push writes.
ALTER TABLE numbers ADD COLUMN day integer;

UPDATE numbers SET day = latest.day FROM (
    SELECT collection, key, max(day) AS day FROM entries WHERE kind = 1 GROUP BY collection, key
) AS latest
WHERE latest.collection = numbers.collection AND latest.key = numbers.number;

DROP INDEX entries_key;

-- By its own name, as `feed`: for whoever compares it with what is there.
CREATE VIEW latest AS SELECT collection, id AS key, day FROM numbers WHERE day IS NOT NULL;

-- Of the programme's newest card, so that one row says all that whoever is up to date is told.
ALTER TABLE collections ADD COLUMN generation integer;

UPDATE collections SET generation = (
    SELECT max(generation) FROM cards WHERE cards.programme = collections.programme
);
