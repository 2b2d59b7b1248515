-- Rows of the feed name their lane and their content key by a number, given when either is first named in a collection,
-- in place of 16 bytes each; and their columns stand in the order that leaves no gaps. So seven rows of a kilobyte go
-- into a page of the server, where six went, and indexes are smaller.
-- A collection is a uuid, which has 16 bytes as well: where a key begins with something of a length that is known, the
-- server finds what comes after it at once.
ALTER TABLE collections DROP CONSTRAINT collections_collection_check;
ALTER TABLE collections ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE keys ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE superseded ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE buckets ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE held ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE backups ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE chunks ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;
ALTER TABLE naming ALTER COLUMN collection TYPE uuid USING encode(collection, 'hex')::uuid;

CREATE TABLE numbers (
    collection uuid NOT NULL,
    number integer NOT NULL,
    id bytea NOT NULL CHECK (octet_length(id) = 16),
    PRIMARY KEY (collection, number)
);

INSERT INTO numbers (collection, number, id)
SELECT encode(collection, 'hex')::uuid, row_number() OVER (PARTITION BY collection ORDER BY id), id
FROM (SELECT collection, lane AS id FROM entries UNION SELECT collection, key FROM entries) AS named;

CREATE UNIQUE INDEX numbers_id ON numbers (collection, id);

ALTER TABLE entries RENAME TO entries_before;
ALTER TABLE entries_before RENAME CONSTRAINT entries_pkey TO entries_before_pkey;
DROP INDEX entries_rev;
DROP INDEX entries_heads;
DROP INDEX entries_key;
DROP INDEX entries_packets;
DROP INDEX entries_superseded;

CREATE TABLE entries (
    sequence bigint NOT NULL,
    day integer NOT NULL,
    superseded integer,
    lane integer NOT NULL,
    key integer NOT NULL,
    kind smallint NOT NULL CHECK (kind IN (0, 1)),
    collection uuid NOT NULL,
    rev bytea NOT NULL CHECK (octet_length(rev) = 32),
    record bytea CHECK (octet_length(record) = 16),
    recipient bytea CHECK (octet_length(recipient) = 16),
    content bytea,
    PRIMARY KEY (collection, sequence)
);
-- Ciphertext does not get smaller: nothing is tried.
ALTER TABLE entries ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON COLUMN entries.content IS 'MessagePack; of most revisions from the header of the body on';

INSERT INTO entries (collection, sequence, rev, kind, lane, key, record, day, superseded, recipient, content)
SELECT lane.collection, sequence, rev, kind, lane.number, key.number, record, day, superseded, recipient, content
FROM entries_before AS before
JOIN numbers AS lane ON lane.collection = encode(before.collection, 'hex')::uuid AND lane.id = before.lane
JOIN numbers AS key ON key.collection = lane.collection AND key.id = before.key
ORDER BY lane.collection, sequence;
DROP TABLE entries_before;

CREATE UNIQUE INDEX entries_rev ON entries (collection, rev);
CREATE INDEX entries_heads ON entries (collection, lane, sequence) WHERE superseded IS NULL;
CREATE INDEX entries_key ON entries (collection, key, day) WHERE kind = 1 AND content IS NOT NULL;
CREATE INDEX entries_packets ON entries (collection, key) WHERE kind = 0 AND content IS NOT NULL;
CREATE INDEX entries_superseded ON entries (superseded) WHERE superseded IS NOT NULL AND content IS NOT NULL;

-- Every column in full, for whoever goes through all of it: verifying, counting, moving. A number that nothing stands
-- for shows as zeros, and is found by that.
CREATE VIEW feed AS
SELECT entries.collection, sequence, rev, kind, coalesce(lane.id, decode(repeat('00', 16), 'hex')) AS lane,
    coalesce(key.id, decode(repeat('00', 16), 'hex')) AS key, record, day, superseded, content
FROM entries
LEFT JOIN numbers AS lane ON lane.collection = entries.collection AND lane.number = entries.lane
LEFT JOIN numbers AS key ON key.collection = entries.collection AND key.number = entries.key;
