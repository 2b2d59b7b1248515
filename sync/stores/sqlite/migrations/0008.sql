-- The heads of a lane by the first byte of their rev: how many, and the sum of their revs modulo 2^256, big-endian.
-- Kept in every transaction that changes the heads, so that two hubs compare what they hold at the cost of 256 rows.
-- Counted anew from the heads after this step.
CREATE TABLE buckets (
    collection BLOB NOT NULL REFERENCES collections,
    lane BLOB NOT NULL CHECK (length(lane) = 16),
    bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 255),
    count INTEGER NOT NULL CHECK (count >= 0),
    sum BLOB NOT NULL CHECK (length(sum) = 32),
    PRIMARY KEY (collection, lane, bucket)
) STRICT, WITHOUT ROWID;
