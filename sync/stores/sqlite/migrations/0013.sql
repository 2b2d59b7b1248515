-- In the feed a collection, a lane and a content key are each called by a small number: sixteen bytes of each stood in
-- every row, and again in its indexes. A collection's number is its own as long as it is there; everything that is
-- called by it goes with it.
ALTER TABLE collections ADD COLUMN number INTEGER;

UPDATE collections SET number = counted.number FROM (
    SELECT collection, row_number() OVER (ORDER BY collection) AS number FROM collections
) AS counted
WHERE counted.collection = collections.collection;

CREATE UNIQUE INDEX collections_number ON collections (number);

-- Which lane or key of a collection (by its number) a number is. They share one count, and none is given twice.
CREATE TABLE numbers (
    collection INTEGER NOT NULL REFERENCES collections (number),
    number INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    PRIMARY KEY (collection, number),
    UNIQUE (collection, id)
) STRICT, WITHOUT ROWID;

INSERT INTO numbers (collection, number, id)
SELECT collection, row_number() OVER (PARTITION BY collection ORDER BY id), id FROM (
    SELECT collections.number AS collection, entries.lane AS id FROM collections JOIN entries USING (collection)
    UNION SELECT collections.number, entries.key FROM collections JOIN entries USING (collection)
);

-- As before, but for the three columns.
CREATE TABLE entries_new (
    collection INTEGER NOT NULL REFERENCES collections (number),
    sequence INTEGER NOT NULL,
    rev BLOB NOT NULL CHECK (length(rev) = 32),
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    lane INTEGER NOT NULL,
    key INTEGER NOT NULL,
    record BLOB CHECK (length(record) = 16),
    day INTEGER NOT NULL,
    superseded INTEGER,
    content BLOB
) STRICT;

INSERT INTO entries_new (collection, sequence, rev, kind, lane, key, record, day, superseded, content)
SELECT collections.number, entries.sequence, rev, kind, lanes.number, named.number, record, day, superseded, content
FROM collections CROSS JOIN entries INDEXED BY entries_order USING (collection)
CROSS JOIN numbers AS lanes ON lanes.collection = collections.number AND lanes.id = entries.lane
CROSS JOIN numbers AS named ON named.collection = collections.number AND named.id = entries.key
ORDER BY collections.collection, entries.sequence;

-- Pages that get free would keep what stood in them, and so bodies after their time.
PRAGMA secure_delete = ON;
DROP TABLE entries;
PRAGMA secure_delete = OFF;
ALTER TABLE entries_new RENAME TO entries;

CREATE UNIQUE INDEX entries_order ON entries (collection, sequence);
CREATE UNIQUE INDEX entries_rev ON entries (collection, rev);
CREATE INDEX entries_heads ON entries (collection, lane, sequence) WHERE superseded IS NULL;
CREATE INDEX entries_key ON entries (collection, key, day) WHERE kind = 1 AND content IS NOT NULL;
CREATE INDEX entries_packets ON entries (collection, key) WHERE kind = 0 AND content IS NOT NULL;
CREATE INDEX entries_superseded ON entries (superseded) WHERE superseded IS NOT NULL AND content IS NOT NULL;

-- The feed with every column in full, for whoever goes through all of it: verifying, counting, moving. A number that a
-- damaged file has lost is a lane or a key that nobody has.
CREATE VIEW feed AS
SELECT collections.collection, entries.sequence, rev, kind, coalesce(lanes.id, zeroblob(16)) AS lane,
    coalesce(named.id, zeroblob(16)) AS key, record, day, superseded, content
FROM collections CROSS JOIN entries ON entries.collection = collections.number
LEFT JOIN numbers AS lanes ON lanes.collection = entries.collection AND lanes.number = entries.lane
LEFT JOIN numbers AS named ON named.collection = entries.collection AND named.number = entries.key;
